/* SPDX-License-Identifier: BSD-3-Clause */
/* NOTIFICATION_BIND and UNBIND: who binds what to whom. */
#include "notification.h"

TEST_NEW(ffa_notification_bind, between_every_pair)
{
	start_all(version);
	for (uint16_t receiver = PRIMARY; receiver <= ACTOR_SMP; receiver++) {
		for (uint16_t sender = PRIMARY; sender <= ACTOR_SMP; sender++) {
			if (sender == receiver) {
				continue;
			}
			EXPECT_FFA_DONE(bind(receiver, sender, 0, BIT(sender)));
			EXPECT_FFA_DONE(unbind(receiver, sender, BIT(sender)));
		}
	}
}

TEST_NEW(ffa_notification_bind, all_64_bits_each_way)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, UINT64_MAX));
	EXPECT_FFA_DONE(bind(PRIMARY, ACTOR_A, 0, UINT64_MAX));
	EXPECT_FFA_DONE(unbind(ACTOR_A, PRIMARY, UINT64_MAX));
	for (unsigned int i = 0; i < 64; i++) {
		EXPECT_FFA_DONE(bind(ACTOR_A, ACTOR_B, 0, BIT(i)));
	}
	EXPECT_FFA_ERROR(bind(ACTOR_A, PRIMARY, 0, BIT(63)), FFA_DENIED);
}

TEST_NEW(ffa_notification_bind, receiver_is_the_caller)
{
	start_all(version);
	EXPECT_FFA_ERROR(
		vm_call(ACTOR_A, FFA(FFA_NOTIFICATION_BIND,
				     ffa_pair(PRIMARY, ACTOR_B), 0, 1)),
		FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_NOTIFICATION_BIND,
					  ffa_pair(ACTOR_B, ACTOR_A), 0, 1)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_NOTIFICATION_BIND,
					  ffa_pair(ACTOR_B, 0xffff), 0, 1)),
			 FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_notification_bind, sender_is_another_vm)
{
	static const uint16_t nobody[] = {0,	  PRIMARY, 5,	  0x7fff,
					  0x8000, 0x8001,  0xffff};

	start_all(version);
	for (unsigned int i = 0; i < 7; i++) {
		EXPECT_FFA_ERROR(bind(PRIMARY, nobody[i], 0, 1),
				 FFA_INVALID_PARAMETERS);
		EXPECT_FFA_ERROR(unbind(PRIMARY, nobody[i], 1),
				 FFA_INVALID_PARAMETERS);
	}
	EXPECT_FFA_ERROR(bind(ACTOR_A, ACTOR_A, 0, 1), FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_notification_bind, reserved_flags)
{
	start_all(version);
	for (unsigned int i = 1; i < 32; i++) {
		EXPECT_FFA_ERROR(bind(PRIMARY, ACTOR_A, BIT(i), 1),
				 FFA_INVALID_PARAMETERS);
	}
	for (unsigned int i = 0; i < 32; i++) {
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_NOTIFICATION_UNBIND,
						  ffa_pair(ACTOR_A, PRIMARY),
						  BIT(i), 1)),
				 FFA_INVALID_PARAMETERS);
	}
}

TEST_NEW(ffa_notification_bind, no_bits)
{
	start_all(version);
	EXPECT_FFA_ERROR(bind(PRIMARY, ACTOR_A, 0, 0), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(unbind(PRIMARY, ACTOR_A, 0), FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_notification_bind, twice)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 0xf0));
	/* To another, to the same, and only in part. */
	EXPECT_FFA_ERROR(bind(ACTOR_A, ACTOR_B, 0, 0x10), FFA_DENIED);
	EXPECT_FFA_ERROR(bind(ACTOR_A, PRIMARY, 0, 0x10), FFA_DENIED);
	EXPECT_FFA_ERROR(bind(ACTOR_A, ACTOR_B, 0, 0x1ff), FFA_DENIED);
	/* Nothing of that was done. */
	EXPECT_FFA_DONE(bind(ACTOR_A, ACTOR_B, 0, 0x10f));
	/* Another receiver's are its own. */
	EXPECT_FFA_DONE(bind(PRIMARY, ACTOR_B, 0, 0xf0));
}

TEST_NEW(ffa_notification_bind, unbind_what_is_not_bound)
{
	start_all(version);
	EXPECT_FFA_ERROR(unbind(ACTOR_A, PRIMARY, 1), FFA_DENIED);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 0xf0));
	EXPECT_FFA_ERROR(unbind(ACTOR_A, ACTOR_B, 0x10), FFA_DENIED);
	EXPECT_FFA_ERROR(unbind(ACTOR_A, PRIMARY, 0x1f0), FFA_DENIED);
	/* All of it is bound still. */
	EXPECT_FFA_DONE(unbind(ACTOR_A, PRIMARY, 0xf0));
	EXPECT_FFA_ERROR(unbind(ACTOR_A, PRIMARY, 0xf0), FFA_DENIED);
}

TEST_NEW(ffa_notification_bind, unbind_what_is_pending)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 3));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	EXPECT_FFA_ERROR(unbind(ACTOR_A, PRIMARY, 3), FFA_DENIED);
	EXPECT_FFA_DONE(unbind(ACTOR_A, PRIMARY, 2));
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 1, 0);
	EXPECT_FFA_DONE(unbind(ACTOR_A, PRIMARY, 1));
}

TEST_NEW(ffa_notification_bind, unbind_what_is_pending_for_a_vcpu)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, PER_VCPU, 3));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, for_vcpu(3), 1));
	EXPECT_FFA_ERROR(unbind(ACTOR_SMP, PRIMARY, 1), FFA_DENIED);
	expect_pending(get(ACTOR_SMP, 3, FROM_VMS), 1, 0);
	EXPECT_FFA_DONE(unbind(ACTOR_SMP, PRIMARY, 3));
}
