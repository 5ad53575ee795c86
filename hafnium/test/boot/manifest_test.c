/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The manifest's VM nodes: what they may say; whole, cut off and damaged. See
 * docs/manifest.md.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/guard.h"
#include "boot/manifest_fixture.h"
#include "hf/arch/fake/machine.h"
#include "hftest.h"

static void probe(struct bytes input)
{
	fake_console_clear();
	if (manifest_reads(guard_place(input, 1))) {
		ASSERT_EQ(manifest_error()->status, MANIFEST_OK);
		ASSERT_GE(manifest_result()->vm_count, 1);
		return;
	}
	ASSERT_GT(manifest_error()->status, MANIFEST_OK);
	ASSERT_LT(manifest_error()->status, MANIFEST_STATUS_COUNT);
	ASSERT_NE(manifest_error()->path[0], '\0');
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
	if (!manifest_read(manifest_result(), &source, manifest_error())) {
		ASSERT_GT(manifest_error()->status, MANIFEST_OK);
		ASSERT_LT(manifest_error()->status, MANIFEST_STATUS_COUNT);
	}
}

TEST(manifest, primary_alone_is_enough)
{
	manifest_begin_primary();

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_result()->vm_count, 1);
	EXPECT_STREQ(manifest_vm(1)->debug_name, "primary");
	EXPECT_STREQ(manifest_vm(1)->kernel_filename, "");
	EXPECT_EQ(manifest_vm(1)->boot_address, MANIFEST_ANY_ADDRESS);
	EXPECT_FALSE(manifest_result()->has_ffa_tee);
}

TEST(manifest, every_property_is_kept)
{
	ASSERT_TRUE(manifest_reads(manifest_rich()));
	EXPECT_TRUE(manifest_result()->has_ffa_tee);
	EXPECT_EQ(manifest_result()->vm_count, 2);
	EXPECT_STREQ(manifest_vm(1)->kernel_filename, "Image");
	EXPECT_STREQ(manifest_vm(1)->ramdisk_filename, "initrd.img");
	EXPECT_EQ(manifest_vm(1)->boot_address, 0x40200000U);
	EXPECT_EQ(manifest_vm(1)->smc_whitelist.count, 2U);
	EXPECT_EQ(manifest_vm(1)->smc_whitelist.ids[1], 0x84000002U);
	EXPECT_TRUE(manifest_vm(1)->smc_whitelist_permissive);
	EXPECT_STREQ(manifest_vm(2)->debug_name, "service");
	EXPECT_STREQ(manifest_vm(2)->kernel_filename, "service.bin");
	EXPECT_STREQ(manifest_vm(2)->fdt_filename, "service.dtb");
	EXPECT_STREQ(manifest_vm(2)->boot_params, "quiet");
	EXPECT_EQ(manifest_vm(2)->vcpu_count, 3);
	EXPECT_FALSE(manifest_vm(2)->smc_whitelist_permissive);
	EXPECT_TRUE(manifest_vm(2)->debug_raz_wi);
}

TEST(manifest, pmu_and_debug_are_asked_for)
{
	manifest_begin_primary();
	dtb_flag("allow_pmu");
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "service");
	dtb_u32("mem_size", 0x10000);
	dtb_u32("vcpu_count", 1);
	dtb_string("kernel_filename", "service.bin");
	dtb_flag("allow_pmu");
	dtb_flag("allow_debug");

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	/* The primary has them, whatever is said. */
	EXPECT_FALSE(manifest_vm(1)->allow_pmu);
	EXPECT_TRUE(manifest_vm(2)->allow_pmu);
	EXPECT_TRUE(manifest_vm(2)->allow_debug);
}

TEST(manifest, mem_size_is_rounded_up_to_a_page)
{
	ASSERT_TRUE(manifest_reads(manifest_rich()));
	EXPECT_EQ(manifest_vm(2)->mem_size, 0x101000U);
}

TEST(manifest, ffa_tee_has_a_newer_name)
{
	manifest_begin();
	dtb_flag("ffa_tee_enabled");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_TRUE(manifest_result()->has_ffa_tee);
}

TEST(manifest, vms_behind_a_gap_are_ignored)
{
	manifest_begin_primary();
	dtb_end();
	dtb_node("vm3");

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_result()->vm_count, 1);
}

TEST(manifest, order_of_nodes_does_not_count)
{
	manifest_begin();
	dtb_node("vm2");
	dtb_string("debug_name", "two");
	dtb_u32("mem_size", 0x1000);
	dtb_u32("vcpu_count", 1);
	dtb_end();
	dtb_node("vm1");
	dtb_string("debug_name", "one");

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_result()->vm_count, 2);
	EXPECT_STREQ(manifest_vm(2)->debug_name, "two");
}

TEST(manifest, names_like_vm01_are_no_vms)
{
	manifest_begin_primary();
	dtb_end();
	dtb_node("vm02");
	dtb_end();
	dtb_node("vm2x");
	dtb_end();
	dtb_node("vm");
	dtb_end();
	dtb_node("vm99999999999999999999");

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_result()->vm_count, 1);
}

TEST(manifest, unknown_properties_are_ignored)
{
	manifest_begin_primary();
	dtb_u32("colour", 3);

	EXPECT_TRUE(manifest_reads(manifest_finish_vm()));
}

TEST(manifest, property_of_the_other_role_is_ignored)
{
	manifest_begin_primary();
	dtb_bytes("mem_size", "abc", 3);

	EXPECT_TRUE(manifest_reads(manifest_finish_vm()));
}

TEST(manifest, as_many_vms_as_the_build_allows)
{
	manifest_begin_primary();
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

	ASSERT_TRUE(manifest_reads(manifest_finish()));
	EXPECT_EQ(manifest_result()->vm_count, MAX_VMS);
}

TEST(manifest, surplus_of_the_smc_whitelist_is_ignored)
{
	uint32_t ids[MAX_SMCS + 2];

	for (uint32_t i = 0; i < MAX_SMCS + 2; i++) {
		ids[i] = 0x84000000 + i;
	}
	manifest_begin_primary();
	dtb_cell_list("smc_whitelist", ids, MAX_SMCS + 2);

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_vm(1)->smc_whitelist.count, (uint32_t)MAX_SMCS);
	EXPECT_TRUE(strstr(fake_console_text(), "WARNING: vm1/smc_whitelist") !=
		    NULL);
}

TEST(manifest, string_of_36_characters_fits)
{
	manifest_begin();
	dtb_node("vm1");
	dtb_string("debug_name", "123456789012345678901234567890123456");

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(strlen(manifest_vm(1)->debug_name), 36U);
}

TEST(manifest, integers_of_other_widths_fit)
{
	manifest_begin_bare_secondary();
	dtb_bytes("mem_size", "\x10\x00", 2);
	dtb_u64("vcpu_count", 2);

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_vm(2)->mem_size, 0x1000U);
	EXPECT_EQ(manifest_vm(2)->vcpu_count, 2);
}

TEST(manifest, file_at_an_odd_address_is_read)
{
	struct bytes file = manifest_rich();
	static uint8_t room[4096] __attribute__((aligned(8)));

	memcpy(room + 3, file.data, file.size);
	file.data = room + 3;

	EXPECT_TRUE(manifest_reads(file));
}

TEST(manifest, fdt_itself_may_be_the_manifest)
{
	struct boot_params params = {.fdt_is_manifest = true};
	struct manifest_source source = {.params = &params};

	manifest_begin_primary();
	dtb_end();
	dtb_end();
	source.file = dtb_finish(0x40000); /* larger than a file may be */

	EXPECT_TRUE(
		manifest_read(manifest_result(), &source, manifest_error()));
}

TEST(manifest_robustness, every_truncation)
{
	struct bytes file = manifest_rich();

	EXPECT_EQ(guard_truncate(file, probe), file.size);
	EXPECT_EQ(guard_truncate(file, probe_consistent), file.size);
}

TEST(manifest_robustness, every_wrong_byte)
{
	struct bytes file = manifest_rich();

	EXPECT_EQ(guard_corrupt(file, true, probe), file.size * 255);
}

TEST(manifest_robustness, every_wrong_byte_read_in_place)
{
	struct bytes file = manifest_rich();

	EXPECT_EQ(guard_corrupt(file, true, probe_in_place), file.size * 255);
}

TEST(manifest_ffa, defaults_offer_everything)
{
	manifest_begin_secondary();

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_vm(1)->ffa_version_max, 0x10002U);
	EXPECT_EQ(manifest_vm(2)->ffa_properties, 0x7ffU);
	EXPECT_EQ(manifest_vm(2)->partition.uuids.count, 0U);
}

TEST(manifest_ffa, properties_are_kept)
{
	manifest_begin_secondary();
	dtb_u32("ffa_version_max", 0x10001);
	dtb_u32("ffa_properties", 5);
	dtb_cells("ffa_uuids", 1, 2, 3, 4);

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_EQ(manifest_vm(2)->ffa_version_max, 0x10001U);
	EXPECT_EQ(manifest_vm(2)->ffa_properties, 5U);
	EXPECT_EQ(manifest_vm(2)->partition.uuids.count, 4U);
}

TEST(manifest_ffa, cap_below_1_0)
{
	manifest_begin_secondary();
	dtb_u32("ffa_version_max", 0xffff);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_FFA_VERSION,
				"vm2/ffa_version_max");
}

TEST(manifest_ffa, cap_above_ours)
{
	manifest_begin_primary();
	dtb_u32("ffa_version_max", 0x10003);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_FFA_VERSION,
				"vm1/ffa_version_max");
}

TEST(manifest_ffa, incomplete_uuid)
{
	manifest_begin_secondary();
	dtb_cells("ffa_uuids", 1, 2, 3);

	manifest_expect_refused(manifest_finish_vm(), MANIFEST_BAD_UUID,
				"vm2/ffa_uuids");
}
