/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of direct responses of hafnium/src/ffa/direct.c, and of what a vCPU may
 * not do while it has a request to answer.
 */
#include "fixture/direct.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hftest.h"

#define UPPER UINT64_C(0xffffffff00000000)

/** Primary and VM 2 of that profile; VM 2's vCPU has a request to answer. */
static struct direct start_request(enum direct_profile profile)
{
	struct direct direct = direct_start(profile, profile);

	ASSERT_EQ(direct_request(direct.primary, TO_VM2), direct.receiver);
	return direct;
}

/** `vcpu` calls and goes on, with FFA_ERROR of `code`. */
static bool is_refused(struct vcpu *vcpu, struct smccc_value args, int32_t code)
{
	return guest_hvc(vcpu, args) == vcpu && vcpu->regs.x[0] == FFA_ERROR &&
	       vcpu->regs.x[2] == (uint32_t)code &&
	       guest_first_used(vcpu, 3) == 8 && vcpu->state == VCPU_RUNNING;
}

/** A response with these w1 and w2 is refused, and the request stays. */
static bool response_is_refused(enum direct_profile profile, uint64_t w1,
				uint64_t w2, int32_t code)
{
	struct vcpu *vcpu = start_request(profile).receiver;

	return is_refused(vcpu, CALL(RESP, w1, w2), code) &&
	       vcpu->request == REQUEST_DIRECT;
}

TEST(ffa_direct_response, is_the_answer_to_the_request)
{
	struct direct direct = start_request(V1_1);

	EXPECT_EQ(direct_respond(direct.receiver), direct.primary);
	EXPECT_TRUE(direct_is_frame(direct.primary, RESP, TO_PRIMARY, 13));
}

TEST(ffa_direct_response, leaves_x8_to_x30_of_the_requester)
{
	struct direct direct = start_request(V1_2);

	machine_mark_registers(direct.primary);
	direct_set_extra(direct.receiver, 0);
	(void)direct_respond(direct.receiver);

	EXPECT_EQ(machine_first_changed(direct.primary, 8), 31U);
}

TEST(ffa_direct_response, receiver_waits_again)
{
	struct direct direct = start_request(LEGACY);

	(void)direct_respond(direct.receiver);

	EXPECT_EQ(direct.receiver->state, VCPU_BLOCKED_MAILBOX);
	EXPECT_EQ(direct.receiver->request, REQUEST_NONE);
	EXPECT_EQ(direct.receiver->regs.is_live, 0U);
}

TEST(ffa_direct_response, is_answered_by_the_next_request)
{
	struct direct direct = start_request(LEGACY);

	for (unsigned int i = 0; i < 3; i++) {
		ASSERT_EQ(direct_respond(direct.receiver), direct.primary);
		ASSERT_EQ(
			guest_hvc(direct.primary, CALL(REQ, TO_VM2, 0, i, i + 1,
						       i + 2, i + 3, i + 4)),
			direct.receiver);
		ASSERT_TRUE(direct_is_frame(direct.receiver, REQ, TO_VM2, i));
	}
}

TEST(ffa_direct_response, by_smc_is_the_same)
{
	struct direct direct = start_request(V1_1);

	EXPECT_EQ(guest_smc(direct.receiver,
			    CALL(RESP, TO_PRIMARY, 0, 13, 14, 15, 16, 17)),
		  direct.primary);
	EXPECT_TRUE(direct_is_frame(direct.primary, RESP, TO_PRIMARY, 13));
}

TEST(ffa_direct_response, of_32_bits_loses_the_upper_halves)
{
	struct direct direct = start_request(V1_1);

	(void)guest_hvc(direct.receiver,
			CALL(UPPER | RESP, UPPER | TO_PRIMARY, UPPER, UPPER | 1,
			     UPPER | 2, UPPER | 3, UPPER | 4, UPPER | 5));

	EXPECT_TRUE(direct_is_frame(direct.primary, RESP, TO_PRIMARY, 1));
}

TEST(ffa_direct_response, of_64_bits_keeps_them)
{
	struct direct direct = start_request(V1_1);

	(void)guest_hvc(direct.receiver,
			CALL(RESP_64, UPPER | TO_PRIMARY, UPPER, UPPER | 1,
			     UPPER | 2, UPPER | 3, UPPER | 4, UPPER | 5));

	EXPECT_TRUE(direct_is_frame(direct.primary, RESP_64, TO_PRIMARY,
				    UPPER | 1));
}

TEST(ffa_direct_response, of_the_other_width_is_taken)
{
	struct direct direct = direct_start(V1_1, V1_1);

	(void)guest_hvc(direct.primary, CALL(REQ_64, TO_VM2));
	EXPECT_EQ(direct_respond(direct.receiver), direct.primary);
	EXPECT_EQ(direct.primary->regs.x[0], RESP);
}

TEST(ffa_direct_response, of_another_sender_is_refused)
{
	EXPECT_TRUE(response_is_refused(LEGACY, 0x30001, 0, FFA_NOT_SUPPORTED));
	EXPECT_TRUE(
		response_is_refused(V1_0, 0x30001, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(
		response_is_refused(V1_2, 0x00001, 0, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_response, to_oneself_is_refused)
{
	EXPECT_TRUE(response_is_refused(LEGACY, 0x20002, 0, FFA_NOT_SUPPORTED));
	EXPECT_TRUE(
		response_is_refused(V1_1, 0x20002, 0, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_response, to_another_than_the_primary_is_refused)
{
	EXPECT_TRUE(response_is_refused(LEGACY, 0x20003, 0, FFA_NOT_SUPPORTED));
	EXPECT_TRUE(
		response_is_refused(V1_0, 0x20003, 0, FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(
		response_is_refused(V1_2, 0x28000, 0, FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_response, is_not_for_the_primary)
{
	struct direct direct = direct_start(LEGACY, LEGACY);
	struct vcpu *primary = direct.primary;

	EXPECT_TRUE(
		is_refused(primary, CALL(RESP, 0x10002), FFA_NOT_SUPPORTED));
	EXPECT_TRUE(
		is_refused(primary, CALL(RESP, 0x10001), FFA_NOT_SUPPORTED));
	direct_profile_set(primary->vm, V1_2);
	EXPECT_TRUE(is_refused(primary, CALL(RESP, 0x10002),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(primary, CALL(RESP, 0x10001),
			       FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_response, without_a_request_is_denied)
{
	struct direct direct = direct_start(V1_1, V1_1);
	struct vcpu *vcpu = guest_run(direct.primary, direct.receiver);

	EXPECT_TRUE(is_refused(vcpu, CALL(RESP, TO_PRIMARY), FFA_DENIED));
	direct_profile_set(vcpu->vm, LEGACY);
	EXPECT_TRUE(is_refused(vcpu, CALL(RESP, TO_PRIMARY), FFA_DENIED));
}

TEST(ffa_direct_response, without_a_request_is_denied_before_w2)
{
	struct direct direct = direct_start(V1_1, V1_1);
	struct vcpu *vcpu = guest_run(direct.primary, direct.receiver);

	EXPECT_TRUE(is_refused(vcpu, CALL(RESP, TO_PRIMARY, 1), FFA_DENIED));
}

TEST(ffa_direct_response, second_one_is_denied)
{
	struct direct direct = start_request(V1_1);

	(void)direct_respond(direct.receiver);
	EXPECT_EQ(guest_run(direct.primary, direct.receiver), direct.receiver);

	EXPECT_TRUE(is_refused(direct.receiver, CALL(RESP, TO_PRIMARY),
			       FFA_DENIED));
}

TEST(ffa_direct_response, flags_are_invalid)
{
	EXPECT_TRUE(response_is_refused(V1_0, TO_PRIMARY, 1,
					FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(response_is_refused(V1_1, TO_PRIMARY, BIT(31) | 2,
					FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct_response, flags_of_a_legacy_caller_are_not_seen)
{
	struct direct direct = start_request(LEGACY);

	/* Nor is what the requester had there. */
	direct.primary->regs.x[2] = 7;
	EXPECT_EQ(guest_hvc(direct.receiver, CALL(RESP, TO_PRIMARY, BIT(31))),
		  direct.primary);
	EXPECT_EQ(direct.primary->regs.x[2], 0U);
}

TEST(ffa_direct_response, of_64_bits_by_1_2_has_nothing_in_x8_to_x17)
{
	struct direct direct = start_request(V1_2);
	struct vcpu *vcpu = direct.receiver;

	direct_set_extra(vcpu, 0);
	vcpu->regs.x[17] = 1;
	EXPECT_TRUE(is_refused(vcpu, CALL(RESP_64, TO_PRIMARY),
			       FFA_INVALID_PARAMETERS));
	vcpu->regs.x[17] = 0;
	vcpu->regs.x[18] = 1;
	EXPECT_EQ(guest_hvc(vcpu, CALL(RESP_64, TO_PRIMARY)), direct.primary);
}

TEST(ffa_direct_response, of_32_bits_or_before_1_2_may_have)
{
	struct direct direct = start_request(V1_2);

	direct_set_extra(direct.receiver, 1);
	EXPECT_EQ(direct_respond(direct.receiver), direct.primary);

	direct = start_request(V1_1);
	direct_set_extra(direct.receiver, 1);
	EXPECT_EQ(guest_hvc(direct.receiver, CALL(RESP_64, TO_PRIMARY)),
		  direct.primary);
}

TEST(ffa_in_request, calls_of_indirect_messages_are_denied)
{
	struct vcpu *vcpu = start_request(LEGACY).receiver;

	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_MSG_WAIT), FFA_DENIED));
	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_MSG_POLL), FFA_DENIED));
	EXPECT_TRUE(
		is_refused(vcpu, CALL(FFA_MSG_SEND, TO_PRIMARY), FFA_DENIED));
	EXPECT_EQ(vcpu->request, REQUEST_DIRECT);
}

TEST(ffa_in_request, send_is_denied_between_its_checks)
{
	struct vcpu *vcpu = start_request(LEGACY).receiver;

	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_MSG_SEND, TO_VM2),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_MSG_SEND, TO_PRIMARY, 0, 4097),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_MSG_SEND, 0x20009), FFA_DENIED));
}

TEST(ffa_in_request, wait_of_1_1_is_denied_behind_its_mbz)
{
	struct vcpu *vcpu = start_request(V1_1).receiver;

	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_MSG_WAIT, 1),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_MSG_WAIT), FFA_DENIED));
}

TEST(ffa_in_request, yield_of_1_0_is_denied)
{
	EXPECT_TRUE(is_refused(start_request(LEGACY).receiver, CALL(FFA_YIELD),
			       FFA_DENIED));
	EXPECT_TRUE(is_refused(start_request(V1_0).receiver, CALL(FFA_YIELD),
			       FFA_DENIED));
}

TEST(ffa_in_request, wfe_of_1_0_gives_nothing_away)
{
	struct vcpu *vcpu = start_request(LEGACY).receiver;
	uint64_t pc = vcpu->regs.pc;

	EXPECT_EQ(guest_trap(vcpu, GUEST_ESR_WFE), vcpu);
	EXPECT_EQ(vcpu->regs.pc, pc + 4);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(ffa_in_request, request_of_its_own_is_refused)
{
	EXPECT_TRUE(is_refused(start_request(LEGACY).receiver,
			       CALL(REQ, TO_PRIMARY), FFA_NOT_SUPPORTED));
	EXPECT_TRUE(is_refused(start_request(V1_1).receiver,
			       CALL(REQ, TO_PRIMARY), FFA_DENIED));
}

TEST(ffa_in_request, run_is_denied)
{
	struct vcpu *vcpu = start_request(V1_1).receiver;

	EXPECT_TRUE(is_refused(vcpu, CALL(FFA_RUN, REF_VM2), FFA_DENIED));
}

TEST(ffa_in_request, vcpu_that_starts_again_has_none)
{
	struct direct direct = direct_start_smp(2);
	struct vcpu *vcpu = vm_vcpu(direct.receiver->vm, 1);
	struct vcpu *primary = machine_run_on(1);

	ASSERT_EQ(direct_request(primary, TO_VM2), vcpu);
	ASSERT_EQ(guest_hvc(vcpu, CALL(PSCI_CPU_OFF)), primary);
	EXPECT_FRAME(primary, HF_FFA_RUN_WAIT_FOR_INTERRUPT, REF_VM2 + 1, 0U);
	ASSERT_EQ(guest_run(primary, direct.receiver)->regs.x[0],
		  (uint64_t)FFA_MSG_WAIT);
	vm_vcpu(direct.receiver->vm, 0)->virq_enabled = 2;
	(void)guest_hvc(primary, CALL(HF_INTERRUPT_INJECT, 2, 0, 1));
	ASSERT_EQ(guest_run(primary, direct.receiver), direct.receiver);
	ASSERT_EQ(guest_hvc(direct.receiver, CALL(PSCI_CPU_ON, 1, 0, 0)),
		  primary);

	EXPECT_EQ(vcpu->request, REQUEST_NONE);
	direct_wait(primary, vcpu);
	EXPECT_EQ(direct_request(primary, TO_VM2), vcpu);
}
