/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RAM disk in its two formats; whole, cut off and damaged. See
 * docs/boot.md.
 */
#include "hf/boot/initrd.h"

#include <string.h>

#include "boot/cpio_builder.h"
#include "boot/guard.h"
#include "hftest.h"

static uint8_t memory[4096] __attribute__((aligned(8)));

/** Two files of odd lengths: "one" and "dir/two". */
static struct bytes two_files(enum cpio_format format)
{
	cpio_begin(format, memory, sizeof(memory));
	cpio_add_text("one", "first");
	cpio_add_text("dir/two", "second!");
	return cpio_finish();
}

static bool has_contents(struct bytes archive, const char *name,
			 const char *text)
{
	struct bytes file = initrd_find(archive, name);

	return bytes_exist(file) && file.size == strlen(text) &&
	       memcmp(file.data, text, file.size) == 0;
}

/** Whatever is found lies in the archive. */
static void probe(struct bytes input)
{
	struct bytes archive = guard_place(input, 1);
	struct bytes file = initrd_find(archive, "dir/two");

	if (bytes_exist(file)) {
		ASSERT_GE((uintptr_t)file.data, (uintptr_t)archive.data);
		ASSERT_LE(file.data + file.size, archive.data + archive.size);
	}
}

TEST(initrd, newc_files_are_found)
{
	struct bytes archive = two_files(CPIO_NEWC);

	EXPECT_TRUE(has_contents(archive, "one", "first"));
	EXPECT_TRUE(has_contents(archive, "dir/two", "second!"));
}

TEST(initrd, newc_with_checksum_is_read)
{
	struct bytes archive = two_files(CPIO_NEWC_CRC);

	EXPECT_TRUE(has_contents(archive, "dir/two", "second!"));
}

TEST(initrd, old_binary_files_are_found)
{
	struct bytes archive = two_files(CPIO_BINARY);

	EXPECT_TRUE(has_contents(archive, "one", "first"));
	EXPECT_TRUE(has_contents(archive, "dir/two", "second!"));
}

TEST(initrd, old_binary_high_half_comes_first)
{
	static uint8_t large[0x12345];
	static uint8_t room[sizeof(large) + 1024];
	struct bytes file;

	cpio_begin(CPIO_BINARY, room, sizeof(room));
	cpio_add("large", (struct bytes){large, sizeof(large)});
	cpio_add_text("behind", "it");
	file = initrd_find(cpio_finish(), "large");

	EXPECT_EQ(file.size, sizeof(large));
	EXPECT_TRUE(has_contents(cpio_so_far(), "behind", "it"));
}

TEST(initrd, names_are_compared_as_a_whole)
{
	struct bytes archive = two_files(CPIO_NEWC);

	EXPECT_FALSE(bytes_exist(initrd_find(archive, "on")));
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "one1")));
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "two")));
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "")));
}

TEST(initrd, one_leading_dot_slash_does_not_count)
{
	cpio_begin(CPIO_NEWC, memory, sizeof(memory));
	cpio_add_text("./dotted", "x");
	cpio_add_text("././twice", "y");
	struct bytes archive = cpio_finish();

	EXPECT_TRUE(has_contents(archive, "dotted", "x"));
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "twice")));
}

TEST(initrd, first_of_two_with_one_name)
{
	cpio_begin(CPIO_NEWC, memory, sizeof(memory));
	cpio_add_text("same", "1");
	cpio_add_text("same", "2");

	EXPECT_TRUE(has_contents(cpio_finish(), "same", "1"));
}

TEST(initrd, empty_file_exists)
{
	cpio_begin(CPIO_NEWC, memory, sizeof(memory));
	cpio_add_text("empty", "");

	EXPECT_TRUE(has_contents(cpio_finish(), "empty", ""));
}

TEST(initrd, nothing_behind_the_trailer)
{
	cpio_begin(CPIO_NEWC, memory, sizeof(memory));
	(void)cpio_finish();
	cpio_add_text("late", "x");

	EXPECT_FALSE(bytes_exist(initrd_find(cpio_so_far(), "late")));
}

TEST(initrd, trailer_may_be_missing)
{
	cpio_begin(CPIO_BINARY, memory, sizeof(memory));
	cpio_add_text("only", "x");

	EXPECT_TRUE(has_contents(cpio_so_far(), "only", "x"));
	EXPECT_FALSE(bytes_exist(initrd_find(cpio_so_far(), "other")));
}

TEST(initrd, last_padding_may_be_missing)
{
	struct bytes archive;

	cpio_begin(CPIO_NEWC, memory, sizeof(memory));
	cpio_add_text("only", "x");
	archive = cpio_so_far();
	archive.size -= 3;

	EXPECT_TRUE(has_contents(archive, "only", "x"));
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "other")));
}

TEST(initrd, no_archive_has_no_files)
{
	static const char text[] = "This is no cpio archive but plain text.";
	struct bytes plain = {(const uint8_t *)text, sizeof(text)};

	EXPECT_FALSE(bytes_exist(initrd_find(bytes_none(), "one")));
	EXPECT_FALSE(bytes_exist(initrd_find(plain, "one")));
}

TEST(initrd, name_without_an_end_is_no_name)
{
	/* Old binary, a name of four bytes, nothing behind it. */
	static const uint16_t header[15] = {[0] = 070707,
					    [10] = 4,
					    [13] = 'a' | 'b' << 8,
					    [14] = 'c' | 'd' << 8};
	struct bytes archive = {(const uint8_t *)header, sizeof(header)};

	archive = guard_place(archive, 1);
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "abcd")));
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "abcde")));
}

TEST(initrd, newc_survives_every_truncation)
{
	EXPECT_NE(guard_truncate(two_files(CPIO_NEWC), probe), 0U);
}

TEST(initrd, old_binary_survives_every_truncation)
{
	EXPECT_NE(guard_truncate(two_files(CPIO_BINARY), probe), 0U);
}

TEST(initrd, newc_survives_every_wrong_byte)
{
	EXPECT_NE(guard_corrupt(two_files(CPIO_NEWC), true, probe), 0U);
}

TEST(initrd, old_binary_survives_every_wrong_byte)
{
	EXPECT_NE(guard_corrupt(two_files(CPIO_BINARY), true, probe), 0U);
}

TEST(initrd, truncated_contents_are_not_found)
{
	struct bytes archive = two_files(CPIO_NEWC);
	struct bytes file = initrd_find(archive, "dir/two");

	archive.size = (size_t)(file.data - archive.data) + file.size - 1;
	EXPECT_FALSE(bytes_exist(initrd_find(archive, "dir/two")));
	EXPECT_TRUE(bytes_exist(initrd_find(archive, "one")));
}
