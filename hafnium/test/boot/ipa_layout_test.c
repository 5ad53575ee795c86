/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of a secondary that are not the machine's. See docs/manifest.md. */
#include "boot/dtb_builder.h"
#include "boot/manifest_fixture.h"
#include "boot/partition_fixture.h"
#include "hf/arch/fake/mmu.h"
#include "hftest.h"

#define KERNEL "vm2/ipa-memory-layout/kernel"
#define FDT "vm2/ipa-memory-layout/fdt"
#define RAMDISK "vm2/ipa-memory-layout/ramdisk"

#define MEM_SIZE UINT64_C(0x100000)

/** vm2 with its layout open; it has MEM_SIZE of memory. */
static void begin(void)
{
	fake_mmu_reset();
	fake_mmu_set_pa_bits(40);
	manifest_begin_secondary();
	dtb_node("ipa-memory-layout");
}

static struct bytes finish(void)
{
	dtb_end();
	return manifest_finish_vm();
}

static void expect_refused(const char *path)
{
	manifest_expect_refused(finish(), MANIFEST_BAD_IPA_LAYOUT, path);
}

static void expect_kernel_refused(uint64_t kernel)
{
	begin();
	dtb_u64("kernel", kernel);
	expect_refused(KERNEL);
}

static const struct ipa_layout *layout(void)
{
	return &manifest_vm(2)->layout;
}

TEST(ipa_layout, says_where_memory_and_files_are)
{
	begin();
	dtb_u64("kernel", 0x80000000);
	dtb_u64("fdt", 0x80080000);
	dtb_u64("ramdisk", 0x80090000);

	ASSERT_TRUE(manifest_reads(finish()));
	EXPECT_TRUE(layout()->is_given);
	EXPECT_EQ(layout()->kernel, 0x80000000U);
	EXPECT_EQ(layout()->fdt, 0x80080000U);
	EXPECT_EQ(layout()->ramdisk, 0x80090000U);
}

TEST(ipa_layout, kernel_alone_leaves_us_the_rest)
{
	begin();
	dtb_u32("kernel", 0x1000);

	ASSERT_TRUE(manifest_reads(finish()));
	EXPECT_EQ(layout()->kernel, 0x1000U);
	EXPECT_EQ(layout()->fdt, MANIFEST_ANY_ADDRESS);
	EXPECT_EQ(layout()->ramdisk, MANIFEST_ANY_ADDRESS);
}

TEST(ipa_layout, none_is_identity)
{
	manifest_begin_secondary();

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_FALSE(layout()->is_given);
}

TEST(ipa_layout, identity_may_be_asked_for)
{
	manifest_begin_secondary();
	dtb_flag("requires_identity_mapping");

	ASSERT_TRUE(manifest_reads(manifest_finish_vm()));
	EXPECT_FALSE(layout()->is_given);
}

TEST(ipa_layout, identity_and_a_layout_contradict)
{
	fake_mmu_reset();
	manifest_begin_secondary();
	dtb_flag("requires_identity_mapping");
	dtb_node("ipa-memory-layout");
	dtb_u64("kernel", 0x80000000);

	expect_refused("vm2/requires_identity_mapping");
}

TEST(ipa_layout, identity_is_a_boolean)
{
	manifest_begin_secondary();
	dtb_u32("requires_identity_mapping", 0);

	manifest_expect_refused(manifest_finish_vm(),
				MANIFEST_MALFORMED_BOOLEAN,
				"vm2/requires_identity_mapping");
}

TEST(ipa_layout, kernel_is_required)
{
	begin();
	dtb_u64("fdt", 0x80000000);

	manifest_expect_refused(finish(), MANIFEST_PROPERTY_NOT_FOUND, KERNEL);
}

TEST(ipa_layout, values_are_integers)
{
	begin();
	dtb_bytes("kernel", "\x80\x00\x00", 3);
	manifest_expect_refused(finish(), MANIFEST_MALFORMED_INTEGER, KERNEL);

	begin();
	dtb_u64("kernel", 0x80000000);
	dtb_string("ramdisk", "behind the kernel");
	manifest_expect_refused(finish(), MANIFEST_MALFORMED_INTEGER, RAMDISK);
}

TEST(ipa_layout, kernel_is_page_aligned)
{
	expect_kernel_refused(0x80000001);
	expect_kernel_refused(0x80000800);
	expect_kernel_refused(UINT64_MAX);
}

TEST(ipa_layout, memory_is_addressable)
{
	uint64_t end = BIT(40);

	begin();
	dtb_u64("kernel", end - MEM_SIZE);
	ASSERT_TRUE(manifest_reads(finish()));

	expect_kernel_refused(end - MEM_SIZE + PAGE_SIZE);
	expect_kernel_refused(end - PAGE_SIZE);
	expect_kernel_refused(end);
	expect_kernel_refused(end + PAGE_SIZE);
	expect_kernel_refused(-MEM_SIZE);
	expect_kernel_refused(-PAGE_SIZE);
}

TEST(ipa_layout, address_0_is_one)
{
	begin();
	dtb_u64("kernel", 0);

	ASSERT_TRUE(manifest_reads(finish()));
	EXPECT_TRUE(layout()->is_given);
}

/** vm2 with memory at 0x80000000 and `name` at `address`. */
static struct bytes with(const char *name, uint64_t address)
{
	begin();
	dtb_u64("kernel", 0x80000000);
	dtb_u64(name, address);
	return finish();
}

static void expect_file_refused(uint64_t address)
{
	manifest_expect_refused(with("fdt", address), MANIFEST_BAD_IPA_LAYOUT,
				FDT);
	manifest_expect_refused(with("ramdisk", address),
				MANIFEST_BAD_IPA_LAYOUT, RAMDISK);
}

TEST(ipa_layout, files_are_in_the_memory)
{
	EXPECT_TRUE(manifest_reads(with("fdt", 0x80000000)));
	EXPECT_TRUE(manifest_reads(
		with("ramdisk", 0x80000000 + MEM_SIZE - PAGE_SIZE)));

	expect_file_refused(0x80000000 + MEM_SIZE);
	expect_file_refused(0x80000000 - PAGE_SIZE);
	expect_file_refused(0);
	expect_file_refused(UINT64_MAX - PAGE_SIZE + 1);
}

TEST(ipa_layout, files_are_page_aligned)
{
	expect_file_refused(0x80000008);
	expect_file_refused(0x80000fff);
}

TEST(ipa_layout, last_page_of_odd_memory_counts)
{
	fake_mmu_reset();
	manifest_begin_bare_secondary();
	dtb_u32("mem_size", 0x1001);
	dtb_u32("vcpu_count", 1);
	dtb_node("ipa-memory-layout");
	dtb_u64("kernel", 0x80000000);
	dtb_u64("fdt", 0x80001000);

	EXPECT_TRUE(manifest_reads(finish()));
}

/** vm2 with two pages of a device at 0x9010000, and memory from `kernel`. */
static struct bytes with_device(uint64_t kernel)
{
	fake_mmu_reset();
	manifest_begin_secondary();
	dtb_node("device-regions");
	dtb_string("compatible", "arm,ffa-manifest-device-regions");
	add_region("rtc", 0x9010000, 2, 3);
	dtb_end();
	dtb_node("ipa-memory-layout");
	dtb_u64("kernel", kernel);
	return finish();
}

TEST(ipa_layout, memory_is_not_where_its_devices_are)
{
	static const uint64_t wrong[] = {
		0x9010000,
		0x9011000,
		0x9000000,
		0x9010000 - MEM_SIZE + PAGE_SIZE,
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		manifest_expect_refused(with_device(wrong[i]),
					MANIFEST_BAD_IPA_LAYOUT, KERNEL);
	}
	EXPECT_TRUE(manifest_reads(with_device(0x9012000)));
	EXPECT_TRUE(manifest_reads(with_device(0x9010000 - MEM_SIZE)));
}

TEST(ipa_layout, is_ignored_in_the_primary)
{
	manifest_begin_primary();
	dtb_node("ipa-memory-layout");
	dtb_u64("kernel", 1);

	ASSERT_TRUE(manifest_reads(finish()));
	EXPECT_FALSE(manifest_vm(1)->layout.is_given);
}
