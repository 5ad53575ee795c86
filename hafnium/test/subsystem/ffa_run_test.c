/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_RUN of hafnium/src/ffa/run.c: who may run whom, in the order of
 * the checks. What blocked ones do is in ffa_run_blocked_test.c.
 */
#include "fixture/guest.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hftest.h"

/** Written to the registers of vCPUs that were preempted, to be seen again. */
#define PC UINT64_C(0x40123456)

/** The primary on CPU 0, and a VM with two vCPUs of which 0 may be run. */
static struct vcpu *start(struct vm **vm)
{
	struct vcpu *primary = machine_start();

	*vm = guest_add_vm(2);
	return primary;
}

/** FFA_RUN with these w1, from `caller`; who runs afterwards. */
static struct vcpu *run_reference(struct vcpu *caller, uint64_t reference)
{
	return guest_hvc(caller, CALL(FFA_RUN, reference));
}

/** The caller's FF-A version is `version`, and x`n` is 1. */
static struct vcpu *run_with_extra(struct vcpu *caller, uint32_t version,
				   unsigned int n)
{
	caller->vm->ffa_version = version;
	machine_mark_registers(caller);
	for (unsigned int i = 8; i <= 17; i++) {
		caller->regs.x[i] = 0;
	}
	caller->regs.x[n] = 1;
	return run_reference(caller, 0x20000);
}

TEST(ffa_run, ready_one_runs_where_it_starts)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);
	struct vcpu *vcpu = run_reference(primary, 0x20000);

	ASSERT_EQ(vcpu, vm_vcpu(vm, 0));
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
	EXPECT_EQ(sysreg_read(vttbr_el2), vcpu->regs.vttbr_el2);
	EXPECT_EQ(primary->state, VCPU_RUNNING);
}

TEST(ffa_run, by_smc_is_the_same)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(guest_smc(primary, CALL(FFA_RUN, 0x20000)), vm_vcpu(vm, 0));
}

TEST(ffa_run, upper_half_of_x1_does_not_matter)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_reference(primary, UINT64_C(0xffffffff00020000)),
		  vm_vcpu(vm, 0));
}

TEST(ffa_run, has_no_64_bit_form)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(guest_hvc(primary, CALL(FFA_RUN | 0x40000000, 0x20000)),
		  primary);
	EXPECT_FFA_ERROR(primary, FFA_NOT_SUPPORTED);
	EXPECT_EQ(vm_vcpu(vm, 0)->state, VCPU_READY);
}

TEST(ffa_run, secondary_may_not)
{
	struct vm *vm;
	struct vcpu *vcpu;

	vcpu = run_reference(start(&vm), 0x20000);

	EXPECT_EQ(run_reference(vcpu, 0x20000), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_DENIED);
}

TEST(ffa_run, secondary_is_denied_before_its_target_is_looked_at)
{
	struct vm *vm;
	struct vcpu *vcpu;

	vcpu = run_reference(start(&vm), 0x20000);

	EXPECT_EQ(run_reference(vcpu, 0x99990000), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_DENIED);
	EXPECT_EQ(run_reference(vcpu, 0x10000), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_DENIED);
}

TEST(ffa_run, vm_that_is_not_there_is_invalid)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_reference(primary, 0x30000), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(run_reference(primary, 0), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(run_reference(primary, 0xffff0000), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(run_reference(primary, 0x80000000), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_run, primary_itself_is_invalid)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_reference(primary, 0x10000), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(run_reference(primary, 0x10001), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_run, vcpu_that_is_not_there_is_invalid)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_reference(primary, 0x20002), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(run_reference(primary, 0x2ffff), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_run, vcpu_that_is_off_is_invalid)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_reference(primary, 0x20001), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(vm_vcpu(vm, 1)->state, VCPU_OFF);
	EXPECT_EQ(vm_vcpu(vm, 1)->regs.is_live, 0U);
}

TEST(ffa_run, x8_and_x17_must_be_0_from_1_2_on)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_with_extra(primary, FFA_VERSION_1_2, 8), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(run_with_extra(primary, FFA_VERSION_1_2, 17), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(vm_vcpu(vm, 0)->state, VCPU_READY);
}

TEST(ffa_run, x18_may_be_anything)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_with_extra(primary, FFA_VERSION_1_2, 18), vm_vcpu(vm, 0));
}

TEST(ffa_run, x8_may_be_anything_before_1_2)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(run_with_extra(primary, FFA_VERSION_1_1, 8), vm_vcpu(vm, 0));
	EXPECT_EQ(guest_irq(vm_vcpu(vm, 0)), primary);
	EXPECT_EQ(run_with_extra(primary, FFA_VERSION_1_0, 17), vm_vcpu(vm, 0));
}

TEST(ffa_run, result_leaves_x8_to_x30)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	machine_mark_registers(primary);
	(void)guest_irq(run_reference(primary, 0x20000));

	EXPECT_EQ(machine_first_changed(primary, 8), 31U);
}

TEST(ffa_run, one_that_runs_elsewhere_is_busy)
{
	struct vm *vm;
	struct vcpu *vcpu = run_reference(start(&vm), 0x20000);
	struct vcpu *other = machine_run_on(1);

	EXPECT_EQ(run_reference(other, 0x20000), other);
	EXPECT_FFA_ERROR(other, FFA_BUSY);
	EXPECT_EQ(vcpu->cpu, cpu_get(0));
}

TEST(ffa_run, one_that_is_not_saved_yet_is_busy)
{
	struct vm *vm;
	struct vcpu *vcpu = run_reference(start(&vm), 0x20000);
	struct vcpu *other;

	(void)guest_irq_begin(vcpu);
	other = machine_run_on(1);
	EXPECT_EQ(vcpu->state, VCPU_READY);
	EXPECT_EQ(run_reference(other, 0x20000), other);
	EXPECT_FFA_ERROR(other, FFA_BUSY);

	guest_leave_done(vcpu);
	EXPECT_EQ(run_reference(other, 0x20000), vcpu);
	EXPECT_EQ(vcpu->cpu, cpu_get(1));
}

TEST(ffa_run, running_one_that_is_not_live_is_busy_still)
{
	struct vm *vm;
	struct vcpu *vcpu = run_reference(start(&vm), 0x20000);
	struct vcpu *other = machine_run_on(1);

	vcpu->regs.is_live = 0;

	EXPECT_EQ(run_reference(other, 0x20000), other);
	EXPECT_FFA_ERROR(other, FFA_BUSY);
}

TEST(ffa_run, one_that_turned_off_and_is_not_saved_yet_is_busy)
{
	struct vm *vm;
	struct vcpu *vcpu = run_reference(start(&vm), 0x20000);
	struct vcpu *primary = guest_hvc(vcpu, CALL(PSCI_CPU_OFF));

	vcpu->regs.is_live = 1;
	EXPECT_EQ(run_reference(primary, 0x20000), primary);
	EXPECT_FFA_ERROR(primary, FFA_BUSY);

	guest_leave_done(vcpu);
	EXPECT_EQ(run_reference(primary, 0x20000), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_run, goes_on_where_it_was_on_another_cpu)
{
	struct vm *vm;
	struct vcpu *vcpu = run_reference(start(&vm), 0x20000);

	machine_mark_registers(vcpu);
	vcpu->regs.pc = PC;
	sysreg_write(tpidr_el1, 0x1234);
	(void)guest_irq(vcpu);

	EXPECT_EQ(run_reference(machine_run_on(2), 0x20000), vcpu);
	EXPECT_EQ(vcpu->cpu, cpu_get(2));
	EXPECT_EQ(vcpu->regs.pc, PC);
	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
	EXPECT_EQ(sysreg_read(tpidr_el1), 0x1234U);
}

TEST(ffa_run, of_an_aborting_vm_is_aborted_once_then_invalid)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	vm->is_aborting = true;
	EXPECT_EQ(run_reference(primary, 0x20000), primary);
	EXPECT_FFA_ERROR(primary, FFA_ABORTED);
	EXPECT_EQ(vm_vcpu(vm, 0)->state, VCPU_ABORTED);

	EXPECT_EQ(run_reference(primary, 0x20000), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(run_reference(primary, 0x20000), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_run, off_vcpu_of_an_aborting_vm_is_aborted_as_others)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	vm->is_aborting = true;

	EXPECT_EQ(run_reference(primary, 0x20001), primary);
	EXPECT_FFA_ERROR(primary, FFA_ABORTED);
	EXPECT_EQ(vm_vcpu(vm, 1)->state, VCPU_ABORTED);
}

TEST(ffa_run, aborted_one_stays_aborted_to_whom_is_not_legacy)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	primary->vm->ffa_version_is_asked = true;
	vm->is_aborting = true;
	for (unsigned int i = 0; i < 3; i++) {
		ASSERT_EQ(run_reference(primary, 0x20000), primary);
		EXPECT_FFA_ERROR(primary, FFA_ABORTED);
	}
}

TEST(ffa_run, vcpu_that_is_off_is_busy_to_whom_is_not_legacy)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	primary->vm->ffa_version_is_asked = true;

	EXPECT_EQ(run_reference(primary, 0x20001), primary);
	EXPECT_FFA_ERROR(primary, FFA_BUSY);
	EXPECT_EQ(vm_vcpu(vm, 1)->state, VCPU_OFF);
}

TEST(ffa_run, live_vcpu_of_an_aborting_vm_is_busy)
{
	struct vm *vm;
	struct vcpu *vcpu = run_reference(start(&vm), 0x20000);
	struct vcpu *other = machine_run_on(1);

	vm->is_aborting = true;

	EXPECT_EQ(run_reference(other, 0x20000), other);
	EXPECT_FFA_ERROR(other, FFA_BUSY);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(ffa_run, other_vm_goes_on_when_one_aborts)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);
	struct vm *other = guest_add_vm(1);

	vm->is_aborting = true;

	EXPECT_EQ(run_reference(primary, 0x30000), vm_vcpu(other, 0));
}
