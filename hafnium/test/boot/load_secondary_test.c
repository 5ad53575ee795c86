/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secondaries: memory from the end of RAM, cleared, with their images, and out
 * of the primary's reach. See docs/boot.md.
 */
#include <libfdt.h>
#include <string.h>

#include "boot/cpio_builder.h"
#include "boot/dtb_builder.h"
#include "boot/load_fixture.h"
#include "hf/arch/fake/machine.h"
#include "hf/plat/image.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

#define RAM (MM_MODE_RWX | MM_MODE_OWNED)
#define VM_SIZE 0x10000

static const struct arch_regs *first_regs(uint16_t vm_id)
{
	return &vm_vcpu(vm_set_find(vm_id), 0)->regs;
}

static mm_mode_t mode_of(uint16_t vm_id, paddr_t begin, uint64_t size)
{
	mm_mode_t mode = 0x8000;

	EXPECT_TRUE(stage2_query(&vm_set_find(vm_id)->stage2,
				 ipa_from_pa(begin), ipa_init(begin.pa + size),
				 &mode));
	return mode;
}

/** Fixture with service.bin in the RAM disk. */
static struct load_fixture *machine(void)
{
	struct load_fixture *f = load_fixture();

	cpio_add_text("service.bin", "service code");
	return f;
}

static struct bytes service_tree(void)
{
	dtb_begin();
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
	dtb_string("model", "service");
	return dtb_finish(0);
}

TEST(load_secondary, memory_is_the_end_of_ram)
{
	struct load_fixture *f = machine();
	paddr_t begin;

	(void)load_fixture_add_vm("one");
	ASSERT_TRUE(load_fixture_run());
	begin = arena_pa(ARENA_SIZE - VM_SIZE);

	EXPECT_EQ(first_regs(2)->pc, begin.pa);
	EXPECT_EQ(memcmp(ptr_from_pa(begin), "service code", 12), 0);
	EXPECT_EQ(vm_vcpu(vm_set_find(2), 0)->state, VCPU_READY);
	EXPECT_STREQ(vm_set_find(2)->name, "one");
	EXPECT_TRUE(load_log_has("INFO: Loading VM id 0x2: one."));
	EXPECT_EQ(f->load.reserved_count, 2U);
}

TEST(load_secondary, x0_is_the_size_of_its_memory)
{
	(void)machine();
	(void)load_fixture_add_vm("one");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(first_regs(2)->x[0], (uint64_t)VM_SIZE);
}

TEST(load_secondary, as_many_as_the_limits_allow)
{
	(void)machine();
	for (uint16_t id = 2; id <= MAX_VMS; id++) {
		load_fixture_add_vm("one of many")->vcpu_count = MAX_CPUS;
	}
	ASSERT_TRUE(load_fixture_run());

	ASSERT_EQ(vm_set_count(), MAX_VMS);
	for (uint16_t id = 2; id <= MAX_VMS; id++) {
		paddr_t begin = arena_pa(ARENA_SIZE - VM_SIZE * (id - 1U));

		EXPECT_EQ(first_regs(id)->pc, begin.pa);
		EXPECT_EQ(mode_of(id, begin, VM_SIZE), RAM);
		EXPECT_EQ(mode_of(1, begin, VM_SIZE), MM_MODE_ABSENT);
		EXPECT_EQ(vm_vcpu(vm_set_find(id), MAX_CPUS - 1)->state,
			  VCPU_OFF);
	}
}

TEST(load_secondary, second_lies_below_the_first)
{
	(void)machine();
	(void)load_fixture_add_vm("one");
	load_fixture_add_vm("two")->mem_size = 0x5000;

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(first_regs(3)->pc,
		  arena_pa(ARENA_SIZE - VM_SIZE - 0x5000).pa);
}

TEST(load_secondary, sees_its_memory_and_nothing_else)
{
	paddr_t begin;

	(void)machine();
	(void)load_fixture_add_vm("one");
	ASSERT_TRUE(load_fixture_run());
	begin = arena_pa(ARENA_SIZE - VM_SIZE);

	EXPECT_EQ(mode_of(2, begin, VM_SIZE), RAM);
	EXPECT_EQ(mode_of(2, pa_init(begin.pa - PAGE_SIZE), PAGE_SIZE),
		  MM_MODE_ABSENT);
	EXPECT_EQ(mode_of(2, pa_init(begin.pa + VM_SIZE), PAGE_SIZE),
		  MM_MODE_ABSENT);
	EXPECT_EQ(mode_of(2, pa_init(0x09000000), PAGE_SIZE), MM_MODE_ABSENT);
}

TEST(load_secondary, memory_is_taken_from_the_primary)
{
	struct load_fixture *f = machine();
	paddr_t begin;

	(void)load_fixture_add_vm("one");
	ASSERT_TRUE(load_fixture_run());
	begin = arena_pa(ARENA_SIZE - VM_SIZE);

	EXPECT_EQ(mode_of(1, begin, VM_SIZE), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of(1, pa_init(begin.pa - PAGE_SIZE), PAGE_SIZE), RAM);
	EXPECT_EQ(f->load.reserved[1].vm_id, 2);
	EXPECT_EQ(f->load.reserved[1].range.begin.pa, begin.pa);
}

TEST(load_secondary, nothing_of_others_is_left_in_its_memory)
{
	struct load_fixture *f = machine();

	(void)load_fixture_add_vm("one");
	ASSERT_TRUE(load_fixture_run());
	for (uint64_t i = ARENA_SIZE - VM_SIZE + 12; i < ARENA_SIZE; i++) {
		ASSERT_EQ(f->arena[i], 0);
	}
	EXPECT_EQ(f->arena[ARENA_SIZE - VM_SIZE - 1], 0xa5);
	EXPECT_GE(fake_cache_cleaned_bytes(), (uint64_t)VM_SIZE);
}

TEST(load_secondary, fdt_lies_at_the_end_and_knows_the_memory)
{
	struct load_fixture *f = machine();
	struct manifest_vm *vm = load_fixture_add_vm("one");
	uint64_t at = ARENA_SIZE - 2 * PAGE_SIZE;
	const fdt64_t *reg;
	int size;
	int node;

	strcpy(vm->fdt_filename, "service.dtb");
	cpio_add("service.dtb", service_tree());
	ASSERT_TRUE(load_fixture_run());
	node = fdt_subnode_offset(f->arena + at, 0, "memory");
	reg = fdt_getprop(f->arena + at, node, "reg", &size);

	EXPECT_EQ(first_regs(2)->x[0], arena_pa(at).pa);
	ASSERT_EQ(size, 16);
	EXPECT_EQ(fdt64_ld(&reg[0]), arena_pa(ARENA_SIZE - VM_SIZE).pa);
	EXPECT_EQ(fdt64_ld(&reg[1]), (uint64_t)VM_SIZE);
	EXPECT_STREQ((const char *)fdt_getprop(f->arena + at, node,
					       "device_type", NULL),
		     "memory");
}

TEST(load_secondary, ramdisk_and_boot_params_go_into_chosen)
{
	struct load_fixture *f = machine();
	struct manifest_vm *vm = load_fixture_add_vm("one");
	uint64_t at = ARENA_SIZE - 2 * PAGE_SIZE;
	const fdt64_t *start;
	int node;

	strcpy(vm->fdt_filename, "service.dtb");
	strcpy(vm->ramdisk_filename, "service.img");
	strcpy(vm->boot_params, "quiet");
	cpio_add("service.dtb", service_tree());
	cpio_add_text("service.img", "files");
	ASSERT_TRUE(load_fixture_run());
	node = fdt_subnode_offset(f->arena + at, 0, "chosen");
	start = fdt_getprop(f->arena + at, node, "linux,initrd-start", NULL);

	ASSERT_NE(start, NULL);
	EXPECT_EQ(fdt64_ld(start), arena_pa(at - PAGE_SIZE).pa);
	EXPECT_EQ(memcmp(f->arena + at - PAGE_SIZE, "files", 5), 0);
	EXPECT_STREQ((const char *)fdt_getprop(f->arena + at, node, "bootargs",
					       NULL),
		     "quiet");
}

TEST(load_secondary, too_little_memory_leaves_it_out)
{
	(void)machine();
	load_fixture_add_vm("large")->mem_size = 2 * ARENA_SIZE;
	(void)load_fixture_add_vm("small");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: Not enough memory (16777216 bytes)."));
	EXPECT_EQ(vm_set_count(), 2);
	EXPECT_STREQ(vm_set_find(2)->name, "small");
}

TEST(load_secondary, memory_in_use_is_no_room)
{
	(void)machine();
	/* All but the first page: over kernel, FDT and RAM disk. */
	load_fixture_add_vm("large")->mem_size = ARENA_SIZE - PAGE_SIZE;

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("Not enough memory"));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_secondary, next_ram_range_is_tried)
{
	struct load_fixture *f = machine();

	/* The first range has its end in use by the kernel. */
	f->params.mem_ranges.list[1] = (struct pa_range){
		arena_pa(ARENA_KERNEL_AT + PAGE_SIZE), arena_pa(ARENA_SIZE)};
	f->params.mem_ranges.list[0].end =
		arena_pa(ARENA_KERNEL_AT + PAGE_SIZE);
	f->params.mem_ranges.count = 2;
	(void)load_fixture_add_vm("one");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(first_regs(2)->pc, arena_pa(ARENA_SIZE - VM_SIZE).pa);
}

TEST(load_secondary, missing_kernel_leaves_it_out)
{
	(void)load_fixture();
	(void)load_fixture_add_vm("one");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has(
		"ERROR: Unable to find \"service.bin\" in initrd."));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_secondary, kernel_has_to_be_named)
{
	(void)machine();
	load_fixture_add_vm("one")->kernel_filename[0] = '\0';

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: vm2: no kernel_filename."));
}

TEST(load_secondary, missing_fdt_leaves_it_out)
{
	(void)machine();
	strcpy(load_fixture_add_vm("one")->fdt_filename, "none.dtb");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("Unable to find \"none.dtb\" in initrd."));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_secondary, malformed_fdt_leaves_it_out)
{
	(void)machine();
	strcpy(load_fixture_add_vm("one")->fdt_filename, "bad.dtb");
	cpio_add_text("bad.dtb", "this is no device tree, but text of a line");

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: vm2: malformed FDT \"bad.dtb\"."));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_secondary, images_have_to_fit)
{
	struct manifest_vm *vm;

	(void)machine();
	vm = load_fixture_add_vm("one");
	vm->mem_size = 2 * PAGE_SIZE;
	strcpy(vm->fdt_filename, "service.dtb");
	cpio_add("service.dtb", service_tree());

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("images do not fit"));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_secondary, no_page_tables_leaves_it_out)
{
	struct load_fixture *f = machine();
	size_t used;

	/* As many pages as the primary needs, and not one more. */
	ASSERT_TRUE(load_fixture_run());
	used = HEAP_PAGES - page_pool_count(&f->pool);
	vm_set_reset();
	memset(&f->load.claims, 0, sizeof(f->load.claims));
	f->load.reserved_count = 0;
	page_pool_init(&f->pool, NULL);
	page_pool_add(&f->pool,
		      (struct pa_range){image_heap().begin,
					pa_init(image_heap().begin.pa +
						used * PAGE_SIZE)});
	(void)load_fixture_add_vm("one");

	ASSERT_TRUE(load_vms(&f->load));
	EXPECT_TRUE(load_log_has("vm2: no room for another VM."));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_secondary, primary_that_keeps_its_memory_is_fatal)
{
	struct load_fixture *f = machine();

	/* Taking a range apart needs tables, and there are none. */
	ASSERT_TRUE(load_fixture_run());
	while (page_pool_alloc(&f->pool) != NULL) {
	}

	EXPECT_FALSE(load_take_from_primary(
		&f->load,
		(struct pa_range){arena_pa(ARENA_FREE_AT),
				  arena_pa(ARENA_FREE_AT + PAGE_SIZE)},
		2));
	EXPECT_TRUE(load_log_has("from the primary VM."));
}

TEST(load_secondary, package_stays_where_firmware_put_it)
{
	struct load_fixture *f = machine();
	struct manifest_vm *vm = load_fixture_add_vm("partition");

	vm->is_ffa_partition = true;
	vm->load_address = arena_pa(ARENA_FREE_AT).pa;
	vm->image_offset = 0x4000;
	vm->partition.ffa_version = 0x10001;
	ASSERT_TRUE(load_fixture_run());

	EXPECT_EQ(first_regs(2)->pc, vm->load_address + 0x4000);
	EXPECT_EQ(f->arena[ARENA_FREE_AT], 0xa5);
	EXPECT_EQ(vm_set_find(2)->ffa_version, 0x10001U);
	EXPECT_EQ(mode_of(2, pa_init(vm->load_address), VM_SIZE), RAM);
	EXPECT_EQ(mode_of(1, pa_init(vm->load_address), VM_SIZE),
		  MM_MODE_ABSENT);
}

TEST(load_secondary, entry_point_of_a_partition)
{
	struct manifest_vm *vm;

	(void)machine();
	vm = load_fixture_add_vm("partition");
	vm->is_ffa_partition = true;
	vm->is_hyp_loaded = true;
	vm->partition.entrypoint_offset = 0x100;

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(first_regs(2)->pc, arena_pa(ARENA_SIZE - VM_SIZE + 0x100).pa);
}

TEST(load_secondary, two_packages_at_one_place)
{
	struct manifest_vm *vm;

	(void)machine();
	vm = load_fixture_add_vm("first");
	vm->is_ffa_partition = true;
	vm->load_address = arena_pa(ARENA_FREE_AT).pa;
	vm = load_fixture_add_vm("second");
	vm->is_ffa_partition = true;
	vm->load_address = arena_pa(ARENA_FREE_AT + 0x1000).pa;

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: second (0x"));
	EXPECT_TRUE(load_log_has("overlaps first (0x"));
	EXPECT_EQ(vm_set_count(), 2);
}
