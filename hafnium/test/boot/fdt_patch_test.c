/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the primary is told: its own RAM disk, and what memory it must leave
 * alone. See docs/boot.md.
 */
#include "hf/boot/fdt_patch.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "boot/guard.h"
#include "boot/machine_tree.h"
#include "hf/arch/fake/machine.h"
#include "hf/boot/fdt.h"
#include "hftest.h"

/** For a tree, and for as much room in it as there is ever wanted. */
#define ROOM (32768 + MAX_RESERVED * 80 + 2 * PAGE_SIZE)

static struct boot_params params;

/** Hypervisor and one secondary are to be left alone. */
static struct load load = {
	.params = &params,
	.initrd = {{0x48001000}, {0x48003456}},
	.reserved = {{{{0x40001000}, {0x40132000}}, 0},
		     {{{0x7ff00000}, {0x80000000}}, 2}},
	.reserved_count = 2,
};

static uint8_t memory[ROOM] __attribute__((aligned(8)));

/** The tree in memory, with as much room as it may use. */
static size_t place(const struct machine_tree *tree)
{
	struct bytes blob = machine_tree_build(tree);

	ASSERT_LE(blob.size + PAGE_SIZE, sizeof(memory));
	memset(memory, 0xa5, sizeof(memory));
	memcpy(memory, blob.data, blob.size);
	ASSERT_TRUE(params_read(&params, memory));
	return fdt_patch_room(memory);
}

static bool patches(const struct machine_tree *tree)
{
	size_t room = place(tree);
	bool is_patched = fdt_patch(memory, room, &load);

	for (size_t i = room; i < sizeof(memory); i++) {
		EXPECT_EQ(memory[i], 0xa5);
	}
	return is_patched;
}

static int node_at(const char *path)
{
	int node = fdt_path_offset(memory, path);

	if (node < 0) {
		FAIL("no node %s", path);
	}
	return node;
}

static uint64_t number_at(const char *path, const char *name)
{
	uint64_t number = 0;

	ASSERT_TRUE(
		dt_integer(dt_property(memory, node_at(path), name), &number));
	return number;
}

/** `reg` of one address and one size, of two cells each. */
static void expect_reg(const char *path, uint64_t begin, uint64_t size)
{
	struct bytes reg = dt_property(memory, node_at(path), "reg");
	uint64_t number = 0;

	ASSERT_EQ(reg.size, 16U);
	ASSERT_TRUE(dt_take_cells(&reg, 2, &number));
	EXPECT_EQ(number, begin);
	ASSERT_TRUE(dt_take_cells(&reg, 2, &number));
	EXPECT_EQ(number, size);
}

TEST(fdt_patch, ramdisk_is_that_of_the_primary)
{
	struct machine_tree tree = machine_tree_default();

	ASSERT_TRUE(patches(&tree));
	EXPECT_EQ(number_at("/chosen", "linux,initrd-start"), 0x48001000U);
	EXPECT_EQ(number_at("/chosen", "linux,initrd-end"), 0x48003456U);
	EXPECT_EQ(dt_property(memory, node_at("/chosen"), "linux,initrd-end")
			  .size,
		  8U);
}

TEST(fdt_patch, ramdisk_keeps_its_width)
{
	struct machine_tree tree = machine_tree_default();

	tree.is_initrd_32bit = true;

	ASSERT_TRUE(patches(&tree));
	EXPECT_EQ(number_at("/chosen", "linux,initrd-start"), 0x48001000U);
	EXPECT_EQ(dt_property(memory, node_at("/chosen"), "linux,initrd-start")
			  .size,
		  4U);
}

TEST(fdt_patch, no_ramdisk_is_0_to_0)
{
	struct machine_tree tree = machine_tree_default();

	load.initrd = (struct pa_range){{0}, {0}};

	ASSERT_TRUE(patches(&tree));
	EXPECT_EQ(number_at("/chosen", "linux,initrd-start"), 0U);
	EXPECT_EQ(number_at("/chosen", "linux,initrd-end"), 0U);
}

TEST(fdt_patch, ramdisk_above_4_gib_needs_8_bytes)
{
	struct machine_tree tree = machine_tree_default();

	tree.is_initrd_32bit = true;
	load.initrd.end.pa = UINT64_C(0x100000000);

	EXPECT_FALSE(patches(&tree));
}

TEST(fdt_patch, others_memory_is_reserved_and_not_mapped)
{
	struct machine_tree tree = machine_tree_default();

	ASSERT_TRUE(patches(&tree));
	EXPECT_EQ(number_at("/reserved-memory", "#address-cells"), 2U);
	EXPECT_EQ(number_at("/reserved-memory", "#size-cells"), 2U);
	EXPECT_TRUE(bytes_exist(
		dt_property(memory, node_at("/reserved-memory"), "ranges")));
	expect_reg("/reserved-memory/hypervisor@40001000", 0x40001000,
		   0x131000);
	expect_reg("/reserved-memory/vm2@7ff00000", 0x7ff00000, 0x100000);
	EXPECT_TRUE(bytes_exist(dt_property(
		memory, node_at("/reserved-memory/vm2@7ff00000"), "no-map")));
}

TEST(fdt_patch, reservation_block_stays_as_it_is)
{
	struct machine_tree tree = machine_tree_default();

	ASSERT_TRUE(patches(&tree));
	EXPECT_EQ(fdt_num_mem_rsv(memory), 0);
}

TEST(fdt_patch, cells_of_an_existing_node_are_respected)
{
	struct machine_tree tree = machine_tree_default();

	tree.has_reserved_memory = true;
	ASSERT_TRUE(patches(&tree));

	EXPECT_EQ(number_at("/reserved-memory", "#address-cells"), 1U);
	EXPECT_EQ(dt_property(memory, node_at("/reserved-memory/vm2@7ff00000"),
			      "reg")
			  .size,
		  8U);
	EXPECT_NE(node_at("/reserved-memory/firmware@7f000000"), 0);
}

TEST(fdt_patch, address_that_an_existing_node_cannot_say)
{
	struct machine_tree tree = machine_tree_default();

	tree.has_reserved_memory = true;
	load.reserved[1].range.begin.pa = UINT64_C(0x17ff00000);
	load.reserved[1].range.end.pa = UINT64_C(0x180000000);

	EXPECT_FALSE(patches(&tree));
}

TEST(fdt_patch, other_nodes_are_untouched)
{
	struct machine_tree tree = machine_tree_default();

	ASSERT_TRUE(patches(&tree));
	EXPECT_STREQ((const char *)dt_property(memory, node_at("/chosen"),
					       "bootargs")
			     .data,
		     "console=ttyAMA0 hft.run=*");
	expect_reg("/memory@40000000", 0x40000000, 0x40000000);
	EXPECT_STREQ(
		(const char *)dt_property(memory, node_at("/psci"), "method")
			.data,
		"smc");
}

TEST(fdt_patch, room_inside_is_used_first)
{
	struct machine_tree tree = machine_tree_default();

	tree.spare = FDT_PATCH_SPARE + 8;

	EXPECT_EQ(place(&tree), machine_tree_build(&tree).size);
	EXPECT_TRUE(patches(&tree));
}

TEST(fdt_patch, more_behind_it_when_it_is_full)
{
	struct machine_tree tree = machine_tree_default();

	EXPECT_EQ(place(&tree),
		  machine_tree_build(&tree).size + FDT_PATCH_SPARE);
}

TEST(fdt_patch, result_is_packed)
{
	struct machine_tree tree = machine_tree_default();

	tree.spare = FDT_PATCH_SPARE + 8;
	ASSERT_TRUE(patches(&tree));

	EXPECT_LT(fdt_totalsize(memory), machine_tree_build(&tree).size);
	EXPECT_EQ(fdt_check_full(memory, sizeof(memory)), 0);
}

TEST(fdt_patch, as_many_ranges_as_there_can_be)
{
	struct machine_tree tree = machine_tree_default();

	load.reserved_count = MAX_RESERVED;
	for (uint32_t i = 1; i < load.reserved_count; i++) {
		load.reserved[i].vm_id = 10000;
		load.reserved[i].range.begin.pa =
			UINT64_C(0x7000000000) + i * 0x1000;
		load.reserved[i].range.end.pa =
			UINT64_C(0x7000001000) + i * 0x1000;
	}

	ASSERT_TRUE(patches(&tree));
	expect_reg("/reserved-memory/vm10000@7000001000",
		   UINT64_C(0x7000001000), 0x1000);
}

TEST(fdt_patch, too_little_room_is_refused)
{
	struct machine_tree tree = machine_tree_default();

	(void)place(&tree);

	EXPECT_FALSE(fdt_patch(memory, fdt_totalsize(memory) + 64, &load));
	EXPECT_TRUE(strstr(fake_console_text(), "FDT: no room") != NULL);
}

TEST(fdt_patch, blocks_in_another_order_are_refused)
{
	struct machine_tree tree = machine_tree_default();
	size_t room = place(&tree);

	/* The structure begins inside of the reservation block. */
	fdt_set_off_mem_rsvmap(memory, fdt_off_dt_struct(memory));

	EXPECT_FALSE(fdt_patch(memory, room, &load));
}

/** Room up to the guard page: nothing behind it is touched. */
static void probe(struct bytes input)
{
	static uint8_t copy[65536] __attribute__((aligned(8)));
	size_t room;
	struct bytes blob;

	memset(copy, 0, sizeof(copy));
	memcpy(copy, input.data, input.size);
	fake_console_clear();
	if (!dt_check(copy, input.size) || !params_read(&params, copy)) {
		return;
	}
	room = align_up(fdt_patch_room(copy), 8);
	blob = guard_place((struct bytes){copy, room}, 8);
	if (fdt_patch((void *)blob.data, room, &load)) {
		ASSERT_LE(fdt_totalsize(blob.data), room);
	}
}

TEST(fdt_patch, survives_every_wrong_byte)
{
	struct bytes blob = machine_tree_default_blob();

	EXPECT_EQ(guard_corrupt(blob, false, probe), blob.size * 10);
}

/** The default machine with a GICv3. */
static struct machine_tree gicv3_tree(void)
{
	struct machine_tree tree = machine_tree_default();

	tree.redistributors = (struct pa_range){{0x080a0000}, {0x09000000}};
	tree.its = (struct pa_range){{0x08080000}, {0x080a0000}};
	return tree;
}

TEST(fdt_patch, its_is_disabled)
{
	struct machine_tree tree = gicv3_tree();

	ASSERT_TRUE(patches(&tree));
	EXPECT_TRUE(dt_is_string(
		dt_property(memory, node_at("/intc@8000000/its@8080000"),
			    "status"),
		"disabled"));
	EXPECT_FALSE(bytes_exist(
		dt_property(memory, node_at("/intc@8000000"), "status")));
	EXPECT_EQ(fdt_check_full(memory, sizeof(memory)), 0);
}

TEST(fdt_patch, reserved_memory_behind_an_its_is_found)
{
	struct machine_tree tree = gicv3_tree();

	tree.has_reserved_memory = true;

	ASSERT_TRUE(patches(&tree));
	(void)node_at("/reserved-memory/firmware@7f000000");
	(void)node_at("/reserved-memory/vm2@7ff00000");
	(void)node_at("/intc@8000000/its@8080000");
	EXPECT_EQ(fdt_check_full(memory, sizeof(memory)), 0);
}
