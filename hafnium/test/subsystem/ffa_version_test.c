/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_VERSION, hafnium/src/ffa/setup.c: what is answered and what is
 * negotiated, before and after the first other call.
 */
#include "fixture/machine.h"
#include "hf/ffa.h"
#include "hf/psci.h"
#include "hftest.h"

#define REFUSED UINT64_C(0xffffffff)

/** w0 of FFA_VERSION. */
static uint64_t ask(struct vcpu *vcpu, uint32_t version)
{
	return machine_hvc(vcpu, CALL(FFA_VERSION, version));
}

/** A VM that is shown nothing beyond 1.0. */
static struct vcpu *start_capped(void)
{
	struct vcpu *vcpu = machine_start();

	vcpu->vm->ffa_version_max = FFA_VERSION_1_0;
	return vcpu;
}

TEST(ffa_version, own_version_negotiates_it)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(ask(vcpu, 0x10002), 0x10002U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_2);
	EXPECT_TRUE(vcpu->vm->ffa_version_is_asked);
}

TEST(ffa_version, older_minor_gets_own_and_negotiates_older)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(ask(vcpu, 0x10001), 0x10002U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_1);

	EXPECT_EQ(ask(vcpu, 0x10000), 0x10002U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_0);
}

TEST(ffa_version, newer_minor_gets_own_and_negotiates_own)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(ask(vcpu, 0x10003), 0x10002U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_2);
	EXPECT_EQ(ask(vcpu, 0x1ffff), 0x10002U);
}

TEST(ffa_version, older_major_is_refused)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(ask(vcpu, 0), REFUSED);
	EXPECT_EQ(ask(vcpu, 1), REFUSED);
	EXPECT_EQ(ask(vcpu, 0xffff), REFUSED);
}

TEST(ffa_version, newer_major_is_refused)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(ask(vcpu, 0x20000), REFUSED);
	EXPECT_EQ(ask(vcpu, 0x0fffffff), REFUSED);
	EXPECT_EQ(ask(vcpu, 0x7fffffff), REFUSED);
}

TEST(ffa_version, bit_31_is_refused)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(ask(vcpu, 0x80010002), REFUSED);
	EXPECT_EQ(ask(vcpu, 0xffffffff), REFUSED);
}

TEST(ffa_version, refusal_negotiates_nothing)
{
	struct vcpu *vcpu = machine_start();

	(void)ask(vcpu, 0x20000);
	(void)ask(vcpu, 0x80010002);

	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_0);
	EXPECT_FALSE(vcpu->vm->ffa_version_is_asked);
}

TEST(ffa_version, refusal_is_zero_extended_and_clears_w1_to_w7)
{
	struct vcpu *vcpu = machine_start();

	machine_mark_registers(vcpu);
	(void)machine_hvc(vcpu,
			  CALL(FFA_VERSION, 0x80000000, 2, 3, 4, 5, 6, 7));

	EXPECT_EQ(vcpu->regs.x[0], REFUSED);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(vcpu->regs.x[i], 0U);
	}
	EXPECT_EQ(machine_first_changed(vcpu, 8), 31U);
}

TEST(ffa_version, success_clears_w1_to_w7)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_VERSION, 0x10002, 2, 3, 4, 5, 6, 7));

	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(vcpu->regs.x[i], 0U);
	}
}

TEST(ffa_version, upper_half_of_x1_is_ignored)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu,
			      CALL(FFA_VERSION, UINT64_C(0xffffffff00010001))),
		  0x10002U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_1);
}

TEST(ffa_version, may_change_until_another_call)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(ask(vcpu, 0x10001), 0x10002U);
	EXPECT_EQ(ask(vcpu, 0x10002), 0x10002U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_2);
}

TEST(ffa_version_lock, other_version_is_refused_after_another_call)
{
	struct vcpu *vcpu = machine_start();

	(void)ask(vcpu, 0x10001);
	(void)machine_hvc(vcpu, CALL(FFA_ID_GET));

	EXPECT_EQ(ask(vcpu, 0x10002), REFUSED);
	EXPECT_EQ(ask(vcpu, 0x10000), REFUSED);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_1);
}

TEST(ffa_version_lock, same_version_is_still_answered)
{
	struct vcpu *vcpu = machine_start();

	(void)ask(vcpu, 0x10001);
	(void)machine_hvc(vcpu, CALL(FFA_ID_GET));

	EXPECT_EQ(ask(vcpu, 0x10001), 0x10002U);
}

TEST(ffa_version_lock, newer_minor_is_still_own_version)
{
	struct vcpu *vcpu = machine_start();

	(void)ask(vcpu, 0x10002);
	(void)machine_hvc(vcpu, CALL(FFA_ID_GET));

	EXPECT_EQ(ask(vcpu, 0x10009), 0x10002U);
}

TEST(ffa_version_lock, vm_that_never_asked_stays_at_1_0)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_ID_GET));

	EXPECT_EQ(ask(vcpu, 0x10002), REFUSED);
	EXPECT_EQ(ask(vcpu, 0x10000), 0x10002U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_0);
}

TEST(ffa_version_lock, call_that_is_not_supported_locks_too)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_LAST));

	EXPECT_EQ(ask(vcpu, 0x10002), REFUSED);
}

TEST(ffa_version_lock, call_by_smc_locks_too)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_smc(vcpu, CALL(FFA_FEATURES, FFA_VERSION));

	EXPECT_EQ(ask(vcpu, 0x10002), REFUSED);
}

TEST(ffa_version_lock, ffa_interrupt_does_not_lock)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_INTERRUPT));

	EXPECT_EQ(ask(vcpu, 0x10002), 0x10002U);
}

TEST(ffa_version_lock, psci_does_not_lock)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(PSCI_VERSION));

	EXPECT_EQ(ask(vcpu, 0x10002), 0x10002U);
}

TEST(ffa_version_lock, holds_for_all_vcpus_of_the_vm)
{
	struct vcpu *first = machine_start();
	struct vcpu *second = machine_run_on(1);

	(void)machine_hvc(first, CALL(FFA_ID_GET));

	EXPECT_EQ(ask(second, 0x10002), REFUSED);
}

TEST(ffa_version_lock, holds_for_no_other_vm)
{
	struct vcpu *primary = machine_start();
	struct vcpu *secondary = machine_add_secondary();

	(void)machine_hvc(primary, CALL(FFA_ID_GET));

	EXPECT_EQ(ask(secondary, 0x10002), 0x10002U);
}

TEST(ffa_version_cap, any_request_gets_1_0)
{
	struct vcpu *vcpu = start_capped();

	EXPECT_EQ(ask(vcpu, 0), 0x10000U);
	EXPECT_EQ(ask(vcpu, 1), 0x10000U);
	EXPECT_EQ(ask(vcpu, 0xffff), 0x10000U);
	EXPECT_EQ(ask(vcpu, 0x10003), 0x10000U);
	EXPECT_EQ(ask(vcpu, 0x0fffffff), 0x10000U);
}

TEST(ffa_version_cap, bit_31_is_refused)
{
	struct vcpu *vcpu = start_capped();

	EXPECT_EQ(ask(vcpu, 0x80000000), REFUSED);
	EXPECT_EQ(ask(vcpu, 0x80010000), REFUSED);
}

TEST(ffa_version_cap, request_changes_nothing)
{
	struct vcpu *vcpu = start_capped();

	(void)ask(vcpu, 0x10002);

	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_0);
}

TEST(ffa_version_cap, answer_is_the_same_after_another_call)
{
	struct vcpu *vcpu = start_capped();

	(void)machine_hvc(vcpu, CALL(FFA_ID_GET));

	EXPECT_EQ(ask(vcpu, 0x10002), 0x10000U);
}

TEST(ffa_version_cap, at_1_1_answers_1_1)
{
	struct vcpu *vcpu = machine_start();

	vcpu->vm->ffa_version_max = FFA_VERSION_1_1;

	EXPECT_EQ(ask(vcpu, 0x10002), 0x10001U);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_1);
	EXPECT_EQ(ask(vcpu, 0x20000), REFUSED);
}
