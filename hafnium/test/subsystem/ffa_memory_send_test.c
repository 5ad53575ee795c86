/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of what FFA_MEM_DONATE, _LEND and _SHARE refuse because of registers
 * and descriptor, in the order of docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"
#include "hf/smccc.h"

#define INVALID FFA_INVALID_PARAMETERS

static const uint32_t kinds[] = {FFA_MEM_SHARE, FFA_MEM_LEND, FFA_MEM_DONATE};

TEST(ffa_mem_send, is_accepted_as_it_is_written_here)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_SEND(kinds[i], 0, 0, (void)0);
		EXPECT_SEND(kinds[i], 0, 0, codes.func = FFA_64(kinds[i]));
	}
}

TEST(ffa_mem_send, answer_is_the_handle_and_nothing_else)
{
	const uint64_t *x;

	codes_begin_send(V1_1, FFA_MEM_LEND);
	ASSERT_EQ(codes_send(), 0);
	x = codes.memory.sender->regs.x;

	EXPECT_EQ(x[0], FFA_SUCCESS);
	EXPECT_EQ(x[1], 0U);
	EXPECT_LE(x[2], UINT32_MAX);
	EXPECT_EQ(x[3] >> 31, 1U);
	EXPECT_EQ(guest_first_used(codes.memory.sender, 4), 8U);
}

/** w3 and w4 name another buffer than TX: there is no such thing. */
static int32_t send_with(uint64_t id, uint64_t x3, uint64_t x4)
{
	uint32_t size;

	codes_begin_send(V1_2, FFA_MEM_SHARE);
	size = memory_put(codes.memory.sender, codes.said);
	(void)machine_hvc(codes.memory.sender, CALL(id, size, size, x3, x4));
	return codes.memory.sender->regs.x[0] == FFA_SUCCESS
		       ? 0
		       : mailbox_answer(codes.memory.sender);
}

TEST(ffa_mem_send, other_buffer_than_tx_is_invalid)
{
	EXPECT_EQ(send_with(FFA_MEM_SHARE, 0x1000, 0), INVALID);
	EXPECT_EQ(send_with(FFA_MEM_SHARE, 0, 1), INVALID);
	EXPECT_EQ(send_with(FFA_64(FFA_MEM_SHARE), UINT64_C(1) << 32, 0),
		  INVALID);
	EXPECT_EQ(send_with(FFA_64(FFA_MEM_SHARE), 0, 1), INVALID);
}

TEST(ffa_mem_send, upper_halves_of_32_bit_arguments_are_ignored)
{
	EXPECT_EQ(send_with(FFA_MEM_SHARE, UINT64_C(1) << 32, 0), 0);
	EXPECT_EQ(send_with(FFA_MEM_SHARE, 0, UINT64_C(1) << 32), 0);
	EXPECT_EQ(send_with(FFA_64(FFA_MEM_SHARE), 0, UINT64_C(1) << 32), 0);
}

TEST(ffa_mem_send, fragment_longer_than_the_whole_is_invalid)
{
	codes_begin_send(V1_1, FFA_MEM_SHARE);
	(void)memory_put(codes.memory.sender, codes.said);

	EXPECT_EQ(codes_send_lengths(96 - 16, 96), INVALID);
}

TEST(ffa_mem_send, fragment_shorter_than_one_endpoint_is_invalid)
{
	static const uint32_t least[] = {48, 48, 64, 80};

	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		codes_begin_send(p, FFA_MEM_SHARE);
		(void)memory_put(codes.memory.sender, codes.said);

		EXPECT_EQ(codes_send_lengths(least[p] + 32, 0), INVALID);
		EXPECT_EQ(codes_send_lengths(least[p] + 32, 16), INVALID);
		EXPECT_EQ(codes_send_lengths(least[p] + 32, least[p] - 16),
			  INVALID);
		EXPECT_EQ(codes_send_lengths(least[p] + 32, least[p]), INVALID);
	}
}

TEST(ffa_mem_send, without_tx_is_invalid)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    ASSERT_EQ(mailbox_call(codes.memory.sender,
					   CALL(FFA_RXTX_UNMAP)),
			      0);
		    codes_note());
}

TEST(ffa_mem_send, fragment_longer_than_tx_is_invalid)
{
	codes_begin_send(V1_1, FFA_MEM_SHARE);
	for (uint32_t i = 1; i < 600; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 2 * i + 3), 1);
	}
	(void)memory_put(codes.memory.sender, codes.said);

	EXPECT_EQ(codes_send_lengths(80 + 16 * 600, 80 + 16 * 600), INVALID);
	EXPECT_EQ(codes_send_lengths(80 + 16 * 600, 4112), INVALID);
	EXPECT_EQ(codes_send_lengths(80 + 16 * 600, 4096), 0);
}

TEST(ffa_mem_send, reserved_fields_are_zero_but_for_legacy_guests)
{
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID, codes.said->header_mbz = 1);
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID, codes.said->endpoint_mbz = 1);
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID, codes.said->composite_mbz = 1);
}

/** Of 1.1: bytes 36 to 47 of the header, each of the three words. */
TEST(ffa_mem_send, each_reserved_word_of_1_1_is_zero)
{
	for (uint32_t at = 36; at < 48; at += 4) {
		uint32_t size;

		codes_begin_send(V1_1, FFA_MEM_SHARE);
		size = memory_put(codes.memory.sender, codes.said);
		mailbox_tx(1)[at] = 1;
		EXPECT_EQ(codes_send_lengths(size, size), INVALID);
	}
}

TEST(ffa_mem_send, size_of_an_endpoint_is_that_of_the_version)
{
	static const uint32_t sizes[] = {0, 8, 15, 17, 24, 48, 64, 0xfffffff0};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint32_t size;

		codes_begin_send(V1_1, FFA_MEM_SHARE);
		size = memory_put(codes.memory.sender, codes.said);
		memcpy(mailbox_tx(1) + 24, &sizes[i], 4);
		EXPECT_EQ(codes_send_lengths(size, size), INVALID);
		codes_begin_send(V1_2, FFA_MEM_SHARE);
		size = memory_put(codes.memory.sender, codes.said);
		memcpy(mailbox_tx(1) + 24, &sizes[i], 4);
		EXPECT_EQ(codes_send_lengths(size, size), INVALID);
	}
}

TEST(ffa_mem_send, guest_of_1_2_may_use_the_short_endpoint)
{
	codes_begin_send(V1_2, FFA_MEM_SHARE);
	codes.said->endpoint_size = 16;
	codes.said->composite_offset = 64;

	EXPECT_EQ(codes_send(), 0);
}

TEST(ffa_mem_send, guest_of_1_1_may_not_use_the_long_endpoint)
{
	codes_begin_send(V1_1, FFA_MEM_SHARE);
	codes.said->endpoint_size = 32;
	codes.said->composite_offset = 80;

	EXPECT_EQ(codes_send(), INVALID);
}

TEST(ffa_mem_send, endpoint_lies_behind_the_header_and_aligned)
{
	static const uint32_t offsets[] = {0, 32, 47, 49, 56, 4096, 0xfffffff0};

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		uint32_t size;

		codes_begin_send(V1_1, FFA_MEM_SHARE);
		size = memory_put(codes.memory.sender, codes.said);
		memcpy(mailbox_tx(1) + 32, &offsets[i], 4);
		EXPECT_EQ(codes_send_lengths(size, size), INVALID);
	}
}

TEST(ffa_mem_send, endpoint_may_lie_further_on)
{
	codes_begin_send(V1_1, FFA_MEM_SHARE);
	codes.said->endpoint_offset = 128;
	codes.said->composite_offset = 160;

	EXPECT_EQ(codes_send(), 0);
}

TEST(ffa_mem_send, sender_is_the_caller)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, FFA_DENIED, codes.said->sender = 2);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, FFA_DENIED, codes.said->sender = 0);
	EXPECT_SEND(FFA_MEM_LEND, INVALID, FFA_DENIED,
		    codes.said->sender = 0x8001);
}

/** That comes before all that is wrong behind it, but not before the layout. */
TEST(ffa_mem_send, sender_is_looked_at_behind_the_layout)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, FFA_DENIED, codes.said->sender = 2;
		    codes.said->endpoint_count = 0; codes.said->flags = 1);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, codes.said->sender = 2;
		    codes.said->header_mbz = 1);
}

TEST(ffa_mem_send, receiver_is_one)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->endpoint_count = 0);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->endpoint_count = 2);
	EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID,
		    codes.said->endpoint_count = 2;
		    codes.said->composite_offset += 32);
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
		    codes.said->endpoint_count = 0x10000001);
}

TEST(ffa_mem_send, receiver_is_somebody_else_who_is_there)
{
	static const uint16_t nobody[] = {0,	  1,	  4,	  0x7fff,
					  0x8000, 0x8001, 0xffff, 0x102};

	for (size_t i = 0; i < ARRAY_SIZE(nobody); i++) {
		EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
			    codes.said->receiver = nobody[i]);
		EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
			    codes.said->receiver = nobody[i]);
	}
}

TEST(ffa_mem_send, ranges_lie_behind_the_endpoint)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->composite_offset = 0);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->composite_offset -= 16);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->composite_offset -= 1);
}

TEST(ffa_mem_send, ranges_lie_in_the_fragment)
{
	uint32_t size;

	codes_begin_send(V1_1, FFA_MEM_SHARE);
	size = memory_put(codes.memory.sender, codes.said);
	EXPECT_EQ(codes_send_lengths(size, size - 32), INVALID);
	EXPECT_EQ(codes_send_lengths(size, size - 16), 0);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->composite_offset = 0xfffffff0);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->composite_offset = 0xffffffff);
}

TEST(ffa_mem_send, offset_of_ranges_is_aligned_but_for_legacy_guests)
{
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID,
		    codes.said->composite_offset += 4);
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID,
		    codes.said->composite_offset += 1);
	EXPECT_SEND(FFA_MEM_SHARE, 0, 0, codes.said->composite_offset += 16);
	for (uint32_t off = 1; off < 16; off++) {
		codes_begin_send(V1_1, FFA_MEM_SHARE);
		codes.said->composite_offset += off;
		(void)memory_put(codes.memory.sender, codes.said);
		/* 16 bytes more: a length that may be. */
		EXPECT_EQ(codes_send_lengths(112, 112), INVALID);
		EXPECT_EQ(codes_send_lengths(112, 96), INVALID);
	}
}

TEST(ffa_mem_send, lengths_are_multiples_of_16_but_for_legacy_guests)
{
	codes_begin_send(V1_0, FFA_MEM_SHARE);
	(void)memory_put(codes.memory.sender, codes.said);
	EXPECT_EQ(codes_send_lengths(80, 72), INVALID);
	codes_begin_send(V1_2, FFA_MEM_SHARE);
	(void)memory_put(codes.memory.sender, codes.said);
	EXPECT_EQ(codes_send_lengths(112, 108), INVALID);
}

TEST(ffa_mem_send, fragment_has_whole_ranges)
{
	codes_begin_send(LEGACY, FFA_MEM_SHARE);
	(void)memory_put(codes.memory.sender, codes.said);

	EXPECT_EQ(codes_send_lengths(80, 72), INVALID);
	EXPECT_EQ(codes_send_lengths(80, 65), INVALID);
	EXPECT_EQ(codes_send_lengths(80, 79), INVALID);
	EXPECT_EQ(codes_send_lengths(80, 80), 0);
}

TEST(ffa_mem_send, total_is_that_of_all_ranges)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->constituent_count = 2);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->constituent_count = 0);
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->constituent_count = 0x10000001);
}

TEST(ffa_mem_send, share_is_not_cleared)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->flags = FFA_MEMORY_FLAG_CLEAR);
}

/** No time slices, no type, nothing that only who retrieves may say. */
TEST(ffa_mem_send, other_flags_are_invalid)
{
	for (uint32_t bit = 1; bit < 32; bit++) {
		EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
			    codes.said->flags = 1U << bit);
		EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID,
			    codes.said->flags = 1U << bit);
	}
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
		    codes.said->flags = FFA_MEMORY_FLAG_TYPE_DONATE);
}

TEST(ffa_mem_send, handle_is_zero_but_for_legacy_guests)
{
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID, codes.said->handle = 1);
	EXPECT_SEND(FFA_MEM_DONATE, 0, INVALID,
		    codes.said->handle = UINT64_C(1) << 63);
}

TEST(ffa_mem_send, reserved_permissions_are_invalid)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->permissions = 3);
	EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID,
		    codes.said->permissions = 0x0e);
	EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID,
		    codes.said->permissions = 0x12);
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
		    codes.said->permissions = 0x80);
}

TEST(ffa_mem_send, instructions_are_not_the_sender_s_to_say)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->permissions |= FFA_INSTRUCTION_ACCESS_NX);
	EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID,
		    codes.said->permissions |= FFA_INSTRUCTION_ACCESS_X);
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
		    codes.said->permissions |= FFA_INSTRUCTION_ACCESS_NX);
}

TEST(ffa_mem_send, data_are_said_unless_donated)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    codes.said->permissions = 0);
	EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID,
		    codes.said->permissions = 0);
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
		    codes.said->permissions = FFA_DATA_ACCESS_RW);
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
		    codes.said->permissions = FFA_DATA_ACCESS_RO);
	EXPECT_SEND(FFA_MEM_LEND, 0, 0,
		    codes.said->permissions = FFA_DATA_ACCESS_RO);
}

TEST(ffa_mem_send, ns_bit_is_not_the_sender_s)
{
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID,
		    codes.said->attributes |= FFA_MEMORY_NS);
	EXPECT_SEND(FFA_MEM_LEND, 0, INVALID,
		    codes.said->attributes |= FFA_MEMORY_NS);
}

TEST(ffa_mem_send, reserved_attributes_are_invalid)
{
	EXPECT_SEND(FFA_MEM_LEND, 0, INVALID, codes.said->attributes |= 0x80);
	for (enum direct_profile p = V1_1; p <= V1_2; p++) {
		codes_begin_send(p, FFA_MEM_LEND);
		codes.said->attributes |= 0x8000;
		EXPECT_EQ(codes_send(), INVALID);
	}
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID,
		    codes.said->attributes = FFA_MEMORY_TYPE_RESERVED);
}

/** Guests of the first days say normal memory, outer shareable. */
TEST(ffa_mem_send, type_is_left_open_unless_shared)
{
	EXPECT_SEND(FFA_MEM_LEND, 0, INVALID,
		    codes.said->attributes = FFA_MEMORY_TYPE_NORMAL | 0xe);
	EXPECT_SEND(FFA_MEM_DONATE, 0, INVALID,
		    codes.said->attributes = FFA_MEMORY_TYPE_NORMAL | 0xe);
	EXPECT_SEND(FFA_MEM_DONATE, 0, INVALID,
		    codes.said->attributes = FFA_MEMORY_TYPE_DEVICE);
	EXPECT_SEND(FFA_MEM_LEND, 0, 0, codes.said->attributes = 0xf);
}

TEST(ffa_mem_send, shared_memory_is_as_everybody_maps_it)
{
	static const uint16_t others[] = {
		0,
		FFA_MEMORY_TYPE_DEVICE,
		FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_WRITE_BACK,
		FFA_MEMORY_TYPE_NORMAL | 0xd,
		FFA_MEMORY_TYPE_NORMAL | 0xe,
		FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_NON_CACHEABLE | 3,
		FFA_MEMORY_TYPE_NORMAL | 3,
		FFA_MEMORY_TYPE_NORMAL | 0xb,
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		EXPECT_SEND(FFA_MEM_SHARE, 0, FFA_DENIED,
			    codes.said->attributes = others[i]);
	}
}
