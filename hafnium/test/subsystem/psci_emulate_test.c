/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/psci/emulate.c: PSCI of secondaries, call by call.
 */
#include "fixture/guest.h"
#include "hf/base/bits.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hf/smccc.h"
#include "hftest.h"

#define ENTRY UINT64_C(0x40200000)
#define PSCI(vcpu, ...) ((int64_t)machine_hvc(vcpu, CALL(__VA_ARGS__)))
#define WAIT_FOR_INTERRUPT HF_FFA_RUN_WAIT_FOR_INTERRUPT

/** vCPU 0 of three of VM 2, which runs on CPU 0; the others are off. */
static struct vcpu *running_vcpu(void)
{
	struct vcpu *primary = machine_start();

	guest_clock_set(1000);
	return guest_run(primary, vm_vcpu(guest_add_vm(3), 0));
}

/** Back in the guest whose CPU_ON left to the primary. */
static struct vcpu *turn_on(struct vcpu *vcpu, struct smccc_value args)
{
	return guest_run(guest_hvc(vcpu, args), vcpu);
}

TEST(psci_secondary, version_is_1_1_by_both_conduits)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_VERSION), 0x10001);
	EXPECT_EQ(machine_smc(vcpu, CALL(PSCI_VERSION)), 0x10001U);
}

TEST(psci_secondary, does_not_need_a_firmware)
{
	struct vcpu *primary =
		machine_start_with((struct machine_el3){.version = UINT64_MAX});
	struct vcpu *vcpu = guest_run(primary, vm_vcpu(guest_add_vm(1), 0));
	unsigned int before = fake_smc_count();

	EXPECT_EQ(PSCI(vcpu, PSCI_VERSION), 0x10001);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_CPU_SUSPEND), 2);
	EXPECT_EQ(PSCI(vcpu, PSCI_SYSTEM_OFF), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(fake_smc_count(), before);
}

TEST(psci_secondary, features_lists_what_is_there)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_VERSION), 0);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_FEATURES), 0);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_AFFINITY_INFO), 0);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_CPU_OFF), 0);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_CPU_ON), 0);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, SMCCC_VERSION), 0);
}

TEST(psci_secondary, features_of_suspend_is_the_extended_state_id)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_CPU_SUSPEND), 2);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_64(PSCI_CPU_SUSPEND)), 2);
}

TEST(psci_secondary, features_lists_64_bit_forms)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_64(PSCI_CPU_ON)), 0);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_64(PSCI_AFFINITY_INFO)), 0);
}

TEST(psci_secondary, features_refuses_all_else)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_SYSTEM_OFF), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_SYSTEM_RESET), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_MIGRATE_INFO_TYPE), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_LAST), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, 0), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_FEATURES, PSCI_64(SMCCC_VERSION)), -1);
}

/** The first PSCI id above `id` that is not refused; 0 when all are. */
static uint32_t first_known_above(struct vcpu *vcpu, uint32_t id)
{
	while (++id <= PSCI_LAST) {
		if (id != PSCI_FEATURES &&
		    (PSCI(vcpu, id) != PSCI_NOT_SUPPORTED ||
		     PSCI(vcpu, PSCI_64(id)) != PSCI_NOT_SUPPORTED)) {
			return id;
		}
	}
	return 0;
}

TEST(psci_secondary, other_calls_are_refused_and_end_nothing)
{
	struct vcpu *vcpu = running_vcpu();
	unsigned int before = fake_smc_count();

	EXPECT_EQ(first_known_above(vcpu, PSCI_AFFINITY_INFO), 0U);
	EXPECT_EQ(fake_smc_count(), before);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(psci_secondary, answers_change_x0_only)
{
	struct vcpu *vcpu = running_vcpu();

	machine_mark_registers(vcpu);
	vcpu->regs.x[0] = PSCI_VERSION;
	(void)guest_hvc(vcpu,
			CALL(PSCI_VERSION, vcpu->regs.x[1], vcpu->regs.x[2],
			     vcpu->regs.x[3], vcpu->regs.x[4], vcpu->regs.x[5],
			     vcpu->regs.x[6], vcpu->regs.x[7]));

	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(psci_secondary_affinity, of_those_that_run_or_do_not)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 0, 0), PSCI_AFFINITY_ON);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 1, 0), PSCI_AFFINITY_OFF);
	EXPECT_EQ(PSCI(vcpu, PSCI_64(PSCI_AFFINITY_INFO), 2, 0),
		  PSCI_AFFINITY_OFF);
}

TEST(psci_secondary_affinity, level_and_index_are_checked)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 3, 0), -2);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 0x80000000, 0), -2);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 0, 1), -2);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 9, 1), -2);
}

TEST(psci_secondary_affinity, arguments_are_as_wide_as_the_call)
{
	struct vcpu *vcpu = running_vcpu();
	uint64_t high = UINT64_C(0xf00000000);

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, high, high), PSCI_AFFINITY_ON);
	EXPECT_EQ(PSCI(vcpu, PSCI_64(PSCI_AFFINITY_INFO), high, 0), -2);
	EXPECT_EQ(PSCI(vcpu, PSCI_64(PSCI_AFFINITY_INFO), 0, high), -2);
}

TEST(psci_secondary_affinity, aborted_one_counts_as_on)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu_locked locked;

	(void)turn_on(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY, 0));
	locked = vcpu_lock(vm_vcpu(vcpu->vm, 1));
	vcpu_set_state(locked, VCPU_ABORTED);
	vcpu_unlock(&locked);

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 1, 0), PSCI_AFFINITY_ON);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, 1, ENTRY, 0), PSCI_ALREADY_ON);
}

TEST(psci_secondary_on, primary_is_told_to_wake_the_target)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = guest_hvc(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY, 7));

	EXPECT_FRAME(primary, HF_FFA_RUN_WAKE_UP, 0x20001U, 0U);
	EXPECT_EQ(vcpu->state, VCPU_READY);
	EXPECT_EQ(vm_vcpu(vcpu->vm, 1)->state, VCPU_READY);
}

TEST(psci_secondary_on, primary_of_1_1_is_told_by_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = vcpu->cpu->primary_vcpu;

	primary->vm->ffa_version = FFA_VERSION_1_1;
	EXPECT_EQ(guest_hvc(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY, 7)), primary);

	EXPECT_FRAME(primary, FFA_INTERRUPT, 0x20001U, 0U);
	EXPECT_EQ(vcpu->state, VCPU_READY);
}

TEST(psci_secondary_on, caller_succeeds_when_it_runs_again)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(turn_on(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY, 7)), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], PSCI_SUCCESS);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 1, 0), PSCI_AFFINITY_ON);
}

TEST(psci_secondary_on, target_starts_at_the_entry_with_the_argument)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *target = vm_vcpu(vcpu->vm, 1);
	struct vcpu *primary =
		guest_hvc(vcpu, CALL(PSCI_64(PSCI_CPU_ON), 1,
				     UINT64_C(0x123440200000), UINT64_MAX));

	ASSERT_EQ(guest_run(primary, target), target);
	EXPECT_EQ(target->regs.pc, UINT64_C(0x123440200000));
	EXPECT_EQ(target->regs.x[0], UINT64_MAX);
	EXPECT_EQ(target->regs.pstate, 0x3c5U);
	EXPECT_EQ(sysreg_read(sctlr_el1), 0x30d00800U);
	EXPECT_EQ(sysreg_read(vmpidr_el2), 1U);
}

TEST(psci_secondary_on, arguments_of_the_32_bit_form_are_cut)
{
	struct vcpu *vcpu = running_vcpu();
	uint64_t high = UINT64_C(0xf00000000);
	struct vcpu *target = vm_vcpu(vcpu->vm, 1);

	(void)turn_on(vcpu, CALL(PSCI_CPU_ON, high | 1, high | ENTRY, high));

	EXPECT_EQ(target->state, VCPU_READY);
	EXPECT_EQ(target->regs.pc, ENTRY);
	EXPECT_EQ(target->regs.x[0], 0U);
}

TEST(psci_secondary_on, target_that_is_not_there_is_invalid)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, 3, ENTRY, 0), -2);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, 0x80000001, ENTRY, 0), -2);
	EXPECT_EQ(PSCI(vcpu, PSCI_64(PSCI_CPU_ON), UINT64_C(0x100000001), ENTRY,
		       0),
		  -2);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(psci_secondary_on, itself_is_on_already)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, 0, ENTRY, 0), PSCI_ALREADY_ON);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY);
}

TEST(psci_secondary_on, second_time_it_is_on_already)
{
	struct vcpu *vcpu = running_vcpu();

	(void)turn_on(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY, 7));

	EXPECT_EQ(guest_hvc(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY + 4, 8)), vcpu);
	EXPECT_EQ((int64_t)vcpu->regs.x[0], PSCI_ALREADY_ON);
	EXPECT_EQ(vm_vcpu(vcpu->vm, 1)->regs.pc, ENTRY);
}

TEST(psci_secondary_on, interrupt_that_came_before_is_pending_and_disabled)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *target = vm_vcpu(vcpu->vm, 1);

	EXPECT_EQ(PSCI(vcpu, HF_INTERRUPT_INJECT, 2, 1, 9), 0);
	(void)turn_on(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY, 0));

	EXPECT_EQ(target->virq_enabled, 0U);
	EXPECT_EQ(target->virq_pending, BIT(9));
	EXPECT_EQ(target->regs.hcr_el2 & BIT(7), 0U);
}

TEST(psci_secondary_off, primary_waits_for_nothing)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 5000);
	primary = guest_hvc(vcpu, CALL(PSCI_CPU_OFF));

	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, 0x20000U, 0U);
	EXPECT_EQ(vcpu->state, VCPU_OFF);
}

/* Nobody is told to run what can not be run. */
TEST(psci_secondary_off, interrupts_are_disabled_and_pending_at_most)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1, 1));
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 10, 1));
	primary = guest_hvc(vcpu, CALL(PSCI_CPU_OFF));

	EXPECT_EQ(vcpu->virq_enabled, 0U);
	EXPECT_EQ(vcpu->virq_fiqs, 0U);
	EXPECT_EQ(PSCI(primary, HF_INTERRUPT_INJECT, 2, 0, 9), 0);
	EXPECT_EQ(vcpu->virq_pending, BIT(9));
}

TEST(psci_secondary_off, is_not_run_any_more)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = guest_hvc(vcpu, CALL(PSCI_CPU_OFF));

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(psci_secondary_off, comes_back_by_cpu_on_with_fresh_registers)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *target = vm_vcpu(vcpu->vm, 1);
	struct vcpu *primary = guest_hvc(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY, 7));

	ASSERT_EQ(guest_run(primary, target), target);
	machine_mark_registers(target);
	guest_timer_set(1, 5000);
	primary = guest_hvc(target, CALL(PSCI_CPU_OFF));
	ASSERT_EQ(guest_run(primary, vcpu), vcpu);
	primary = guest_hvc(vcpu, CALL(PSCI_CPU_ON, 1, ENTRY + 8, 9));

	ASSERT_EQ(guest_run(primary, target), target);
	EXPECT_EQ(target->regs.pc, ENTRY + 8);
	EXPECT_EQ(target->regs.x[0], 9U);
	EXPECT_EQ(target->regs.x[30], 0U);
	EXPECT_EQ(sysreg_read(cntv_ctl_el0), 0U);
}

TEST(psci_secondary_suspend, waits_as_wfi_does)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 1010);
	primary = guest_hvc(vcpu, CALL(PSCI_CPU_SUSPEND, 0, ENTRY, 7));

	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, 0x20000U, 160U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_INTERRUPT);
}

TEST(psci_secondary_suspend, goes_on_behind_the_call)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	primary = guest_hvc(
		vcpu, CALL(PSCI_64(PSCI_CPU_SUSPEND), 0x40000000, ENTRY, 7));
	(void)machine_hvc(primary, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	ASSERT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], PSCI_SUCCESS);
	EXPECT_EQ(vcpu->regs.x[3], 7U);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY);
}

TEST(psci_secondary_suspend, does_not_wait_with_a_pending_interrupt)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(guest_hvc(vcpu, CALL(PSCI_CPU_SUSPEND)), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], PSCI_SUCCESS);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(psci_secondary_suspend, with_an_expired_timer_is_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 999);
	primary = guest_hvc(vcpu, CALL(PSCI_CPU_SUSPEND));
	EXPECT_FRAME(primary, FFA_INTERRUPT, 0x20000U, 0U);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], PSCI_SUCCESS);
}
