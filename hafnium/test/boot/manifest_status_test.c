/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every way for a manifest to be refused, but for FF-A partitions. See
 * docs/manifest.md.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/manifest_fixture.h"
#include "hftest.h"

TEST(manifest_error, file_size)
{
	struct bytes file = manifest_rich();

	file.size -= 1;
	manifest_expect_refused(file, MANIFEST_FILE_SIZE, "manifest.dtb");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Total size in header does not match file size");
}

TEST(manifest_error, malformed_dtb)
{
	static const uint8_t text[64] = "This is not a device tree.";
	struct bytes file = {text, sizeof(text)};

	manifest_expect_refused(file, MANIFEST_MALFORMED_DTB, "manifest.dtb");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Malformed device tree blob");
}

TEST(manifest_error, malformed_structure)
{
	struct bytes file = manifest_rich();
	uint8_t *tags = (uint8_t *)file.data + fdt_off_dt_struct(file.data);

	tags[3] = 7; /* no tag has this number */
	manifest_expect_refused(file, MANIFEST_MALFORMED_DTB, "manifest.dtb");
}

TEST(manifest_error, no_root_node)
{
	static const uint8_t end[] = {0, 0, 0, 9};
	struct bytes file = manifest_rich();
	uint8_t *tags = (uint8_t *)file.data + fdt_off_dt_struct(file.data);

	memcpy(tags, end, sizeof(end));
	manifest_expect_refused(file, MANIFEST_NO_ROOT_NODE, "manifest.dtb");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Could not find root node in manifest");
}

TEST(manifest_error, no_hypervisor_node)
{
	dtb_begin();

	manifest_expect_refused(dtb_finish(0), MANIFEST_NO_HYPERVISOR_FDT_NODE,
				"hypervisor");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Could not find \"hypervisor\" node in manifest");
}

TEST(manifest_error, not_compatible)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "other,hypervisor");

	manifest_expect_refused(manifest_finish(), MANIFEST_NOT_COMPATIBLE,
				"hypervisor/compatible");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Hypervisor manifest entry not compatible with Hafnium");
}

TEST(manifest_error, compatible_missing)
{
	dtb_begin();
	dtb_node("hypervisor");

	manifest_expect_refused(manifest_finish(), MANIFEST_PROPERTY_NOT_FOUND,
				"hypervisor/compatible");
}

TEST(manifest_error, reserved_vm_id)
{
	manifest_begin_primary();
	dtb_end();
	dtb_node("vm0");

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_RESERVED_VM_ID,
				"vm0");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Manifest defines a VM with a reserved ID");
}

TEST(manifest_error, no_primary_vm)
{
	manifest_begin();
	dtb_node("vm2");

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_NO_PRIMARY_VM,
				"vm1");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Manifest does not contain a primary VM entry");
}

TEST(manifest_error, too_many_vms)
{
	manifest_begin_primary();
	dtb_end();
	for (int i = 2; i <= MAX_VMS + 1; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "vm%d", i);
		dtb_node(name);
		dtb_string("debug_name", name);
		dtb_u32("mem_size", 0x1000);
		dtb_u32("vcpu_count", 1);
		dtb_end();
	}

	ASSERT_FALSE(manifest_reads(manifest_finish()));
	EXPECT_EQ(manifest_error()->status, MANIFEST_TOO_MANY_VMS);
	EXPECT_TRUE(strstr(manifest_status_text(manifest_error()->status),
			   "more VMs than statically allocated space") != NULL);
}

TEST(manifest_error, debug_name_missing)
{
	manifest_begin();
	dtb_node("vm1");

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_PROPERTY_NOT_FOUND, "vm1/debug_name");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Property not found");
}

TEST(manifest_error, mem_size_missing)
{
	manifest_begin_bare_secondary();
	dtb_u32("vcpu_count", 1);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_PROPERTY_NOT_FOUND, "vm2/mem_size");
}

TEST(manifest_error, vcpu_count_missing)
{
	manifest_begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_PROPERTY_NOT_FOUND, "vm2/vcpu_count");
}

TEST(manifest_error, string_without_its_end)
{
	manifest_begin();
	dtb_node("vm1");
	dtb_bytes("debug_name", "abc", 3);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_MALFORMED_STRING,
				"vm1/debug_name");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Malformed string property");
}

TEST(manifest_error, string_with_an_end_inside)
{
	manifest_begin();
	dtb_node("vm1");
	dtb_bytes("debug_name", "a\0b", 4);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_MALFORMED_STRING,
				"vm1/debug_name");
}

TEST(manifest_error, string_of_no_bytes)
{
	manifest_begin();
	dtb_node("vm1");
	dtb_flag("debug_name");

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_MALFORMED_STRING,
				"vm1/debug_name");
}

TEST(manifest_error, string_too_long)
{
	manifest_begin_primary();
	dtb_string("kernel_filename", "1234567890123456789012345678901234567");

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_STRING_TOO_LONG,
				"vm1/kernel_filename");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "String too long");
}

TEST(manifest_error, malformed_integer)
{
	manifest_begin_bare_secondary();
	dtb_bytes("mem_size", "\x01\x02\x03", 3);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_MALFORMED_INTEGER, "vm2/mem_size");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Malformed integer property");
}

TEST(manifest_error, integer_of_no_bytes)
{
	manifest_begin_bare_secondary();
	dtb_flag("mem_size");

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_MALFORMED_INTEGER, "vm2/mem_size");
}

TEST(manifest_error, integer_overflow)
{
	manifest_begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", 0x10000);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_INTEGER_OVERFLOW,
				"vm2/vcpu_count");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Integer overflow");
}

TEST(manifest_error, malformed_integer_list)
{
	manifest_begin_primary();
	dtb_bytes("smc_whitelist", "\x84\0\0\1\x84", 5);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_MALFORMED_INTEGER_LIST,
				"vm1/smc_whitelist");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Malformed integer list property");
}

TEST(manifest_error, malformed_boolean)
{
	manifest_begin_primary();
	dtb_u32("is_ffa_partition", 1);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_MALFORMED_BOOLEAN,
				"vm1/is_ffa_partition");
	EXPECT_STREQ(manifest_status_text(manifest_error()->status),
		     "Malformed boolean property");
}

TEST(manifest_error, malformed_ffa_tee)
{
	manifest_begin();
	dtb_string("ffa_tee", "yes");

	manifest_expect_refused(manifest_finish(), MANIFEST_MALFORMED_BOOLEAN,
				"hypervisor/ffa_tee");
}

TEST(manifest_error, file_too_large)
{
	manifest_begin_primary();
	dtb_end();
	dtb_end();

	manifest_expect_refused(dtb_finish(MANIFEST_MAX_SIZE),
				MANIFEST_FILE_TOO_LARGE, "manifest.dtb");
}

TEST(manifest_error, no_vcpus)
{
	manifest_begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", 0);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_VCPU_COUNT,
				"vm2/vcpu_count");
}

TEST(manifest_error, more_vcpus_than_cpus)
{
	manifest_begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", MAX_CPUS + 1);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_VCPU_COUNT,
				"vm2/vcpu_count");
}

TEST(manifest_error, no_memory)
{
	manifest_begin_bare_secondary();
	dtb_u32("mem_size", 0);
	dtb_u32("vcpu_count", 1);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_MEM_SIZE,
				"vm2/mem_size");
}

TEST(manifest_error, more_memory_than_addresses)
{
	manifest_begin_bare_secondary();
	dtb_u64("mem_size", UINT64_MAX);
	dtb_u32("vcpu_count", 1);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_MEM_SIZE,
				"vm2/mem_size");
}

TEST(manifest_error, boot_address_in_a_page)
{
	manifest_begin_primary();
	dtb_u32("boot_address", 0x40000800);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_BOOT_ADDRESS,
				"vm1/boot_address");
}

TEST(manifest_error, unknown_exception_level)
{
	manifest_begin_secondary();
	dtb_u32("exception-level", 3);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_BAD_EXCEPTION_LEVEL,
				"vm2/exception-level");
}

TEST(manifest_error, primary_as_partition)
{
	manifest_begin_primary();
	dtb_flag("is_ffa_partition");

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_PRIMARY_IS_PARTITION,
				"vm1/is_ffa_partition");
}

TEST(manifest_error, first_of_two_errors_by_order_of_checks)
{
	/* vcpu_count comes behind mem_size, wherever it stands in the node. */
	manifest_begin_bare_secondary();
	dtb_u32("vcpu_count", 0x10000);
	dtb_bytes("mem_size", "\x01\x02\x03", 3);
	dtb_bytes("kernel_filename", "x", 1);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_MALFORMED_INTEGER, "vm2/mem_size");
}

TEST(manifest_error, every_status_has_its_own_text)
{
	for (int i = 0; i < MANIFEST_STATUS_COUNT; i++) {
		const char *text =
			manifest_status_text((enum manifest_status)i);

		ASSERT_NE(text, NULL);
		for (int j = 0; j < i; j++) {
			EXPECT_NE(strcmp(text, manifest_status_text((
						       enum manifest_status)j)),
				  0);
		}
	}
}
