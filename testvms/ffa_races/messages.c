/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct messages and notifications from four CPUs at once. */
#include "cpus.h"

#define ROUNDS 300

static atomic_uint answered;
static atomic_uint busy;

/** Orders to the actor's vCPU of this CPU: none is in another's way. */
static void call_own_vcpu(uint64_t cpu)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(vm_call(ACTOR_SMP, FFA(FFA_ID_GET)).x[2], ACTOR_SMP);
	}
	(void)cpu;
}

TEST(ffa_race, requests_to_four_vcpus)
{
	start_all(FFA_VERSION_1_1);
	start_vcpus(4);
	run_on_cpus(4, call_own_vcpu);
}

/** One vCPU for all: an answer, or BUSY. */
static void call_one_vcpu(uint64_t cpu)
{
	uint64_t id = FFA_64(FFA_MSG_SEND_DIRECT_REQ);
	uint64_t order = (uint64_t)ACTOR_OP_COUNT << ACTOR_OP_SHIFT;

	for (uint32_t i = 0; i < 10 * ROUNDS; i++) {
		/* No operation: what was sent comes back. */
		uint64_t token = (cpu << 32) | i;
		struct ffa_frame frame = hft_ffa_hvc(
			FFA(id, ffa_pair(PRIMARY, ACTOR_A), 0, order, token));

		if (frame.x[0] == FFA_ERROR) {
			ASSERT_TRUE(hft_ffa_is_error(&frame, FFA_BUSY));
			atomic_fetch_add(&busy, 1);
			continue;
		}
		ASSERT_EQ(frame.x[0], FFA_64(FFA_MSG_SEND_DIRECT_RESP));
		ASSERT_EQ(frame.x[4], token);
		atomic_fetch_add(&answered, 1);
	}
}

TEST(ffa_race, requests_to_one_vcpu)
{
	start_all(FFA_VERSION_1_1);
	run_on_cpus(4, call_one_vcpu);
	HFTEST_LOG("%u answered, %u busy", answered, busy);
	EXPECT_EQ(answered + busy, 4 * 10 * ROUNDS);
	EXPECT_GE(answered, ROUNDS);
	EXPECT_EQ(vm_call(ACTOR_A, FFA(FFA_ID_GET)).x[2], ACTOR_A);
}

/* --- notifications -------------------------------------------------------- */

static atomic_uint set_count[4];
static atomic_uint got_count[4];

/** CPUs 1 to 3 set a bit each when it was got; CPU 0 gets. */
static void notify(uint64_t cpu)
{
	uint64_t pair = ffa_pair(PRIMARY, ACTOR_A);

	for (uint32_t i = 0; cpu != 0 && i < ROUNDS; i++) {
		struct ffa_frame frame = hft_ffa_hvc(
			FFA(FFA_NOTIFICATION_SET, pair, 0, UINT64_C(1) << cpu));

		ASSERT_TRUE(hft_ffa_is_done(&frame));
		atomic_fetch_add(&set_count[cpu], 1);
		while (atomic_load(&got_count[cpu]) !=
		       atomic_load(&set_count[cpu])) {
			/* Not lost, not twice. */
		}
	}
	for (uint32_t n = 0; cpu == 0 && n < 3 * ROUNDS;) {
		struct ffa_frame frame =
			vm_call(ACTOR_A, FFA(FFA_NOTIFICATION_GET,
					     ffa_pair(0, ACTOR_A), 2));

		ASSERT_FFA_FRAME(frame, FFA_SUCCESS);
		for (unsigned int i = 1; i < 4; i++) {
			if ((frame.x[4] & (1U << i)) != 0) {
				atomic_fetch_add(&got_count[i], 1);
				n++;
			}
		}
	}
}

TEST(ffa_race, notifications_from_three_cpus)
{
	start_all(FFA_VERSION_1_1);
	EXPECT_FFA_DONE(
		vm_call(ACTOR_A, FFA(FFA_NOTIFICATION_BIND,
				     ffa_pair(PRIMARY, ACTOR_A), 0, 0xe)));
	run_on_cpus(4, notify);
	for (unsigned int i = 1; i < 4; i++) {
		EXPECT_EQ(got_count[i], ROUNDS);
	}
}
