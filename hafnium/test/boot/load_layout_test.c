/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A secondary that has its memory at other addresses than the machine, and
 * files where its manifest wants them. See docs/boot.md.
 */
#include <libfdt.h>
#include <string.h>

#include "boot/cpio_builder.h"
#include "boot/dtb_builder.h"
#include "boot/load_fixture.h"
#include "fixture/translate.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

#define RAM (MM_MODE_RWX | MM_MODE_OWNED)
#define VM_SIZE UINT64_C(0x10000)
#define IPA UINT64_C(0x80000000)

static const struct arch_regs *first_regs(void)
{
	return &vm_vcpu(vm_set_find(2), 0)->regs;
}

/** Where the memory of the first VM lies in the arena. */
static uint8_t *memory(const struct load_fixture *f)
{
	return f->arena + ARENA_SIZE - VM_SIZE;
}

/** A VM with kernel, FDT and RAM disk, and a layout that says no more. */
static struct manifest_vm *add_vm(struct load_fixture **f)
{
	struct manifest_vm *vm;

	*f = load_fixture();
	cpio_add_text("service.bin", "service code");
	cpio_add_text("service.img", "files");
	dtb_begin();
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
	cpio_add("service.dtb", dtb_finish(0));
	vm = load_fixture_add_vm("one");
	strcpy(vm->fdt_filename, "service.dtb");
	strcpy(vm->ramdisk_filename, "service.img");
	strcpy(vm->boot_params, "quiet");
	vm->debug_raz_wi = true;
	vm->layout = (struct ipa_layout){
		.is_given = true,
		.kernel = IPA,
		.fdt = MANIFEST_ANY_ADDRESS,
		.ramdisk = MANIFEST_ANY_ADDRESS,
	};
	return vm;
}

static bool translate(uint64_t ipa, uint64_t size, struct stage2_map *map)
{
	*map = (struct stage2_map){.begin = ipa_init(ipa),
				   .end = ipa_init(ipa + size)};
	return translate_piece(&vm_set_find(2)->stage2, map);
}

static bool has_nothing(uint64_t ipa, uint64_t size)
{
	mm_mode_t mode = RAM;

	return stage2_query(&vm_set_find(2)->stage2, ipa_init(ipa),
			    ipa_init(ipa + size), &mode) &&
	       mode == MM_MODE_ABSENT;
}

static uint64_t chosen_u64(const void *fdt, const char *name)
{
	const fdt64_t *value =
		fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), name, NULL);

	ASSERT_NE(value, NULL);
	return fdt64_ld(value);
}

/** FDT and RAM disk are there, and the FDT says so. */
static void expect_files(const struct load_fixture *f, uint64_t fdt_at,
			 uint64_t ramdisk_at)
{
	const void *fdt = memory(f) + fdt_at;
	const fdt64_t *reg =
		fdt_getprop(fdt, fdt_path_offset(fdt, "/memory"), "reg", NULL);

	EXPECT_EQ(first_regs()->x[0], IPA + fdt_at);
	ASSERT_NE(reg, NULL);
	EXPECT_EQ(fdt64_ld(&reg[0]), IPA);
	EXPECT_EQ(fdt64_ld(&reg[1]), VM_SIZE);
	EXPECT_EQ(chosen_u64(fdt, "linux,initrd-start"), IPA + ramdisk_at);
	EXPECT_EQ(chosen_u64(fdt, "linux,initrd-end"), IPA + ramdisk_at + 5);
	EXPECT_EQ(memcmp(memory(f) + ramdisk_at, "files", 5), 0);
	EXPECT_EQ(memcmp(memory(f), "service code", 12), 0);
}

TEST(load_layout, memory_is_at_its_own_address_only)
{
	struct load_fixture *f;
	struct stage2_map map;

	(void)add_vm(&f);
	ASSERT_TRUE(load_fixture_run());

	ASSERT_TRUE(translate(IPA, VM_SIZE, &map));
	EXPECT_EQ(map.pa.pa, arena_pa(ARENA_SIZE - VM_SIZE).pa);
	EXPECT_EQ(map.mode, RAM);
	EXPECT_TRUE(has_nothing(0, IPA));
	EXPECT_TRUE(has_nothing(IPA + VM_SIZE, BIT(40)));
	EXPECT_EQ(first_regs()->pc, IPA);
	EXPECT_TRUE(vm_set_find(2)->has_inert_debug);
}

TEST(load_layout, primary_loses_the_pages_behind_it)
{
	struct load_fixture *f;
	struct pa_range *taken;

	(void)add_vm(&f);
	ASSERT_TRUE(load_fixture_run());
	taken = &f->load.reserved[1].range;

	EXPECT_EQ(taken->begin.pa, arena_pa(ARENA_SIZE - VM_SIZE).pa);
	EXPECT_EQ(taken->end.pa, arena_pa(ARENA_SIZE).pa);
}

TEST(load_layout, fdt_tells_its_addresses)
{
	struct load_fixture *f;

	(void)add_vm(&f);
	ASSERT_TRUE(load_fixture_run());

	expect_files(f, VM_SIZE - 2 * PAGE_SIZE, VM_SIZE - 3 * PAGE_SIZE);
}

TEST(load_layout, files_are_where_it_wants_them)
{
	struct load_fixture *f;
	struct manifest_vm *vm = add_vm(&f);

	vm->layout.fdt = IPA + 0x2000;
	vm->layout.ramdisk = IPA + 0x1000;
	ASSERT_TRUE(load_fixture_run());

	expect_files(f, 0x2000, 0x1000);
}

TEST(load_layout, ramdisk_is_last_when_the_fdt_is_elsewhere)
{
	struct load_fixture *f;

	add_vm(&f)->layout.fdt = IPA + 0x1000;
	ASSERT_TRUE(load_fixture_run());

	expect_files(f, 0x1000, VM_SIZE - PAGE_SIZE);
}

TEST(load_layout, fdt_is_last_when_the_ramdisk_is_elsewhere)
{
	struct load_fixture *f;

	add_vm(&f)->layout.ramdisk = IPA + 0x1000;
	ASSERT_TRUE(load_fixture_run());

	expect_files(f, VM_SIZE - 2 * PAGE_SIZE, 0x1000);
}

TEST(load_layout, x0_is_the_size_without_an_fdt)
{
	struct load_fixture *f;
	struct manifest_vm *vm = add_vm(&f);

	vm->fdt_filename[0] = '\0';
	vm->layout.fdt = IPA + 0x4000;
	ASSERT_TRUE(load_fixture_run());

	EXPECT_EQ(first_regs()->x[0], VM_SIZE);
	EXPECT_EQ(memory(f)[0x4000], 0);
}

/** Offsets at which FDT and RAM disk (2 and 1 pages of 16) are in the way. */
static void expect_left_out(uint64_t fdt_at, uint64_t ramdisk_at)
{
	struct load_fixture *f;
	struct manifest_vm *vm = add_vm(&f);

	vm->layout.fdt = IPA + fdt_at;
	vm->layout.ramdisk = IPA + ramdisk_at;
	(void)load_fixture_add_vm("two");
	ASSERT_TRUE(load_fixture_run());

	EXPECT_TRUE(load_log_has("ERROR: vm2: images do not fit"));
	EXPECT_EQ(vm_set_count(), 2);
	EXPECT_STREQ(vm_set_find(2)->name, "two");
}

TEST(load_layout, files_that_meet_leave_it_out)
{
	expect_left_out(0, 0x8000);		   /* on the kernel */
	expect_left_out(0x8000, 0);		   /* on the kernel */
	expect_left_out(0x8000, 0x8000);	   /* on each other */
	expect_left_out(0x8000, 0x9000);	   /* with its spare page */
	expect_left_out(VM_SIZE - 0x1000, 0x8000); /* beyond the end */
}

TEST(load_layout, file_larger_than_the_rest_leaves_it_out)
{
	static uint8_t large[VM_SIZE];
	struct load_fixture *f;
	struct manifest_vm *vm = add_vm(&f);

	cpio_add("large.img", (struct bytes){large, VM_SIZE - 0x1000});
	strcpy(vm->ramdisk_filename, "large.img");
	vm->fdt_filename[0] = '\0';
	vm->layout.ramdisk = IPA + 0x2000;
	ASSERT_TRUE(load_fixture_run());

	EXPECT_TRUE(load_log_has("ERROR: vm2: images do not fit"));
	EXPECT_EQ(vm_set_count(), 1);
}

/** An arm64 image of `size` bytes in memory, of which the file has 64. */
static struct bytes image_of(uint64_t size)
{
	static uint64_t header[8];

	memset(header, 0, sizeof(header));
	header[2] = size;
	memcpy(&header[7], "ARM\x64", 4);
	return (struct bytes){(const uint8_t *)header, sizeof(header)};
}

static bool image_is_loaded(uint64_t size)
{
	struct load_fixture *f;
	struct manifest_vm *vm = add_vm(&f);

	cpio_add("image.bin", image_of(size));
	strcpy(vm->kernel_filename, "image.bin");
	vm->layout.fdt = IPA + 0x8000;
	ASSERT_TRUE(load_fixture_run());
	return vm_set_count() == 2;
}

TEST(load_layout, bss_of_the_kernel_is_kept_free)
{
	EXPECT_TRUE(image_is_loaded(0x8000));
	EXPECT_FALSE(image_is_loaded(0x8001));
	EXPECT_FALSE(image_is_loaded(UINT64_MAX));
}

TEST(load_layout, memory_of_whole_blocks_is_aligned_like_them)
{
	struct load_fixture *f;
	struct manifest_vm *vm = add_vm(&f);
	struct stage2_map map;

	/* Something small is carved first. */
	*load_fixture_add_vm("blocks") = *vm;
	vm->layout.is_given = false;
	f->manifest.vms[2].mem_size = 0x200000;
	ASSERT_TRUE(load_fixture_run());
	ASSERT_EQ(vm_set_count(), 3);
	map = (struct stage2_map){.begin = ipa_init(IPA),
				  .end = ipa_init(IPA + 0x200000)};

	ASSERT_TRUE(translate_piece(&vm_set_find(3)->stage2, &map));
	EXPECT_EQ(map.pa.pa, arena_pa(ARENA_SIZE - 0x400000).pa);
}
