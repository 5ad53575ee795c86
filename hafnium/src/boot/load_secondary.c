/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secondaries: memory from the end of RAM, images in it, regions of the manifest.
 * All that can be refused is, before the VM exists: ids are given in order, so that a
 * VM that is left out makes no gap. See docs/boot.md.
 */
#include <string.h>

#include "hf/arch/cache.h"
#include "hf/base/log.h"
#include "hf/boot/guest_fdt.h"
#include "hf/boot/initrd.h"
#include "hf/boot/load.h"
#include "hf/boot/load_regions.h"
#include "hf/vm/vm_set.h"

#define MODE_RAM (MM_MODE_RWX | MM_MODE_OWNED)

/** What a secondary consists of, before it exists. */
struct plan {
	const struct manifest_vm *from;
	uint16_t number; /* in the manifest */
	bool is_preloaded;
	struct bytes kernel;
	struct bytes fdt;
	struct bytes ramdisk;

	struct pa_range memory;
	paddr_t entry;
	paddr_t fdt_at; /* 0: none */
	uint64_t fdt_room;
	paddr_t ramdisk_at;
};

/** A file that is named has to be there; absent when it is not named. */
static bool find_file(const struct load *load, const char *name,
		      struct bytes *file)
{
	*file = bytes_none();
	if (name[0] == '\0') {
		return true;
	}
	*file = initrd_find(load->ramdisk, name);
	if (!bytes_exist(*file)) {
		log_error("Unable to find \"%s\" in initrd.", name);
		return false;
	}
	return true;
}

static bool find_files(const struct load *load, struct plan *plan)
{
	const struct manifest_vm *from = plan->from;

	if (plan->is_preloaded) {
		return true;
	}
	if (!find_file(load, from->kernel_filename, &plan->kernel) ||
	    !find_file(load, from->fdt_filename, &plan->fdt) ||
	    !find_file(load, from->ramdisk_filename, &plan->ramdisk)) {
		return false;
	}
	if (!bytes_exist(plan->kernel)) {
		log_error("vm%u: no kernel_filename.", plan->number);
		return false;
	}
	return true;
}

/** From the end of the first RAM range with room at its end. */
static bool carve(struct load *load, struct plan *plan)
{
	uint64_t size = plan->from->mem_size;

	for (uint32_t i = 0; i < load->params->mem_range_count; i++) {
		struct pa_range ram = load->params->mem_ranges[i];

		ram.end.pa = load->ram_ends[i];
		if (pa_range_is_empty(ram) || pa_range_size(ram) < size) {
			continue;
		}
		ram.begin.pa = ram.end.pa - size;
		if (claims_find(&load->claims, ram) != NULL) {
			continue;
		}
		load->ram_ends[i] = ram.begin.pa;
		plan->memory = ram;
		return claims_add(&load->claims, ram, plan->from->debug_name);
	}
	log_error("Not enough memory (%lu bytes).", size);
	return false;
}

/** The package lies at load_address; manifest_read() saw that it is RAM. */
static bool claim_package(struct load *load, struct plan *plan)
{
	const struct manifest_vm *from = plan->from;

	plan->memory.begin = pa_init(from->load_address);
	plan->memory.end = pa_init(from->load_address + from->mem_size);
	return claims_add(&load->claims, plan->memory, from->debug_name);
}

/** Entry point relative to the memory. */
static uint64_t entry_offset(const struct plan *plan)
{
	const struct ffa_partition *partition = &plan->from->partition;

	if (!plan->from->is_ffa_partition) {
		return 0;
	}
	if (partition->entrypoint_offset == 0 && plan->is_preloaded) {
		return plan->from->image_offset;
	}
	return partition->entrypoint_offset;
}

/** Kernel at the start; FDT at the end, RAM disk in front of it. */
static bool place_files(struct plan *plan)
{
	uint64_t room = pa_range_size(plan->memory);
	uint64_t ramdisk_room = align_up(plan->ramdisk.size, PAGE_SIZE);

	if (bytes_exist(plan->fdt)) {
		plan->fdt_room =
			align_up(plan->fdt.size, PAGE_SIZE) + PAGE_SIZE;
	}
	/* Files are far smaller than an address is wide: no sum wraps. */
	if (plan->kernel.size + plan->fdt_room + ramdisk_room > room) {
		log_error("vm%u: images do not fit into its memory.",
			  plan->number);
		return false;
	}
	plan->fdt_at = pa_init(plan->memory.end.pa - plan->fdt_room);
	plan->ramdisk_at = pa_init(plan->fdt_at.pa - ramdisk_room);
	plan->entry = pa_init(plan->memory.begin.pa + entry_offset(plan));
	return true;
}

static bool copy_fdt(const struct plan *plan)
{
	struct guest_fdt fdt = {
		.dtb = ptr_from_pa(plan->fdt_at),
		.room = plan->fdt_room,
		.memory = plan->memory,
		.boot_params = plan->from->boot_params,
	};

	if (bytes_exist(plan->ramdisk)) {
		fdt.ramdisk.begin = plan->ramdisk_at;
		fdt.ramdisk.end =
			pa_init(plan->ramdisk_at.pa + plan->ramdisk.size);
	}
	memcpy(fdt.dtb, plan->fdt.data, plan->fdt.size);
	if (!guest_fdt_complete(&fdt)) {
		log_error("vm%u: malformed FDT \"%s\".", plan->number,
			  plan->from->fdt_filename);
		return false;
	}
	return true;
}

/** Its memory is all its own from the start: nothing of others is left. */
static bool copy_files(const struct plan *plan)
{
	uint8_t *begin = ptr_from_pa(plan->memory.begin);
	size_t size = pa_range_size(plan->memory);

	if (plan->is_preloaded) {
		return true;
	}
	arch_cache_zero_pages(va_from_ptr(begin), size);
	memcpy(begin, plan->kernel.data, plan->kernel.size);
	if (bytes_exist(plan->ramdisk)) {
		memcpy(ptr_from_pa(plan->ramdisk_at), plan->ramdisk.data,
		       plan->ramdisk.size);
	}
	if (bytes_exist(plan->fdt) && !copy_fdt(plan)) {
		return false;
	}
	arch_cache_sync_code(va_from_ptr(begin), size);
	return true;
}

/** The memory to the new VM and, in the end, away from the primary. */
static bool map_memory(const struct plan *plan, struct vm *vm)
{
	struct vm_locked secondary = vm_lock(vm);
	enum mm_status status = stage2_map_identity(&secondary.vm->stage2,
						    plan->memory, MODE_RAM);

	vm_unlock(&secondary);
	if (status != MM_OK) {
		log_error("vm%u: unable to map its memory.", plan->number);
	}
	return status == MM_OK;
}

static struct load_regions regions_of(const struct plan *plan)
{
	return (struct load_regions){.from = plan->from, .own = plan->memory};
}

static bool make_plan(struct load *load, struct plan *plan)
{
	if (!find_files(load, plan)) {
		return false;
	}
	if (plan->is_preloaded ? !claim_package(load, plan)
			       : !carve(load, plan)) {
		return false;
	}
	return load_regions_claim(load, regions_of(plan)) &&
	       place_files(plan) && copy_files(plan);
}

bool load_secondary(struct load *load, uint16_t manifest_idx)
{
	struct manifest_vm *from = &load->manifest->vms[manifest_idx];
	struct plan plan = {
		.from = from,
		.number = (uint16_t)(manifest_idx + 1),
		.is_preloaded = from->is_ffa_partition && !from->is_hyp_loaded,
	};
	struct vm *vm;

	log_info("Loading VM id %#x: %s.", vm_set_count() + 1U,
		 from->debug_name);
	if (!make_plan(load, &plan)) {
		return true;
	}
	vm = vm_set_add(from->vcpu_count, load->pool);
	if (vm == NULL) {
		log_error("vm%u: no room for another VM.", plan.number);
		return true;
	}
	load_set_identity(vm, from);
	memory_regions_place(&from->partition, plan.memory);
	if (!map_memory(&plan, vm) ||
	    !load_regions_map(regions_of(&plan), vm)) {
		return true;
	}
	load_set_entry(vm, plan.entry,
		       bytes_exist(plan.fdt) ? plan.fdt_at.pa
					     : pa_range_size(plan.memory));
	log_info("Loaded with %u vCPUs, entry at %#lx.", vm->vcpu_count,
		 plan.entry.pa);
	return load_take_from_primary(load, plan.memory, vm->id) &&
	       load_regions_take(load, regions_of(&plan), vm);
}
