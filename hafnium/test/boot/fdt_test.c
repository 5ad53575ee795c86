/* SPDX-License-Identifier: BSD-3-Clause */
/* The header of a device tree, and values in it. See docs/boot.md. */
#include "hf/boot/fdt.h"

#include <libfdt.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/machine_tree.h"
#include "hftest.h"

static struct bytes value_of(const char *name)
{
	return dt_property(dtb_finish(0).data, 0, name);
}

TEST(fdt, header_is_accepted)
{
	struct bytes blob = machine_tree_default_blob();

	EXPECT_TRUE(dt_has_magic(blob.data));
	EXPECT_EQ(dt_claimed_size(blob.data), blob.size);
	EXPECT_TRUE(dt_check(blob.data, blob.size));
}

TEST(fdt, larger_than_there_is_room_is_refused)
{
	struct bytes blob = machine_tree_default_blob();

	EXPECT_FALSE(dt_check(blob.data, blob.size - 1));
	EXPECT_FALSE(dt_check(blob.data, DT_HEADER_SIZE - 1));
}

TEST(fdt, larger_than_2_mib_is_refused)
{
	struct bytes blob = machine_tree_default_blob();

	fdt_set_totalsize((void *)blob.data, 0x200001);
	EXPECT_FALSE(dt_check(blob.data, 0x400000));
}

TEST(fdt, odd_address_is_refused)
{
	struct bytes blob = machine_tree_default_blob();

	EXPECT_FALSE(dt_has_magic(blob.data + 4));
}

TEST(fdt, version_before_17_is_refused)
{
	struct bytes blob = machine_tree_default_blob();

	fdt_set_version((void *)blob.data, 16);
	EXPECT_FALSE(dt_check(blob.data, blob.size));
}

TEST(fdt, unaligned_blocks_are_refused)
{
	struct bytes blob = machine_tree_default_blob();
	uint32_t offset = fdt_off_dt_struct(blob.data);

	fdt_set_off_dt_struct((void *)blob.data, offset + 1);
	EXPECT_FALSE(dt_check(blob.data, blob.size));
	fdt_set_off_dt_struct((void *)blob.data, offset);
	fdt_set_off_mem_rsvmap((void *)blob.data,
			       fdt_off_mem_rsvmap(blob.data) + 4);
	EXPECT_FALSE(dt_check(blob.data, blob.size));
}

TEST(fdt, second_root_is_not_whole)
{
	struct bytes blob = machine_tree_default_blob();
	uint32_t *words = (uint32_t *)(uintptr_t)dt_structure(blob.data);

	EXPECT_TRUE(dt_is_whole(blob.data));
	/* The first one ends where its first property begins. */
	words[2] = dt_swap(DT_TAG_END_NODE);
	words[3] = dt_swap(DT_TAG_BEGIN_NODE);
	words[4] = 0;
	words[5] = dt_swap(DT_TAG_END_NODE);
	words[6] = dt_swap(DT_TAG_END);
	EXPECT_FALSE(dt_is_whole(blob.data));
	words[3] = dt_swap(DT_TAG_END);
	EXPECT_TRUE(dt_is_whole(blob.data));
}

TEST(fdt, strings_without_an_end_are_not_in_order)
{
	struct bytes blob = machine_tree_default_blob();
	uint8_t *strings = (uint8_t *)(uintptr_t)blob.data +
			   dt_header(blob.data, DT_STRINGS_OFFSET);

	EXPECT_TRUE(dt_is_in_order(blob.data));
	strings[dt_header(blob.data, DT_STRINGS_SIZE) - 1] = 'x';
	EXPECT_FALSE(dt_is_in_order(blob.data));
}

TEST(fdt, integers_of_four_widths)
{
	uint64_t number = 0;

	dtb_begin();
	dtb_bytes("one", "\x12", 1);
	EXPECT_TRUE(dt_integer(value_of("one"), &number));
	EXPECT_EQ(number, 0x12U);

	dtb_begin();
	dtb_bytes("two", "\x12\x34", 2);
	EXPECT_TRUE(dt_integer(value_of("two"), &number));
	EXPECT_EQ(number, 0x1234U);

	dtb_begin();
	dtb_u64("eight", UINT64_C(0x123456789abcdef0));
	EXPECT_TRUE(dt_integer(value_of("eight"), &number));
	EXPECT_EQ(number, UINT64_C(0x123456789abcdef0));

	dtb_begin();
	dtb_bytes("three", "\x12\x34\x56", 3);
	EXPECT_FALSE(dt_integer(value_of("three"), &number));
}

TEST(fdt, cells_are_taken_one_by_one)
{
	uint64_t number = 0;
	struct bytes value;

	dtb_begin();
	dtb_cells("list", 1, 2, 3);
	value = value_of("list");

	EXPECT_TRUE(dt_take_cells(&value, 2, &number));
	EXPECT_EQ(number, UINT64_C(0x100000002));
	EXPECT_FALSE(dt_take_cells(&value, 2, &number));
	EXPECT_TRUE(dt_take_cells(&value, 1, &number));
	EXPECT_EQ(number, 3U);
	EXPECT_FALSE(dt_take_cells(&value, 1, &number));
}

TEST(fdt, other_widths_of_cells_are_refused)
{
	uint64_t number = 0;
	struct bytes value;

	dtb_begin();
	dtb_cells("list", 1, 2, 3, 4);
	value = value_of("list");

	EXPECT_FALSE(dt_take_cells(&value, 0, &number));
	EXPECT_FALSE(dt_take_cells(&value, 3, &number));
	EXPECT_FALSE(dt_take_cells(&value, -1, &number));
}

TEST(fdt, empty_property_exists)
{
	dtb_begin();
	dtb_flag("flag");
	struct bytes blob = dtb_finish(0);

	EXPECT_TRUE(bytes_exist(dt_property(blob.data, 0, "flag")));
	EXPECT_FALSE(bytes_exist(dt_property(blob.data, 0, "other")));
}

TEST(fdt, strings_are_compared_with_their_end)
{
	struct bytes value;

	dtb_begin();
	dtb_string("text", "memory");
	value = value_of("text");

	EXPECT_TRUE(dt_is_string(value, "memory"));
	EXPECT_FALSE(dt_is_string(value, "memor"));
	EXPECT_FALSE(dt_is_string(value, "memory2"));
	EXPECT_FALSE(dt_is_string(bytes_none(), "memory"));
}

TEST(fdt, compatible_is_a_list)
{
	dtb_begin();
	dtb_bytes("compatible", "a,b\0c,d", 8);
	struct bytes blob = dtb_finish(0);

	EXPECT_TRUE(dt_is_compatible(blob.data, 0, "a,b"));
	EXPECT_TRUE(dt_is_compatible(blob.data, 0, "c,d"));
	EXPECT_FALSE(dt_is_compatible(blob.data, 0, "c"));
}

TEST(fdt, walk_visits_everything_in_order)
{
	struct dt_walk walk;
	struct bytes value;

	dtb_begin();
	dtb_u32("a", 1);
	dtb_node("child");
	dtb_u32("b", 2);
	dtb_end();
	walk = dt_walk_init(dtb_finish(0).data, 0);

	EXPECT_EQ(dt_walk_next(&walk), DT_STEP_NODE);
	EXPECT_EQ(walk.depth, 0);
	EXPECT_EQ(dt_walk_next(&walk), DT_STEP_PROPERTY);
	EXPECT_STREQ(dt_walk_property(&walk, &value), "a");
	EXPECT_EQ(value.size, 4U);
	EXPECT_EQ(dt_walk_next(&walk), DT_STEP_NODE);
	EXPECT_EQ(walk.depth, 1);
	EXPECT_STREQ(dt_walk_name(&walk), "child");
	EXPECT_EQ(dt_walk_next(&walk), DT_STEP_PROPERTY);
	EXPECT_EQ(dt_walk_next(&walk), DT_STEP_LEAVE);
	EXPECT_EQ(walk.depth, 1);
	EXPECT_EQ(dt_walk_next(&walk), DT_STEP_LEAVE);
	EXPECT_EQ(walk.depth, 0);
	EXPECT_EQ(dt_walk_next(&walk), DT_STEP_END);
	EXPECT_GE(walk.next, 0);
}

TEST(fdt, walk_ends_where_a_tree_breaks_off)
{
	struct bytes blob = machine_tree_default_blob();
	struct dt_walk walk = dt_walk_init(blob.data, 0);
	uint8_t *tags = (uint8_t *)blob.data + fdt_off_dt_struct(blob.data);
	int steps = 0;

	/* No tag has this number. */
	tags[8 + 3] = 7;
	while (dt_walk_next(&walk) != DT_STEP_END) {
		steps++;
	}
	EXPECT_EQ(steps, 1);
	EXPECT_LT(walk.next, 0);
}
