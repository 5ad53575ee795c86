/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of the mem* functions of hafnium/src/base/string.c: every size from 0
 * to 70 at every alignment, with bytes around that must stay.
 */
#include "hf/base/compiler.h"
#include "hf_string.h"
#include "hftest.h"

#define SIZES 71
#define GUARD 16
#define ROOM (GUARD + 8 + SIZES + GUARD)

static _Alignas(16) unsigned char source[ROOM];
static _Alignas(16) unsigned char target[ROOM];

static void fill(void)
{
	for (size_t i = 0; i < ROOM; i++) {
		source[i] = (unsigned char)(i * 7 + 1);
		target[i] = (unsigned char)~source[i];
	}
}

/** Is `target` what it was, but for [at, at + size), which is `from`'s? */
static bool is_copied(size_t at, size_t from, size_t size)
{
	for (size_t i = 0; i < ROOM; i++) {
		bool inside = i >= at && i < at + size;
		unsigned char was = (unsigned char)~(i * 7 + 1);

		if (target[i] != (inside ? source[from + i - at] : was)) {
			return false;
		}
	}
	return true;
}

typedef void *copy_function(void *dst, const void *src, size_t size);

static void *copy(void *dst, const void *src, size_t size)
{
	return hf_memcpy(dst, src, size);
}

/** The first size at which a copy between these places fails, or SIZES. */
static size_t first_wrong_copy(copy_function *function, size_t dst, size_t src)
{
	for (size_t size = 0; size < SIZES; size++) {
		unsigned char *to = &target[GUARD + dst];

		fill();
		if (function(to, &source[GUARD + src], size) != to ||
		    !is_copied(GUARD + dst, GUARD + src, size)) {
			return size;
		}
	}
	return SIZES;
}

TEST(memcpy, aligned_copies_every_size)
{
	EXPECT_EQ(first_wrong_copy(copy, 0, 0), SIZES);
	EXPECT_EQ(first_wrong_copy(copy, 8, 0), SIZES);
}

TEST(memcpy, unaligned_target_copies_every_size)
{
	EXPECT_EQ(first_wrong_copy(copy, 1, 0), SIZES);
	EXPECT_EQ(first_wrong_copy(copy, 4, 0), SIZES);
	EXPECT_EQ(first_wrong_copy(copy, 7, 0), SIZES);
}

TEST(memcpy, unaligned_source_copies_every_size)
{
	EXPECT_EQ(first_wrong_copy(copy, 0, 1), SIZES);
	EXPECT_EQ(first_wrong_copy(copy, 0, 4), SIZES);
	EXPECT_EQ(first_wrong_copy(copy, 3, 3), SIZES);
}

TEST(memmove, apart_copies_every_size)
{
	EXPECT_EQ(first_wrong_copy(hf_memmove, 0, 0), SIZES);
	EXPECT_EQ(first_wrong_copy(hf_memmove, 5, 0), SIZES);
	EXPECT_EQ(first_wrong_copy(hf_memmove, 0, 5), SIZES);
}

/** The first size for which a move inside `target` goes wrong, or SIZES. */
static size_t first_wrong_move(size_t to, size_t from)
{
	for (size_t size = 0; size < SIZES; size++) {
		fill();
		for (size_t i = 0; i < ROOM; i++) {
			target[i] = source[i];
		}
		if (hf_memmove(&target[to], &target[from], size) !=
		    &target[to]) {
			return size;
		}
		for (size_t i = 0; i < ROOM; i++) {
			bool inside = i >= to && i < to + size;

			if (target[i] != source[inside ? from + i - to : i]) {
				return size;
			}
		}
	}
	return SIZES;
}

TEST(memmove, overlap_by_a_byte_up_and_down)
{
	EXPECT_EQ(first_wrong_move(17, 16), SIZES);
	EXPECT_EQ(first_wrong_move(16, 17), SIZES);
}

TEST(memmove, overlap_by_a_word_up_and_down)
{
	EXPECT_EQ(first_wrong_move(24, 16), SIZES);
	EXPECT_EQ(first_wrong_move(16, 24), SIZES);
}

TEST(memmove, overlap_of_odd_places_up_and_down)
{
	EXPECT_EQ(first_wrong_move(21, 10), SIZES);
	EXPECT_EQ(first_wrong_move(10, 21), SIZES);
}

TEST(memmove, onto_itself_changes_nothing)
{
	EXPECT_EQ(first_wrong_move(16, 16), SIZES);
	EXPECT_EQ(first_wrong_move(19, 19), SIZES);
}

/** The first size for which memset at `at` goes wrong, or SIZES. */
static size_t first_wrong_set(size_t at, int value)
{
	for (size_t size = 0; size < SIZES; size++) {
		unsigned char *to = &target[GUARD + at];

		fill();
		if (hf_memset(to, value, size) != to) {
			return size;
		}
		for (size_t i = 0; i < ROOM; i++) {
			unsigned char was = (unsigned char)~source[i];
			bool inside = i >= GUARD + at && i < GUARD + at + size;

			if (target[i] !=
			    (inside ? (unsigned char)value : was)) {
				return size;
			}
		}
	}
	return SIZES;
}

TEST(memset, aligned_sets_every_size)
{
	EXPECT_EQ(first_wrong_set(0, 0), SIZES);
	EXPECT_EQ(first_wrong_set(8, 0xa5), SIZES);
}

TEST(memset, unaligned_sets_every_size)
{
	EXPECT_EQ(first_wrong_set(1, 0), SIZES);
	EXPECT_EQ(first_wrong_set(5, 0xff), SIZES);
	EXPECT_EQ(first_wrong_set(7, 0x80), SIZES);
}

TEST(memset, value_is_cut_to_a_byte)
{
	EXPECT_EQ(first_wrong_set(0, 0x1234), SIZES);
	EXPECT_EQ(first_wrong_set(3, -1), SIZES);
}

TEST(memcmp, equal_blocks_are_zero)
{
	EXPECT_EQ(hf_memcmp("abcdefghij", "abcdefghij", 10), 0);
	EXPECT_EQ(hf_memcmp("abc", "xyz", 0), 0);
}

TEST(memcmp, first_difference_decides_as_unsigned)
{
	EXPECT_LT(hf_memcmp("ab\x7f", "ab\x80", 3), 0);
	EXPECT_GT(hf_memcmp("ab\xff", "ab\x01", 3), 0);
	EXPECT_LT(hf_memcmp("abczz", "abdaa", 5), 0);
}

TEST(memcmp, what_is_behind_size_is_not_looked_at)
{
	EXPECT_EQ(hf_memcmp("abcX", "abcY", 3), 0);
}

TEST(memchr, first_match_is_found)
{
	static const char block[] = "a\0bcb";

	EXPECT_EQ(hf_memchr(block, 'b', 5), &block[2]);
	EXPECT_EQ(hf_memchr(block, '\0', 5), &block[1]);
}

TEST(memchr, value_is_cut_to_a_byte)
{
	static const char block[] = "ab";

	EXPECT_EQ(hf_memchr(block, 0x100 + 'b', 2), &block[1]);
}

TEST(memchr, what_is_not_inside_is_null)
{
	EXPECT_EQ(hf_memchr("abc", 'd', 3), NULL);
	EXPECT_EQ(hf_memchr("abc", 'c', 2), NULL);
	EXPECT_EQ(hf_memchr("abc", 'a', 0), NULL);
}
