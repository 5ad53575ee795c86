/* SPDX-License-Identifier: BSD-3-Clause */
/* vCPUs of one VM that call and fault while it changes. */
#include "fixture/machine.h"
#include "fixture/threads.h"
#include "hf/arch/entry.h"
#include "hf/base/bits.h"
#include "hf/ffa.h"
#include "hftest.h"

#define ROUNDS 1000U
#define PAGE UINT64_C(0x40000000)
/** A load that found no entry at level 3. */
#define ESR_TRANSLATION_L3 ((UINT64_C(0x24) << 26) | BIT(25) | 7)

static struct vcpu *vcpus[2];

static void start_two(void)
{
	vcpus[0] = machine_start();
	vcpus[1] = machine_run_on(1);
	fake_cpu_set(0);
}

static _Atomic unsigned int wrong;

/** One VM, two vCPUs: one negotiates, the other asks what there is. */
static void negotiate_and_ask(uint32_t cpu_idx)
{
	struct vcpu *vcpu = vcpus[cpu_idx];

	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t answer;

		if (cpu_idx == 0) {
			answer = machine_hvc(
				vcpu, CALL(FFA_VERSION, FFA_VERSION_1_0));
			wrong += answer != FFA_VERSION_1_2 ? 1 : 0;
		} else {
			answer = machine_hvc(vcpu,
					     CALL(FFA_FEATURES, FFA_ID_GET));
			wrong += answer != FFA_SUCCESS ? 1 : 0;
		}
	}
}

TEST(stress_ffa, version_may_be_negotiated_during_other_calls)
{
	start_two();
	threads_run(2, negotiate_and_ask);

	EXPECT_EQ(wrong, 0U);
}

/** CPU 0 changes a page; CPU 1 faults on it and is retried or told. */
static void change_and_fault(uint32_t cpu_idx)
{
	struct vm *vm = vcpus[cpu_idx]->vm;
	struct arch_regs *regs = &vcpus[cpu_idx]->regs;

	for (unsigned int i = 0; i < ROUNDS / 10; i++) {
		struct pa_range range = {pa_init(PAGE), pa_init(PAGE + 0x1000)};
		struct vm_locked locked;

		if (cpu_idx == 1) {
			sysreg_write(hpfar_el2, PAGE >> 12 << 4);
			sysreg_write(vbar_el1, 0x80000);
			regs->pc = 0x1000;
			(void)dispatch_lower_sync(regs, ESR_TRANSLATION_L3);
			wrong += regs->pc != 0x1000 && regs->pc != 0x80200;
			continue;
		}
		locked = vm_lock(vm);
		wrong += stage2_map_identity(&vm->stage2, range,
					     i % 2 == 0
						     ? MM_MODE_RWX
						     : MM_MODE_ABSENT) != MM_OK;
		vm_unlock(&locked);
	}
}

TEST(stress_fault, map_may_change_during_a_fault)
{
	start_two();
	threads_run(2, change_and_fault);

	EXPECT_EQ(wrong, 0U);
}
