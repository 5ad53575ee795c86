/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RUN, FFA_YIELD and FFA_MSG_WAIT: arguments, and what each version gets. */
#include "hft/actor.h"

static void start_two(uint32_t version)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
}

/* --- FFA_RUN -------------------------------------------------------------- */

TEST_ALL(ffa_run, is_for_the_primary)
{
	start_two(version);
	vm_start(ACTOR_B, version);
	EXPECT_FFA_ERROR(
		vm_call_alone(ACTOR_A, FFA(FFA_RUN, ffa_pair(ACTOR_B, 0))),
		FFA_DENIED);
	EXPECT_FFA_ERROR(
		vm_call_alone(ACTOR_A, FFA(FFA_RUN, ffa_pair(PRIMARY, 0))),
		FFA_DENIED);
	EXPECT_FFA_ERROR(
		vm_call_alone(ACTOR_A, FFA(FFA_RUN, ffa_pair(ACTOR_A, 0))),
		FFA_DENIED);
}

TEST_ALL(ffa_run, target_is_another_vms_vcpu)
{
	static const uint64_t targets[] = {
		0x10000,    0x10001,	0x00000,    0x20001,
		0x2ffff,    0x40004,	0x50000,    0x7fff0000,
		0x80000000, 0x80010000, 0xffff0000, 0xffffffff,
	};

	start_two(version);
	for (unsigned int i = 0; i < sizeof(targets) / 8; i++) {
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RUN, targets[i])),
				 FFA_INVALID_PARAMETERS);
	}
}

TEST(ffa_run, upper_registers_of_1_2_are_0)
{
	struct ffa_frame args = FFA(FFA_RUN, ffa_pair(ACTOR_A, 0));

	start_two(FFA_VERSION_1_2);
	for (unsigned int i = 8; i < 18; i++) {
		args.x[i] = 1;
		EXPECT_FFA_ERROR(hft_ffa_call(args), FFA_INVALID_PARAMETERS);
		args.x[i] = 0;
	}
	EXPECT_FFA_FRAME(hft_ffa_call(args), FFA_MSG_WAIT);
}

TEST(ffa_run, upper_registers_before_1_2_do_not_count)
{
	struct ffa_frame args = FFA(FFA_RUN, ffa_pair(ACTOR_A, 0));

	start_two(FFA_VERSION_1_1);
	for (unsigned int i = 8; i < 18; i++) {
		args.x[i] = i;
	}
	args = hft_ffa_call(args);
	EXPECT_FFA_FRAME(args, FFA_MSG_WAIT);
	for (unsigned int i = 8; i < 18; i++) {
		EXPECT_EQ(args.x[i], i);
	}
}

TEST(ffa_run, vcpu_that_is_off_is_invalid_legacy)
{
	start_two(LEGACY);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RUN, ffa_pair(ACTOR_SMP, 1))),
			 FFA_INVALID_PARAMETERS);
}

/* INVALID as ever, or BUSY as newer hypervisors have it. */
TEST_ASKED(ffa_run, vcpu_that_is_off_can_not_run)
{
	struct ffa_frame frame;

	start_two(version);
	frame = hft_ffa_call(FFA(FFA_RUN, ffa_pair(ACTOR_SMP, 1)));
	if (!hft_ffa_is_error(&frame, FFA_BUSY)) {
		EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
	}
}

/* With nothing to do it is not run at all. */
TEST_OLD(ffa_run, waiting_vcpu_is_told_to_wait)
{
	struct ffa_frame frame;

	start_two(version);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	for (unsigned int i = 0; i < 3; i++) {
		frame = vm_run(ACTOR_A);
		EXPECT_FFA_FRAME(frame, FFA_MSG_WAIT);
		EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, 0));
		EXPECT_EQ(hft_ffa_first_nonzero(&frame, 2, 7), 18);
	}
}

/* From 1.1 on it runs, and MSG_WAIT returns the reason. */
TEST_NEW(ffa_run, waiting_vcpu_sees_that_it_was_run)
{
	struct ffa_frame frame;

	start_two(version);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), FFA_MSG_WAIT);
	frame = vm_woken_by(ACTOR_A);
	EXPECT_FFA_FRAME(frame, FFA_RUN);
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, 0));
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 2, 7), 18);
}

/* --- FFA_YIELD ------------------------------------------------------------ */

TEST_ALL(ffa_yield, of_the_primary_does_nothing)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_YIELD)));
}

TEST_OLD(ffa_yield, has_no_timeout)
{
	struct ffa_frame yield = FFA(FFA_YIELD, 1, 2, 3, 4, 5, 6, 7);
	struct ffa_frame frame;

	start_two(version);
	vm_script(ACTOR_A, &yield, 1);
	frame = vm_wake(ACTOR_A);
	EXPECT_FFA_FRAME(frame, FFA_YIELD);
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, 0));
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 2, 7), 18);
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_FFA_DONE(vm_result(ACTOR_A, 0));
}

TEST_NEW(ffa_yield, tells_its_timeout)
{
	struct ffa_frame yield = FFA(FFA_YIELD, 0, 0x12345678, 0x9abcdef0);
	struct ffa_frame frame;

	start_two(version);
	vm_script(ACTOR_A, &yield, 1);
	frame = vm_wake(ACTOR_A);
	EXPECT_FFA_FRAME(frame, FFA_YIELD);
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, 0));
	EXPECT_EQ(frame.x[2], 0x12345678);
	EXPECT_EQ(frame.x[3], 0x9abcdef0);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_FFA_DONE(vm_result(ACTOR_A, 0));
}

TEST_NEW(ffa_yield, other_arguments_are_0)
{
	static const unsigned int reserved[] = {1, 4, 5, 6, 7};

	start_two(version);
	for (unsigned int i = 0; i < 5; i++) {
		struct ffa_frame args = FFA(FFA_YIELD);

		args.x[reserved[i]] = 1;
		EXPECT_FFA_ERROR(vm_call_alone(ACTOR_A, args),
				 FFA_INVALID_PARAMETERS);
	}
}

/* --- FFA_MSG_WAIT, FFA_MSG_POLL ------------------------------------------- */

TEST_ALL(ffa_msg_wait, is_not_for_the_primary)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_MSG_WAIT)), FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_MSG_POLL)), FFA_NOT_SUPPORTED);
}

TEST_OLD(ffa_msg_wait, arguments_do_not_count)
{
	struct ffa_frame wait = FFA(FFA_MSG_WAIT, 1, 2, 3, 4, 5, 6, 7);

	start_two(version);
	vm_script(ACTOR_A, &wait, 1);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	/* It does wait. */
	EXPECT_EQ(vm_result_count(ACTOR_A), 1);
	EXPECT_EQ(vm_result(ACTOR_A, 0).x[0], FFA_64(FFA_MSG_SEND_DIRECT_REQ));
}

TEST_NEW(ffa_msg_wait, arguments_are_0)
{
	start_two(version);
	for (unsigned int i = 1; i < 8; i++) {
		struct ffa_frame args = FFA(FFA_MSG_WAIT);

		args.x[i] = i == 2 ? 2 : 1;
		EXPECT_FFA_ERROR(vm_call_alone(ACTOR_A, args),
				 FFA_INVALID_PARAMETERS);
	}
}

TEST(ffa_msg_wait, has_no_flags_before_1_2)
{
	start_two(FFA_VERSION_1_1);
	EXPECT_FFA_ERROR(vm_call_alone(ACTOR_A, FFA(FFA_MSG_WAIT, 0, 1)),
			 FFA_INVALID_PARAMETERS);
}

TEST(ffa_msg_wait, upper_registers_of_1_2_are_0)
{
	start_two(FFA_VERSION_1_2);
	for (unsigned int i = 8; i < 18; i++) {
		struct ffa_frame args = FFA(FFA_MSG_WAIT);

		args.x[i] = 1;
		EXPECT_FFA_ERROR(vm_call_alone(ACTOR_A, args),
				 FFA_INVALID_PARAMETERS);
	}
}

/* An error of 1.0; a frame of its own since. */
TEST_ALL(ffa_msg_wait, ends_with_an_interrupt)
{
	struct ffa_frame wait = FFA(FFA_MSG_WAIT);

	start_two(version);
	vm_script(ACTOR_A, &wait, 1);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	if (version == LEGACY || version == FFA_VERSION_1_0) {
		EXPECT_FFA_ERROR(vm_result(ACTOR_A, 0), FFA_INTERRUPTED);
	} else {
		EXPECT_FFA_FRAME(vm_result(ACTOR_A, 0), FFA_INTERRUPT);
	}
}

TEST_OLD(ffa_msg_poll, of_nothing_is_retry)
{
	start_two(version);
	vm_map_buffers(ACTOR_A, 1);
	EXPECT_FFA_ERROR(vm_call_alone(ACTOR_A, FFA(FFA_MSG_POLL)), FFA_RETRY);
}

TEST_NEW(ffa_msg_poll, is_gone)
{
	start_two(version);
	vm_map_buffers(ACTOR_A, 1);
	EXPECT_FFA_ERROR(vm_call_alone(ACTOR_A, FFA(FFA_MSG_POLL)),
			 FFA_NOT_SUPPORTED);
}
