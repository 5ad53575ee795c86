/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_FEATURES: every id, every version, as caller the primary and an actor. */
#include "hft/actor.h"

/* Versions that have it. */
#define V_NONE (1U << 0)
#define V0 (1U << 1)
#define V1 (1U << 2)
#define V2 (1U << 3)
#define OLD (V_NONE | V0)
#define ASKED (V0 | V1 | V2)
#define NEW (V1 | V2)
#define ALL (V_NONE | ASKED)

/** Not the same for all VMs, or one of two answers: has a test of its own. */
#define SPECIAL (1U << 8)

/* By n = id - 0x84000060: the 32-bit form, the 64-bit form. DEN0077A 13.3. */
static const struct {
	unsigned int w32;
	unsigned int w64;
} offered[0x90] = {
	[0x00] = {ALL, 0}, /* ERROR */
	[0x01] = {ALL, ASKED},
	[0x02] = {ALL, 0},
	[0x03] = {ALL, 0},
	[0x04] = {ALL, 0},
	[0x05] = {ALL, 0}, /* RX_RELEASE */
	[0x06] = {SPECIAL, ALL},
	[0x07] = {ASKED, 0},
	[0x08] = {ALL, 0}, /* PARTITION_INFO_GET */
	[0x09] = {ALL, 0},
	[0x0a] = {OLD, 0}, /* MSG_POLL */
	[0x0b] = {ALL, 0},
	[0x0c] = {ALL, 0},
	[0x0d] = {ALL, 0},
	[0x0e] = {OLD, 0}, /* MSG_SEND */
	[0x0f] = {ALL, ASKED},
	[0x10] = {ALL, ASKED}, /* MSG_SEND_DIRECT_RESP */
	[0x11] = {ALL, ASKED},
	[0x12] = {ALL, ASKED},
	[0x13] = {ALL, ASKED},
	[0x14] = {SPECIAL, SPECIAL}, /* MEM_RETRIEVE_REQ */
	[0x15] = {ALL, 0},
	[0x16] = {ALL, 0},
	[0x17] = {ALL, 0},
	[0x18] = {0, 0},     /* MEM_OP_PAUSE */
	[0x1a] = {ASKED, 0}, /* MEM_FRAG_RX */
	[0x1b] = {ASKED, 0},
	[0x1d] = {SPECIAL, 0}, /* NOTIFICATION_BITMAP_CREATE */
	[0x1e] = {SPECIAL, 0},
	[0x1f] = {NEW, 0}, /* NOTIFICATION_BIND */
	[0x20] = {NEW, 0},
	[0x21] = {NEW, 0},
	[0x22] = {NEW, 0},
	[0x23] = {SPECIAL, SPECIAL}, /* NOTIFICATION_INFO_GET */
	[0x25] = {SPECIAL, 0},	     /* SPM_ID_GET */
	[0x26] = {NEW, 0},	     /* MSG_SEND2 */
	[0x2a] = {V2, V2},	     /* CONSOLE_LOG */
	[0x2b] = {0, V2},
	[0x2d] = {0, V2}, /* MSG_SEND_DIRECT_REQ2 */
	[0x2e] = {0, V2},
};

static unsigned int bit_of(uint32_t version)
{
	return version == LEGACY ? V_NONE : V0 << (version - FFA_VERSION_1_0);
}

static void expect_offer(uint16_t vm, uint64_t id, unsigned int versions)
{
	struct ffa_frame frame = vm_call(vm, FFA(FFA_FEATURES, id));

	hft_ffa_case = hft_ffa_name(id);
	if ((versions & bit_of(vm_version(vm))) == 0) {
		EXPECT_FFA_ERROR(frame, FFA_NOT_SUPPORTED);
		return;
	}
	EXPECT_FFA_SUCCESS(frame);
	if (id != FFA_64(FFA_RXTX_MAP)) {
		EXPECT_FFA_DONE(frame);
	}
}

static void expect_offers(uint16_t vm)
{
	for (uint32_t n = 0; n < sizeof(offered) / sizeof(offered[0]); n++) {
		if (offered[n].w32 != SPECIAL) {
			expect_offer(vm, FFA_FIRST + n, offered[n].w32);
		}
		if (offered[n].w64 != SPECIAL) {
			expect_offer(vm, FFA_64(FFA_FIRST + n), offered[n].w64);
		}
	}
}

TEST_ALL(ffa_features, of_functions_for_the_primary)
{
	vm_start(PRIMARY, version);
	expect_offers(PRIMARY);
}

TEST_ALL(ffa_features, of_functions_for_a_secondary)
{
	vm_start(PRIMARY, FFA_VERSION_1_1);
	vm_start(ACTOR_A, version);
	expect_offers(ACTOR_A);
}

/* Neither in the range of FF-A nor known in it. */
TEST_ALL(ffa_features, of_what_is_no_function)
{
	static const uint64_t ids[] = {
		0,	    5,		0x7f,	    0xff,	0x100,
		0x101,	    0x10001,	0x7fffffff, 0x80000000, 0x84000000,
		0x8400005f, 0x840000ef, 0x840000f0, 0x8fffffff, 0xc4000000,
		0xc40000ef, 0xffffffff,
	};

	vm_start(PRIMARY, version);
	for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, ids[i])),
				 FFA_NOT_SUPPORTED);
	}
}

TEST_ASKED(ffa_features, input_of_a_function_without_one_is_refused)
{
	static const uint64_t ids[] = {FFA_VERSION, FFA_FEATURES, FFA_ID_GET,
				       FFA_RX_RELEASE, FFA_MEM_SHARE};

	vm_start(PRIMARY, version);
	for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, ids[i], 1)),
				 FFA_NOT_SUPPORTED);
		EXPECT_FFA_ERROR(
			hft_ffa_call(FFA(FFA_FEATURES, ids[i], 1U << 31)),
			FFA_NOT_SUPPORTED);
	}
}

TEST_ALL(ffa_features, of_rxtx_map_are_4_kib_pages)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	frame = hft_ffa_call(FFA(FFA_FEATURES, FFA_64(FFA_RXTX_MAP)));
	EXPECT_FFA_SUCCESS(frame);
	/* Sizes and alignment of 4 KiB; how many pages is of 1.2. */
	EXPECT_EQ(frame.x[2] & 0xffff, 0);
	if (version != FFA_VERSION_1_2) {
		EXPECT_EQ(frame.x[2], 0);
	}
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
	/* The 32-bit form, if it is there, is the same. */
	frame.x[0] = hft_ffa_call(FFA(FFA_FEATURES, FFA_RXTX_MAP)).x[2];
	EXPECT_TRUE(frame.x[0] == frame.x[2] ||
		    frame.x[0] == (uint32_t)FFA_NOT_SUPPORTED);
}

#define NS_BIT (UINT64_C(1) << 1)
#define HYPERVISOR_RETRIEVE (UINT64_C(1) << 2)

TEST_OLD(ffa_features, of_retrieve_req_take_no_input)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	frame = hft_ffa_call(FFA(FFA_FEATURES, FFA_MEM_RETRIEVE_REQ));
	EXPECT_FFA_SUCCESS(frame);
	/* No buffers allocated at run time. */
	EXPECT_EQ(frame.x[2] & ~(NS_BIT | HYPERVISOR_RETRIEVE), 0);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
}

TEST_NEW(ffa_features, of_retrieve_req_need_the_ns_bit)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	for (uint64_t i = 0; i < 2; i++) {
		uint64_t id = FFA_MEM_RETRIEVE_REQ | (i * SMCCC_64_BIT);

		frame = hft_ffa_call(FFA(FFA_FEATURES, id, NS_BIT));
		EXPECT_FFA_SUCCESS(frame);
		EXPECT_EQ(frame.x[2] & ~HYPERVISOR_RETRIEVE, NS_BIT);
		EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, id, 0)),
				 FFA_NOT_SUPPORTED);
		EXPECT_FFA_ERROR(
			hft_ffa_call(FFA(FFA_FEATURES, id, NS_BIT | 1)),
			FFA_NOT_SUPPORTED);
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, id,
						  NS_BIT | UINT64_C(1) << 31)),
				 FFA_NOT_SUPPORTED);
	}
}

/* --- feature ids ---------------------------------------------------------- */

#define NPI 1
#define SRI 2
#define MEI 3
#define NPI_INTID 5
#define SRI_INTID 8

static void expect_feature(uint16_t vm, uint64_t id, uint64_t value)
{
	struct ffa_frame frame = vm_call(vm, FFA(FFA_FEATURES, id));

	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(frame.x[2], value);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
}

TEST_NEW(ffa_features, interrupts_of_notifications)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	expect_feature(PRIMARY, NPI, NPI_INTID);
	expect_feature(ACTOR_A, NPI, NPI_INTID);
	expect_feature(PRIMARY, SRI, SRI_INTID);
	EXPECT_FFA_ERROR(vm_call(ACTOR_A, FFA(FFA_FEATURES, SRI)),
			 FFA_NOT_SUPPORTED);
}

TEST_NEW(ffa_features, managed_exit_is_not_for_vms)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	EXPECT_FFA_ERROR(vm_call(PRIMARY, FFA(FFA_FEATURES, MEI)),
			 FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(vm_call(ACTOR_A, FFA(FFA_FEATURES, MEI)),
			 FFA_NOT_SUPPORTED);
}

TEST_OLD(ffa_features, there_are_no_feature_ids)
{
	vm_start(PRIMARY, version);
	for (uint64_t id = 0; id < 8; id++) {
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, id)),
				 FFA_NOT_SUPPORTED);
	}
}

TEST_NEW(ffa_features, feature_id_has_eight_bits_and_no_input)
{
	vm_start(PRIMARY, version);
	for (unsigned int i = 8; i < 31; i++) {
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, NPI | 1U << i)),
				 FFA_NOT_SUPPORTED);
	}
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, NPI, 1)),
			 FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, 0)), FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_FEATURES, 4)), FFA_NOT_SUPPORTED);
}

/* --- not the same for all ------------------------------------------------- */

TEST_ALL(ffa_features, info_get_is_for_the_primary)
{
	unsigned int versions = bit_of(version);

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	expect_offer(PRIMARY, FFA_64(FFA_NOTIFICATION_INFO_GET),
		     versions & NEW);
	expect_offer(ACTOR_A, FFA_64(FFA_NOTIFICATION_INFO_GET), 0);
	expect_offer(ACTOR_A, FFA_NOTIFICATION_INFO_GET, 0);
}

/*
 * What FEATURES offers can be called, what it does not offer is refused: a
 * caller that sees BITMAP_CREATE and can not use it turns notifications off.
 */
TEST_NEW(ffa_features, bitmap_calls_are_both_offered_or_both_not)
{
	struct ffa_frame create;
	struct ffa_frame destroy;
	struct ffa_frame called;

	vm_start(PRIMARY, version);
	create =
		hft_ffa_call(FFA(FFA_FEATURES, FFA_NOTIFICATION_BITMAP_CREATE));
	destroy = hft_ffa_call(
		FFA(FFA_FEATURES, FFA_NOTIFICATION_BITMAP_DESTROY));
	EXPECT_EQ(create.x[0], destroy.x[0]);
	called = hft_ffa_call(FFA(FFA_NOTIFICATION_BITMAP_CREATE, PRIMARY, 1));
	EXPECT_EQ(create.x[0] == FFA_SUCCESS,
		  !hft_ffa_is_error(&called, FFA_NOT_SUPPORTED));
}

TEST_OLD(ffa_features, bitmap_calls_are_unknown)
{
	vm_start(PRIMARY, version);
	expect_offer(PRIMARY, FFA_NOTIFICATION_BITMAP_CREATE, 0);
	expect_offer(PRIMARY, FFA_NOTIFICATION_BITMAP_DESTROY, 0);
}

/* SPM_ID_GET as it then answers; unknown before 1.1. */
TEST_ALL(ffa_features, spm_id_get_is_offered_when_it_answers)
{
	struct ffa_frame offer;
	struct ffa_frame called;

	vm_start(PRIMARY, version);
	offer = hft_ffa_call(FFA(FFA_FEATURES, FFA_SPM_ID_GET));
	called = hft_ffa_call(FFA(FFA_SPM_ID_GET));
	EXPECT_EQ(offer.x[0], called.x[0]);
}
