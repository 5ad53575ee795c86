/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TX changes while MSG_SEND2 reads it: a message goes to one receiver, whose RX
 * says what was looked at.
 */
#include "toctou.h"

#define CALLS 400

/* Of a header of 1.1: payload's offset, receiver and sender; its size. */
#define PLACE 8
#define SIZE 16

/* NOTIFICATION_GET: the flag, and the bit in w7. */
#define FROM_HYPERVISOR 8
#define RX_FULL 1

static const uint16_t receivers[] = {ACTOR_A, ACTOR_B};
static uint32_t received_by[2];
static uint32_t refused;

/** The word of a header that says where and from whom. */
static uint64_t place(uint32_t offset, uint16_t receiver)
{
	return offset | ((uint64_t)receiver << 32) | ((uint64_t)PRIMARY << 48);
}

static void put_message(void)
{
	volatile uint64_t *tx = (volatile uint64_t *)vm_tx(PRIMARY);

	tx[0] = 0;
	tx[PLACE / 8] = place(64, ACTOR_A);
	tx[SIZE / 8] = 8;
}

/** What is in RX is for who has it; true when there was something. */
static bool take_message(uint16_t vm)
{
	uint64_t header[3];
	struct ffa_frame frame =
		vm_call(vm, FFA(FFA_NOTIFICATION_GET, ffa_pair(0, vm),
				FROM_HYPERVISOR));

	if ((frame.x[7] & RX_FULL) == 0) {
		return false;
	}
	vm_read(vm, vm_rx(vm), header, sizeof(header));
	ASSERT_EQ(header[PLACE / 8], place(64, vm));
	ASSERT_EQ((uint32_t)header[SIZE / 8], 8);
	vm_release_rx(vm);
	return true;
}

static void send_messages(void)
{
	for (uint32_t i = 0; i < CALLS; i++) {
		struct ffa_frame frame;
		uint32_t count = 0;

		let_it_flip(i);
		frame = hft_ffa_hvc(FFA(FFA_MSG_SEND2));
		for (unsigned int n = 0; n < 2; n++) {
			bool is_there = take_message(receivers[n]);

			count += is_there;
			received_by[n] += is_there;
		}
		if (frame.x[0] == FFA_ERROR) {
			ASSERT_TRUE(hft_ffa_is_error(&frame,
						     FFA_INVALID_PARAMETERS));
			refused++;
		}
		ASSERT_EQ(count, frame.x[0] == FFA_ERROR ? 0 : 1);
	}
	HFTEST_LOG("%u and %u received, %u refused", received_by[0],
		   received_by[1], refused);
}

TEST(ffa_toctou_message, receiver)
{
	start_all(FFA_VERSION_1_1);
	put_message();
	race_with_flips(PLACE, place(64, ACTOR_B), send_messages);
	EXPECT_EQ(refused, 0);
}

TEST(ffa_toctou_message, offset_of_the_payload)
{
	start_all(FFA_VERSION_1_1);
	put_message();
	race_with_flips(PLACE, place(0xfffffff0, ACTOR_A), send_messages);
	EXPECT_EQ(received_by[1], 0);
}

TEST(ffa_toctou_message, size_of_the_payload)
{
	start_all(FFA_VERSION_1_1);
	put_message();
	/* One byte differs: the end of a header need not be read as a word. */
	race_with_flips(SIZE, UINT64_C(0xff000008), send_messages);
	EXPECT_EQ(received_by[1], 0);
}
