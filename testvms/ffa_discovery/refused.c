/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that no VM may make, of the primary and of a secondary. */
#include "hft/actor.h"

/* DEN0077A: SPMC, SPMD, hypervisor and S-EL0 call these; nobody: the results. */
static const uint64_t never[] = {
	FFA_ERROR,
	FFA_SUCCESS,
	FFA_64(FFA_SUCCESS),
	FFA_MEM_RETRIEVE_RESP,
	FFA_MEM_OP_PAUSE,
	FFA_MEM_OP_RESUME,
	FFA_NORMAL_WORLD_RESUME,
	FFA_RX_ACQUIRE,
	FFA_SECONDARY_EP_REGISTER,
	FFA_64(FFA_SECONDARY_EP_REGISTER),
	FFA_MEM_PERM_GET,
	FFA_64(FFA_MEM_PERM_GET),
	FFA_MEM_PERM_SET,
	FFA_64(FFA_MEM_PERM_SET),
	FFA_EL3_INTR_HANDLE,
	/* of 1.3 */
	0xc400008f,
	0x84000090,
	0xc4000090,
	/* nobody's yet */
	0x84000091,
	0x840000ef,
	0xc40000ef,
};

/** The other width of calls that exist in one. */
static const uint64_t other_widths[] = {
	FFA_64(FFA_ERROR),
	FFA_64(FFA_VERSION),
	FFA_64(FFA_FEATURES),
	FFA_64(FFA_RX_RELEASE),
	FFA_64(FFA_RXTX_UNMAP),
	FFA_64(FFA_PARTITION_INFO_GET),
	FFA_64(FFA_ID_GET),
	FFA_64(FFA_SPM_ID_GET),
	FFA_64(FFA_MSG_WAIT),
	FFA_64(FFA_MSG_POLL),
	FFA_64(FFA_YIELD),
	FFA_64(FFA_RUN),
	FFA_64(FFA_MSG_SEND),
	FFA_64(FFA_MSG_SEND2),
	FFA_64(FFA_MEM_RELINQUISH),
	FFA_64(FFA_MEM_RECLAIM),
	FFA_64(FFA_MEM_FRAG_RX),
	FFA_64(FFA_MEM_FRAG_TX),
	FFA_64(FFA_NOTIFICATION_BITMAP_CREATE),
	FFA_64(FFA_NOTIFICATION_BITMAP_DESTROY),
	FFA_64(FFA_NOTIFICATION_BIND),
	FFA_64(FFA_NOTIFICATION_UNBIND),
	FFA_64(FFA_NOTIFICATION_SET),
	FFA_64(FFA_NOTIFICATION_GET),
	FFA_NOTIFICATION_INFO_GET,
	FFA_PARTITION_INFO_GET_REGS,
	FFA_MSG_SEND_DIRECT_REQ2,
	FFA_MSG_SEND_DIRECT_RESP2,
};

static void expect_refused(uint16_t vm, const uint64_t *ids, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		/* By HVC and by SMC. */
		for (unsigned int k = 0; k < 2; k++) {
			EXPECT_FFA_ERROR(
				vm_call(vm, FFA(ids[i], 1, 2, 3, 4, 5, 6, 7)),
				FFA_NOT_SUPPORTED);
		}
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

TEST_ALL(ffa_refused, calls_that_are_for_others)
{
	vm_start(PRIMARY, version);
	expect_refused(PRIMARY, never, COUNT(never));
}

TEST_ALL(ffa_refused, calls_that_are_for_others_from_a_secondary)
{
	vm_start(PRIMARY, FFA_VERSION_1_1);
	vm_start(ACTOR_A, version);
	expect_refused(ACTOR_A, never, COUNT(never));
}

TEST(ffa_refused, widths_that_do_not_exist)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	expect_refused(PRIMARY, other_widths, COUNT(other_widths));
}

/** Calls that came with 1.1, then 1.2. */
static const uint64_t of_1_1[] = {
	FFA_NOTIFICATION_BIND,
	FFA_NOTIFICATION_UNBIND,
	FFA_NOTIFICATION_SET,
	FFA_NOTIFICATION_GET,
	FFA_SPM_ID_GET,
	FFA_MSG_SEND2,
	FFA_64(FFA_NOTIFICATION_INFO_GET),
};

static const uint64_t of_1_2[] = {
	FFA_CONSOLE_LOG,
	FFA_64(FFA_CONSOLE_LOG),
	FFA_64(FFA_PARTITION_INFO_GET_REGS),
	FFA_64(FFA_MSG_SEND_DIRECT_REQ2),
	FFA_64(FFA_MSG_SEND_DIRECT_RESP2),
};

TEST_OLD(ffa_refused, calls_newer_than_1_0)
{
	vm_start(PRIMARY, version);
	expect_refused(PRIMARY, of_1_1, COUNT(of_1_1));
	expect_refused(PRIMARY, of_1_2, COUNT(of_1_2));
}

TEST(ffa_refused, calls_newer_than_1_1)
{
	vm_start(PRIMARY, FFA_VERSION_1_1);
	expect_refused(PRIMARY, of_1_2, COUNT(of_1_2));
}

/* A result that is nobody's to send: an error of either kind, nothing else. */
TEST_ALL(ffa_refused, interrupt_can_not_be_called)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	frame = hft_ffa_call(FFA(FFA_INTERRUPT, ffa_pair(ACTOR_A, 0), 5));
	if (!hft_ffa_is_error(&frame, FFA_DENIED)) {
		EXPECT_FFA_ERROR(frame, FFA_NOT_SUPPORTED);
	}
}
