/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_MSG_SEND_DIRECT_REQ2 and _RESP2 of hafnium/src/ffa/direct.c:
 * x4-x17 and a UUID, between VMs of 1.2.
 */
#include "fixture/direct.h"
#include "hftest.h"

#define UUID_LOW UINT64_C(0x1122334455667788)
#define UUID_HIGH UINT64_C(0x99aabbccddeeff00)

/** Both of 1.2; VM 2 offers a service with that UUID. */
static struct direct start(void)
{
	struct direct direct = direct_start(V1_2, V1_2);
	struct vm *vm = direct.receiver->vm;

	vm->uuid_count = 1;
	vm->uuids[0] = (struct vm_uuid){UUID_LOW, UUID_HIGH};
	return direct;
}

/** x8 to x17 are `first` and so on. */
static void set_payload(struct vcpu *vcpu, uint64_t first)
{
	for (unsigned int i = 8; i <= 17; i++) {
		vcpu->regs.x[i] = first + i - 8;
	}
}

static bool has_payload(const struct vcpu *vcpu, uint64_t first)
{
	for (unsigned int i = 8; i <= 17; i++) {
		if (vcpu->regs.x[i] != first + i - 8) {
			return false;
		}
	}
	return true;
}

/** REQ2 to VM 2: x4 to x7 are 4 to 7. */
static struct vcpu *request2(struct vcpu *primary, uint64_t low, uint64_t high)
{
	return guest_hvc(primary, CALL(REQ2, TO_VM2, low, high, 4, 5, 6, 7));
}

static struct vcpu *respond2(struct vcpu *vcpu)
{
	return guest_hvc(vcpu, CALL(RESP2, TO_PRIMARY, 0, 0, 14, 15, 16, 17));
}

static struct direct start_request2(void)
{
	struct direct direct = start();

	ASSERT_EQ(request2(direct.primary, 0, 0), direct.receiver);
	return direct;
}

/** `vcpu` goes on, with FFA_ERROR of `code` and x8-x17 as they were. */
static bool is_refused(const struct vcpu *vcpu, const struct vcpu *next,
		       int32_t code)
{
	return next == vcpu && vcpu->regs.x[0] == FFA_ERROR &&
	       vcpu->regs.x[2] == (uint32_t)code;
}

TEST(ffa_direct2, request_is_x4_to_x17_and_the_uuid)
{
	struct direct direct = start();
	const uint64_t *x = direct.receiver->regs.x;

	set_payload(direct.primary, UINT64_C(0xffffffffffff0000));
	EXPECT_EQ(request2(direct.primary, UUID_LOW, UUID_HIGH),
		  direct.receiver);

	EXPECT_EQ(x[0], REQ2);
	EXPECT_EQ(x[1], TO_VM2);
	EXPECT_EQ(x[2], UUID_LOW);
	EXPECT_EQ(x[3], UUID_HIGH);
	EXPECT_EQ(x[4], 4U);
	EXPECT_EQ(x[7], 7U);
	EXPECT_TRUE(has_payload(direct.receiver, UINT64_C(0xffffffffffff0000)));
}

TEST(ffa_direct2, request_leaves_x18_to_x30)
{
	struct direct direct = start();

	machine_mark_registers(direct.receiver);
	(void)request2(direct.primary, 0, 0);

	EXPECT_EQ(machine_first_changed(direct.receiver, 18), 31U);
}

TEST(ffa_direct2, request_needs_no_uuid)
{
	EXPECT_EQ(start_request2().receiver->regs.x[0], REQ2);
}

TEST(ffa_direct2, uuid_of_nobody_is_invalid)
{
	struct vcpu *primary = start().primary;

	EXPECT_TRUE(is_refused(primary, request2(primary, UUID_LOW, 0),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(primary, request2(primary, 0, UUID_HIGH),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(primary, request2(primary, UUID_HIGH, UUID_LOW),
			       FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct2, second_uuid_of_the_receiver_will_do)
{
	struct direct direct = start();

	direct.receiver->vm->uuid_count = 2;
	direct.receiver->vm->uuids[1] = (struct vm_uuid){1, 2};

	EXPECT_EQ(request2(direct.primary, 1, 2), direct.receiver);
}

TEST(ffa_direct2, sender_and_receiver_are_checked_as_those_of_a_request)
{
	struct vcpu *primary = start().primary;

	EXPECT_TRUE(is_refused(primary, guest_hvc(primary, CALL(REQ2, 0x30002)),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(primary, guest_hvc(primary, CALL(REQ2, 0x10001)),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(primary, guest_hvc(primary, CALL(REQ2, 0x10007)),
			       FFA_INVALID_PARAMETERS));
}

TEST(ffa_direct2, secondary_may_not_request)
{
	struct direct direct = start();
	struct vcpu *vcpu = guest_run(direct.primary, direct.receiver);

	EXPECT_TRUE(is_refused(vcpu, guest_hvc(vcpu, CALL(REQ2, TO_PRIMARY)),
			       FFA_DENIED));
}

/** REQ2 without these properties of the two. */
static bool is_denied_without(uint32_t of_primary, uint32_t of_receiver)
{
	struct direct direct = start();

	direct.primary->vm->ffa_properties &= ~of_primary;
	direct.receiver->vm->ffa_properties &= ~of_receiver;
	return is_refused(direct.primary, request2(direct.primary, 0, 0),
			  FFA_DENIED);
}

TEST(ffa_direct2, has_properties_of_its_own)
{
	EXPECT_TRUE(is_denied_without(0, FFA_PROPERTY_DIRECT2_RECEIVE));
	EXPECT_TRUE(is_denied_without(FFA_PROPERTY_DIRECT2_SEND, 0));
	EXPECT_FALSE(is_denied_without(FFA_PROPERTY_DIRECT_SEND,
				       FFA_PROPERTY_DIRECT_RECEIVE));
}

TEST(ffa_direct2, receiver_that_does_not_speak_1_2_is_denied)
{
	struct vcpu *primary = direct_start(V1_2, V1_1).primary;

	EXPECT_TRUE(is_refused(primary, request2(primary, 0, 0), FFA_DENIED));
	primary = direct_start(V1_2, LEGACY).primary;
	EXPECT_TRUE(is_refused(primary, request2(primary, 0, 0), FFA_DENIED));
}

TEST(ffa_direct2, is_not_supported_before_1_2)
{
	struct vcpu *primary = direct_start(V1_1, V1_2).primary;

	EXPECT_TRUE(is_refused(primary, request2(primary, 0, 0),
			       FFA_NOT_SUPPORTED));
	EXPECT_TRUE(is_refused(primary, respond2(primary), FFA_NOT_SUPPORTED));
}

TEST(ffa_direct2, to_an_aborting_vm_is_aborted)
{
	struct direct direct = start();

	direct.receiver->vm->is_aborting = true;

	EXPECT_TRUE(is_refused(direct.primary, request2(direct.primary, 0, 0),
			       FFA_ABORTED));
}

TEST(ffa_direct2, has_no_32_bit_form)
{
	struct vcpu *primary = start().primary;

	EXPECT_TRUE(is_refused(
		primary,
		guest_hvc(primary, CALL(FFA_MSG_SEND_DIRECT_REQ2, TO_VM2)),
		FFA_NOT_SUPPORTED));
}

TEST(ffa_direct2, second_request_of_either_kind_is_busy)
{
	struct direct direct = start_request2();
	struct vcpu *other = machine_run_on(1);

	EXPECT_TRUE(is_refused(other, request2(other, 0, 0), FFA_BUSY));
	EXPECT_TRUE(is_refused(other, direct_request(other, TO_VM2), FFA_BUSY));
	EXPECT_EQ(direct.receiver->request, REQUEST_DIRECT2);
}

TEST(ffa_direct2, response_is_x4_to_x17)
{
	struct direct direct = start_request2();
	const uint64_t *x = direct.primary->regs.x;

	set_payload(direct.receiver, UINT64_C(0xabcdef0000000000));
	EXPECT_EQ(respond2(direct.receiver), direct.primary);

	EXPECT_EQ(x[0], RESP2);
	EXPECT_EQ(x[1], TO_PRIMARY);
	EXPECT_EQ(x[2], 0U);
	EXPECT_EQ(x[3], 0U);
	EXPECT_EQ(x[4], 14U);
	EXPECT_EQ(x[7], 17U);
	EXPECT_TRUE(has_payload(direct.primary, UINT64_C(0xabcdef0000000000)));
	EXPECT_EQ(direct.receiver->request, REQUEST_NONE);
}

TEST(ffa_direct2, response_has_nothing_in_x2_and_x3)
{
	struct vcpu *vcpu = start_request2().receiver;

	EXPECT_TRUE(is_refused(vcpu,
			       guest_hvc(vcpu, CALL(RESP2, TO_PRIMARY, 1)),
			       FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(is_refused(
		vcpu,
		guest_hvc(vcpu, CALL(RESP2, TO_PRIMARY, 0, UINT64_C(1) << 63)),
		FFA_INVALID_PARAMETERS));
	EXPECT_EQ(vcpu->request, REQUEST_DIRECT2);
}

TEST(ffa_direct2, response_of_the_other_kind_is_denied)
{
	struct direct direct = start_request2();
	struct vcpu *vcpu = direct.receiver;

	direct_set_extra(vcpu, 0);
	EXPECT_TRUE(is_refused(vcpu, direct_respond(vcpu), FFA_DENIED));
	EXPECT_TRUE(is_refused(vcpu, guest_hvc(vcpu, CALL(RESP_64, TO_PRIMARY)),
			       FFA_DENIED));
	EXPECT_EQ(respond2(vcpu), direct.primary);

	ASSERT_EQ(direct_request(direct.primary, TO_VM2), vcpu);
	EXPECT_TRUE(is_refused(vcpu, respond2(vcpu), FFA_DENIED));
	EXPECT_EQ(direct_respond(vcpu), direct.primary);
}

TEST(ffa_direct2, response_with_nothing_requested_is_denied)
{
	struct direct direct = start();
	struct vcpu *vcpu = guest_run(direct.primary, direct.receiver);

	EXPECT_TRUE(is_refused(vcpu, respond2(vcpu), FFA_DENIED));
}

TEST(ffa_direct2, run_of_an_interrupted_one_gets_x4_to_x17)
{
	struct direct direct = start_request2();

	(void)guest_irq(direct.receiver);
	EXPECT_FRAME(direct.primary, FFA_INTERRUPT, REF_VM2, 0U);
	direct_set_extra(direct.primary, 0);
	ASSERT_EQ(guest_run(direct.primary, direct.receiver), direct.receiver);
	set_payload(direct.receiver, 100);
	EXPECT_EQ(respond2(direct.receiver), direct.primary);

	EXPECT_EQ(direct.primary->regs.x[0], RESP2);
	EXPECT_TRUE(has_payload(direct.primary, 100));
}

TEST(ffa_direct2, interrupt_leaves_x8_to_x17_of_the_requester)
{
	struct direct direct = start();

	set_payload(direct.primary, 50);
	(void)request2(direct.primary, 0, 0);
	(void)guest_irq(direct.receiver);

	EXPECT_TRUE(has_payload(direct.primary, 50));
}

TEST(ffa_direct2, by_smc_is_the_same)
{
	struct direct direct = start();

	EXPECT_EQ(guest_smc(direct.primary, CALL(REQ2, TO_VM2)),
		  direct.receiver);
	EXPECT_EQ(guest_smc(direct.receiver, CALL(RESP2, TO_PRIMARY)),
		  direct.primary);
	EXPECT_EQ(direct.primary->regs.x[0], RESP2);
}
