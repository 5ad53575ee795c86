/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that finds out what FF-A offers: to it, and to the actors.
 * This file: FFA_VERSION and ids.
 */
#include "hft/actor.h"
#include "hft/power.h"

#define REFUSED UINT32_C(0xffffffff)

TEST(ffa_version, answer_is_one_register_by_both_conduits)
{
	struct ffa_frame args = FFA(FFA_VERSION, FFA_VERSION_1_1, ~0ULL, ~0ULL,
				    ~0ULL, ~0ULL, ~0ULL, ~0ULL);
	struct ffa_frame hvc = hft_ffa_hvc(args);
	struct ffa_frame smc = hft_ffa_smc(args);

	EXPECT_EQ(hvc.x[0], FFA_VERSION_1_2);
	EXPECT_EQ(hft_ffa_first_nonzero(&hvc, 1, 7), 18);
	EXPECT_EQ(smc.x[0], FFA_VERSION_1_2);
	EXPECT_EQ(hft_ffa_first_nonzero(&smc, 1, 7), 18);
}

TEST(ffa_version, refusal_is_w0_and_nothing_else)
{
	struct ffa_frame frame =
		hft_ffa_call(FFA(FFA_VERSION, FFA_VERSION_MBZ | FFA_VERSION_1_1,
				 2, 3, 4, 5, 6, 7));

	EXPECT_EQ(frame.x[0], REFUSED);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 1, 7), 18);
}

TEST_ALL(ffa_version, is_locked_by_another_call)
{
	uint32_t mine = version == LEGACY ? FFA_VERSION_1_0 : version;

	vm_start(PRIMARY, version);
	EXPECT_FFA_SUCCESS(hft_ffa_call(FFA(FFA_ID_GET)));
	for (uint32_t asked = FFA_VERSION_1_0; asked <= FFA_VERSION_1_2;
	     asked++) {
		EXPECT_EQ(hft_ffa_version(asked),
			  asked == mine ? FFA_VERSION_1_2 : REFUSED);
	}
}

/** On CPU 1. */
static void ask_for_another(uint64_t unused)
{
	(void)unused;
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_1_1), FFA_VERSION_1_2);
	EXPECT_EQ(hft_ffa_version(FFA_VERSION_1_2), REFUSED);
}

TEST(ffa_version, is_of_the_vm_not_of_the_vcpu)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	vm_start(PRIMARY, FFA_VERSION_1_1);
	EXPECT_FFA_SUCCESS(hft_ffa_call(FFA(FFA_ID_GET)));
	ASSERT_TRUE(hft_cpu_run(1, ask_for_another, 0));
}

TEST_ALL(ffa_id, is_told_to_everybody)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_B, version);
	for (uint16_t vm = PRIMARY; vm <= ACTOR_B; vm++) {
		struct ffa_frame frame = vm_call(vm, FFA(FFA_ID_GET));

		EXPECT_FFA_SUCCESS(frame);
		EXPECT_EQ(frame.x[2], vm);
		EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
	}
}

/* The secure world is not there: refused, or an id of its range. */
TEST_NEW(ffa_id, of_the_spm_is_refused_or_secure)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	frame = hft_ffa_call(FFA(FFA_SPM_ID_GET));
	if (frame.x[0] == FFA_ERROR) {
		EXPECT_FFA_ERROR(frame, FFA_NOT_SUPPORTED);
	} else {
		EXPECT_FFA_SUCCESS(frame);
		EXPECT_EQ(frame.x[2] & ~UINT64_C(0x7fff), HF_TEE_VM_ID);
	}
}

TEST_OLD(ffa_id, of_the_spm_is_unknown)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_SPM_ID_GET)), FFA_NOT_SUPPORTED);
}
