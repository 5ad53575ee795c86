/* SPDX-License-Identifier: BSD-3-Clause */
/* The device tree of a secondary. See docs/boot.md. */
#include "hf/boot/guest_fdt.h"

#include <libfdt.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/guard.h"
#include "hf/boot/fdt.h"
#include "hftest.h"

static uint8_t memory[8192] __attribute__((aligned(8)));

static struct guest_fdt guest = {
	.dtb = memory,
	.room = sizeof(memory),
	.memory = {{0x7ff00000}, {0x80000000}},
	.boot_params = "",
};

static struct bytes tree(uint32_t cells)
{
	dtb_begin();
	dtb_u32("#address-cells", cells);
	dtb_u32("#size-cells", cells);
	dtb_node("psci");
	dtb_string("method", "smc");
	dtb_end();
	return dtb_finish(0);
}

static bool completes(struct bytes blob)
{
	memcpy(memory, blob.data, blob.size);
	return guest_fdt_complete(&guest);
}

static struct bytes property(const char *path, const char *name)
{
	return dt_property(memory, fdt_path_offset(memory, path), name);
}

TEST(guest_fdt, memory_node_with_the_cells_of_the_root)
{
	uint64_t begin = 0;
	struct bytes reg;

	ASSERT_TRUE(completes(tree(1)));
	reg = property("/memory", "reg");

	EXPECT_EQ(reg.size, 8U);
	EXPECT_TRUE(dt_take_cells(&reg, 1, &begin));
	EXPECT_EQ(begin, 0x7ff00000U);
	EXPECT_TRUE(dt_is_string(property("/memory", "device_type"), "memory"));
}

TEST(guest_fdt, memory_node_that_is_there_is_corrected)
{
	dtb_begin();
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
	dtb_node("memory");
	dtb_cells("reg", 0, 0x1000, 0, 0x1000);
	dtb_end();

	ASSERT_TRUE(completes(dtb_finish(0)));
	EXPECT_EQ(property("/memory", "reg").size, 16U);
}

TEST(guest_fdt, no_chosen_unless_there_is_something_to_say)
{
	ASSERT_TRUE(completes(tree(2)));
	EXPECT_LT(fdt_path_offset(memory, "/chosen"), 0);
}

TEST(guest_fdt, boot_params_are_bootargs)
{
	guest.boot_params = "quiet";

	ASSERT_TRUE(completes(tree(2)));
	EXPECT_TRUE(dt_is_string(property("/chosen", "bootargs"), "quiet"));
}

TEST(guest_fdt, ramdisk_is_in_chosen)
{
	uint64_t end = 0;

	guest.ramdisk = (struct ipa_range){{0x7fff0000}, {0x7fff1234}};

	ASSERT_TRUE(completes(tree(2)));
	ASSERT_TRUE(dt_integer(property("/chosen", "linux,initrd-end"), &end));
	EXPECT_EQ(end, 0x7fff1234U);
}

TEST(guest_fdt, too_little_room_is_refused)
{
	struct bytes blob = tree(2);

	guest.room = blob.size + 16;

	EXPECT_FALSE(completes(blob));
}

TEST(guest_fdt, no_device_tree_is_refused)
{
	struct bytes blob = {(const uint8_t *)"plain text, no tree at all....."
					      "...........",
			     43};

	EXPECT_FALSE(completes(blob));
}

static void probe(struct bytes input)
{
	static uint8_t copy[8192];
	struct bytes blob;

	memset(copy, 0, sizeof(copy));
	memcpy(copy, input.data, input.size);
	blob = guard_place((struct bytes){copy, 4096}, 8);
	guest.dtb = (void *)blob.data;
	guest.room = blob.size;
	if (guest_fdt_complete(&guest)) {
		ASSERT_LE(fdt_totalsize(blob.data), blob.size);
	}
}

TEST(guest_fdt, survives_every_wrong_byte)
{
	struct bytes blob = tree(2);

	guest.boot_params = "quiet";
	guest.ramdisk = (struct ipa_range){{0x7fff0000}, {0x7fff1234}};

	EXPECT_EQ(guard_corrupt(blob, true, probe), blob.size * 255);
}

TEST(guest_fdt, survives_every_truncation)
{
	struct bytes blob = tree(2);

	EXPECT_EQ(guard_truncate(blob, probe), blob.size);
}
