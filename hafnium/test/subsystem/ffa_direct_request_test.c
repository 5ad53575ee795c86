/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of direct requests of hafnium/src/ffa/direct.c: each check in its order
 * and with the code of the caller's version, whom a request enters, and what
 * the receiver sees.
 */
#include "fixture/direct.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hftest.h"

#define NOBODY UINT64_C(0x10009)
#define UPPER UINT64_C(0xffffffff00000000)

/** A request of the primary with these w1 and w2 is refused with `code`. */
static bool is_refused(enum direct_profile profile, uint64_t w1, uint64_t w2,
		       int32_t code)
{
	struct direct direct = direct_start(profile, LEGACY);
	struct vcpu *primary = direct.primary;

	return guest_hvc(primary, CALL(REQ, w1, w2)) == primary &&
	       primary->regs.x[0] == FFA_ERROR &&
	       primary->regs.x[2] == (uint32_t)code &&
	       guest_first_used(primary, 3) == 8 &&
	       direct.receiver->state == VCPU_BLOCKED_MAILBOX;
}

/** One of a secondary, VM 2. */
static bool is_refused_to_vm2(enum direct_profile profile, uint64_t w1,
			      int32_t code)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = vm_vcpu(guest_add_vm(1), 0);

	direct_profile_set(vcpu->vm, profile);
	(void)guest_add_vm(1);
	return guest_hvc(guest_run(primary, vcpu), CALL(REQ, w1)) == vcpu &&
	       vcpu->regs.x[0] == FFA_ERROR &&
	       vcpu->regs.x[2] == (uint32_t)code;
}

TEST(ffa_direct_request, runs_the_receiver_at_once)
{
	struct direct direct = direct_start(LEGACY, LEGACY);

	EXPECT_EQ(direct_request(direct.primary, TO_VM2), direct.receiver);
	EXPECT_EQ(direct.receiver->state, VCPU_RUNNING);
	EXPECT_EQ(direct.receiver->cpu, cpu_get(0));
	EXPECT_EQ(direct.primary->state, VCPU_RUNNING);
}

TEST(ffa_direct_request, is_the_answer_to_the_wait)
{
	struct direct direct = direct_start(V1_2, V1_2);

	(void)direct_request(direct.primary, TO_VM2);

	EXPECT_TRUE(direct_is_frame(direct.receiver, REQ, TO_VM2, 3));
}

TEST(ffa_direct_request, leaves_x8_to_x30_of_the_receiver)
{
	struct direct direct = direct_start(V1_1, V1_1);

	machine_mark_registers(direct.receiver);
	(void)direct_request(direct.primary, TO_VM2);

	EXPECT_EQ(machine_first_changed(direct.receiver, 8), 31U);
}

TEST(ffa_direct_request, by_smc_is_the_same)
{
	struct direct direct = direct_start(V1_1, V1_1);

	EXPECT_EQ(
		guest_smc(direct.primary, CALL(REQ, TO_VM2, 0, 3, 4, 5, 6, 7)),
		direct.receiver);
	EXPECT_TRUE(direct_is_frame(direct.receiver, REQ, TO_VM2, 3));
}

TEST(ffa_direct_request, of_32_bits_loses_the_upper_halves)
{
	struct direct direct = direct_start(V1_1, V1_1);

	(void)guest_hvc(direct.primary,
			CALL(UPPER | REQ, UPPER | TO_VM2, UPPER, UPPER | 3,
			     UPPER | 4, UPPER | 5, UPPER | 6, UPPER | 7));

	EXPECT_TRUE(direct_is_frame(direct.receiver, REQ, TO_VM2, 3));
}

TEST(ffa_direct_request, of_64_bits_keeps_them)
{
	struct direct direct = direct_start(V1_1, V1_1);

	(void)guest_hvc(direct.primary,
			CALL(REQ_64, UPPER | TO_VM2, UPPER, UPPER | 3,
			     UPPER | 4, UPPER | 5, UPPER | 6, UPPER | 7));

	EXPECT_TRUE(
		direct_is_frame(direct.receiver, REQ_64, TO_VM2, UPPER | 3));
}

TEST(ffa_direct_request, legacy_caller_has_both_widths)
{
	struct direct direct = direct_start(LEGACY, LEGACY);

	EXPECT_EQ(guest_hvc(direct.primary, CALL(REQ_64, TO_VM2)),
		  direct.receiver);
	EXPECT_EQ(direct.receiver->regs.x[0], REQ_64);
}

TEST(ffa_direct_request, for_another_sender_is_not_supported_to_legacy)
{
	EXPECT_TRUE(is_refused(LEGACY, 0x30002, 0, FFA_NOT_SUPPORTED));
	EXPECT_TRUE(is_refused(LEGACY, 0x00002, 0, FFA_NOT_SUPPORTED));
}

TEST(ffa_direct_request, for_another_sender_is_invalid)
{
	EXPECT_TRUE(is_refused(V1_0, 0x30002, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(V1_1, 0x20001, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(V1_2, 0x00002, 0, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_request, to_oneself_is_refused)
{
	EXPECT_TRUE(is_refused(LEGACY, 0x10001, 0, FFA_NOT_SUPPORTED));
	EXPECT_TRUE(is_refused(V1_0, 0x10001, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(V1_2, 0x10001, 0, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_request, is_not_for_secondaries)
{
	EXPECT_TRUE(is_refused_to_vm2(LEGACY, 0x20001, FFA_NOT_SUPPORTED));
	EXPECT_TRUE(is_refused_to_vm2(LEGACY, 0x20003, FFA_NOT_SUPPORTED));
	EXPECT_TRUE(is_refused_to_vm2(V1_0, 0x20001, FFA_DENIED));
	EXPECT_TRUE(is_refused_to_vm2(V1_1, 0x20003, FFA_DENIED));
	EXPECT_TRUE(is_refused_to_vm2(V1_2, 0x20009, FFA_DENIED));
}

TEST(ffa_direct_request, of_a_secondary_for_another_is_a_wrong_sender_first)
{
	EXPECT_TRUE(is_refused_to_vm2(V1_1, 0x10003, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused_to_vm2(V1_1, 0x20002, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_request, flags_are_invalid)
{
	EXPECT_TRUE(is_refused(V1_0, TO_VM2, 1, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(
		is_refused(V1_1, TO_VM2, 0x40000000, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_request, framework_messages_are_invalid)
{
	EXPECT_TRUE(is_refused(V1_0, TO_VM2, BIT(31), FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(
		is_refused(V1_2, TO_VM2, BIT(31) | 4, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_request, flags_of_a_legacy_caller_are_not_seen)
{
	struct direct direct = direct_start(LEGACY, LEGACY);

	/* Nor is what the receiver had there when it began to wait. */
	direct.receiver->regs.x[2] = 7;
	EXPECT_EQ(guest_hvc(direct.primary, CALL(REQ, TO_VM2, BIT(31) | 5)),
		  direct.receiver);
	EXPECT_EQ(direct.receiver->regs.x[2], 0U);
}

TEST(ffa_direct_request, receiver_that_is_not_there_is_invalid)
{
	EXPECT_TRUE(is_refused(LEGACY, NOBODY, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(V1_0, NOBODY, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(V1_1, 0x10000, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(V1_2, 0x18000, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(V1_2, 0x1ffff, 0, FFA_INVALID_PARAMETERS));
}

/** Request without the properties `taken` of the primary and of VM 2. */
static bool is_denied_without(enum direct_profile profile, uint32_t taken)
{
	struct direct direct = direct_start(profile, V1_2);
	struct vcpu *primary = direct.primary;

	primary->vm->ffa_properties &= ~taken;
	direct.receiver->vm->ffa_properties &= ~taken;
	return direct_request(primary, TO_VM2) == primary &&
	       primary->regs.x[2] == (uint32_t)FFA_DENIED;
}

TEST(ffa_direct_request, receiver_that_takes_none_is_denied)
{
	uint32_t taken = FFA_PROPERTY_DIRECT_RECEIVE;

	EXPECT_TRUE(is_denied_without(V1_0, taken));
	EXPECT_TRUE(is_denied_without(V1_1, taken));
	EXPECT_TRUE(is_denied_without(V1_2, taken));
}

TEST(ffa_direct_request, caller_that_sends_none_is_denied)
{
	EXPECT_TRUE(is_denied_without(V1_1, FFA_PROPERTY_DIRECT_SEND));
}

TEST(ffa_direct_request, properties_are_nothing_to_a_legacy_caller)
{
	EXPECT_FALSE(is_denied_without(LEGACY, FFA_PROPERTY_DIRECT_RECEIVE));
}

TEST(ffa_direct_request, other_properties_do_not_matter)
{
	EXPECT_FALSE(is_denied_without(V1_2, ~(FFA_PROPERTY_DIRECT_RECEIVE |
					       FFA_PROPERTY_DIRECT_SEND)));
}

TEST(ffa_direct_request, only_vcpu_is_asked_from_any_cpu)
{
	struct direct direct = direct_start(V1_1, V1_1);

	EXPECT_EQ(direct_request(machine_run_on(3), TO_VM2), direct.receiver);
	EXPECT_EQ(direct.receiver->cpu, cpu_get(3));
}

TEST(ffa_direct_request, of_several_vcpus_that_of_the_cpu_is_asked)
{
	struct direct direct = direct_start_smp(3);
	struct vm *vm = direct.receiver->vm;

	EXPECT_EQ(direct_request(machine_run_on(2), TO_VM2), vm_vcpu(vm, 2));
	EXPECT_EQ(direct_request(machine_run_on(1), TO_VM2), vm_vcpu(vm, 1));
	EXPECT_EQ(vm_vcpu(vm, 0)->state, VCPU_BLOCKED_MAILBOX);
}

TEST(ffa_direct_request, cpu_without_a_vcpu_of_its_index_is_invalid)
{
	struct vcpu *primary;

	(void)direct_start_smp(2);
	primary = machine_run_on(2);

	EXPECT_EQ(direct_request(primary, TO_VM2), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_direct_request, of_an_aborting_vm_is_aborted)
{
	struct direct direct = direct_start(V1_1, V1_1);

	direct.receiver->vm->is_aborting = true;

	EXPECT_EQ(direct_request(direct.primary, TO_VM2), direct.primary);
	EXPECT_FFA_ERROR(direct.primary, FFA_ABORTED);
}

TEST(ffa_direct_request, of_an_aborted_vcpu_is_aborted_each_time)
{
	struct direct direct = direct_start(LEGACY, LEGACY);

	(void)direct_request(direct.primary, TO_VM2);
	(void)guest_serror(direct.receiver, GUEST_ESR(0x2f, 0));
	EXPECT_FFA_ERROR(direct.primary, FFA_ABORTED);

	for (unsigned int i = 0; i < 2; i++) {
		ASSERT_EQ(direct_request(direct.primary, TO_VM2),
			  direct.primary);
		EXPECT_FFA_ERROR(direct.primary, FFA_ABORTED);
	}
}

/** A request to a vCPU that does not wait is BUSY, and changes nothing. */
static bool is_busy(struct vcpu *primary, const struct vcpu *vcpu)
{
	enum vcpu_state state = vcpu->state;

	return direct_request(primary, TO_VM2) == primary &&
	       primary->regs.x[0] == FFA_ERROR &&
	       primary->regs.x[2] == (uint32_t)FFA_BUSY &&
	       vcpu->state == state && vcpu->request == REQUEST_NONE;
}

TEST(ffa_direct_request, one_that_has_never_run_is_busy)
{
	struct vcpu *primary = machine_start();

	EXPECT_TRUE(is_busy(primary, vm_vcpu(guest_add_vm(1), 0)));
}

TEST(ffa_direct_request, one_that_runs_elsewhere_is_busy)
{
	struct direct direct = direct_start(V1_1, V1_1);

	EXPECT_EQ(guest_run(direct.primary, direct.receiver), direct.receiver);

	EXPECT_TRUE(is_busy(machine_run_on(1), direct.receiver));
}

TEST(ffa_direct_request, one_that_is_off_is_busy)
{
	struct direct direct = direct_start(V1_1, V1_1);

	(void)guest_hvc(guest_run(direct.primary, direct.receiver),
			CALL(PSCI_CPU_OFF));

	EXPECT_TRUE(is_busy(direct.primary, direct.receiver));
}

TEST(ffa_direct_request, one_that_has_yielded_is_busy)
{
	struct direct direct = direct_start(V1_1, V1_1);

	(void)guest_hvc(guest_run(direct.primary, direct.receiver),
			CALL(FFA_YIELD));

	EXPECT_TRUE(is_busy(direct.primary, direct.receiver));
}

TEST(ffa_direct_request, one_that_waits_for_an_interrupt_is_busy)
{
	struct direct direct = direct_start(V1_1, V1_1);

	(void)guest_trap(guest_run(direct.primary, direct.receiver),
			 GUEST_ESR_WFI);

	EXPECT_TRUE(is_busy(direct.primary, direct.receiver));
}

TEST(ffa_direct_request, one_that_is_not_saved_yet_is_busy)
{
	struct direct direct = direct_start(V1_1, V1_1);
	struct vcpu *other = machine_run_on(1);

	direct.receiver->regs.is_live = 1;
	EXPECT_TRUE(is_busy(other, direct.receiver));

	guest_leave_done(direct.receiver);
	EXPECT_EQ(direct_request(other, TO_VM2), direct.receiver);
}

TEST(ffa_direct_request, second_one_is_busy)
{
	struct direct direct = direct_start(V1_2, V1_2);
	struct vcpu *other;

	(void)direct_request(direct.primary, TO_VM2);
	other = machine_run_on(1);

	EXPECT_EQ(direct_request(other, TO_VM2), other);
	EXPECT_FFA_ERROR(other, FFA_BUSY);
	EXPECT_EQ(direct.receiver->request, REQUEST_DIRECT);
}

TEST(ffa_direct_request, expired_timer_is_delivered_on_the_way)
{
	struct direct direct = direct_start(V1_1, V1_1);
	uint64_t timer = BIT(HF_VIRTUAL_TIMER_INTID);

	direct.receiver->virq_enabled = timer;
	direct.receiver->regs.sysreg[SLOT_CNTV_CTL_EL0] = 1;
	direct.receiver->regs.sysreg[SLOT_CNTV_CVAL_EL0] = 1000;
	(void)direct_request(direct.primary, TO_VM2);

	EXPECT_TRUE(direct_is_frame(direct.receiver, REQ, TO_VM2, 3));
	EXPECT_EQ(direct.receiver->virq_pending, timer);
	EXPECT_EQ(sysreg_read(hcr_el2) & BIT(7), BIT(7));
}

TEST(ffa_direct_request, message_in_rx_stays_for_later)
{
	struct direct direct = direct_start(LEGACY, LEGACY);
	struct vm *vm = direct.receiver->vm;

	vm->mailbox.sender = HF_PRIMARY_VM_ID;
	vm->mailbox.size_bytes = 5;
	vm->mailbox.state = MAILBOX_RECEIVED;

	EXPECT_EQ(direct_request(direct.primary, TO_VM2), direct.receiver);
	EXPECT_EQ(direct.receiver->regs.x[0], REQ);
	EXPECT_EQ(vm->mailbox.state, MAILBOX_RECEIVED);
}
