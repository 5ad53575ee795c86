/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A CPU that the primary turned on, or that lost its context in a suspend,
 * comes up here and goes on in the primary's vCPU of the same index. See
 * docs/boot.md.
 */
#include "hf/arch/cpu.h"
#include "hf/arch/entry.h"
#include "hf/arch/mmu.h"
#include "hf/base/check.h"
#include "hf/mm/stage1.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm_set.h"

struct arch_regs *boot_secondary_cpu(uint64_t arg)
{
	struct cpu *cpu;
	struct vcpu *vcpu;
	struct vcpu_locked locked;

	/* Locks need the caches: nothing else comes first. */
	stage1_enable();
	mmu_stage2_enable();
	arch_cpu_init();

	cpu = cpu_get((uint32_t)arg);
	vcpu = vm_vcpu(vm_set_find(HF_PRIMARY_VM_ID), (uint32_t)arg);
	CHECK(vcpu != NULL);

	locked = vcpu_lock(vcpu);
	if (vcpu->state == VCPU_RUNNING) {
		/* Back from a suspend: it was never off. */
		vcpu_set_state(locked, VCPU_READY);
	}
	vcpu_reset(locked, cpu->entry, cpu->arg);
	vcpu_start_on(locked, cpu);
	vcpu_unlock(&locked);

	cpu_set_arrived(cpu);
	return &vcpu->regs;
}
