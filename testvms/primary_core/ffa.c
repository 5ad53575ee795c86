/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A as far as it goes: version, features, id, and refusals. */
#include "call.h"
#include "hf/call.h"
#include "hftest.h"

/** Zero-extended, as a 32-bit frame has it. */
#define CODE(code) ((uint64_t)(uint32_t)(code))
#define REFUSED CODE(FFA_NOT_SUPPORTED)

#define FFA_UNKNOWN UINT32_C(0x840000ee)

static uint64_t version(uint64_t asked)
{
	return hf_smc((struct smccc_value){{FFA_VERSION, asked}}).x[0];
}

/** x0 and x2 as told, the rest of the frame 0. */
static void expect_frame(struct smccc_value frame, uint64_t x0, uint64_t x2)
{
	EXPECT_EQ(frame.x[0], x0);
	EXPECT_EQ(frame.x[2], x2);
	EXPECT_EQ(frame.x[1] | frame.x[3] | frame.x[4] | frame.x[5] |
			  frame.x[6] | frame.x[7],
		  0);
}

static struct smccc_value features(uint64_t id, uint64_t input)
{
	return hf_smc(
		(struct smccc_value){{FFA_FEATURES, id, input, 3, 4, 5, 6, 7}});
}

TEST(ffa_version, is_1_2_whatever_minor_is_asked)
{
	EXPECT_EQ(version(FFA_VERSION_1_0), FFA_VERSION_1_2);
	EXPECT_EQ(version(FFA_VERSION_1_1), FFA_VERSION_1_2);
	EXPECT_EQ(version(FFA_VERSION_1_2), FFA_VERSION_1_2);
	EXPECT_EQ(version(UINT32_C(0x00010003)), FFA_VERSION_1_2);
	EXPECT_EQ(version(UINT32_C(0x0001ffff)), FFA_VERSION_1_2);
}

TEST(ffa_version, other_major_is_refused)
{
	EXPECT_EQ(version(0), REFUSED);
	EXPECT_EQ(version(1), REFUSED);
	EXPECT_EQ(version(UINT32_C(0x0000ffff)), REFUSED);
	EXPECT_EQ(version(UINT32_C(0x00020000)), REFUSED);
	EXPECT_EQ(version(UINT32_C(0x0fffffff)), REFUSED);
}

TEST(ffa_version, bit_31_is_refused)
{
	EXPECT_EQ(version(FFA_VERSION_1_0 | FFA_VERSION_MBZ), REFUSED);
	EXPECT_EQ(version(FFA_VERSION_MBZ), REFUSED);
}

TEST(ffa_version, answer_has_no_other_register)
{
	struct smccc_value args = {
		{FFA_VERSION, FFA_VERSION_1_1, 2, 3, 4, 5, 6, 7}};

	expect_frame(hf_smc(args), FFA_VERSION_1_2, 0);
	expect_frame(hf_hvc(args), FFA_VERSION_1_2, 0);
}

TEST(ffa_version, is_fixed_by_the_first_other_call)
{
	ASSERT_EQ(version(FFA_VERSION_1_1), FFA_VERSION_1_2);
	(void)features(FFA_VERSION, 0);

	EXPECT_EQ(version(FFA_VERSION_1_1), FFA_VERSION_1_2);
	EXPECT_EQ(version(FFA_VERSION_1_0), REFUSED);
	EXPECT_EQ(version(FFA_VERSION_1_2), REFUSED);
}

TEST(ffa_id_get, is_1)
{
	struct smccc_value args = {{FFA_ID_GET, 1, 2, 3, 4, 5, 6, 7}};

	expect_frame(hf_hvc(args), FFA_SUCCESS, HF_PRIMARY_VM_ID);
	expect_frame(hf_smc(args), FFA_SUCCESS, HF_PRIMARY_VM_ID);
}

TEST(ffa_features, has_what_is_implemented)
{
	expect_frame(features(FFA_VERSION, 0), FFA_SUCCESS, 0);
	expect_frame(features(FFA_FEATURES, 0), FFA_SUCCESS, 0);
	expect_frame(features(FFA_ID_GET, 0), FFA_SUCCESS, 0);
	expect_frame(features(FFA_ERROR, 0), FFA_SUCCESS, 0);
	expect_frame(features(FFA_SUCCESS, 0), FFA_SUCCESS, 0);
}

TEST(ffa_features, refuses_what_no_vm_may_call)
{
	expect_frame(features(FFA_RX_ACQUIRE, 0), FFA_ERROR, REFUSED);
	expect_frame(features(FFA_NORMAL_WORLD_RESUME, 0), FFA_ERROR, REFUSED);
	expect_frame(features(FFA_SECONDARY_EP_REGISTER | SMCCC_64_BIT, 0),
		     FFA_ERROR, REFUSED);
	expect_frame(features(FFA_MEM_PERM_GET, 0), FFA_ERROR, REFUSED);
}

TEST(ffa_features, refuses_unknown_ids)
{
	expect_frame(features(0, 0), FFA_ERROR, REFUSED);
	expect_frame(features(UINT32_C(0x84000000), 0), FFA_ERROR, REFUSED);
	expect_frame(features(UINT32_C(0x8fffffff), 0), FFA_ERROR, REFUSED);
	expect_frame(features(FFA_UNKNOWN, 0), FFA_ERROR, REFUSED);
	expect_frame(features(4, 0), FFA_ERROR, REFUSED);
}

/* Nobody called FFA_VERSION: answers are those of a 1.0 hypervisor. */
TEST(ffa_features, legacy_vm_has_no_rxtx_unmap)
{
	expect_frame(features(FFA_RXTX_UNMAP, 0), FFA_ERROR, REFUSED);
}

TEST(ffa_features, refuses_input_that_is_not_defined)
{
	expect_frame(features(FFA_VERSION, 1), FFA_ERROR, REFUSED);
}

TEST(ffa, function_without_implementation_is_an_error_frame)
{
	struct smccc_value args = {{FFA_UNKNOWN, 1, 2, 3, 4, 5, 6, 7}};

	expect_frame(hf_smc(args), FFA_ERROR, REFUSED);
	expect_frame(hf_hvc(args), FFA_ERROR, REFUSED);
	args.x[0] = FFA_UNKNOWN | SMCCC_64_BIT;
	expect_frame(hf_smc(args), FFA_ERROR, REFUSED);
}

TEST(ffa, results_can_not_be_called)
{
	expect_frame(hf_smc((struct smccc_value){{FFA_ERROR, 1}}), FFA_ERROR,
		     REFUSED);
	expect_frame(hf_smc((struct smccc_value){{FFA_SUCCESS, 1}}), FFA_ERROR,
		     REFUSED);
}

TEST(ffa, calls_keep_x8_to_x30)
{
	struct hft_registers before = hft_registers_pattern(FFA_ID_GET, 0);
	struct hft_registers after = before;

	call_smc(&after);

	EXPECT_EQ(after.x[0], FFA_SUCCESS);
	EXPECT_EQ(hft_registers_first_change(&before, &after, 8, 30), 31);
}
