/* SPDX-License-Identifier: BSD-3-Clause */
/* NOTIFICATION_INFO_GET: whom the primary has to run. */
#include "notification.h"

#define MORE BIT(0)

static unsigned int list_count(const struct ffa_frame *frame)
{
	return (frame->x[2] >> 7) & 0x1f;
}

/** vCPU ids of list `n`. */
static unsigned int vcpu_count(const struct ffa_frame *frame, unsigned int n)
{
	return (frame->x[2] >> (12 + 2 * n)) & 3;
}

/** Of the twenty ids. */
static uint16_t id(const struct ffa_frame *frame, unsigned int n)
{
	return (uint16_t)(frame->x[3 + n / 4] >> (16 * (n % 4)));
}

TEST_NEW(ffa_notification_info, nothing_is_no_data)
{
	start_all(version);
	EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
}

TEST_NEW(ffa_notification_info, is_for_the_primary)
{
	start_all(version);
	EXPECT_FFA_ERROR(
		vm_call(ACTOR_A, FFA(FFA_64(FFA_NOTIFICATION_INFO_GET))),
		FFA_NOT_SUPPORTED);
}

TEST_NEW(ffa_notification_info, global_one)
{
	struct ffa_frame frame;

	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	frame = info_get();
	EXPECT_FFA_FRAME(frame, FFA_64(FFA_SUCCESS));
	EXPECT_EQ(frame.x[1], 0);
	EXPECT_EQ(frame.x[2], BIT(7));
	EXPECT_EQ(frame.x[3], ACTOR_A);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
	/* Said once. */
	EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
}

TEST_NEW(ffa_notification_info, said_again_after_get_and_set)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 3));
	for (unsigned int i = 0; i < 3; i++) {
		EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
		EXPECT_FFA_FRAME(info_get(), FFA_64(FFA_SUCCESS));
		EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
		expect_pending(get(ACTOR_A, 0, FROM_VMS), 1, 0);
		EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
	}
}

TEST_NEW(ffa_notification_info, what_was_got_is_not_said)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 1, 0);
	EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
}

TEST_NEW(ffa_notification_info, several_vms)
{
	struct ffa_frame frame;
	uint64_t seen = 0;

	start_all(version);
	for (uint16_t vm = ACTOR_A; vm <= ACTOR_SMP; vm++) {
		EXPECT_FFA_DONE(bind(vm, PRIMARY, 0, 1));
		EXPECT_FFA_DONE(set(PRIMARY, vm, 0, 1));
	}
	frame = info_get();
	EXPECT_FFA_FRAME(frame, FFA_64(FFA_SUCCESS));
	EXPECT_EQ(frame.x[2] & MORE, 0);
	ASSERT_EQ(list_count(&frame), 3);
	for (unsigned int i = 0; i < 3; i++) {
		EXPECT_EQ(vcpu_count(&frame, i), 0);
		seen |= BIT(id(&frame, i));
	}
	EXPECT_EQ(seen, BIT(ACTOR_A) | BIT(ACTOR_B) | BIT(ACTOR_SMP));
	EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
}

/* Lists have three vCPUs at most. */
TEST_NEW(ffa_notification_info, four_vcpus_are_two_lists)
{
	struct ffa_frame frame;
	unsigned int at = 0;
	uint64_t seen = 0;

	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, PER_VCPU, 1));
	for (uint16_t vcpu = 0; vcpu < 4; vcpu++) {
		EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, for_vcpu(vcpu), 1));
	}
	frame = info_get();
	EXPECT_FFA_FRAME(frame, FFA_64(FFA_SUCCESS));
	EXPECT_EQ(frame.x[2] & MORE, 0);
	ASSERT_EQ(list_count(&frame), 2);
	EXPECT_EQ(vcpu_count(&frame, 0) + vcpu_count(&frame, 1), 4);
	for (unsigned int i = 0; i < 2; i++) {
		EXPECT_EQ(id(&frame, at), ACTOR_SMP);
		for (unsigned int k = 1; k <= vcpu_count(&frame, i); k++) {
			seen |= BIT(id(&frame, at + k));
		}
		at += 1 + vcpu_count(&frame, i);
	}
	EXPECT_EQ(seen, 0xf);
	EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
}

TEST_NEW(ffa_notification_info, some_vcpus)
{
	struct ffa_frame frame;

	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, PER_VCPU, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, for_vcpu(1), 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, for_vcpu(3), 1));
	frame = info_get();
	EXPECT_FFA_FRAME(frame, FFA_64(FFA_SUCCESS));
	ASSERT_EQ(list_count(&frame), 1);
	ASSERT_EQ(vcpu_count(&frame, 0), 2);
	EXPECT_EQ(id(&frame, 0), ACTOR_SMP);
	EXPECT_EQ(BIT(id(&frame, 1)) | BIT(id(&frame, 2)), BIT(1) | BIT(3));
}

/* What is for the caller itself, it is told too. */
TEST_NEW(ffa_notification_info, from_a_secondary_to_another)
{
	struct ffa_frame frame;

	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_B, ACTOR_A, 0, BIT(63)));
	EXPECT_FFA_DONE(set(ACTOR_A, ACTOR_B, 0, BIT(63)));
	frame = info_get();
	EXPECT_FFA_FRAME(frame, FFA_64(FFA_SUCCESS));
	EXPECT_EQ(list_count(&frame), 1);
	EXPECT_EQ(id(&frame, 0), ACTOR_B);
	expect_pending(get(ACTOR_B, 0, FROM_ALL), BIT(63), 0);
}
