/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The package that firmware leaves in memory, whole and damaged. See
 * docs/manifest.md.
 */
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/guard.h"
#include "boot/partition_fixture.h"
#include "hf/arch/fake/machine.h"
#include "hf/plat/image.h"
#include "hftest.h"

TEST(ffa_package, magic_is_checked)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->magic++;

	partition_expect_refused(MANIFEST_BAD_PACKAGE, "vm2/partition");
}

TEST(ffa_package, version_is_checked)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->version = 2;

	partition_expect_refused(MANIFEST_BAD_PACKAGE, "vm2/partition");
}

TEST(ffa_package, manifest_in_the_header)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->pm_offset = 16;

	partition_expect_refused(MANIFEST_BAD_PACKAGE, "vm2/partition");
}

TEST(ffa_package, manifest_behind_the_memory)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->pm_size = PACKAGE_SIZE - MANIFEST_AT + 1;

	partition_expect_refused(MANIFEST_BAD_PACKAGE, "vm2/partition");
}

TEST(ffa_package, image_behind_the_memory)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->img_offset = 0xfffffff0;

	partition_expect_refused(MANIFEST_BAD_PACKAGE, "vm2/partition");
}

TEST(ffa_package, manifest_at_an_odd_offset)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->pm_offset = MANIFEST_AT + 4;

	partition_expect_refused(MANIFEST_BAD_PACKAGE, "vm2/partition");
}

TEST(ffa_package, padding_behind_the_manifest)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->pm_size = 0x1000;

	EXPECT_TRUE(partition_reads());
}

TEST(ffa_package, manifest_that_is_cut_off)
{
	partition_begin();
	partition_finish();
	package_header_of(0)->pm_size -= 4;

	partition_expect_refused(MANIFEST_FILE_SIZE, "vm2/partition");
}

TEST(ffa_package, address_is_required)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "part");
	dtb_flag("is_ffa_partition");
	dtb_u32("mem_size", 0x10000);
	dtb_u32("vcpu_count", 1);
	dtb_end();
	dtb_end();

	EXPECT_FALSE(partition_read_file(dtb_finish(0)));
	EXPECT_EQ(partition_state()->error.status, MANIFEST_PROPERTY_NOT_FOUND);
	EXPECT_STREQ(partition_state()->error.path,
		     "vm2/partition/load_address");
}

/** A VM at that address, which must be refused. */
static void expect_refused_at(uint64_t load_address)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "part");
	dtb_flag("is_ffa_partition");
	dtb_u32("mem_size", PACKAGE_SIZE);
	dtb_u32("vcpu_count", 1);
	dtb_u64("load_address", load_address);
	dtb_end();
	dtb_end();

	EXPECT_FALSE(partition_read_file(dtb_finish(0)));
	EXPECT_EQ(partition_state()->error.status, MANIFEST_BAD_PACKAGE);
	EXPECT_STREQ(partition_state()->error.path,
		     "vm2/partition/load_address");
}

TEST(ffa_package, address_outside_of_ram)
{
	expect_refused_at(0x1000);
}

/* Guard pages of stacks are not mapped, and nothing there is a package. */
TEST(ffa_package, address_in_the_hypervisor)
{
	void *heap = ptr_from_pa(image_heap().begin);

	partition_begin();
	partition_finish();
	ASSERT_TRUE(partition_reads());
	memcpy(heap, partition_state()->memory[0], PACKAGE_SIZE);

	expect_refused_at(image_heap().begin.pa);
	expect_refused_at(image_range().begin.pa - PACKAGE_SIZE / 2);
}

/** The damaged input is a package from its header to the end of its DTB. */
static void probe_package(struct bytes input)
{
	fake_console_clear();
	memcpy(partition_state()->memory[0], input.data, input.size);
	memset(partition_state()->memory[0] + input.size, 0xa5,
	       PACKAGE_SIZE - input.size);
	if (!partition_reads()) {
		ASSERT_GT(partition_state()->error.status, MANIFEST_OK);
		ASSERT_LT(partition_state()->error.status,
			  MANIFEST_STATUS_COUNT);
	}
}

/** The package with its manifest directly behind the header. */
static struct bytes small_package(void)
{
	size_t size;

	partition_finish_rich();
	size = package_header_of(0)->pm_size;
	memmove(partition_state()->memory[0] + 24,
		partition_state()->memory[0] + MANIFEST_AT, size);
	package_header_of(0)->pm_offset = 24;
	EXPECT_TRUE(partition_reads());
	return (struct bytes){partition_state()->memory[0], 24 + size};
}

TEST(ffa_package, survives_every_wrong_byte)
{
	struct bytes package = small_package();

	EXPECT_EQ(guard_corrupt(package, false, probe_package),
		  package.size * 10);
}

TEST(ffa_package, survives_every_truncation)
{
	struct bytes package = small_package();

	EXPECT_EQ(guard_truncate(package, probe_package), package.size);
}
