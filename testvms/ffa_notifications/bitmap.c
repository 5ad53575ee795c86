/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NOTIFICATION_BITMAP_CREATE and _DESTROY: of the primary, for itself. Linux
 * wants them before it uses notifications.
 */
#include "notification.h"

static struct ffa_frame create(uint16_t caller, uint64_t id, uint64_t vcpus)
{
	return vm_call(caller, FFA(FFA_NOTIFICATION_BITMAP_CREATE, id, vcpus));
}

static struct ffa_frame destroy(uint16_t caller, uint64_t id)
{
	return vm_call(caller, FFA(FFA_NOTIFICATION_BITMAP_DESTROY, id));
}

TEST_NEW(ffa_notification_bitmap, is_created_and_destroyed_once)
{
	start_all(version);
	for (unsigned int round = 0; round < 2; round++) {
		EXPECT_FFA_ERROR(destroy(PRIMARY, PRIMARY), FFA_DENIED);
		EXPECT_FFA_DONE(create(PRIMARY, PRIMARY, 1));
		EXPECT_FFA_ERROR(create(PRIMARY, PRIMARY, 1), FFA_DENIED);
		EXPECT_FFA_DONE(destroy(PRIMARY, PRIMARY));
	}
}

TEST_NEW(ffa_notification_bitmap, is_the_callers_own)
{
	static const uint16_t others[] = {0,	  ACTOR_A, ACTOR_SMP, 5,
					  0x7fff, 0x8000,  0xffff};

	start_all(version);
	for (unsigned int i = 0; i < sizeof(others) / 2; i++) {
		EXPECT_FFA_ERROR(create(PRIMARY, others[i], 1),
				 FFA_INVALID_PARAMETERS);
	}
	EXPECT_FFA_DONE(create(PRIMARY, PRIMARY, 1));
	for (unsigned int i = 0; i < sizeof(others) / 2; i++) {
		EXPECT_FFA_ERROR(destroy(PRIMARY, others[i]),
				 FFA_INVALID_PARAMETERS);
	}
	EXPECT_FFA_DONE(destroy(PRIMARY, PRIMARY));
}

TEST_NEW(ffa_notification_bitmap, is_of_as_many_vcpus_as_there_are)
{
	start_all(version);
	EXPECT_FFA_ERROR(create(PRIMARY, PRIMARY, 0), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(create(PRIMARY, PRIMARY, UINT32_MAX),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_DONE(create(PRIMARY, PRIMARY, 1));
}

/* What is pending keeps it; what is bound goes with it. */
TEST_NEW(ffa_notification_bitmap, is_not_destroyed_with_anything_in_it)
{
	start_all(version);
	EXPECT_FFA_DONE(create(PRIMARY, PRIMARY, 1));
	EXPECT_FFA_DONE(bind(PRIMARY, ACTOR_A, 0, 3));
	EXPECT_FFA_DONE(set(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_ERROR(destroy(PRIMARY, PRIMARY), FFA_DENIED);
	expect_pending(get(PRIMARY, 0, FROM_VMS), 1, 0);
	EXPECT_FFA_DONE(destroy(PRIMARY, PRIMARY));
	EXPECT_FFA_ERROR(set(ACTOR_A, PRIMARY, 0, 1), FFA_DENIED);
	EXPECT_FFA_DONE(bind(PRIMARY, ACTOR_B, 0, 3));
}

TEST_NEW(ffa_notification_bitmap, is_nothing_for_a_secondary)
{
	start_all(version);
	EXPECT_FFA_ERROR(create(ACTOR_A, ACTOR_A, 1), FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(destroy(ACTOR_A, ACTOR_A), FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(vm_call(ACTOR_A, FFA(FFA_FEATURES,
					      FFA_NOTIFICATION_BITMAP_CREATE)),
			 FFA_NOT_SUPPORTED);
}

TEST_OLD(ffa_notification_bitmap, came_with_1_1)
{
	start_all(version);
	EXPECT_FFA_ERROR(create(PRIMARY, PRIMARY, 1), FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(destroy(PRIMARY, PRIMARY), FFA_NOT_SUPPORTED);
}
