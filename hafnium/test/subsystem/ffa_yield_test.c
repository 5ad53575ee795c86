/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of FFA_YIELD of hafnium/src/ffa/run.c, per negotiated version. */
#include "fixture/guest.h"
#include "hf/ffa.h"
#include "hftest.h"

#define REF 0x20000U

/** A secondary's vCPU that runs, of a VM that speaks `version`. */
static struct vcpu *running_vcpu(uint32_t version)
{
	struct vcpu *primary = machine_start();
	struct vm *vm = guest_add_vm(1);

	vm->ffa_version = version;
	return guest_run(primary, vm_vcpu(vm, 0));
}

TEST(ffa_yield, primary_goes_on_at_once)
{
	struct vcpu *primary = machine_start();

	EXPECT_EQ(guest_hvc(primary, CALL(FFA_YIELD)), primary);
	EXPECT_FRAME(primary, FFA_SUCCESS, 0U, 0U);
}

TEST(ffa_yield, primary_is_told_who_yields)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_0);
	struct vcpu *primary = guest_hvc(vcpu, CALL(FFA_YIELD));

	EXPECT_FRAME(primary, FFA_YIELD, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_READY);
}

TEST(ffa_yield, caller_succeeds_when_it_runs_again)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_0);
	struct vcpu *primary;

	machine_mark_registers(vcpu);
	primary = guest_hvc(vcpu, CALL(FFA_YIELD));

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FRAME(vcpu, FFA_SUCCESS, 0U, 0U);
	EXPECT_EQ(machine_first_changed(vcpu, 8), 31U);
}

TEST(ffa_yield, before_1_1_nothing_but_w0_counts)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_0);
	struct vcpu *primary =
		guest_hvc(vcpu, CALL(FFA_YIELD, 1, 2, 3, 4, 5, 6, 7));

	EXPECT_FRAME(primary, FFA_YIELD, REF, 0U);
}

TEST(ffa_yield, from_1_1_the_timeout_is_passed_on)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_1);
	struct vcpu *primary =
		guest_hvc(vcpu, CALL(FFA_YIELD, 0, 0x12345678, 0x9abcdef0));

	EXPECT_EQ(primary->regs.x[0], FFA_YIELD);
	EXPECT_EQ(primary->regs.x[1], REF);
	EXPECT_EQ(primary->regs.x[2], 0x12345678U);
	EXPECT_EQ(primary->regs.x[3], 0x9abcdef0U);
	EXPECT_EQ(guest_first_used(primary, 4), 8U);
}

TEST(ffa_yield, timeout_is_two_32_bit_halves)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_2);
	struct vcpu *primary =
		guest_hvc(vcpu, CALL(FFA_YIELD, 0, UINT64_C(0xffffffff00000001),
				     UINT64_C(0xffffffff00000002)));

	EXPECT_EQ(primary->regs.x[2], 1U);
	EXPECT_EQ(primary->regs.x[3], 2U);
}

TEST(ffa_yield, timeout_is_not_in_the_answer)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_1);

	(void)guest_run(guest_hvc(vcpu, CALL(FFA_YIELD, 0, 5, 6)), vcpu);

	EXPECT_FRAME(vcpu, FFA_SUCCESS, 0U, 0U);
}

/** From 1.1, with w`n` = 1: is the answer INVALID_PARAMETERS, at once? */
static bool is_refused(unsigned int n)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_1);
	struct smccc_value args = CALL(FFA_YIELD);

	args.x[n] = 1;
	return guest_hvc(vcpu, args) == vcpu && vcpu->regs.x[0] == FFA_ERROR &&
	       vcpu->regs.x[2] == (uint32_t)FFA_INVALID_PARAMETERS;
}

TEST(ffa_yield, from_1_1_w1_and_w4_to_w7_must_be_0)
{
	EXPECT_TRUE(is_refused(1));
	EXPECT_TRUE(is_refused(4));
	EXPECT_TRUE(is_refused(5));
	EXPECT_TRUE(is_refused(6));
	EXPECT_TRUE(is_refused(7));
}

TEST(ffa_yield, refused_one_runs_on)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_2);

	EXPECT_EQ(guest_hvc(vcpu, CALL(FFA_YIELD, 1)), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(ffa_yield, upper_halves_do_not_matter)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_1);
	uint64_t high = UINT64_C(0xffffffff00000000);

	EXPECT_NE(guest_hvc(vcpu, CALL(FFA_YIELD, high, 0, 0, high, high, high,
				       high)),
		  vcpu);
}

TEST(ffa_yield, primary_is_checked_as_well)
{
	struct vcpu *primary = machine_start();

	primary->vm->ffa_version = FFA_VERSION_1_1;

	EXPECT_EQ(guest_hvc(primary, CALL(FFA_YIELD, 1)), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(guest_hvc(primary, CALL(FFA_YIELD, 0, 7, 7)), primary);
	EXPECT_FRAME(primary, FFA_SUCCESS, 0U, 0U);
}

TEST(ffa_yield, interrupted_yield_still_succeeds)
{
	struct vcpu *vcpu = running_vcpu(FFA_VERSION_1_0);
	struct vcpu *primary = guest_hvc(vcpu, CALL(FFA_YIELD));

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	primary = guest_irq(vcpu);
	EXPECT_FRAME(primary, FFA_INTERRUPT, REF, 0U);
	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FRAME(vcpu, FFA_SUCCESS, 0U, 0U);
}
