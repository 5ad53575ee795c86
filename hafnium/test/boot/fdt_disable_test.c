/* SPDX-License-Identifier: BSD-3-Clause */
/* Nodes of devices that the primary does not have. See docs/boot.md. */
#include "hf/boot/fdt_disable.h"

#include <libfdt.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "hf/boot/fdt_edit.h"
#include "hftest.h"

static struct boot_params params;

/** The RTC and a page of virtio are taken. */
static struct load load = {
	.params = &params,
	.devices = {{{0x9010000}, {0x9011000}}, {{0xa000000}, {0xa001000}}},
	.device_count = 2,
};

static uint8_t memory[8192] __attribute__((aligned(8)));

static void begin(void)
{
	dtb_begin();
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
}

static void add_device(const char *name, uint32_t begin, uint32_t size)
{
	dtb_node(name);
	dtb_cells("reg", 0, begin, 0, size);
	dtb_string("compatible", "a,device");
	dtb_end();
}

/** A bus of one cell each; it stays open. */
static void begin_bus(const char *name, const char *compatible)
{
	dtb_node(name);
	dtb_string("compatible", compatible);
	dtb_u32("#address-cells", 1);
	dtb_u32("#size-cells", 1);
}

static void add_small_device(const char *name, uint32_t begin)
{
	dtb_node(name);
	dtb_cells("reg", begin, 0x100);
	dtb_end();
}

static void place(void)
{
	struct bytes blob = dtb_finish(0);

	ASSERT_EQ(fdt_open_into(blob.data, memory, sizeof(memory)), 0);
}

static void disable(void)
{
	place();
	fdt_disable_devices(memory, &load);
	EXPECT_EQ(fdt_pack(memory), 0);
	EXPECT_EQ(fdt_check_full(memory, sizeof(memory)), 0);
}

static bool is_disabled(const char *path)
{
	int node = fdt_path_offset(memory, path);

	ASSERT_GE(node, 0);
	return dt_is_string(dt_property(memory, node, "status"), "disabled");
}

TEST(fdt_disable, device_in_a_taken_region)
{
	begin();
	add_device("uart@9000000", 0x9000000, 0x1000);
	add_device("rtc@9010000", 0x9010000, 0x1000);
	add_device("gpio@9030000", 0x9030000, 0x1000);
	disable();

	EXPECT_TRUE(is_disabled("/rtc@9010000"));
	EXPECT_FALSE(is_disabled("/uart@9000000"));
	EXPECT_FALSE(is_disabled("/gpio@9030000"));
}

TEST(fdt_disable, all_devices_of_a_page)
{
	begin();
	add_device("v@9ffff00", 0x9ffff00, 0x100);
	add_device("v@a000000", 0xa000000, 0x200);
	add_device("v@a000200", 0xa000200, 0x200);
	add_device("v@a000e00", 0xa000e00, 0x200);
	add_device("v@a001000", 0xa001000, 0x200);
	disable();

	EXPECT_FALSE(is_disabled("/v@9ffff00"));
	EXPECT_TRUE(is_disabled("/v@a000000"));
	EXPECT_TRUE(is_disabled("/v@a000200"));
	EXPECT_TRUE(is_disabled("/v@a000e00"));
	EXPECT_FALSE(is_disabled("/v@a001000"));
}

TEST(fdt_disable, one_register_of_several_is_enough)
{
	begin();
	dtb_node("flash");
	dtb_cells("reg", 0, 0, 0, 0x1000, 0, 0x9010ffc, 0, 4);
	dtb_end();
	disable();

	EXPECT_TRUE(is_disabled("/flash"));
}

TEST(fdt_disable, other_status_is_replaced)
{
	begin();
	dtb_node("rtc");
	dtb_string("status", "okay");
	dtb_cells("reg", 0, 0x9010000, 0, 0x1000);
	dtb_node("child");
	dtb_end();
	dtb_end();
	add_device("later", 0xa000000, 0x1000);
	disable();

	EXPECT_TRUE(is_disabled("/rtc"));
	EXPECT_TRUE(is_disabled("/later"));
	EXPECT_FALSE(is_disabled("/rtc/child"));
}

TEST(fdt_disable, bus_with_the_same_addresses)
{
	begin();
	begin_bus("soc", "simple-bus");
	dtb_flag("ranges");
	add_small_device("rtc", 0x9010800);
	add_small_device("gpio", 0x9030000);
	dtb_end();
	disable();

	EXPECT_TRUE(is_disabled("/soc/rtc"));
	EXPECT_FALSE(is_disabled("/soc/gpio"));
	EXPECT_FALSE(is_disabled("/soc"));
}

TEST(fdt_disable, bus_with_addresses_of_its_own)
{
	begin();
	begin_bus("soc", "simple-bus");
	dtb_cells("ranges", 0x100000, 0, 0x50000000, 0x10000, 0, 0, 0x9000000,
		  0x100000);
	add_small_device("rtc", 0x10000);
	add_small_device("other", 0x9010000);
	add_small_device("first", 0x110000);
	dtb_end();
	disable();

	EXPECT_TRUE(is_disabled("/soc/rtc"));
	EXPECT_FALSE(is_disabled("/soc/other"));
	EXPECT_FALSE(is_disabled("/soc/first"));
}

TEST(fdt_disable, bus_in_a_bus)
{
	begin();
	begin_bus("soc", "simple-bus");
	dtb_cells("ranges", 0, 0, 0x9000000, 0x1000000);
	begin_bus("inner", "simple-bus");
	dtb_cells("ranges", 0, 0x10000, 0x1000);
	add_small_device("rtc", 0);
	dtb_end();
	dtb_end();
	disable();

	EXPECT_TRUE(is_disabled("/soc/inner/rtc"));
}

TEST(fdt_disable, other_buses_are_left_alone)
{
	begin();
	begin_bus("i2c", "a,i2c");
	add_small_device("sensor", 0x9010000);
	dtb_end();
	begin_bus("closed", "simple-bus");
	add_small_device("device", 0x9010000);
	dtb_end();
	disable();

	EXPECT_FALSE(is_disabled("/i2c/sensor"));
	EXPECT_FALSE(is_disabled("/closed/device"));
}

TEST(fdt_disable, widths_that_are_none_match_nothing)
{
	begin();
	dtb_node("pci");
	dtb_u32("#address-cells", 3);
	dtb_string("compatible", "simple-bus");
	dtb_flag("ranges");
	dtb_node("device");
	dtb_cells("reg", 0, 0, 0x9010000, 0, 0x1000);
	dtb_end();
	dtb_end();
	dtb_node("wraps");
	dtb_cells("reg", 0xffffffff, 0xfffff000, 0, 0x2000);
	dtb_end();
	disable();

	EXPECT_FALSE(is_disabled("/pci/device"));
	EXPECT_FALSE(is_disabled("/wraps"));
}

TEST(fdt_disable, very_deep_nodes_are_passed_over)
{
	begin();
	for (int i = 0; i < 12; i++) {
		begin_bus("b", "simple-bus");
		dtb_flag("ranges");
	}
	add_small_device("rtc", 0x9010000);
	for (int i = 0; i < 12; i++) {
		dtb_end();
	}
	add_device("rtc", 0x9010000, 0x1000);
	disable();

	EXPECT_TRUE(is_disabled("/rtc"));
}

TEST(fdt_disable, without_devices_nothing_changes)
{
	static uint8_t before[sizeof(memory)];

	load.device_count = 0;
	begin();
	add_device("rtc", 0x9010000, 0x1000);
	place();
	memcpy(before, memory, sizeof(memory));

	fdt_disable_devices(memory, &load);
	EXPECT_EQ(memcmp(before, memory, sizeof(memory)), 0);
}

TEST(fdt_disable, reserved_memory_moves_if_it_is_behind)
{
	int node;

	begin();
	dtb_node("its");
	dtb_end();
	dtb_node("reserved-memory");
	dtb_end();
	dtb_node("later-its");
	dtb_end();
	place();
	params.nodes[BOOT_RESERVED_MEMORY] =
		fdt_path_offset(memory, "/reserved-memory");
	params.gic.its.count = 2;
	params.gic.its_nodes[0] = fdt_path_offset(memory, "/its");
	params.gic.its_nodes[1] = fdt_path_offset(memory, "/later-its");

	node = fdt_disable_its(memory, &params);
	EXPECT_EQ(node, fdt_path_offset(memory, "/reserved-memory"));
	EXPECT_TRUE(is_disabled("/its"));
	EXPECT_TRUE(is_disabled("/later-its"));
}

TEST(fdt_disable, no_reserved_memory_stays_none)
{
	begin();
	dtb_node("its");
	dtb_end();
	place();
	params.nodes[BOOT_RESERVED_MEMORY] = -1;
	params.gic.its.count = 1;
	params.gic.its_nodes[0] = fdt_path_offset(memory, "/its");

	EXPECT_LT(fdt_disable_its(memory, &params), 0);
	EXPECT_TRUE(is_disabled("/its"));
}

TEST(fdt_disable, no_room_is_an_error)
{
	begin();
	add_device("rtc", 0x9010000, 0x1000);
	place();
	ASSERT_EQ(fdt_pack(memory), 0);
	fdt_disable_devices(memory, &load);
	EXPECT_FALSE(dt_pack(memory));

	fdt_set_magic(memory, FDT_MAGIC);
	params.gic.its.count = 1;
	params.gic.its_nodes[0] = fdt_path_offset(memory, "/rtc");
	(void)!fdt_disable_its(memory, &params);
	EXPECT_FALSE(dt_pack(memory));
}
