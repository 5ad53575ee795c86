/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory and device regions of FF-A partitions, and the rules between them. See
 * docs/manifest.md.
 */
#include <stdio.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/partition_fixture.h"
#include "hftest.h"

/** Its address is ours to choose. */
static void add_free_region(const char *name, uint32_t pages)
{
	dtb_node(name);
	dtb_u32("pages-count", pages);
	dtb_u32("attributes", 3);
	dtb_end();
}

/** Two buffers with phandles 1 and 2, and the node that names them. */
static void finish_with_rxtx(uint32_t rx, uint32_t tx, uint32_t tx_pages)
{
	begin_memory_regions();
	begin_region("rx", 0x80000000, 1, 1);
	dtb_u32("phandle", 1);
	dtb_end();
	begin_region("tx", 0x80100000, tx_pages, 3);
	dtb_u32("phandle", 2);
	dtb_end();
	dtb_end();
	dtb_node("rx_tx-info");
	dtb_string("compatible", "arm,ffa-manifest-rx_tx-buffer");
	dtb_u32("rx-buffer", rx);
	dtb_u32("tx-buffer", tx);
	finish_regions();
}

TEST(ffa_memory_regions, empty_node)
{
	begin_memory_regions();
	finish_regions();

	partition_expect_refused(MANIFEST_MEMORY_REGION_NODE_EMPTY,
				 "vm2/partition/memory-regions");
	EXPECT_TRUE(
		strstr(manifest_status_text(partition_state()->error.status),
		       "node should have at least one entry") != NULL);
}

TEST(ffa_memory_regions, not_compatible)
{
	partition_begin();
	dtb_node("memory-regions");
	dtb_string("compatible", "other");
	finish_regions();

	partition_expect_refused(MANIFEST_NOT_COMPATIBLE,
				 "vm2/partition/memory-regions/compatible");
}

TEST(ffa_memory_regions, more_than_eight)
{
	begin_memory_regions();
	for (uint32_t i = 0; i < PARTITION_MAX_REGIONS + 1; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "r%u", i);
		add_region(name, 0x80000000 + i * 0x1000, 1, 3);
	}
	finish_regions();

	partition_expect_refused(MANIFEST_TOO_MANY_REGIONS,
				 "vm2/partition/memory-regions");
}

TEST(ffa_memory_regions, pages_are_required)
{
	begin_memory_regions();
	dtb_node("region");
	dtb_u32("attributes", 3);
	dtb_end();
	finish_regions();

	partition_expect_refused(
		MANIFEST_PROPERTY_NOT_FOUND,
		"vm2/partition/memory-regions/region/pages-count");
}

TEST(ffa_memory_regions, no_pages)
{
	begin_memory_regions();
	add_region("region", 0x80000000, 0, 3);
	finish_regions();

	partition_expect_refused(MANIFEST_BAD_REGION_SIZE,
				 "vm2/partition/memory-regions[0]/pages-count");
}

TEST(ffa_memory_regions, end_beyond_all_addresses)
{
	begin_memory_regions();
	add_region("region", UINT64_C(0xfffffffffffff000), 1, 3);
	finish_regions();

	partition_expect_refused(MANIFEST_BAD_REGION_SIZE,
				 "vm2/partition/memory-regions[0]/pages-count");
}

TEST(ffa_memory_regions, not_page_aligned)
{
	begin_memory_regions();
	add_region("region", 0x80000800, 1, 3);
	finish_regions();

	partition_expect_refused(
		MANIFEST_REGION_UNALIGNED,
		"vm2/partition/memory-regions[0]/base-address");
}

TEST(ffa_memory_regions, writable_and_executable)
{
	begin_memory_regions();
	add_region("region", 0x80000000, 1, 7);
	finish_regions();

	partition_expect_refused(MANIFEST_BAD_MEMORY_PERMISSION,
				 "vm2/partition/memory-regions[0]/attributes");
}

TEST(ffa_memory_regions, write_only)
{
	begin_memory_regions();
	add_region("region", 0x80000000, 1, 2);
	finish_regions();

	partition_expect_refused(MANIFEST_BAD_MEMORY_PERMISSION,
				 "vm2/partition/memory-regions[0]/attributes");
}

TEST(ffa_memory_regions, unknown_attribute)
{
	begin_memory_regions();
	add_region("region", 0x80000000, 1, 0x13);
	finish_regions();

	partition_expect_refused(MANIFEST_BAD_MEMORY_PERMISSION,
				 "vm2/partition/memory-regions[0]/attributes");
}

TEST(ffa_memory_regions, executable_and_non_secure_are_fine)
{
	begin_memory_regions();
	add_region("text", 0x80000000, 1, 5);
	add_region("shared", 0x80001000, 1, 0xb);
	finish_regions();

	EXPECT_TRUE(partition_reads());
}

TEST(ffa_memory_regions, overlap_in_one_partition)
{
	begin_memory_regions();
	add_region("a", 0x80000000, 2, 3);
	add_region("b", 0x80001000, 2, 3);
	finish_regions();

	partition_expect_refused(MANIFEST_REGION_OVERLAP,
				 "vm2/partition/memory-regions");
}

TEST(ffa_memory_regions, overlap_with_another_partition)
{
	begin_memory_regions();
	add_region("a", 0x80000000, 2, 3);
	finish_regions();
	begin_memory_regions();
	add_region("b", 0x80001000, 2, 3);
	finish_regions();

	partition_expect_refused(MANIFEST_REGION_OVERLAP,
				 "vm3/partition/memory-regions");
}

TEST(ffa_memory_regions, free_ones_take_half_of_the_memory_at_most)
{
	begin_memory_regions();
	add_free_region("a", PACKAGE_SIZE / 4096 / 2);
	finish_regions();
	EXPECT_TRUE(partition_reads());

	begin_memory_regions();
	add_free_region("a", PACKAGE_SIZE / 4096 / 2);
	add_free_region("b", 1);
	finish_regions();
	partition_expect_refused(MANIFEST_MEMORY_MISSING,
				 "vm3/partition/memory-regions");
}

TEST(ffa_memory_regions, absolute_and_relative_address)
{
	begin_memory_regions();
	begin_region("a", 0x80000000, 1, 3);
	dtb_u32("load-address-relative-offset", 0x1000);
	dtb_end();
	finish_regions();

	partition_expect_refused(MANIFEST_REGION_ADDRESS_TWICE,
				 "vm2/partition/memory-regions[0]/"
				 "load-address-relative-offset");
}

TEST(ffa_memory_regions, relative_address_outside_of_its_memory)
{
	begin_memory_regions();
	dtb_node("a");
	dtb_u32("pages-count", 2);
	dtb_u32("attributes", 3);
	dtb_u32("load-address-relative-offset", PACKAGE_SIZE - 0x1000);
	dtb_end();
	finish_regions();

	partition_expect_refused(MANIFEST_BAD_REGION_SIZE,
				 "vm2/partition/memory-regions[0]/pages-count");
}

TEST(ffa_memory_regions, too_many_streams)
{
	begin_memory_regions();
	begin_region("a", 0x80000000, 1, 3);
	dtb_cells("stream-ids", 1, 2, 3, 4, 5);
	dtb_end();
	finish_regions();

	partition_expect_refused(MANIFEST_STREAM_ID_OVERFLOW,
				 "vm2/partition/memory-regions/a/stream-ids");
}

TEST(ffa_memory_regions, relative_and_free_ones_have_no_address)
{
	begin_memory_regions();
	dtb_node("relative");
	dtb_u32("pages-count", 1);
	dtb_u32("attributes", 3);
	dtb_u32("load-address-relative-offset", 0x2000);
	dtb_end();
	add_free_region("a", 2);
	add_region("fixed", 0x80000000, 1, 3);
	finish_regions();
	ASSERT_TRUE(partition_reads());

	EXPECT_EQ(partition_of(0)->regions[0].base_address,
		  PARTITION_ANY_ADDRESS);
	EXPECT_EQ(partition_of(0)->regions[0].load_relative_offset, 0x2000U);
	EXPECT_EQ(partition_of(0)->regions[1].base_address,
		  PARTITION_ANY_ADDRESS);
	EXPECT_EQ(partition_of(0)->regions[2].base_address, 0x80000000U);
}

TEST(ffa_device_regions, empty_node)
{
	begin_device_regions();
	finish_regions();

	partition_expect_refused(MANIFEST_DEVICE_REGION_NODE_EMPTY,
				 "vm2/partition/device-regions");
}

TEST(ffa_device_regions, address_is_required)
{
	begin_device_regions();
	dtb_node("uart");
	dtb_end();
	finish_regions();

	partition_expect_refused(
		MANIFEST_PROPERTY_NOT_FOUND,
		"vm2/partition/device-regions/uart/base-address");
}

TEST(ffa_device_regions, executable)
{
	begin_device_regions();
	add_region("uart", 0x9000000, 1, 5);
	finish_regions();

	partition_expect_refused(MANIFEST_BAD_MEMORY_PERMISSION,
				 "vm2/partition/device-regions[0]/attributes");
}

TEST(ffa_device_regions, overlap_with_memory)
{
	begin_memory_regions();
	add_region("a", 0x80000000, 1, 3);
	dtb_end();
	dtb_node("device-regions");
	dtb_string("compatible", "arm,ffa-manifest-device-regions");
	add_region("uart", 0x80000000, 1, 3);
	finish_regions();

	partition_expect_refused(MANIFEST_REGION_OVERLAP,
				 "vm2/partition/device-regions");
}

TEST(ffa_device_regions, half_an_interrupt)
{
	begin_device_regions();
	begin_region("uart", 0x9000000, 1, 3);
	dtb_cells("interrupts", 33, 1, 34);
	dtb_end();
	finish_regions();

	partition_expect_refused(MANIFEST_MALFORMED_INTEGER_LIST,
				 "vm2/partition/device-regions[0]/interrupts");
}

TEST(ffa_device_regions, too_many_interrupts)
{
	begin_device_regions();
	begin_region("uart", 0x9000000, 1, 3);
	dtb_cells("interrupts", 33, 0, 34, 0, 35, 0, 36, 0, 37, 0);
	dtb_end();
	finish_regions();

	partition_expect_refused(
		MANIFEST_TOO_MANY_INTERRUPTS,
		"vm2/partition/device-regions/uart/interrupts");
}

TEST(ffa_device_regions, half_an_interrupt_target)
{
	begin_device_regions();
	begin_region("uart", 0x9000000, 1, 3);
	dtb_cells("interrupts", 33, 0);
	dtb_cells("interrupts-target", 33, 0);
	dtb_end();
	finish_regions();

	partition_expect_refused(
		MANIFEST_MALFORMED_INTEGER_LIST,
		"vm2/partition/device-regions[0]/interrupts-target");
}

TEST(ffa_device_regions, target_of_another_interrupt)
{
	begin_device_regions();
	begin_region("uart", 0x9000000, 1, 3);
	dtb_cells("interrupts", 33, 0);
	dtb_cells("interrupts-target", 34, 0, 0);
	dtb_end();
	finish_regions();

	partition_expect_refused(
		MANIFEST_INTERRUPT_NOT_LISTED,
		"vm2/partition/device-regions[0]/interrupts-target");
}

TEST(ffa_device_regions, interrupt_twice_in_a_region)
{
	begin_device_regions();
	begin_region("uart", 0x9000000, 1, 3);
	dtb_cells("interrupts", 33, 0, 33, 0);
	dtb_end();
	finish_regions();

	partition_expect_refused(MANIFEST_INTERRUPT_REPEATED,
				 "vm2/partition/device-regions");
}

TEST(ffa_device_regions, interrupt_twice_in_two_partitions)
{
	begin_device_regions();
	begin_region("uart", 0x9000000, 1, 3);
	dtb_cells("interrupts", 33, 0);
	dtb_end();
	finish_regions();
	begin_device_regions();
	begin_region("rtc", 0x9010000, 1, 3);
	dtb_cells("interrupts", 33, 0);
	dtb_end();
	finish_regions();

	partition_expect_refused(MANIFEST_INTERRUPT_REPEATED,
				 "vm3/partition/device-regions");
}

TEST(ffa_rxtx, sizes_must_match)
{
	finish_with_rxtx(1, 2, 2);

	partition_expect_refused(MANIFEST_RXTX_SIZE_MISMATCH,
				 "vm2/partition/rx_tx-info");
	EXPECT_STREQ(manifest_status_text(partition_state()->error.status),
		     "RX and TX buffers should be of same size");
}

TEST(ffa_rxtx, both_buffers_are_regions)
{
	finish_with_rxtx(3, 2, 1);
	partition_expect_refused(MANIFEST_RXTX_REGION_MISSING,
				 "vm2/partition/rx_tx-info/rx-buffer");
}

TEST(ffa_rxtx, phandle_0_is_no_region)
{
	finish_with_rxtx(1, 0, 1);
	partition_expect_refused(MANIFEST_RXTX_REGION_MISSING,
				 "vm2/partition/rx_tx-info/tx-buffer");
}

TEST(ffa_rxtx, buffers_are_required)
{
	partition_begin();
	dtb_node("rx_tx-info");
	dtb_string("compatible", "arm,ffa-manifest-rx_tx-buffer");
	dtb_u32("rx-buffer", 1);
	finish_regions();

	partition_expect_refused(MANIFEST_PROPERTY_NOT_FOUND,
				 "vm2/partition/rx_tx-info/tx-buffer");
}
