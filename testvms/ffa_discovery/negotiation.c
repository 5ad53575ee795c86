/* SPDX-License-Identifier: BSD-3-Clause */
/* Which version a VM has after what it asked for, seen by what it is offered. */
#include "hft/actor.h"

#define VERSION_1_3 UINT32_C(0x00010003)
#define REFUSED UINT32_C(0xffffffff)

static struct ffa_frame features(uint16_t vm, uint64_t id)
{
	return vm_call(vm, FFA(FFA_FEATURES, id));
}

TEST(ffa_version, upper_half_of_the_argument_does_not_count)
{
	struct ffa_frame frame =
		hft_ffa_call(FFA(FFA_VERSION, UINT64_C(0x8765432100010001)));

	EXPECT_EQ(frame.x[0], FFA_VERSION_1_2);
	/* It is 1.1 now. */
	EXPECT_FFA_SUCCESS(features(PRIMARY, FFA_MSG_SEND2));
	EXPECT_FFA_ERROR(features(PRIMARY, FFA_CONSOLE_LOG), FFA_NOT_SUPPORTED);
}

TEST(ffa_version, newer_minor_than_ours_becomes_ours)
{
	EXPECT_EQ(hft_ffa_version(VERSION_1_3), FFA_VERSION_1_2);
	EXPECT_FFA_SUCCESS(features(PRIMARY, FFA_CONSOLE_LOG));
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_1_2), FFA_VERSION_1_2);
}

TEST(ffa_version, last_request_before_another_call_counts)
{
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_1_2), FFA_VERSION_1_2);
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_1_0), FFA_VERSION_1_2);
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_1_1), FFA_VERSION_1_2);
	EXPECT_FFA_SUCCESS(features(PRIMARY, FFA_MSG_SEND2));
	EXPECT_FFA_ERROR(features(PRIMARY, FFA_CONSOLE_LOG), FFA_NOT_SUPPORTED);
}

TEST(ffa_version, refused_request_changes_nothing)
{
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_1_1), FFA_VERSION_1_2);
	EXPECT_EQ(hft_ffa_version(UINT32_C(0x00020000)), REFUSED);
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_MBZ | FFA_VERSION_1_2), REFUSED);
	EXPECT_FFA_SUCCESS(features(PRIMARY, FFA_MSG_SEND2));
	EXPECT_FFA_ERROR(features(PRIMARY, FFA_CONSOLE_LOG), FFA_NOT_SUPPORTED);
}

TEST(ffa_version, is_each_vms_own)
{
	vm_start(PRIMARY, FFA_VERSION_1_1);
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	vm_start(ACTOR_B, FFA_VERSION_1_0);
	EXPECT_FFA_SUCCESS(features(ACTOR_A, FFA_CONSOLE_LOG));
	EXPECT_FFA_ERROR(features(PRIMARY, FFA_CONSOLE_LOG), FFA_NOT_SUPPORTED);
	EXPECT_FFA_SUCCESS(features(PRIMARY, FFA_MSG_SEND2));
	EXPECT_FFA_ERROR(features(ACTOR_B, FFA_MSG_SEND2), FFA_NOT_SUPPORTED);
	EXPECT_FFA_SUCCESS(features(ACTOR_B, FFA_MSG_SEND));
	EXPECT_FFA_ERROR(features(ACTOR_A, FFA_MSG_SEND), FFA_NOT_SUPPORTED);
}
