/* SPDX-License-Identifier: BSD-3-Clause */
/* See docs/testing.md. */
#include "boot/load_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "boot/cpio_builder.h"
#include "boot/machine_tree.h"
#include "hf/arch/fake/machine.h"
#include "hf/arch/fake/mmu.h"
#include "hf/boot/fdt_patch.h"
#include "hf/ffa.h"
#include "hf/plat/image.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

static struct load_fixture fixture;

static uint8_t *map_arena(void)
{
	uintptr_t alignment = 0x200000;
	void *memory =
		mmap(NULL, ARENA_SIZE + alignment, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		FAIL("no memory for the pretended machine");
	}
	return (uint8_t *)memory +
	       (align_up((uintptr_t)memory, alignment) - (uintptr_t)memory);
}

paddr_t arena_pa(uint64_t offset)
{
	return pa_from_ptr(fixture.arena + offset);
}

bool load_log_has(const char *text)
{
	return strstr(fake_console_text(), text) != NULL;
}

static void put_fdt(void)
{
	struct bytes blob = machine_tree_default_blob();

	memcpy(fixture.arena + ARENA_FDT_AT, blob.data, blob.size);
	fixture.load.fdt = arena_pa(ARENA_FDT_AT);
	fixture.load.fdt_size = fdt_patch_room(fixture.arena + ARENA_FDT_AT);
}

static void set_params(void)
{
	static const uint64_t mpidrs[] = {0, 3, 2, 1};

	fixture.params.mem_ranges.list[0] = (struct pa_range){
		.begin = arena_pa(0), .end = arena_pa(ARENA_SIZE)};
	fixture.params.mem_ranges.count = 1;
	cpu_table_init(mpidrs, 4);
}

/** What a manifest gives that says nothing. */
static void set_ffa_defaults(struct manifest_vm *vm)
{
	vm->ffa_version_max = FFA_VERSION_1_2;
	vm->ffa_properties = FFA_PROPERTIES_1_2;
}

struct load_fixture *load_fixture(void)
{
	struct manifest_vm *primary = &fixture.manifest.vms[0];

	fake_machine_reset();
	fake_mmu_reset();
	vm_set_reset();
	memset(&fixture, 0, sizeof(fixture));
	fixture.arena = map_arena();
	memset(fixture.arena, 0xa5, ARENA_SIZE);
	page_pool_init(&fixture.pool, NULL);
	page_pool_add(&fixture.pool, image_heap());
	set_params();
	put_fdt();
	(void)snprintf(primary->debug_name, sizeof(primary->debug_name),
		       "primary");
	(void)snprintf(primary->kernel_filename,
		       sizeof(primary->kernel_filename), "kernel.bin");
	set_ffa_defaults(primary);
	primary->boot_address = arena_pa(ARENA_KERNEL_AT).pa;
	fixture.manifest.vm_count = 1;
	cpio_begin(CPIO_NEWC, fixture.arena, ARENA_FDT_AT);
	cpio_add_text("kernel.bin", "the primary's kernel");
	return &fixture;
}

bool load_fixture_run(void)
{
	fixture.load.ramdisk = cpio_finish();
	fixture.params.ramdisk.begin = arena_pa(0);
	fixture.params.ramdisk.end = arena_pa(fixture.load.ramdisk.size);
	fixture.load.params = &fixture.params;
	fixture.load.manifest = &fixture.manifest;
	fixture.load.pool = &fixture.pool;
	return load_vms(&fixture.load);
}

struct manifest_vm *load_fixture_add_vm(const char *name)
{
	struct manifest_vm *vm =
		&fixture.manifest.vms[fixture.manifest.vm_count];

	fixture.manifest.vm_count++;
	(void)snprintf(vm->debug_name, sizeof(vm->debug_name), "%s", name);
	(void)snprintf(vm->kernel_filename, sizeof(vm->kernel_filename),
		       "service.bin");
	vm->mem_size = 0x10000;
	vm->vcpu_count = 1;
	set_ffa_defaults(vm);
	vm->load_address = MANIFEST_ANY_ADDRESS;
	return vm;
}
