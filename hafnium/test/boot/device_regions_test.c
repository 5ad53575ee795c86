/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device regions of VMs that are no FF-A partitions, and what nobody may have.
 * See docs/manifest.md.
 */
#include "boot/dtb_builder.h"
#include "boot/manifest_fixture.h"
#include "boot/partition_fixture.h"
#include "hf/plat/board.h"
#include "hf/plat/image.h"
#include "hftest.h"

static struct manifest manifest;
static struct manifest_error error;

/** A machine with memory and a GIC. */
static const struct boot_params params = {
	.mem_ranges = {1, {{{0x40000000}, {0x48000000}}}},
	.gic = {.ranges = {1, {{{0x08000000}, {0x08010000}}}}},
};

/** Ends vm`N`, which is begun. */
static bool reads(void)
{
	struct manifest_source source = {
		.file = manifest_finish_vm(),
		.params = &params,
	};

	return manifest_read(&manifest, &source, &error);
}

static void expect_refused(enum manifest_status status, const char *path)
{
	ASSERT_FALSE(reads());
	EXPECT_STREQ(manifest_status_text(error.status),
		     manifest_status_text(status));
	EXPECT_STREQ(error.path, path);
}

/** The node of the regions; it stays open. */
static void begin_regions(void)
{
	dtb_node("device-regions");
	dtb_string("compatible", "arm,ffa-manifest-device-regions");
}

/** vm2 with the node of its regions open. */
static void begin(void)
{
	manifest_begin_secondary();
	begin_regions();
}

static void add_device(uint64_t base)
{
	add_region("device", base, 1, 3);
}

static void begin_vm3(void)
{
	dtb_end();
	dtb_node("vm3");
	dtb_string("debug_name", "third");
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", 1);
	begin_regions();
}

static void expect_device_refused(uint64_t base, enum manifest_status status)
{
	begin();
	add_device(base);
	dtb_end();
	expect_refused(status, "vm2/device-regions");
}

TEST(device_regions, belong_to_any_secondary)
{
	const struct ffa_partition *regions = &manifest.vms[1].partition;

	begin();
	begin_region("rtc", 0x9010000, 2, 1);
	dtb_cells("interrupts", 34, 0x900);
	dtb_end();
	dtb_end();

	ASSERT_TRUE(reads());
	ASSERT_EQ(regions->region_count, 1U);
	EXPECT_EQ(regions->regions[0].base_address, 0x9010000U);
	EXPECT_EQ(regions->regions[0].page_count, 2U);
	EXPECT_EQ(regions->regions[0].interrupts.words[1], 0x900U);
	EXPECT_EQ(regions->memory_count, 0U);
}

TEST(device_regions, are_ignored_in_the_primary)
{
	manifest_begin_primary();
	dtb_node("device-regions");
	dtb_end();

	EXPECT_TRUE(reads());
}

TEST(device_regions, node_needs_an_entry)
{
	begin();
	dtb_end();
	expect_refused(MANIFEST_DEVICE_REGION_NODE_EMPTY, "vm2/device-regions");
}

TEST(device_regions, node_has_to_say_what_it_is)
{
	manifest_begin_secondary();
	dtb_node("device-regions");
	add_device(0x9010000);
	dtb_end();
	expect_refused(MANIFEST_PROPERTY_NOT_FOUND,
		       "vm2/device-regions/compatible");
}

TEST(device_regions, rules_are_those_of_partitions)
{
	begin();
	add_region("device", 0x9010000, 1, 7);
	dtb_end();
	expect_refused(MANIFEST_BAD_MEMORY_PERMISSION,
		       "vm2/device-regions[0]/attributes");
	begin();
	add_device(0x9010010);
	dtb_end();
	expect_refused(MANIFEST_REGION_UNALIGNED,
		       "vm2/device-regions[0]/base-address");
}

TEST(device_regions, two_devices_may_be_on_a_page)
{
	begin();
	add_device(0xa000000);
	add_region("second", 0xa000000, 2, 3);
	dtb_end();
	EXPECT_TRUE(reads());
}

TEST(device_regions, two_devices_on_a_page_have_the_same_rights)
{
	begin();
	add_device(0xa000000);
	add_region("second", 0xa000000, 1, 1);
	dtb_end();
	expect_refused(MANIFEST_REGION_OVERLAP, "vm2/device-regions");
}

TEST(device_regions, page_has_one_owner)
{
	begin();
	add_device(0xa000000);
	dtb_end();
	begin_vm3();
	add_region("second", 0x9fff000, 2, 3);
	dtb_end();
	expect_refused(MANIFEST_REGION_OVERLAP, "vm3/device-regions");
}

TEST(device_regions, neighbours_are_fine)
{
	begin();
	add_device(0xa000000);
	dtb_end();
	begin_vm3();
	add_device(0xa001000);
	dtb_end();
	EXPECT_TRUE(reads());
}

TEST(device_regions, interrupt_has_one_owner)
{
	begin();
	begin_region("a", 0xa000000, 1, 3);
	dtb_cells("interrupts", 48, 0);
	dtb_end();
	dtb_end();
	begin_vm3();
	begin_region("b", 0xa001000, 1, 3);
	dtb_cells("interrupts", 48, 0);
	dtb_end();
	dtb_end();
	expect_refused(MANIFEST_INTERRUPT_REPEATED, "vm3/device-regions");
}

/** A region with one interrupt. */
static bool takes_interrupt(uint32_t id)
{
	begin();
	begin_region("a", 0xa000000, 1, 3);
	dtb_cells("interrupts", id, 0);
	dtb_end();
	dtb_end();
	return reads();
}

TEST(device_regions, interrupts_are_shared_ones)
{
	EXPECT_TRUE(takes_interrupt(32));
	EXPECT_TRUE(takes_interrupt(1019));
	EXPECT_FALSE(takes_interrupt(31));
	EXPECT_EQ(error.status, MANIFEST_BAD_INTERRUPT);
	EXPECT_STREQ(error.path, "vm2/device-regions[0]/interrupts");
	EXPECT_FALSE(takes_interrupt(1020));
	EXPECT_FALSE(takes_interrupt(8192));
}

TEST(device_regions, memory_is_no_device)
{
	expect_device_refused(0x40000000, MANIFEST_DEVICE_IS_MEMORY);
	expect_device_refused(0x47fff000, MANIFEST_DEVICE_IS_MEMORY);
}

TEST(device_regions, hypervisor_is_no_device)
{
	expect_device_refused(image_range().begin.pa,
			      MANIFEST_DEVICE_IS_MEMORY);
}

TEST(device_regions, console_is_ours)
{
	expect_device_refused(board_get()->uart.begin.pa,
			      MANIFEST_DEVICE_IS_RESERVED);
}

TEST(device_regions, interrupt_controller_is_nobodys)
{
	expect_device_refused(0x0800f000, MANIFEST_DEVICE_IS_RESERVED);
	begin();
	add_region("device", 0x07fff000, 2, 3);
	dtb_end();
	expect_refused(MANIFEST_DEVICE_IS_RESERVED, "vm2/device-regions");
}

TEST(device_regions, of_a_partition_are_checked_as_well)
{
	begin_device_regions();
	add_region("uart", board_get()->uart.begin.pa, 1, 3);
	finish_regions();

	partition_expect_refused(MANIFEST_DEVICE_IS_RESERVED,
				 "vm2/partition/device-regions");
}
