/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_PARTITION_INFO_GET_REGS, of 1.2: who is there, in registers. */
#include "hft/actor.h"
#include "partitions.h"

#define GET_REGS FFA_64(FFA_PARTITION_INFO_GET_REGS)
#define TAG_SHIFT 16

static uint16_t bits(uint64_t value, unsigned int shift)
{
	return (uint16_t)(value >> shift);
}

static void expect_entry(const struct ffa_frame *frame, unsigned int k,
			 uint16_t id)
{
	uint64_t entry = frame->x[3 + 3 * k];

	EXPECT_EQ(bits(entry, 0), id);
	EXPECT_EQ(bits(entry, 16), partition_vcpus(id));
	EXPECT_EQ(entry >> 32, partition_properties(id, FFA_VERSION_1_2));
	EXPECT_EQ(frame->x[4 + 3 * k] | frame->x[5 + 3 * k], 0);
}

static void expect_all(uint16_t vm)
{
	struct ffa_frame frame = vm_call(vm, FFA(GET_REGS));

	EXPECT_FFA_FRAME(frame, FFA_64(FFA_SUCCESS));
	EXPECT_EQ(frame.x[1], 0);
	EXPECT_EQ(bits(frame.x[2], 0), VM_COUNT - 1);
	EXPECT_EQ(bits(frame.x[2], 16), VM_COUNT - 1);
	EXPECT_EQ(bits(frame.x[2], 48), 24);
	for (uint16_t i = 0; i < VM_COUNT; i++) {
		expect_entry(&frame, i, i + 1);
	}
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3 + 3 * VM_COUNT, 17), 18);
}

TEST(ffa_partition_regs, everybody_is_in_one_answer)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	/* Both conduits, twice the primary. */
	expect_all(PRIMARY);
	expect_all(PRIMARY);
	expect_all(ACTOR_A);
}

TEST(ffa_partition_regs, does_not_use_rx)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_map_buffers(PRIMARY, 1);
	expect_all(PRIMARY);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST(ffa_partition_regs, begins_where_it_is_asked_to)
{
	struct ffa_frame first;
	uint64_t tag;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	first = hft_ffa_call(FFA(GET_REGS));
	tag = bits(first.x[2], 32);
	for (uint16_t i = 0; i < VM_COUNT; i++) {
		struct ffa_frame frame = hft_ffa_call(
			FFA(GET_REGS, 0, 0, i | (tag << TAG_SHIFT)));

		EXPECT_FFA_FRAME(frame, FFA_64(FFA_SUCCESS));
		EXPECT_EQ(bits(frame.x[2], 0), VM_COUNT - 1);
		EXPECT_EQ(bits(frame.x[2], 16), VM_COUNT - 1);
		for (uint16_t k = i; k < VM_COUNT; k++) {
			expect_entry(&frame, k - i, k + 1);
		}
		EXPECT_EQ(hft_ffa_first_nonzero(
				  &frame, 3 + 3 * (VM_COUNT - (unsigned int)i),
				  17),
			  18);
	}
}

TEST(ffa_partition_regs, start_behind_the_end_is_invalid)
{
	uint64_t tag;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	tag = bits(hft_ffa_call(FFA(GET_REGS)).x[2], 32);
	tag <<= TAG_SHIFT;
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(GET_REGS, 0, 0, tag | VM_COUNT)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(GET_REGS, 0, 0, tag | 0xffff)),
			 FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_regs, wrong_tag_means_try_again)
{
	uint64_t wrong;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	wrong = bits(hft_ffa_call(FFA(GET_REGS)).x[2], 32) ^ 0x5a5a;
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(GET_REGS, 0, 0, 1 | (wrong << TAG_SHIFT))),
		FFA_RETRY);
}

TEST(ffa_partition_regs, uuid_that_nobody_has_is_invalid)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(GET_REGS, 1)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(GET_REGS, 0, UINT64_C(1) << 63)),
			 FFA_INVALID_PARAMETERS);
}
