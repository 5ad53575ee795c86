/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is read from the loader's device tree, and what is refused. See
 * docs/boot.md.
 */
#include "hf/boot/params.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/guard.h"
#include "boot/machine_tree.h"
#include "hf/arch/fake/machine.h"
#include "hf/boot/fdt.h"
#include "hftest.h"

static struct boot_params params;

static bool reads(const struct machine_tree *tree)
{
	struct bytes blob = machine_tree_build(tree);

	return dt_check(blob.data, blob.size) &&
	       params_read(&params, blob.data);
}

static bool log_has(const char *text)
{
	return strstr(fake_console_text(), text) != NULL;
}

/** The CPU of a machine that has one. */
static void add_one_cpu(void)
{
	dtb_node("cpus");
	dtb_node("cpu@0");
	dtb_string("device_type", "cpu");
	dtb_cells("reg", 0, 0);
	dtb_end();
	dtb_end();
}

static void add_ramdisk(void)
{
	dtb_node("chosen");
	dtb_u32("linux,initrd-start", 0x1000);
	dtb_u32("linux,initrd-end", 0x2000);
	dtb_end();
}

/** All that params_read() promises about what it accepts. */
static void check_params(void)
{
	ASSERT_LE(params.cpu_count, (uint32_t)MAX_CPUS);
	ASSERT_GT(params.cpu_count, 0U);
	ASSERT_LE(params.mem_ranges.count, (uint32_t)MAX_MEM_RANGES);
	ASSERT_LE(params.device_ranges.count, (uint32_t)MAX_DEVICE_RANGES);
	ASSERT_LE(params.ramdisk.begin.pa, params.ramdisk.end.pa);
	for (uint32_t i = 0; i < params.mem_ranges.count; i++) {
		ASSERT_FALSE(pa_range_is_empty(params.mem_ranges.list[i]));
		ASSERT_TRUE(is_aligned(params.mem_ranges.list[i].end.pa,
				       PAGE_SIZE));
	}
}

static void probe(struct bytes input)
{
	struct bytes blob = guard_place(input, 8);

	fake_console_clear();
	if (dt_check(blob.data, blob.size) && params_read(&params, blob.data)) {
		check_params();
	}
}

/** A blob that was cut off, and whose header knows about it. */
static void probe_consistent(struct bytes input)
{
	struct bytes blob = guard_place(input, 8);

	fake_console_clear();
	if (blob.size < DT_HEADER_SIZE) {
		return;
	}
	fdt_set_totalsize((void *)blob.data, (uint32_t)blob.size);
	if (dt_check(blob.data, blob.size) && params_read(&params, blob.data)) {
		check_params();
	}
}

TEST(params, qemu_virt_is_understood)
{
	struct machine_tree tree = machine_tree_default();

	tree.virtio_count = 32;
	tree.spare = 0xf0000;

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.mem_ranges.count, 1U);
	EXPECT_EQ(params.mem_ranges.list[0].begin.pa, 0x40000000U);
	EXPECT_EQ(params.mem_ranges.list[0].end.pa, 0x80000000U);
	EXPECT_EQ(params.cpu_count, 4U);
	EXPECT_EQ(params.ramdisk.begin.pa, 0x48000000U);
	EXPECT_EQ(params.ramdisk.end.pa, 0x48012345U);
	EXPECT_EQ(params.device_ranges.count, 0U);
	EXPECT_FALSE(params.fdt_is_manifest);
}

TEST(params, initrd_may_be_given_in_4_bytes)
{
	struct machine_tree tree = machine_tree_default();

	tree.is_initrd_32bit = true;

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.ramdisk.begin.pa, 0x48000000U);
	EXPECT_EQ(params.ramdisk.end.pa, 0x48012345U);
}

TEST(params, initrd_at_0_makes_the_fdt_the_manifest)
{
	struct machine_tree tree = machine_tree_default();

	tree.initrd = (struct pa_range){{0}, {0}};

	ASSERT_TRUE(reads(&tree));
	EXPECT_TRUE(params.fdt_is_manifest);
	EXPECT_TRUE(pa_range_is_empty(params.ramdisk));
}

TEST(params, initrd_that_ends_before_it_begins_is_refused)
{
	struct machine_tree tree = machine_tree_default();

	tree.initrd = (struct pa_range){{0x48000000}, {0x47ffffff}};

	EXPECT_FALSE(reads(&tree));
}

TEST(params, initrd_is_required)
{
	struct machine_tree tree = machine_tree_default();

	tree.has_initrd = false;

	EXPECT_FALSE(reads(&tree));
	EXPECT_TRUE(log_has("no RAM disk"));
}

TEST(params, initrd_of_another_width_is_refused)
{
	dtb_begin();
	add_one_cpu();
	dtb_node("chosen");
	dtb_cells("linux,initrd-start", 0, 0, 0x48000000);
	dtb_cells("linux,initrd-end", 0, 0x48100000);
	dtb_end();

	EXPECT_FALSE(params_read(&params, dtb_finish(0).data));
}

TEST(params, chosen_is_required)
{
	struct machine_tree tree = machine_tree_default();

	tree.has_chosen = false;

	EXPECT_FALSE(reads(&tree));
	EXPECT_TRUE(log_has("/chosen"));
}

TEST(params, tree_that_breaks_off_is_refused)
{
	struct bytes blob = machine_tree_default_blob();
	uint8_t *tags = (uint8_t *)blob.data + fdt_off_dt_struct(blob.data);

	tags[fdt_size_dt_struct(blob.data) - 1] = 7; /* was FDT_END */

	EXPECT_FALSE(params_read(&params, blob.data));
	EXPECT_TRUE(log_has("malformed structure"));
}

TEST(params, cpus_are_required)
{
	struct machine_tree tree = machine_tree_default();

	tree.has_cpus = false;

	EXPECT_FALSE(reads(&tree));
	EXPECT_TRUE(log_has("/cpus"));
}

TEST(params, at_least_one_cpu)
{
	struct machine_tree tree = machine_tree_default();

	tree.cpu_count = 0;

	EXPECT_FALSE(reads(&tree));
}

TEST(params, as_many_cpus_as_the_build_allows)
{
	struct machine_tree tree = machine_tree_default();

	tree.cpu_count = MAX_CPUS;
	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.cpu_count, (uint32_t)MAX_CPUS);

	tree.cpu_count = MAX_CPUS + 1;
	EXPECT_FALSE(reads(&tree));
	EXPECT_TRUE(log_has("more than"));
}

TEST(params, cpu_ids_may_be_64_bit)
{
	struct machine_tree tree = machine_tree_default();

	tree.cpu_address_cells = 2;
	tree.cpu_ids[1] = UINT64_C(0x0100000203);

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.cpu_ids[1], UINT64_C(0x0100000203));
}

TEST(params, several_cpu_ids_in_one_node)
{
	dtb_begin();
	dtb_node("cpus");
	dtb_u32("#address-cells", 1);
	dtb_node("cpu@0");
	dtb_string("device_type", "cpu");
	dtb_cells("reg", 0, 1, 0x100);
	dtb_end();
	dtb_end();
	add_ramdisk();

	ASSERT_TRUE(params_read(&params, dtb_finish(0).data));
	EXPECT_EQ(params.cpu_count, 3U);
	EXPECT_EQ(params.cpu_ids[2], 0x100U);
}

TEST(params, cpu_without_reg_is_refused)
{
	dtb_begin();
	dtb_node("cpus");
	dtb_node("cpu@0");
	dtb_string("device_type", "cpu");
	dtb_end();
	dtb_end();
	add_ramdisk();

	EXPECT_FALSE(params_read(&params, dtb_finish(0).data));
}

TEST(params, half_a_cpu_id_is_refused)
{
	dtb_begin();
	dtb_node("cpus");
	dtb_u32("#address-cells", 2);
	dtb_node("cpu@0");
	dtb_string("device_type", "cpu");
	dtb_cells("reg", 0, 1, 0);
	dtb_end();
	dtb_end();
	add_ramdisk();

	EXPECT_FALSE(params_read(&params, dtb_finish(0).data));
}

TEST(params, memory_beyond_the_limit_is_ignored)
{
	struct machine_tree tree = machine_tree_default();

	tree.memory_count = MAX_MEM_RANGES + 1;
	for (size_t i = 0; i < tree.memory_count; i++) {
		tree.memory[i].begin = pa_init(0x40000000 + i * 0x1000000);
		tree.memory[i].end =
			pa_init(tree.memory[i].begin.pa + 0x100000);
	}

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.mem_ranges.count, (uint32_t)MAX_MEM_RANGES);
	EXPECT_TRUE(log_has("too many memory ranges"));
}

TEST(params, memory_is_cut_to_whole_pages)
{
	struct machine_tree tree = machine_tree_default();

	tree.memory[0] = (struct pa_range){{0x40000100}, {0x40003fff}};

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.mem_ranges.list[0].begin.pa, 0x40001000U);
	EXPECT_EQ(params.mem_ranges.list[0].end.pa, 0x40003000U);
}

TEST(params, memory_below_a_page_is_no_range)
{
	struct machine_tree tree = machine_tree_default();

	tree.memory[0] = (struct pa_range){{0x40000100}, {0x40000200}};

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.mem_ranges.count, 0U);
}

TEST(params, memory_that_wraps_is_ignored)
{
	struct machine_tree tree = machine_tree_default();

	/* The size wraps together with the end. */
	tree.memory[0] = (struct pa_range){{0xfffffffffffff000}, {0x1000}};

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.mem_ranges.count, 0U);
	EXPECT_TRUE(log_has("wraps"));
}

TEST(params, memory_with_32_bit_cells)
{
	struct machine_tree tree = machine_tree_default();

	tree.address_cells = 1;
	tree.size_cells = 1;

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.mem_ranges.list[0].end.pa, 0x80000000U);
}

TEST(params, half_a_memory_range_is_ignored)
{
	dtb_begin();
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
	dtb_node("memory");
	dtb_string("device_type", "memory");
	dtb_cells("reg", 0, 0x40000000, 0, 0x1000, 0, 0x50000000, 0);
	dtb_end();
	add_one_cpu();
	add_ramdisk();

	ASSERT_TRUE(params_read(&params, dtb_finish(0).data));
	EXPECT_EQ(params.mem_ranges.count, 1U);
	EXPECT_TRUE(log_has("malformed `reg` of memory"));
}

/** One page of memory, with a status when that is not empty. */
static void add_memory(const char *name, uint32_t address, const char *status)
{
	dtb_node(name);
	dtb_string("device_type", "memory");
	if (*status != '\0') {
		dtb_string("status", status);
	}
	dtb_cells("reg", 0, address, 0, 0x1000);
	dtb_end();
}

/* QEMU's, of the secure world, is "disabled". */
TEST(params, memory_that_is_not_okay_is_ignored)
{
	dtb_begin();
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
	add_memory("secram", 0x0e000000, "disabled");
	add_memory("reserved", 0x0f000000, "reserved");
	add_memory("memory@40000000", 0x40000000, "okay");
	add_memory("memory@50000000", 0x50000000, "");
	add_one_cpu();
	add_ramdisk();

	ASSERT_TRUE(params_read(&params, dtb_finish(0).data));
	ASSERT_EQ(params.mem_ranges.count, 2U);
	EXPECT_EQ(params.mem_ranges.list[0].begin.pa, 0x40000000U);
	EXPECT_EQ(params.mem_ranges.list[1].begin.pa, 0x50000000U);
}

TEST(params, device_memory_is_told_from_memory)
{
	struct machine_tree tree = machine_tree_default();

	tree.devices[0] = (struct pa_range){{0x08000000}, {0x10000000}};
	tree.device_count = 1;

	ASSERT_TRUE(reads(&tree));
	EXPECT_EQ(params.device_ranges.count, 1U);
	EXPECT_EQ(params.device_ranges.list[0].begin.pa, 0x08000000U);
	EXPECT_EQ(params.mem_ranges.count, 1U);
}

TEST(params, log_shows_inclusive_ends)
{
	struct machine_tree tree = machine_tree_default();

	tree.devices[0] = (struct pa_range){{0x08000000}, {0x10000000}};
	tree.device_count = 1;
	ASSERT_TRUE(reads(&tree));
	fake_console_clear();
	params_log(&params);

	EXPECT_STREQ(fake_console_text(),
		     "INFO: Memory range:  0x40000000 - 0x7fffffff\n"
		     "INFO: Device range:  0x8000000 - 0xfffffff\n"
		     "INFO: Ramdisk range: 0x48000000 - 0x48012344\n");
}

TEST(params, boot_cpu_is_first_and_others_come_backwards)
{
	struct machine_tree tree = machine_tree_default();

	ASSERT_TRUE(reads(&tree));
	params_order_cpus(&params, 1);

	EXPECT_EQ(params.cpu_ids[0], 1U);
	EXPECT_EQ(params.cpu_ids[3], 0U);
	EXPECT_EQ(params.cpu_ids[2], 2U);
	EXPECT_EQ(params.cpu_ids[1], 3U);
}

TEST(params, unknown_boot_cpu_takes_the_first_place)
{
	struct machine_tree tree = machine_tree_default();

	ASSERT_TRUE(reads(&tree));
	params_order_cpus(&params, 0x500);

	EXPECT_EQ(params.cpu_ids[0], 0x500U);
	EXPECT_EQ(params.cpu_ids[3], 0U);
	EXPECT_EQ(params.cpu_ids[1], 2U);
	EXPECT_TRUE(log_has("0x500"));
}

TEST(params, ram_is_what_one_range_has_as_a_whole)
{
	struct machine_tree tree = machine_tree_default();
	struct pa_range inside = {{0x40000000}, {0x80000000}};
	struct pa_range over = {{0x7ffff000}, {0x80000001}};

	ASSERT_TRUE(reads(&tree));
	EXPECT_TRUE(params_is_ram(&params, inside));
	EXPECT_FALSE(params_is_ram(&params, over));
}

TEST(params, fdt_survives_every_truncation)
{
	struct bytes blob = machine_tree_default_blob();

	EXPECT_EQ(guard_truncate(blob, probe), blob.size);
	EXPECT_EQ(guard_truncate(blob, probe_consistent), blob.size);
}

TEST(params, fdt_survives_every_wrong_byte)
{
	struct bytes blob = machine_tree_default_blob();

	EXPECT_EQ(guard_corrupt(blob, true, probe), blob.size * 255);
}
