/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The manifest's VM nodes: what they may say, and every way to be refused. FF-A
 * partitions are in ffa_partition_test.c. See docs/manifest.md.
 */
#include "hf/boot/manifest.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/guard.h"
#include "hf/arch/fake/machine.h"
#include "hftest.h"

static struct manifest manifest;
static struct manifest_error error;
static const struct boot_params no_params;

static bool reads(struct bytes file)
{
	struct manifest_source source = {.file = file, .params = &no_params};

	return manifest_read(&manifest, &source, &error);
}

static void begin(void)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
}

static struct bytes finish(void)
{
	dtb_end();
	return dtb_finish(0);
}

/** vm1 is begun and has what it needs. */
static void begin_primary(void)
{
	begin();
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
}

/** vm2 is begun and has what it needs. */
static void begin_secondary(void)
{
	begin_primary();
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "secondary");
	dtb_u32("mem_size", 0x100000);
	dtb_u32("vcpu_count", 2);
}

/** vm2 that has nothing yet. */
static void begin_bare_secondary(void)
{
	begin_primary();
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "secondary");
}

static struct bytes finish_vm(void)
{
	dtb_end();
	return finish();
}

static void expect_refused(struct bytes file, enum manifest_status status,
			   const char *path)
{
	ASSERT_FALSE(reads(file));
	EXPECT_STREQ(manifest_status_text(error.status),
		     manifest_status_text(status));
	EXPECT_STREQ(error.path, path);
}

static const struct manifest_vm *vm(unsigned int number)
{
	return &manifest.vms[number - 1];
}

/** Everything that a manifest with no FF-A partition can have. */
static struct bytes rich_manifest(void)
{
	begin();
	dtb_flag("ffa_tee");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_string("kernel_filename", "Image");
	dtb_string("ramdisk_filename", "initrd.img");
	dtb_u64("boot_address", 0x40200000);
	dtb_cells("smc_whitelist", 0x84000001, 0x84000002);
	dtb_flag("smc_whitelist_permissive");
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "service");
	dtb_string("kernel_filename", "service.bin");
	dtb_string("fdt_filename", "service.dtb");
	dtb_string("boot_params", "quiet");
	dtb_u32("mem_size", 0x100001);
	dtb_bytes("vcpu_count", "\x03", 1);
	dtb_bytes("exception-level", "\x00", 1);
	return finish_vm();
}

static void probe(struct bytes input)
{
	fake_console_clear();
	if (reads(guard_place(input, 1))) {
		ASSERT_EQ(error.status, MANIFEST_OK);
		ASSERT_GE(manifest.vm_count, 1);
		return;
	}
	ASSERT_GT(error.status, MANIFEST_OK);
	ASSERT_LT(error.status, MANIFEST_STATUS_COUNT);
	ASSERT_NE(error.path[0], '\0');
}

/** Cut off, and the header knows. */
static void probe_consistent(struct bytes input)
{
	if (input.size >= 8) {
		fdt_set_totalsize((void *)input.data, (uint32_t)input.size);
	}
	probe(input);
}

/** The FDT as manifest is read in place: the guard is behind the blob. */
static void probe_in_place(struct bytes input)
{
	struct boot_params params = {.fdt_is_manifest = true};
	struct manifest_source source = {
		.file = guard_place(input, 8),
		.params = &params,
	};

	fake_console_clear();
	if (!manifest_read(&manifest, &source, &error)) {
		ASSERT_GT(error.status, MANIFEST_OK);
		ASSERT_LT(error.status, MANIFEST_STATUS_COUNT);
	}
}

TEST(manifest, primary_alone_is_enough)
{
	begin_primary();

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_EQ(manifest.vm_count, 1);
	EXPECT_STREQ(vm(1)->debug_name, "primary");
	EXPECT_STREQ(vm(1)->kernel_filename, "");
	EXPECT_EQ(vm(1)->boot_address, MANIFEST_ANY_ADDRESS);
	EXPECT_FALSE(manifest.has_ffa_tee);
}

TEST(manifest, every_property_is_kept)
{
	ASSERT_TRUE(reads(rich_manifest()));
	EXPECT_TRUE(manifest.has_ffa_tee);
	EXPECT_EQ(manifest.vm_count, 2);
	EXPECT_STREQ(vm(1)->kernel_filename, "Image");
	EXPECT_STREQ(vm(1)->ramdisk_filename, "initrd.img");
	EXPECT_EQ(vm(1)->boot_address, 0x40200000U);
	EXPECT_EQ(vm(1)->smc_whitelist.count, 2U);
	EXPECT_EQ(vm(1)->smc_whitelist.ids[1], 0x84000002U);
	EXPECT_TRUE(vm(1)->smc_whitelist_permissive);
	EXPECT_STREQ(vm(2)->debug_name, "service");
	EXPECT_STREQ(vm(2)->kernel_filename, "service.bin");
	EXPECT_STREQ(vm(2)->fdt_filename, "service.dtb");
	EXPECT_STREQ(vm(2)->boot_params, "quiet");
	EXPECT_EQ(vm(2)->vcpu_count, 3);
	EXPECT_FALSE(vm(2)->smc_whitelist_permissive);
}

TEST(manifest, mem_size_is_rounded_up_to_a_page)
{
	ASSERT_TRUE(reads(rich_manifest()));
	EXPECT_EQ(vm(2)->mem_size, 0x101000U);
}

TEST(manifest, ffa_tee_has_a_newer_name)
{
	begin();
	dtb_flag("ffa_tee_enabled");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_TRUE(manifest.has_ffa_tee);
}

TEST(manifest, vms_behind_a_gap_are_ignored)
{
	begin_primary();
	dtb_end();
	dtb_node("vm3");

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_EQ(manifest.vm_count, 1);
}

TEST(manifest, order_of_nodes_does_not_count)
{
	begin();
	dtb_node("vm2");
	dtb_string("debug_name", "two");
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", 1);
	dtb_end();
	dtb_node("vm1");
	dtb_string("debug_name", "one");

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_EQ(manifest.vm_count, 2);
	EXPECT_STREQ(vm(2)->debug_name, "two");
}

TEST(manifest, names_like_vm01_are_no_vms)
{
	begin_primary();
	dtb_end();
	dtb_node("vm02");
	dtb_end();
	dtb_node("vm2x");
	dtb_end();
	dtb_node("vm");
	dtb_end();
	dtb_node("vm99999999999999999999");

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_EQ(manifest.vm_count, 1);
}

TEST(manifest, unknown_properties_are_ignored)
{
	begin_primary();
	dtb_u32("colour", 3);

	EXPECT_TRUE(reads(finish_vm()));
}

TEST(manifest, property_of_the_other_role_is_ignored)
{
	begin_primary();
	dtb_bytes("mem_size", "abc", 3);

	EXPECT_TRUE(reads(finish_vm()));
}

TEST(manifest, as_many_vms_as_the_build_allows)
{
	begin_primary();
	dtb_end();
	for (int i = 2; i <= MAX_VMS; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "vm%d", i);
		dtb_node(name);
		dtb_string("debug_name", name);
		dtb_u32("mem_size", 0x1000);
		dtb_u32("vcpu_count", 1);
		dtb_end();
	}

	ASSERT_TRUE(reads(finish()));
	EXPECT_EQ(manifest.vm_count, MAX_VMS);
}

TEST(manifest, surplus_of_the_smc_whitelist_is_ignored)
{
	uint32_t ids[MAX_SMCS + 2];

	for (uint32_t i = 0; i < MAX_SMCS + 2; i++) {
		ids[i] = 0x84000000 + i;
	}
	begin_primary();
	dtb_cell_list("smc_whitelist", ids, MAX_SMCS + 2);

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_EQ(vm(1)->smc_whitelist.count, (uint32_t)MAX_SMCS);
	EXPECT_TRUE(strstr(fake_console_text(), "WARNING: vm1/smc_whitelist") !=
		    NULL);
}

TEST(manifest, string_of_36_characters_fits)
{
	begin();
	dtb_node("vm1");
	dtb_string("debug_name", "123456789012345678901234567890123456");

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_EQ(strlen(vm(1)->debug_name), 36U);
}

TEST(manifest, integers_of_other_widths_fit)
{
	begin_bare_secondary();
	dtb_bytes("mem_size", "\x10\x00", 2);
	dtb_u64("vcpu_count", 2);

	ASSERT_TRUE(reads(finish_vm()));
	EXPECT_EQ(vm(2)->mem_size, 0x1000U);
	EXPECT_EQ(vm(2)->vcpu_count, 2);
}

TEST(manifest, file_at_an_odd_address_is_read)
{
	struct bytes file = rich_manifest();
	static uint8_t room[4096] __attribute__((aligned(8)));

	memcpy(room + 3, file.data, file.size);
	file.data = room + 3;

	EXPECT_TRUE(reads(file));
}

TEST(manifest, fdt_itself_may_be_the_manifest)
{
	struct boot_params params = {.fdt_is_manifest = true};
	struct manifest_source source = {.params = &params};

	begin_primary();
	dtb_end();
	dtb_end();
	source.file = dtb_finish(0x40000); /* larger than a file may be */

	EXPECT_TRUE(manifest_read(&manifest, &source, &error));
}

TEST(manifest_error, file_size)
{
	struct bytes file = rich_manifest();

	file.size -= 1;
	expect_refused(file, MANIFEST_FILE_SIZE, "manifest.dtb");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Total size in header does not match file size");
}

TEST(manifest_error, malformed_dtb)
{
	static const uint8_t text[64] = "This is not a device tree.";
	struct bytes file = {text, sizeof(text)};

	expect_refused(file, MANIFEST_MALFORMED_DTB, "manifest.dtb");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Malformed device tree blob");
}

TEST(manifest_error, malformed_structure)
{
	struct bytes file = rich_manifest();
	uint8_t *tags = (uint8_t *)file.data + fdt_off_dt_struct(file.data);

	tags[3] = 7; /* no tag has this number */
	expect_refused(file, MANIFEST_MALFORMED_DTB, "manifest.dtb");
}

TEST(manifest_error, no_root_node)
{
	static const uint8_t end[] = {0, 0, 0, 9};
	struct bytes file = rich_manifest();
	uint8_t *tags = (uint8_t *)file.data + fdt_off_dt_struct(file.data);

	memcpy(tags, end, sizeof(end));
	expect_refused(file, MANIFEST_NO_ROOT_NODE, "manifest.dtb");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Could not find root node in manifest");
}

TEST(manifest_error, no_hypervisor_node)
{
	dtb_begin();

	expect_refused(dtb_finish(0), MANIFEST_NO_HYPERVISOR_FDT_NODE,
		       "hypervisor");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Could not find \"hypervisor\" node in manifest");
}

TEST(manifest_error, not_compatible)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "other,hypervisor");

	expect_refused(finish(), MANIFEST_NOT_COMPATIBLE,
		       "hypervisor/compatible");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Hypervisor manifest entry not compatible with Hafnium");
}

TEST(manifest_error, compatible_missing)
{
	dtb_begin();
	dtb_node("hypervisor");

	expect_refused(finish(), MANIFEST_PROPERTY_NOT_FOUND,
		       "hypervisor/compatible");
}

TEST(manifest_error, reserved_vm_id)
{
	begin_primary();
	dtb_end();
	dtb_node("vm0");

	expect_refused(finish_vm(), MANIFEST_RESERVED_VM_ID, "vm0");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Manifest defines a VM with a reserved ID");
}

TEST(manifest_error, no_primary_vm)
{
	begin();
	dtb_node("vm2");

	expect_refused(finish_vm(), MANIFEST_NO_PRIMARY_VM, "vm1");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Manifest does not contain a primary VM entry");
}

TEST(manifest_error, too_many_vms)
{
	begin_primary();
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

	ASSERT_FALSE(reads(finish()));
	EXPECT_EQ(error.status, MANIFEST_TOO_MANY_VMS);
	EXPECT_TRUE(strstr(manifest_status_text(error.status),
			   "more VMs than statically allocated space") != NULL);
}

TEST(manifest_error, debug_name_missing)
{
	begin();
	dtb_node("vm1");

	expect_refused(finish_vm(), MANIFEST_PROPERTY_NOT_FOUND,
		       "vm1/debug_name");
	EXPECT_STREQ(manifest_status_text(error.status), "Property not found");
}

TEST(manifest_error, mem_size_missing)
{
	begin_bare_secondary();
	dtb_u32("vcpu_count", 1);

	expect_refused(finish_vm(), MANIFEST_PROPERTY_NOT_FOUND,
		       "vm2/mem_size");
}

TEST(manifest_error, vcpu_count_missing)
{
	begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);

	expect_refused(finish_vm(), MANIFEST_PROPERTY_NOT_FOUND,
		       "vm2/vcpu_count");
}

TEST(manifest_error, string_without_its_end)
{
	begin();
	dtb_node("vm1");
	dtb_bytes("debug_name", "abc", 3);

	expect_refused(finish_vm(), MANIFEST_MALFORMED_STRING,
		       "vm1/debug_name");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Malformed string property");
}

TEST(manifest_error, string_with_an_end_inside)
{
	begin();
	dtb_node("vm1");
	dtb_bytes("debug_name", "a\0b", 4);

	expect_refused(finish_vm(), MANIFEST_MALFORMED_STRING,
		       "vm1/debug_name");
}

TEST(manifest_error, string_of_no_bytes)
{
	begin();
	dtb_node("vm1");
	dtb_flag("debug_name");

	expect_refused(finish_vm(), MANIFEST_MALFORMED_STRING,
		       "vm1/debug_name");
}

TEST(manifest_error, string_too_long)
{
	begin_primary();
	dtb_string("kernel_filename", "1234567890123456789012345678901234567");

	expect_refused(finish_vm(), MANIFEST_STRING_TOO_LONG,
		       "vm1/kernel_filename");
	EXPECT_STREQ(manifest_status_text(error.status), "String too long");
}

TEST(manifest_error, malformed_integer)
{
	begin_bare_secondary();
	dtb_bytes("mem_size", "\x01\x02\x03", 3);

	expect_refused(finish_vm(), MANIFEST_MALFORMED_INTEGER, "vm2/mem_size");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Malformed integer property");
}

TEST(manifest_error, integer_of_no_bytes)
{
	begin_bare_secondary();
	dtb_flag("mem_size");

	expect_refused(finish_vm(), MANIFEST_MALFORMED_INTEGER, "vm2/mem_size");
}

TEST(manifest_error, integer_overflow)
{
	begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", 0x10000);

	expect_refused(finish_vm(), MANIFEST_INTEGER_OVERFLOW,
		       "vm2/vcpu_count");
	EXPECT_STREQ(manifest_status_text(error.status), "Integer overflow");
}

TEST(manifest_error, malformed_integer_list)
{
	begin_primary();
	dtb_bytes("smc_whitelist", "\x84\0\0\1\x84", 5);

	expect_refused(finish_vm(), MANIFEST_MALFORMED_INTEGER_LIST,
		       "vm1/smc_whitelist");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Malformed integer list property");
}

TEST(manifest_error, malformed_boolean)
{
	begin_primary();
	dtb_u32("is_ffa_partition", 1);

	expect_refused(finish_vm(), MANIFEST_MALFORMED_BOOLEAN,
		       "vm1/is_ffa_partition");
	EXPECT_STREQ(manifest_status_text(error.status),
		     "Malformed boolean property");
}

TEST(manifest_error, malformed_ffa_tee)
{
	begin();
	dtb_string("ffa_tee", "yes");

	expect_refused(finish(), MANIFEST_MALFORMED_BOOLEAN,
		       "hypervisor/ffa_tee");
}

TEST(manifest_error, file_too_large)
{
	begin_primary();
	dtb_end();
	dtb_end();

	expect_refused(dtb_finish(MANIFEST_MAX_SIZE), MANIFEST_FILE_TOO_LARGE,
		       "manifest.dtb");
}

TEST(manifest_error, no_vcpus)
{
	begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", 0);

	expect_refused(finish_vm(), MANIFEST_BAD_VCPU_COUNT, "vm2/vcpu_count");
}

TEST(manifest_error, more_vcpus_than_cpus)
{
	begin_bare_secondary();
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", MAX_CPUS + 1);

	expect_refused(finish_vm(), MANIFEST_BAD_VCPU_COUNT, "vm2/vcpu_count");
}

TEST(manifest_error, no_memory)
{
	begin_bare_secondary();
	dtb_u32("mem_size", 0);
	dtb_u32("vcpu_count", 1);

	expect_refused(finish_vm(), MANIFEST_BAD_MEM_SIZE, "vm2/mem_size");
}

TEST(manifest_error, more_memory_than_addresses)
{
	begin_bare_secondary();
	dtb_u64("mem_size", UINT64_MAX);
	dtb_u32("vcpu_count", 1);

	expect_refused(finish_vm(), MANIFEST_BAD_MEM_SIZE, "vm2/mem_size");
}

TEST(manifest_error, boot_address_in_a_page)
{
	begin_primary();
	dtb_u32("boot_address", 0x40000800);

	expect_refused(finish_vm(), MANIFEST_BAD_BOOT_ADDRESS,
		       "vm1/boot_address");
}

TEST(manifest_error, unknown_exception_level)
{
	begin_secondary();
	dtb_u32("exception-level", 3);

	expect_refused(finish_vm(), MANIFEST_BAD_EXCEPTION_LEVEL,
		       "vm2/exception-level");
}

TEST(manifest_error, primary_as_partition)
{
	begin_primary();
	dtb_flag("is_ffa_partition");

	expect_refused(finish_vm(), MANIFEST_PRIMARY_IS_PARTITION,
		       "vm1/is_ffa_partition");
}

TEST(manifest_error, first_of_two_errors_by_order_of_checks)
{
	/* vcpu_count comes behind mem_size, wherever it stands in the node. */
	begin_bare_secondary();
	dtb_u32("vcpu_count", 0x10000);
	dtb_bytes("mem_size", "\x01\x02\x03", 3);
	dtb_bytes("kernel_filename", "x", 1);

	expect_refused(finish_vm(), MANIFEST_MALFORMED_INTEGER, "vm2/mem_size");
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

TEST(manifest_robustness, every_truncation)
{
	struct bytes file = rich_manifest();

	EXPECT_EQ(guard_truncate(file, probe), file.size);
	EXPECT_EQ(guard_truncate(file, probe_consistent), file.size);
}

TEST(manifest_robustness, every_wrong_byte)
{
	struct bytes file = rich_manifest();

	EXPECT_EQ(guard_corrupt(file, true, probe), file.size * 255);
}

TEST(manifest_robustness, every_wrong_byte_read_in_place)
{
	struct bytes file = rich_manifest();

	EXPECT_EQ(guard_corrupt(file, true, probe_in_place), file.size * 255);
}
