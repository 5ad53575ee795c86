/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages between the primary and its secondaries. */
#include <string.h>

#include "hft/arch.h"
#include "hft/puppet.h"
#include "hftest.h"

/** Send `size` bytes to an echo; they come back as they were. */
static void expect_echo(uint16_t vm, uint64_t size)
{
	struct smccc_value frame;

	for (uint64_t i = 0; i < HFT_PAGE_SIZE; i++) {
		hft_tx[i] = (uint8_t)(i * 7 + size);
	}
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, vm, size).x[0], FFA_SUCCESS);
	frame = hft_run(vm, 0);
	ASSERT_EQ(frame.x[0], FFA_MSG_SEND);
	EXPECT_EQ(frame.x[1], ((uint64_t)vm << 16) | HF_PRIMARY_VM_ID);
	EXPECT_EQ(frame.x[2], 0);
	EXPECT_EQ(frame.x[3], size);
	EXPECT_EQ(frame.x[4], 0);
	EXPECT_EQ(memcmp(hft_rx, hft_tx, size), 0);
	EXPECT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
}

TEST(message, empty_one_is_echoed)
{
	hft_service_start(VM_FDT, "echo");
	expect_echo(VM_FDT, 0);
}

TEST(message, short_one_is_echoed)
{
	hft_service_start(VM_FDT, "echo");
	expect_echo(VM_FDT, 22);
}

TEST(message, whole_page_is_echoed)
{
	hft_service_start(VM_FDT, "echo");
	expect_echo(VM_FDT, HFT_PAGE_SIZE);
}

TEST(message, one_after_the_other_is_echoed)
{
	hft_service_start(VM_FDT, "echo");
	for (uint64_t i = 1; i <= 32; i++) {
		expect_echo(VM_FDT, i * 128);
	}
}

TEST(message, two_vms_echo_in_turn)
{
	hft_service_start(VM_FDT, "echo");
	hft_service_start(VM_PLAIN, "echo");
	for (uint64_t i = 1; i <= 8; i++) {
		expect_echo(VM_FDT, i);
		expect_echo(VM_PLAIN, 2 * i);
	}
}

TEST(message, relay_between_secondaries_is_announced_without_its_size)
{
	static const char text[] = "passed on";
	struct smccc_value frame;

	hft_service_start(VM_FDT, "relay");
	hft_service_start(VM_PLAIN, "relay");
	/* To VM_PLAIN, and from there to the primary. */
	hft_tx[0] = VM_PLAIN;
	hft_tx[1] = 0;
	hft_tx[2] = HF_PRIMARY_VM_ID;
	hft_tx[3] = 0;
	memcpy(&hft_tx[4], text, sizeof(text));
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_FDT, 4 + sizeof(text)).x[0],
		  FFA_SUCCESS);

	frame = hft_run(VM_FDT, 0);
	EXPECT_EQ(frame.x[0], FFA_MSG_SEND);
	EXPECT_EQ(frame.x[1], ((uint64_t)VM_FDT << 16) | VM_PLAIN);
	EXPECT_EQ(frame.x[3], 0);

	frame = hft_run(VM_PLAIN, 0);
	EXPECT_EQ(frame.x[0], FFA_MSG_SEND);
	EXPECT_EQ(frame.x[1], ((uint64_t)VM_PLAIN << 16) | HF_PRIMARY_VM_ID);
	EXPECT_EQ(frame.x[3], sizeof(text));
	EXPECT_STREQ((const char *)hft_rx, text);
}

TEST(message, second_one_is_busy_until_the_first_is_released)
{
	hft_service_start(VM_FDT, "echo");
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_FDT, 1).x[0], FFA_SUCCESS);
	EXPECT_TRUE(
		hft_is_error(hft_send(HF_PRIMARY_VM_ID, VM_FDT, 1), FFA_BUSY));
	ASSERT_EQ(hft_run(VM_FDT, 0).x[0], FFA_MSG_SEND);
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
	expect_echo(VM_FDT, 1);
}

TEST(message, send_refuses_bad_arguments)
{
	hft_service_start(VM_FDT, "echo");
	EXPECT_TRUE(hft_is_error(hft_send(VM_PLAIN, VM_FDT, 0),
				 FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(
		hft_is_error(hft_send(HF_PRIMARY_VM_ID, HF_PRIMARY_VM_ID, 0),
			     FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(hft_is_error(hft_send(HF_PRIMARY_VM_ID, 17, 0),
				 FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(hft_is_error(
		hft_send(HF_PRIMARY_VM_ID, VM_FDT, HFT_PAGE_SIZE + 1),
		FFA_INVALID_PARAMETERS));
}
