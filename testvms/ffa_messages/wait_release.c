/* SPDX-License-Identifier: BSD-3-Clause */
/* What FFA_MSG_WAIT does with RX. */
#include "hft/actor.h"

static void start_two(uint32_t version)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_map_buffers(ACTOR_A, 1);
}

/** RX of the actor has something to be released. */
static void fill_rx(void)
{
	EXPECT_FFA_SUCCESS(vm_call(ACTOR_A, FFA(FFA_PARTITION_INFO_GET)));
}

/** It waits with `flags`; what RX_RELEASE says then. */
static struct ffa_frame release_after_wait(uint64_t flags)
{
	struct ffa_frame wait = FFA(FFA_MSG_WAIT, 0, flags);

	vm_script(ACTOR_A, &wait, 1);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	return vm_call(ACTOR_A, FFA(FFA_RX_RELEASE));
}

TEST_NEW(ffa_msg_wait, releases_rx)
{
	start_two(version);
	fill_rx();
	EXPECT_FFA_ERROR(release_after_wait(0), FFA_DENIED);
	/* It can be filled again. */
	fill_rx();
	vm_release_rx(ACTOR_A);
}

TEST_OLD(ffa_msg_wait, does_not_release_rx)
{
	start_two(version);
	fill_rx();
	EXPECT_FFA_DONE(release_after_wait(0));
}

TEST(ffa_msg_wait, keeps_rx_when_asked_to)
{
	start_two(FFA_VERSION_1_2);
	fill_rx();
	EXPECT_FFA_DONE(release_after_wait(1));
	/* With nothing in it, there is nothing to keep. */
	EXPECT_FFA_ERROR(release_after_wait(1), FFA_DENIED);
}
