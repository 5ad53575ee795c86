/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * boot_main() from the FDT to the primary's registers, and every way in which
 * it gives up. See docs/boot.md.
 */
#include <libfdt.h>
#include <string.h>
#include <sys/mman.h>

#include "boot/cpio_builder.h"
#include "boot/dtb_builder.h"
#include "boot/load_fixture.h"
#include "boot/machine_tree.h"
#include "fixture/gic.h"
#include "hf/arch/entry.h"
#include "hf/arch/fake/machine.h"
#include "hf/boot/boot_memory.h"
#include "hf/irq/gicr.h"
#include "hf/mm/stage1.h"
#include "hf/plat/board.h"
#include "hf/plat/image.h"
#include "hf/plat/image_layout.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

/** Which of the things that are needed is there. */
struct machine {
	bool has_manifest;
	bool is_manifest_broken;
	bool has_kernel;
	bool has_second_vm;
	struct machine_tree tree;
};

static struct machine machine_default(void)
{
	struct load_fixture *f = load_fixture();
	struct machine machine = {
		.has_manifest = true,
		.has_kernel = true,
		.tree = machine_tree_default(),
	};

	machine.tree.memory[0] = f->params.mem_ranges.list[0];
	machine.tree.initrd.begin = arena_pa(0);
	return machine;
}

static struct bytes manifest_blob(const struct machine *machine)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
	dtb_node("vm1");
	if (!machine->is_manifest_broken) {
		dtb_string("debug_name", "primary");
	}
	dtb_string("kernel_filename", "kernel.bin");
	dtb_u64("boot_address", arena_pa(ARENA_KERNEL_AT).pa);
	dtb_end();
	if (machine->has_second_vm) {
		dtb_node("vm2");
		dtb_string("debug_name", "service");
		dtb_string("kernel_filename", "service.bin");
		dtb_u32("mem_size", 0x10000);
		dtb_u32("vcpu_count", 1);
		dtb_end();
	}
	dtb_end();
	return dtb_finish(0);
}

/** RAM disk and FDT into the arena; boot. */
static struct arch_regs *boot(struct machine *machine)
{
	uint8_t *arena = ptr_from_pa(arena_pa(0));
	struct bytes manifest = manifest_blob(machine);
	struct bytes blob;

	cpio_begin(CPIO_NEWC, arena, ARENA_FDT_AT);
	if (machine->has_kernel) {
		cpio_add_text("kernel.bin", "kernel code");
	}
	cpio_add_text("service.bin", "service code");
	if (machine->has_manifest) {
		cpio_add("manifest.dtb", manifest);
	}
	machine->tree.initrd.end = arena_pa(cpio_finish().size);
	blob = machine_tree_build(&machine->tree);
	memcpy(arena + ARENA_FDT_AT, blob.data, blob.size);
	return boot_main(arena_pa(ARENA_FDT_AT));
}

static mm_mode_t stage1_mode(struct pa_range range)
{
	mm_mode_t mode = 0x8000;

	EXPECT_TRUE(stage1_query(range, &mode));
	return mode;
}

TEST(boot, primary_is_entered)
{
	struct machine machine = machine_default();
	struct arch_regs *regs = boot(&machine);

	EXPECT_EQ(regs, &vm_vcpu(vm_set_find(1), 0)->regs);
	EXPECT_EQ(regs->pc, arena_pa(ARENA_KERNEL_AT).pa);
	EXPECT_EQ(regs->x[0], arena_pa(ARENA_FDT_AT).pa);
	EXPECT_EQ(vcpu_from_regs(regs)->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu_from_regs(regs)->cpu, cpu_get(0));
	EXPECT_EQ(cpu_count(), 4U);
}

TEST(boot, log_tells_the_story_in_order)
{
	struct machine machine = machine_default();
	const char *at = fake_console_text();
	static const char *const lines[] = {
		"NOTICE: Initialising hafnium\n",
		"INFO: Memory range:  0x",
		"INFO: Ramdisk range: 0x",
		"INFO: Loaded primary VM with 4 vCPUs, entry at 0x",
		"INFO: Loading VM id 0x2: service.\n",
		"INFO: Hafnium initialisation completed\n",
	};

	machine.has_second_vm = true;
	(void)boot(&machine);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		at = strstr(at, lines[i]);
		if (at == NULL) {
			FAIL("not in the log, or too early: %s", lines[i]);
		}
	}
}

TEST(boot, primary_finds_reserved_memory_in_the_fdt)
{
	struct machine machine = machine_default();
	const uint8_t *dtb;
	int node;

	machine.has_second_vm = true;
	(void)boot(&machine);
	dtb = ptr_from_pa(arena_pa(ARENA_FDT_AT));
	node = fdt_path_offset(dtb, "/reserved-memory");

	ASSERT_GE(node, 0);
	EXPECT_GE(fdt_first_subnode(dtb, node), 0);
	EXPECT_EQ(vm_set_count(), 2);
}

TEST(boot, boot_cpu_has_the_first_vcpu)
{
	struct machine machine = machine_default();

	sysreg_write(mpidr_el1, 2);
	(void)boot(&machine);

	EXPECT_EQ(cpu_get(0)->mpidr, 2U);
	EXPECT_EQ(cpu_get(3)->mpidr, 0U);
}

TEST(boot, hypervisor_maps_only_itself_in_the_end)
{
	struct machine machine = machine_default();
	struct pa_range ram;

	(void)boot(&machine);
	ram = (struct pa_range){arena_pa(0), arena_pa(ARENA_SIZE)};

	EXPECT_EQ(stage1_mode(ram), MM_MODE_ABSENT);
	EXPECT_EQ(stage1_mode(image_text()), MM_MODE_R | MM_MODE_X);
	EXPECT_EQ(stage1_mode(image_rodata()), MM_MODE_R);
	EXPECT_EQ(stage1_mode(image_data()), MM_MODE_R | MM_MODE_W);
	EXPECT_EQ(stage1_mode(image_heap()), MM_MODE_R | MM_MODE_W);
	EXPECT_EQ(stage1_mode(board_get()->uart),
		  MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE);
}

TEST(boot, stacks_have_guard_pages)
{
	struct machine machine = machine_default();
	struct pa_range guard;

	(void)boot(&machine);
	guard.begin = image_stacks().begin;
	guard.end = pa_init(guard.begin.pa + PAGE_SIZE);
	EXPECT_EQ(stage1_mode(guard), MM_MODE_ABSENT);
	guard.begin.pa += STACK_SLOT_SIZE;
	guard.end.pa += STACK_SLOT_SIZE;
	EXPECT_EQ(stage1_mode(guard), MM_MODE_ABSENT);
}

TEST(boot, fdt_may_be_the_manifest)
{
	struct machine machine = machine_default();
	uint8_t *arena = ptr_from_pa(arena_pa(0));
	struct bytes blob;

	/* /hypervisor/vm1 of this tree has no kernel: it is refused later. */
	machine.tree.is_manifest = true;
	machine.tree.initrd = (struct pa_range){{0}, {0}};
	blob = machine_tree_build(&machine.tree);
	memcpy(arena + ARENA_FDT_AT, blob.data, blob.size);

	EXPECT_PANIC("Unable to load VMs.",
		     (void)boot_main(arena_pa(ARENA_FDT_AT)));
}

static void boot_with_gicv3(struct machine *machine)
{
	gicr_reset();
	machine->tree.redistributors = gic_region(4);
	machine->tree.its =
		(struct pa_range){gic_register(6, 0), gic_register(7, 0)};
	gic_set(3, GICR_TYPER, TYPER_LAST);
	gic_set(2, GICR_CTLR, 1);
	gic_set(6, 0, BIT(31) | 1);
	(void)boot(machine);
}

static bool primary_has(paddr_t page)
{
	struct vm_locked primary = vm_lock(vm_set_find(1));
	bool has = stage2_allows(&primary.vm->stage2, ipa_from_pa(page),
				 MM_MODE_R);

	vm_unlock(&primary);
	return has;
}

TEST(boot, primary_has_no_its_and_no_lpis)
{
	struct machine machine = machine_default();

	/* Its addresses are not below 1 TiB. */
	machine.tree.devices[0] = gic_region(8);
	machine.tree.device_count = 1;
	boot_with_gicv3(&machine);

	EXPECT_EQ(gic_get(2, GICR_CTLR), 0U);
	EXPECT_EQ(gic_get(6, 0), BIT(31));
	for (uint32_t i = 0; i < 4; i++) {
		EXPECT_FALSE(primary_has(gic_register(i, 0)));
		EXPECT_TRUE(primary_has(gic_register(i, PAGE_SIZE)));
		EXPECT_TRUE(primary_has(gic_register(i, 0x10000)));
	}
	EXPECT_TRUE(primary_has(gic_register(4, 0)));
	EXPECT_FALSE(primary_has(gic_register(6, 0)));
	EXPECT_FALSE(primary_has(gic_register(6, 0x1f000)));
	EXPECT_TRUE(primary_has(gic_register(7, 0)));
}

TEST(boot_panic, its_that_stays_on)
{
	struct machine machine = machine_default();

	gic_set(5, 0, 1);
	machine.tree.redistributors = gic_region(1);
	machine.tree.its =
		(struct pa_range){gic_register(5, 0), gic_register(6, 0)};

	EXPECT_PANIC("Unable to load VMs.", (void)boot(&machine));
}

TEST(boot_panic, fdt_that_is_none)
{
	(void)load_fixture();

	EXPECT_PANIC("Could not parse boot params.",
		     (void)boot_main(arena_pa(ARENA_FREE_AT)));
}

TEST(boot_panic, fdt_at_an_odd_address)
{
	(void)load_fixture();

	EXPECT_PANIC("Could not parse boot params.",
		     (void)boot_main(arena_pa(ARENA_FDT_AT + 4)));
}

TEST(boot_panic, fdt_in_the_hypervisor)
{
	(void)load_fixture();

	EXPECT_PANIC("Could not parse boot params.",
		     (void)boot_main(image_data().begin));
}

TEST(boot_panic, fdt_larger_than_2_mib)
{
	(void)load_fixture();
	fdt_set_totalsize(ptr_from_pa(arena_pa(ARENA_FDT_AT)), 0x200001);

	EXPECT_PANIC("Could not parse boot params.",
		     (void)boot_main(arena_pa(ARENA_FDT_AT)));
}

TEST(boot_panic, no_ram_disk)
{
	struct machine machine = machine_default();

	machine.tree.has_initrd = false;

	EXPECT_PANIC("Could not parse boot params.", (void)boot(&machine));
}

TEST(boot_panic, no_manifest)
{
	struct machine machine = machine_default();

	machine.has_manifest = false;

	EXPECT_PANIC("Could not find manifest in initrd.",
		     (void)boot(&machine));
}

TEST(boot_panic, broken_manifest)
{
	struct machine machine = machine_default();

	machine.is_manifest_broken = true;

	EXPECT_PANIC("Could not parse manifest: Property not found.",
		     (void)boot(&machine));
}

TEST(boot_panic, no_kernel)
{
	struct machine machine = machine_default();

	machine.has_kernel = false;

	EXPECT_PANIC("Unable to load VMs.", (void)boot(&machine));
}

TEST(boot_panic, too_little_room_for_reserved_memory)
{
	struct machine machine = machine_default();

	/* 32-bit cells cannot say where this process' memory is. */
	machine.tree.has_reserved_memory = true;

	EXPECT_PANIC("Unable to update boot flow.", (void)boot(&machine));
}

TEST(boot_panic, more_ram_than_addresses)
{
	struct machine machine = machine_default();

	machine.tree.memory[1] = (struct pa_range){{UINT64_C(0x1000000000000)},
						   {UINT64_C(0x1000000001000)}};
	machine.tree.memory_count = 2;

	EXPECT_PANIC("Could not map the memory of the boot params.",
		     (void)boot(&machine));
}

TEST(boot_panic, ram_disk_over_the_hypervisor)
{
	struct machine machine = machine_default();
	uint8_t *arena = ptr_from_pa(arena_pa(0));
	struct bytes blob;

	machine.tree.initrd = image_text();
	blob = machine_tree_build(&machine.tree);
	memcpy(arena + ARENA_FDT_AT, blob.data, blob.size);

	EXPECT_PANIC("Could not map the memory of the boot params.",
		     (void)boot_main(arena_pa(ARENA_FDT_AT)));
}

TEST(boot_memory, ram_is_mapped_around_the_image)
{
	static struct page_pool pool;
	struct boot_params params = {
		.mem_ranges = {1,
			       {{pa_init(align_down(image_range().begin.pa -
							    0x1000000,
						    PAGE_SIZE)),
				 pa_init(image_range().end.pa + 0x1000000)}}},
	};
	struct pa_range below = {params.mem_ranges.list[0].begin,
				 image_range().begin};
	struct pa_range behind = {image_range().end,
				  params.mem_ranges.list[0].end};

	(void)load_fixture();
	boot_memory_enable(&pool);
	ASSERT_TRUE(boot_memory_map_ram(&params));
	EXPECT_EQ(stage1_mode(below), MM_MODE_R | MM_MODE_W);
	EXPECT_EQ(stage1_mode(behind), MM_MODE_R | MM_MODE_W);
	EXPECT_EQ(stage1_mode(image_text()), MM_MODE_R | MM_MODE_X);

	boot_memory_unmap_ram(&params);
	EXPECT_EQ(stage1_mode(below), MM_MODE_ABSENT);
	EXPECT_EQ(stage1_mode(behind), MM_MODE_ABSENT);
	EXPECT_EQ(stage1_mode(image_text()), MM_MODE_R | MM_MODE_X);
}

TEST(boot_memory, ram_disk_outside_of_ram_is_mapped_read_only)
{
	static struct page_pool pool;
	struct boot_params params = {
		.ramdisk = {{0x4000000}, {0x4002000}},
	};

	(void)load_fixture();
	boot_memory_enable(&pool);
	ASSERT_TRUE(boot_memory_map_ram(&params));
	EXPECT_EQ(stage1_mode(params.ramdisk), MM_MODE_R);
	boot_memory_unmap_ram(&params);
	EXPECT_EQ(stage1_mode(params.ramdisk), MM_MODE_ABSENT);
}
