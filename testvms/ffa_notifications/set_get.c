/* SPDX-License-Identifier: BSD-3-Clause */
/* NOTIFICATION_SET and GET: from whom to whom, once. */
#include "notification.h"

TEST_NEW(ffa_notification, between_every_pair)
{
	start_all(version);
	for (uint16_t receiver = PRIMARY; receiver <= ACTOR_SMP; receiver++) {
		for (uint16_t sender = PRIMARY; sender <= ACTOR_SMP; sender++) {
			uint64_t bits = BIT(sender) | BIT(40 + receiver);

			if (sender == receiver) {
				continue;
			}
			EXPECT_FFA_DONE(bind(receiver, sender, 0, bits));
			EXPECT_FFA_DONE(set(sender, receiver, 0, bits));
			expect_pending(get(receiver, 0, FROM_VMS), bits, 0);
			/* Got once. */
			expect_pending(get(receiver, 0, FROM_VMS), 0, 0);
			EXPECT_FFA_DONE(unbind(receiver, sender, bits));
		}
	}
}

TEST_NEW(ffa_notification, bits_add_up)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 0xff));
	EXPECT_FFA_DONE(bind(ACTOR_A, ACTOR_B, 0, 0xff00));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 0x81));
	EXPECT_FFA_DONE(set(ACTOR_B, ACTOR_A, 0, 0x4200));
	expect_pending(get(ACTOR_A, 0, FROM_ALL), 0x4281, 0);
	expect_pending(get(ACTOR_A, 0, FROM_ALL), 0, 0);
}

TEST_NEW(ffa_notification, only_asked_classes_are_taken)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	expect_pending(get(ACTOR_A, 0, 0), 0, 0);
	expect_pending(get(ACTOR_A, 0, FROM_SPS | FROM_SPM | FROM_HYPERVISOR),
		       0, 0);
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 1, 0);
}

TEST_NEW(ffa_notification, vcpus_have_their_own)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, PER_VCPU, 0xf));
	for (uint16_t vcpu = 0; vcpu < 4; vcpu++) {
		EXPECT_FFA_DONE(
			set(PRIMARY, ACTOR_SMP, for_vcpu(vcpu), BIT(vcpu) | 8));
	}
	for (uint16_t vcpu = 0; vcpu < 4; vcpu++) {
		expect_pending(get(ACTOR_SMP, vcpu, FROM_VMS), BIT(vcpu) | 8,
			       0);
		expect_pending(get(ACTOR_SMP, vcpu, FROM_VMS), 0, 0);
	}
}

TEST_NEW(ffa_notification, global_ones_are_for_any_vcpu)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, 0, 0x10));
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, PER_VCPU, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, 0, 0x10));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, for_vcpu(1), 1));
	expect_pending(get(ACTOR_SMP, 2, FROM_VMS), 0x10, 0);
	expect_pending(get(ACTOR_SMP, 1, FROM_VMS), 1, 0);
}

/* Of two kinds in one call: what differs from the binding is INVALID. */
TEST_NEW(ffa_notification_set, kind_is_that_of_the_binding)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, PER_VCPU, 2));
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_SMP, for_vcpu(0), 1),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_SMP, 0, 2), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_SMP, 0, 3), FFA_INVALID_PARAMETERS);
	expect_pending(get(ACTOR_SMP, 0, FROM_VMS), 0, 0);
}

TEST_NEW(ffa_notification_set, sender_is_the_caller)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_ERROR(
		vm_call(ACTOR_B, FFA(FFA_NOTIFICATION_SET,
				     ffa_pair(PRIMARY, ACTOR_A), 0, 1)),
		FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_NOTIFICATION_SET,
					  ffa_pair(ACTOR_B, ACTOR_A), 0, 1)),
			 FFA_INVALID_PARAMETERS);
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 0, 0);
}

TEST_NEW(ffa_notification_set, receiver_exists)
{
	static const uint16_t nobody[] = {0, 5, 0x7fff, 0x8000, 0x8001, 0xffff};

	start_all(version);
	for (unsigned int i = 0; i < 6; i++) {
		EXPECT_FFA_ERROR(set(PRIMARY, nobody[i], 0, 1),
				 FFA_INVALID_PARAMETERS);
	}
}

TEST_NEW(ffa_notification_set, flags_are_checked)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, PER_VCPU, 2));
	/* Delayed SRI is for the secure world; 15:2 reserved; vCPU of global. */
	for (unsigned int i = 1; i < 32; i++) {
		EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, BIT(i), 1),
				 FFA_INVALID_PARAMETERS);
	}
	for (unsigned int i = 1; i < 16; i++) {
		EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, PER_VCPU | BIT(i), 2),
				 FFA_INVALID_PARAMETERS);
	}
	/* One vCPU it has. */
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, for_vcpu(1), 2),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, for_vcpu(0xffff), 2),
			 FFA_INVALID_PARAMETERS);
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 0, 0);
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, for_vcpu(0), 2));
}

TEST_NEW(ffa_notification_set, no_bits)
{
	start_all(version);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, 0, 0), FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_notification_set, bits_are_bound_to_the_sender)
{
	start_all(version);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, 0, 1), FFA_DENIED);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(bind(ACTOR_A, ACTOR_B, 0, 2));
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, 0, 2), FFA_DENIED);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, 0, 3), FFA_DENIED);
	EXPECT_FFA_ERROR(set(ACTOR_B, ACTOR_A, 0, 1), FFA_DENIED);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, 0, 5), FFA_DENIED);
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 0, 0);
	EXPECT_FFA_DONE(unbind(ACTOR_A, PRIMARY, 1));
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, 0, 1), FFA_DENIED);
}

/* 1.0 has none; the others can not notify it. */
TEST(ffa_notification_set, receiver_without_notifications)
{
	vm_start(PRIMARY, FFA_VERSION_1_1);
	vm_start(ACTOR_A, FFA_VERSION_1_0);
	vm_start(ACTOR_B, FFA_VERSION_1_1);
	EXPECT_FFA_ERROR(bind(ACTOR_A, PRIMARY, 0, 1), FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(set(PRIMARY, ACTOR_A, 0, 1), FFA_DENIED);
	EXPECT_FFA_ERROR(set(ACTOR_B, ACTOR_A, 0, 1), FFA_DENIED);
}

TEST_NEW(ffa_notification_get, arguments_are_checked)
{
	start_all(version);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_NOTIFICATION_GET,
					  ffa_pair(0, ACTOR_A), FROM_VMS)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(vm_call(ACTOR_A, FFA(FFA_NOTIFICATION_GET,
					      ffa_pair(0, ACTOR_B), FROM_VMS)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(get(ACTOR_A, 1, FROM_VMS), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(get(ACTOR_SMP, 4, FROM_VMS), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(get(ACTOR_A, 0xffff, FROM_VMS),
			 FFA_INVALID_PARAMETERS);
	for (unsigned int i = 4; i < 32; i++) {
		EXPECT_FFA_ERROR(get(ACTOR_A, 0, FROM_VMS | BIT(i)),
				 FFA_INVALID_PARAMETERS);
	}
}

TEST_OLD(ffa_notification, is_unknown)
{
	start_all(version);
	for (uint16_t vm = PRIMARY; vm <= ACTOR_A; vm++) {
		EXPECT_FFA_ERROR(bind(vm, ACTOR_B, 0, 1), FFA_NOT_SUPPORTED);
		EXPECT_FFA_ERROR(unbind(vm, ACTOR_B, 1), FFA_NOT_SUPPORTED);
		EXPECT_FFA_ERROR(set(vm, ACTOR_B, 0, 1), FFA_NOT_SUPPORTED);
		EXPECT_FFA_ERROR(get(vm, 0, FROM_VMS), FFA_NOT_SUPPORTED);
	}
	EXPECT_FFA_ERROR(info_get(), FFA_NOT_SUPPORTED);
}
