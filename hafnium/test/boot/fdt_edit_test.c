/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes of a tree; libfdt, which had no part in them, reads the result. See
 * docs/boot.md.
 */
#include "hf/boot/fdt_edit.h"

#include <libfdt.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/guard.h"
#include "boot/machine_tree.h"
#include "hf/boot/fdt.h"
#include "hftest.h"

static uint8_t memory[32768] __attribute__((aligned(8)));

static const uint8_t seven[] = {1, 2, 3, 4, 5, 6, 7};

/** A root with two properties and a child; `spare` bytes are free. */
static void open_small(size_t spare)
{
	struct bytes blob;

	dtb_begin();
	dtb_u32("first", 1);
	dtb_string("text", "abc");
	dtb_node("child");
	dtb_u32("inner", 2);
	dtb_end();
	blob = dtb_finish(0);
	memset(memory, 0xa5, sizeof(memory));
	memcpy(memory, blob.data, blob.size);
	ASSERT_TRUE(dt_pack(memory));
	ASSERT_TRUE(dt_open(memory, dt_claimed_size(memory) + spare));
	ASSERT_EQ(dt_spare(memory), spare);
}

/** All changes since the last time were made. */
static bool is_done(void)
{
	bool is_done = dt_has_magic(memory);

	fdt_set_magic(memory, FDT_MAGIC);
	return is_done;
}

/** libfdt understands all of it, and the rest of the tree is as it was. */
static void expect_whole(void)
{
	int child = fdt_path_offset(memory, "/child");

	EXPECT_EQ(fdt_check_full(memory, sizeof(memory)), 0);
	EXPECT_TRUE(dt_is_whole(memory));
	ASSERT_GT(child, 0);
	EXPECT_TRUE(fdt_getprop(memory, child, "inner", NULL) != NULL);
	EXPECT_TRUE(fdt_getprop(memory, 0, "first", NULL) != NULL);
	EXPECT_EQ(memory[dt_claimed_size(memory)], 0xa5);
}

static void expect_value(int node, const char *name, const void *value,
			 size_t size)
{
	int length = -1;
	const uint8_t *data = fdt_getprop(memory, node, name, &length);

	ASSERT_EQ(length, (int)size);
	EXPECT_EQ(memcmp(data, value, size), 0);
	/* Up to the next word there are zeros. */
	for (size_t i = size; i % 4 != 0; i++) {
		EXPECT_EQ(data[i], 0);
	}
}

TEST(fdt_edit, new_property_with_a_new_name)
{
	open_small(100);

	dt_set_property(memory, 0, "seven",
			(struct bytes){seven, sizeof(seven)});
	ASSERT_TRUE(is_done());
	expect_value(0, "seven", seven, sizeof(seven));
	expect_whole();
}

TEST(fdt_edit, name_that_is_there_is_used_again)
{
	uint32_t strings_size;

	open_small(100);
	strings_size = dt_header(memory, DT_STRINGS_SIZE);

	dt_set_property(memory, 0, "inner", bytes_empty());
	ASSERT_TRUE(is_done());
	expect_value(0, "inner", "", 0);
	EXPECT_EQ(dt_header(memory, DT_STRINGS_SIZE), strings_size);
	expect_whole();
}

TEST(fdt_edit, property_grows_shrinks_and_becomes_empty)
{
	open_small(100);

	dt_set_string(memory, 0, "text", "a longer text");
	ASSERT_TRUE(is_done());
	expect_value(0, "text", "a longer text", 14);
	expect_whole();
	dt_set_string(memory, 0, "text", "ab");
	ASSERT_TRUE(is_done());
	expect_value(0, "text", "ab", 3);
	expect_whole();
	dt_set_property(memory, 0, "text", bytes_empty());
	ASSERT_TRUE(is_done());
	expect_value(0, "text", "", 0);
	expect_whole();
}

TEST(fdt_edit, what_shrinks_needs_no_room)
{
	open_small(0);

	dt_set_string(memory, 0, "text", "xyz");
	EXPECT_TRUE(is_done());
	dt_set_property(memory, 0, "text", bytes_empty());
	EXPECT_TRUE(is_done());
	EXPECT_EQ(dt_spare(memory), 4U);
	expect_whole();
}

TEST(fdt_edit, node_is_the_first_child_behind_the_properties)
{
	int node;

	open_small(100);
	node = dt_add_node(memory, 0, "new@12");

	ASSERT_GT(node, 0);
	EXPECT_EQ(fdt_first_subnode(memory, 0), node);
	EXPECT_STREQ(fdt_get_name(memory, node, NULL), "new@12");
	expect_whole();
	dt_set_string(memory, node, "text", "in it");
	ASSERT_TRUE(is_done());
	expect_value(node, "text", "in it", 6);
	expect_whole();
}

TEST(fdt_edit, names_of_all_lengths_are_padded)
{
	static const char *const names[] = {"a", "ab", "abc", "abcd", "abcde"};

	open_small(200);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int node = dt_add_node(memory, 0, names[i]);

		ASSERT_GT(node, 0);
		EXPECT_STREQ(fdt_get_name(memory, node, NULL), names[i]);
	}
	expect_whole();
}

/** Exactly `size` bytes are needed by what `change` does. */
static void expect_need(size_t size, bool (*change)(void))
{
	open_small(size - 1);
	EXPECT_FALSE(change());
	expect_whole();
	open_small(size);
	EXPECT_TRUE(change());
	EXPECT_EQ(dt_spare(memory), 0U);
	expect_whole();
}

static bool add_node(void)
{
	int node = dt_add_node(memory, 0, "new");

	EXPECT_EQ(node > 0, dt_has_magic(memory));
	return is_done();
}

static bool add_property(void)
{
	dt_set_property(memory, 0, "inner",
			(struct bytes){seven, sizeof(seven)});
	return is_done();
}

static bool add_named_property(void)
{
	dt_set_property(memory, 0, "new", bytes_empty());
	return is_done();
}

static bool grow_property(void)
{
	dt_set_string(memory, 0, "text", "eleven char");
	return is_done();
}

TEST(fdt_edit, room_that_is_needed_is_known)
{
	expect_need(12, add_node);
	expect_need(12 + 8, add_property);
	expect_need(12 + 4, add_named_property);
	expect_need(8, grow_property);
}

TEST(fdt_edit, room_for_the_name_alone_is_no_room)
{
	open_small(3);
	EXPECT_FALSE(add_named_property());
	expect_whole();
}

TEST(fdt_edit, numbers_of_one_and_two_cells)
{
	static const uint8_t one[] = {0x12, 0x34, 0x56, 0x78};
	static const uint8_t two[] = {0, 0, 0, 1, 0x12, 0x34, 0x56, 0x78};

	open_small(100);
	dt_set_number(memory, 0, "one", (struct dt_number){1, 0x12345678});
	ASSERT_TRUE(is_done());
	expect_value(0, "one", one, sizeof(one));
	dt_set_number(memory, 0, "two",
		      (struct dt_number){2, UINT64_C(0x112345678)});
	ASSERT_TRUE(is_done());
	expect_value(0, "two", two, sizeof(two));
	expect_whole();
}

TEST(fdt_edit, number_that_the_cells_can_not_say)
{
	open_small(100);

	dt_set_number(memory, 0, "x", (struct dt_number){0, 1});
	EXPECT_FALSE(is_done());
	dt_set_number(memory, 0, "x", (struct dt_number){3, 1});
	EXPECT_FALSE(is_done());
	dt_set_number(memory, 0, "x", (struct dt_number){1, UINT64_C(1) << 32});
	EXPECT_FALSE(is_done());
}

TEST(fdt_edit, range_that_ends_beyond_its_cells)
{
	struct dt_range range = {.begin = 0xfffff000, .size = 0x1000};
	struct dt_number one = {1, 1};
	struct dt_number two = {1, 2};

	open_small(100);
	dt_set_number(memory, 0, "#address-cells", one);
	dt_set_reg(memory, 0, 0, range);
	EXPECT_TRUE(is_done());
	range.size = 0x1001;
	dt_set_reg(memory, 0, 0, range);
	EXPECT_FALSE(is_done());
	dt_set_number(memory, 0, "#address-cells", two);
	dt_set_reg(memory, 0, 0, range);
	EXPECT_TRUE(is_done());
	expect_whole();
}

TEST(fdt_edit, nothing_is_added_to_what_is_no_node)
{
	open_small(100);

	EXPECT_LT(dt_add_node(memory, 8, "new"), 0);
	EXPECT_LT(dt_add_node(memory, -1, "new"), 0);
	dt_set_property(memory, 8, "text", bytes_empty());
	EXPECT_FALSE(is_done());
	expect_whole();
}

TEST(fdt_edit, tree_that_breaks_off_gets_no_node)
{
	open_small(100);
	/* Nothing behind the first property any more. */
	fdt_set_size_dt_struct(memory, 24);

	EXPECT_LT(dt_add_node(memory, 0, "new"), 0);
}

TEST(fdt_edit, blocks_in_another_order_are_refused)
{
	open_small(0);
	fdt_set_off_dt_strings(memory, fdt_off_dt_struct(memory));
	EXPECT_FALSE(dt_open(memory, sizeof(memory)));
}

TEST(fdt_edit, open_does_not_shrink)
{
	open_small(64);
	ASSERT_TRUE(dt_open(memory, 100));
	EXPECT_EQ(dt_spare(memory), 64U);
}

static int libfdt_child(const void *dtb, const char *name)
{
	int node = fdt_subnode_offset(dtb, 0, name);

	return node < 0 ? -1 : node;
}

/** What is whole to us is whole to libfdt, and reads the same. */
static void compare(struct bytes input)
{
	static uint8_t copy[8192] __attribute__((aligned(8)));
	struct bytes blob = {copy, input.size};
	struct bytes value;
	int length = -1;

	memcpy(copy, input.data, input.size);
	if (!dt_check(blob.data, blob.size) || !dt_is_whole(blob.data)) {
		return;
	}
	ASSERT_EQ(fdt_check_full(blob.data, blob.size), 0);
	EXPECT_EQ(dt_find_child(blob.data, 0, "cpus"),
		  libfdt_child(blob.data, "cpus"));
	value = dt_property(blob.data, 0, "#size-cells");
	EXPECT_TRUE((const void *)value.data ==
		    fdt_getprop(blob.data, 0, "#size-cells", &length));
	EXPECT_EQ(bytes_exist(value), length >= 0);
}

TEST(fdt_edit, every_wrong_byte_reads_as_libfdt_reads_it)
{
	struct bytes blob = machine_tree_default_blob();

	ASSERT_LE(blob.size, 8192U);
	EXPECT_EQ(guard_corrupt(blob, false, compare), blob.size * 10);
}
