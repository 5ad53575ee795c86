/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct requests of the primary to its secondaries. */
#include "hft/puppet.h"
#include "hftest.h"

/** A request of VM 1 with a payload of `first` and so on. */
static struct smccc_value request(uint64_t id, uint16_t vm, uint64_t first)
{
	uint64_t w1 = ((uint64_t)HF_PRIMARY_VM_ID << 16) | vm;

	return hf_hvc((struct smccc_value){{id, w1, 0, first, first + 1,
					    first + 2, first + 3, first + 4}});
}

static void expect_response(struct smccc_value frame, uint16_t vm,
			    uint64_t first)
{
	EXPECT_EQ(frame.x[1], ((uint64_t)vm << 16) | HF_PRIMARY_VM_ID);
	EXPECT_EQ(frame.x[2], 0);
	for (unsigned int i = 3; i < 8; i++) {
		EXPECT_EQ(frame.x[i], first + i - 3);
	}
}

static void start_echo(uint16_t vm)
{
	hft_service_start(vm, "direct_echo");
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_MSG_WAIT);
}

TEST(direct, request_is_echoed)
{
	struct smccc_value frame;

	start_echo(VM_FDT);
	frame = request(FFA_MSG_SEND_DIRECT_REQ, VM_FDT, 0xfffffff0);

	EXPECT_EQ(frame.x[0], FFA_MSG_SEND_DIRECT_RESP);
	expect_response(frame, VM_FDT, 0xfffffff0);
}

TEST(direct, request_of_64_bits_is_echoed)
{
	uint64_t first = UINT64_C(0xfedcba9876543210);
	struct smccc_value frame;

	start_echo(VM_PLAIN);
	frame = request(FFA_64(FFA_MSG_SEND_DIRECT_REQ), VM_PLAIN, first);

	EXPECT_EQ(frame.x[0], FFA_64(FFA_MSG_SEND_DIRECT_RESP));
	expect_response(frame, VM_PLAIN, first);
}

TEST(direct, two_vms_answer_in_turn)
{
	start_echo(VM_FDT);
	start_echo(VM_PLAIN);
	for (uint64_t i = 0; i < 50; i++) {
		expect_response(request(FFA_MSG_SEND_DIRECT_REQ, VM_FDT, i),
				VM_FDT, i);
		expect_response(
			request(FFA_MSG_SEND_DIRECT_REQ, VM_PLAIN, i + 9),
			VM_PLAIN, i + 9);
	}
}

TEST(direct, one_that_has_not_waited_yet_is_busy)
{
	EXPECT_TRUE(hft_is_error(request(FFA_MSG_SEND_DIRECT_REQ, VM_FDT, 0),
				 FFA_BUSY));
}

TEST(direct, smc_that_is_refused_meanwhile_ends_nothing)
{
	struct smccc_value frame;

	hft_service_start(VM_PLAIN, "direct_smc");
	ASSERT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_MSG_WAIT);
	for (uint64_t i = 0; i < 3; i++) {
		frame = request(FFA_64(FFA_MSG_SEND_DIRECT_REQ), VM_PLAIN, i);
		EXPECT_EQ(frame.x[0], FFA_64(FFA_MSG_SEND_DIRECT_RESP));
		EXPECT_EQ(frame.x[3], SMCCC_NOT_SUPPORTED);
		EXPECT_EQ(frame.x[4], i);
		EXPECT_EQ(frame.x[5], i + 1);
	}
}
