/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The primary: where its kernel goes, what it may touch, and what is refused.
 * See docs/boot.md.
 */
#include <string.h>

#include "boot/cpio_builder.h"
#include "boot/load_fixture.h"
#include "hf/arch/fake/machine.h"
#include "hf/plat/image.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

#define RAM (MM_MODE_RWX | MM_MODE_OWNED)
#define DEVICE (MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE | MM_MODE_OWNED)

/** What a VM may do with one page. */
static mm_mode_t mode_at(uint16_t vm_id, uint64_t pa)
{
	mm_mode_t mode = MM_MODE_ABSENT;

	EXPECT_TRUE(stage2_query(&vm_set_find(vm_id)->stage2, ipa_init(pa),
				 ipa_init(pa + 1), &mode));
	return mode;
}

static const struct arch_regs *first_regs(uint16_t vm_id)
{
	return &vm_vcpu(vm_set_find(vm_id), 0)->regs;
}

/** An arm64 image header in a file of a page. */
static struct bytes image(uint64_t text_offset, uint64_t image_size,
			  uint64_t flags)
{
	static uint64_t file[512];

	file[1] = text_offset;
	file[2] = image_size;
	file[3] = flags;
	file[7] = 0x644d5241;
	return (struct bytes){(const uint8_t *)file, sizeof(file)};
}

static void set_name(char *field, const char *name)
{
	strcpy(field, name);
}

TEST(load, primary_is_copied_and_ready)
{
	struct load_fixture *f = load_fixture();

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(
		memcmp(f->arena + ARENA_KERNEL_AT, "the primary's kernel", 20),
		0);
	EXPECT_EQ(first_regs(1)->pc, arena_pa(ARENA_KERNEL_AT).pa);
	EXPECT_EQ(first_regs(1)->x[0], arena_pa(ARENA_FDT_AT).pa);
	EXPECT_EQ(vm_vcpu(vm_set_find(1), 0)->state, VCPU_READY);
	EXPECT_EQ(vm_vcpu(vm_set_find(1), 1)->state, VCPU_OFF);
	EXPECT_EQ(fake_cache_code_bytes(), 20U);
}

TEST(load, primary_has_a_vcpu_per_cpu)
{
	(void)load_fixture();

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(vm_set_find(1)->vcpu_count, 4);
	EXPECT_TRUE(load_log_has(
		"INFO: Loaded primary VM with 4 vCPUs, entry at 0x"));
}

TEST(load, primary_has_its_identity)
{
	struct load_fixture *f = load_fixture();

	f->manifest.vms[0].smc_whitelist.ids[0] = 0x84000050;
	f->manifest.vms[0].smc_whitelist.count = 1;
	f->manifest.vms[0].smc_whitelist_permissive = true;

	ASSERT_TRUE(load_fixture_run());
	EXPECT_STREQ(vm_set_find(1)->name, "primary");
	EXPECT_EQ(vm_set_find(1)->smc_whitelist.count, 1);
	EXPECT_EQ(vm_set_find(1)->smc_whitelist.ids[0], 0x84000050U);
	EXPECT_TRUE(vm_set_find(1)->smc_whitelist.permissive);
	EXPECT_FALSE(vm_set_find(1)->has_inert_debug);
}

TEST(load, primary_has_all_ram)
{
	(void)load_fixture();

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_at(1, arena_pa(0).pa), RAM);
	EXPECT_EQ(mode_at(1, arena_pa(ARENA_SIZE - 1).pa), RAM);
}

TEST(load, primary_has_not_the_hypervisor)
{
	struct load_fixture *f = load_fixture();
	mm_mode_t mode = RAM;

	/* As on a real machine: the image lies in RAM. */
	f->params.mem_ranges.list[1] = image_range();
	f->params.mem_ranges.count = 2;

	ASSERT_TRUE(load_fixture_run());
	ASSERT_TRUE(stage2_query(&vm_set_find(1)->stage2,
				 ipa_from_pa(image_range().begin),
				 ipa_from_pa(image_range().end), &mode));
	EXPECT_EQ(mode, MM_MODE_ABSENT);
	EXPECT_EQ(f->load.reserved_count, 1U);
	EXPECT_EQ(f->load.reserved[0].vm_id, 0);
	EXPECT_EQ(f->load.reserved[0].range.begin.pa, image_range().begin.pa);
}

TEST(load, without_device_ranges_a_terabyte_is_devices)
{
	(void)load_fixture();

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_at(1, 0x09000000), DEVICE);
	EXPECT_EQ(mode_at(1, UINT64_C(0xffffffffff)), DEVICE);
	EXPECT_EQ(mode_at(1, UINT64_C(0x10000000000)), MM_MODE_ABSENT);
	EXPECT_TRUE(load_log_has("WARNING: FDT: no device memory"));
}

TEST(load, with_device_ranges_only_these_are)
{
	struct load_fixture *f = load_fixture();

	f->params.device_ranges.list[0] =
		(struct pa_range){{0x9000000}, {0x9001000}};
	f->params.device_ranges.count = 1;

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_at(1, 0x09000000), DEVICE);
	EXPECT_EQ(mode_at(1, 0x09001000), MM_MODE_ABSENT);
}

TEST(load, ramdisk_of_the_primary_is_used_in_place)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].ramdisk_filename, "initrd.img");
	cpio_add_text("initrd.img", "0123456789");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(pa_range_size(f->load.initrd), 10U);
	EXPECT_EQ(memcmp(ptr_from_pa(f->load.initrd.begin), "0123456789", 10),
		  0);
}

TEST(load, missing_ramdisk_is_refused)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].ramdisk_filename, "initrd.img");

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(
		load_log_has("ERROR: Unable to find ramdisk "
			     "\"initrd.img\" in initrd."));
}

TEST(load, missing_kernel_is_refused)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].kernel_filename, "none.bin");

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has(
		"ERROR: Unable to find kernel \"none.bin\" in initrd."));
}

TEST(load, kernel_that_is_in_memory_already)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].kernel_filename, "");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(first_regs(1)->pc, arena_pa(ARENA_KERNEL_AT).pa);
	EXPECT_EQ(f->arena[ARENA_KERNEL_AT], 0xa5);
}

TEST(load, neither_kernel_nor_address_is_refused)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].kernel_filename, "");
	f->manifest.vms[0].boot_address = MANIFEST_ANY_ADDRESS;

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("no kernel_filename and no boot_address"));
}

TEST(load, big_endian_kernel_is_refused)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].kernel_filename, "big.bin");
	cpio_add("big.bin", image(0, 0x1000, 1));

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("big.bin: Kernel image is big endian."));
}

TEST(load, kernel_larger_than_memory_is_refused)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].kernel_filename, "huge.bin");
	cpio_add("huge.bin", image(0, ARENA_SIZE, 0xa));

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(
		load_log_has("ERROR: Kernel is larger than available memory."));
}

TEST(load, kernel_that_just_fits)
{
	struct load_fixture *f = load_fixture();

	set_name(f->manifest.vms[0].kernel_filename, "large.bin");
	cpio_add("large.bin", image(0, ARENA_SIZE - ARENA_KERNEL_AT, 0xa));

	EXPECT_TRUE(load_fixture_run());
}

TEST(load, kernel_outside_of_ram_is_refused)
{
	struct load_fixture *f = load_fixture();

	f->manifest.vms[0].boot_address = 0x1000;

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("Kernel is larger than available memory."));
}

TEST(load, kernel_over_the_ram_disk_is_refused)
{
	struct load_fixture *f = load_fixture();

	f->manifest.vms[0].boot_address = arena_pa(0).pa;

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: the primary VM's kernel (0x"));
	EXPECT_TRUE(load_log_has("overlaps the RAM disk (0x"));
	EXPECT_EQ(f->arena[0], '0');
}

TEST(load, kernel_over_the_fdt_is_refused)
{
	struct load_fixture *f = load_fixture();

	f->manifest.vms[0].boot_address = arena_pa(ARENA_FDT_AT).pa;

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("overlaps the FDT (0x"));
}

TEST(load, kernel_over_the_hypervisor_is_refused)
{
	struct load_fixture *f = load_fixture();

	f->params.mem_ranges.list[1] = image_range();
	f->params.mem_ranges.count = 2;
	f->manifest.vms[0].boot_address = image_text().begin.pa;

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("overlaps the hypervisor (0x"));
}

TEST(load, fdt_over_the_ram_disk_is_refused)
{
	struct load_fixture *f = load_fixture();

	f->load.fdt = arena_pa(0);

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("the RAM disk (0x"));
	EXPECT_TRUE(load_log_has("overlaps the FDT"));
}

TEST(load, fdt_outside_of_ram_is_refused)
{
	struct load_fixture *f = load_fixture();

	f->load.fdt = pa_init(0x1000);

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("not in RAM"));
}

TEST(load, no_memory_for_page_tables_is_refused)
{
	struct load_fixture *f = load_fixture();
	void *page;

	do {
		page = page_pool_alloc(&f->pool);
	} while (page != NULL);

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("Unable to create the primary VM."));
}

TEST(load, too_few_pages_for_the_map_is_refused)
{
	struct load_fixture *f = load_fixture();

	page_pool_init(&f->pool, NULL);
	page_pool_add(
		&f->pool,
		(struct pa_range){image_heap().begin,
				  pa_init(image_heap().begin.pa + PAGE_SIZE)});

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("Unable to map the primary VM's memory."));
}

/*
 * Automatic placement is at the next 2 MiB behind the image, which is a part of
 * this program: this lies there, too, and may be overwritten.
 */
static uint8_t landing[0x400000] __attribute__((aligned(4096)));

/** A text_offset that makes a kernel land there. */
static uint64_t landing_text_offset(uint64_t base)
{
	uint64_t begin = (uintptr_t)landing;
	uint64_t offset = begin > base ? begin - base : 0;

	ASSERT_LT(offset, UINT64_C(0x200000));
	ASSERT_LE(base + offset + PAGE_SIZE, begin + sizeof(landing));
	return offset;
}

TEST(load, kernel_goes_behind_the_hypervisor)
{
	struct load_fixture *f = load_fixture();
	uint64_t base = align_up(image_range().end.pa, 0x200000);
	uint64_t text_offset = landing_text_offset(base);

	f->params.mem_ranges.list[1] = (struct pa_range){
		image_range().begin, pa_init(base + 0x200000)};
	f->params.mem_ranges.count = 2;
	f->manifest.vms[0].boot_address = MANIFEST_ANY_ADDRESS;
	set_name(f->manifest.vms[0].kernel_filename, "Image");
	cpio_add("Image", image(text_offset, 0x1000, 0xa));

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(first_regs(1)->pc, base + text_offset);
}

TEST(load, no_room_behind_the_hypervisor_is_refused)
{
	struct load_fixture *f = load_fixture();

	f->manifest.vms[0].boot_address = MANIFEST_ANY_ADDRESS;

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("Kernel is larger than available memory."));
}
