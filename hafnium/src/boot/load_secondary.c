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
#include "hf/boot/image.h"
#include "hf/boot/initrd.h"
#include "hf/boot/load.h"
#include "hf/boot/load_regions.h"
#include "hf/vm/vm_set.h"

#define MODE_RAM (MM_MODE_RWX | MM_MODE_OWNED)

enum plan_file {
	PLAN_KERNEL,
	PLAN_FDT,
	PLAN_RAMDISK,
	PLAN_FILE_COUNT,
};

/** A file and its place, as an offset in the VM's memory. */
struct placed_file {
	struct bytes file;
	uint64_t at;
	uint64_t room; /* 0: there is no such file */
};

/** What a secondary consists of, before it exists. */
struct plan {
	uint32_t number; /* in the manifest */
	bool is_preloaded;
	struct placed_file files[PLAN_FILE_COUNT];

	struct manifest_vm *from;
	struct pa_range own; /* memory */
	ipaddr_t base;	     /* where the VM has it */
};

static ipaddr_t ipa_at(const struct plan *plan, uint64_t offset)
{
	return ipa_init(plan->base.ipa + offset);
}

static uint8_t *ptr_at(const struct plan *plan, uint64_t offset)
{
	return ptr_from_pa(pa_init(plan->own.begin.pa + offset));
}

/** Files that are named have to be there, and the kernel has to be named. */
static bool find_files(const struct load *load, struct plan *plan)
{
	const char *const names[PLAN_FILE_COUNT] = {
		[PLAN_KERNEL] = plan->from->kernel_filename,
		[PLAN_FDT] = plan->from->fdt_filename,
		[PLAN_RAMDISK] = plan->from->ramdisk_filename,
	};

	if (plan->is_preloaded) {
		return true;
	}
	for (size_t i = 0; i < PLAN_FILE_COUNT; i++) {
		if (!load_find(load, "", names[i], &plan->files[i].file)) {
			return false;
		}
	}
	if (names[PLAN_KERNEL][0] == '\0') {
		log_error("vm%u: no kernel_filename.", plan->number);
		return false;
	}
	return true;
}

/**
 * From the end of the first RAM range with room at its end. Whole blocks are
 * aligned like blocks: fewer tables, and Linux wants it.
 */
static bool carve(struct load *load, struct plan *plan)
{
	uint64_t size = plan->from->mem_size;
	uint64_t alignment = is_aligned(size, IMAGE_BASE_ALIGNMENT)
				     ? IMAGE_BASE_ALIGNMENT
				     : PAGE_SIZE;

	for (size_t i = 0; i < load->ram.count; i++) {
		struct pa_range *ram = &load->ram.list[i];
		struct pa_range own = *ram;

		own.end.pa = align_down(own.end.pa, alignment);
		if (pa_range_is_empty(own) || pa_range_size(own) < size) {
			continue;
		}
		own.begin.pa = own.end.pa - size;
		if (claims_find(&load->claims, own) != NULL) {
			continue;
		}
		ram->end = own.begin;
		plan->own = own;
		return true;
	}
	log_error("Not enough memory (%lu bytes).", size);
	return false;
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

/** Of the address that the layout has for it, or else of `otherwise`. */
static uint64_t offset_of(const struct plan *plan, uint64_t address,
			  uint64_t otherwise)
{
	bool is_given =
		plan->from->layout.is_given && address != MANIFEST_ANY_ADDRESS;

	return is_given ? address - plan->from->layout.kernel : otherwise;
}

/** Is it inside of the memory, and does it meet no other? */
static bool file_has_place(const struct plan *plan, size_t idx)
{
	const struct placed_file *file = &plan->files[idx];
	uint64_t size = pa_range_size(plan->own);

	if (file->at > size || file->room > size - file->at) {
		return false;
	}
	for (size_t i = 0; i < idx; i++) {
		const struct placed_file *other = &plan->files[i];

		if (file->room != 0 && file->at < other->at + other->room &&
		    other->at < file->at + file->room) {
			return false;
		}
	}
	return true;
}

/** Kernel at the start; FDT at the end, RAM disk in front of it. */
static bool place_files(struct plan *plan)
{
	const struct ipa_layout *layout = &plan->from->layout;
	struct placed_file *fdt = &plan->files[PLAN_FDT];
	struct placed_file *ramdisk = &plan->files[PLAN_RAMDISK];
	uint64_t end = pa_range_size(plan->own);
	struct image_layout image;

	/* Its header says what bss takes; where it lies is not its choice. */
	(void)!image_read_layout(plan->files[PLAN_KERNEL].file, &image);
	plan->files[PLAN_KERNEL].room = image.size_bytes;
	if (bytes_exist(fdt->file)) {
		fdt->room = align_up(fdt->file.size, PAGE_SIZE) + PAGE_SIZE;
	}
	ramdisk->room = align_up(ramdisk->file.size, PAGE_SIZE);
	fdt->at = offset_of(plan, layout->fdt, end - fdt->room);
	if (fdt->at == end - fdt->room) {
		end = fdt->at;
	}
	ramdisk->at = offset_of(plan, layout->ramdisk, end - ramdisk->room);
	for (size_t i = 0; i < PLAN_FILE_COUNT; i++) {
		if (!file_has_place(plan, i)) {
			log_error("vm%u: images do not fit into its memory.",
				  plan->number);
			return false;
		}
	}
	return true;
}

static bool complete_fdt(const struct plan *plan)
{
	const struct placed_file *placed = &plan->files[PLAN_FDT];
	const struct placed_file *ramdisk = &plan->files[PLAN_RAMDISK];
	struct guest_fdt fdt = {
		.dtb = ptr_at(plan, placed->at),
		.room = placed->room,
		.memory = {plan->base, ipa_at(plan, pa_range_size(plan->own))},
		.ramdisk = {ipa_at(plan, ramdisk->at),
			    ipa_at(plan, ramdisk->at + ramdisk->file.size)},
		.boot_params = plan->from->boot_params,
	};

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
	const struct placed_file *fdt = &plan->files[PLAN_FDT];

	if (plan->is_preloaded) {
		return true;
	}
	arch_cache_zero_pages(va_from_pa(plan->own.begin),
			      pa_range_size(plan->own));
	for (size_t i = 0; i < PLAN_FILE_COUNT; i++) {
		const struct placed_file *placed = &plan->files[i];

		if (bytes_exist(placed->file)) {
			memcpy(ptr_at(plan, placed->at), placed->file.data,
			       placed->file.size);
		}
	}
	if (bytes_exist(fdt->file) && !complete_fdt(plan)) {
		return false;
	}
	/* What is behind the files is out of the caches already. */
	for (size_t i = 0; i < PLAN_FILE_COUNT; i++) {
		const struct placed_file *placed = &plan->files[i];

		arch_cache_sync_code(va_from_ptr(ptr_at(plan, placed->at)),
				     placed->room);
	}
	return true;
}

/** The memory to the new VM and, in the end, away from the primary. */
static bool map_memory(const struct plan *plan, struct vm *vm)
{
	struct vm_locked secondary = vm_lock(vm);
	struct stage2_map map = {
		.begin = plan->base,
		.end = ipa_at(plan, pa_range_size(plan->own)),
		.pa = plan->own.begin,
		.mode = MODE_RAM,
	};
	enum mm_status status = stage2_prepare(&secondary.vm->stage2, &map);

	if (status == MM_OK) {
		stage2_commit(&secondary.vm->stage2, &map);
	}
	vm_unlock(&secondary);
	if (status != MM_OK) {
		log_error("vm%u: unable to map its memory.", plan->number);
	}
	return status == MM_OK;
}

static bool make_plan(struct load *load, struct plan *plan)
{
	const struct manifest_vm *from = plan->from;

	if (!find_files(load, plan)) {
		return false;
	}
	if (plan->is_preloaded) {
		/* manifest_read() saw that it is RAM. */
		plan->own.begin = pa_init(from->load_address);
		plan->own.end = pa_init(from->load_address + from->mem_size);
	} else if (!carve(load, plan)) {
		return false;
	}
	plan->base = from->layout.is_given ? ipa_init(from->layout.kernel)
					   : ipa_from_pa(plan->own.begin);
	return claims_add(&load->claims, plan->own, from->debug_name) &&
	       load_regions_claim(load, plan->from, plan->own) &&
	       place_files(plan) && copy_files(plan);
}

bool load_secondary(struct load *load, size_t manifest_idx)
{
	struct manifest_vm *from = &load->manifest->vms[manifest_idx];
	struct plan plan = {
		.from = from,
		.number = (uint32_t)manifest_idx + 1,
		.is_preloaded = from->is_ffa_partition && !from->is_hyp_loaded,
	};
	ipaddr_t entry;
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
	if (!map_memory(&plan, vm) || !load_regions_map(from, vm)) {
		return true;
	}
	entry = ipa_at(&plan, entry_offset(&plan));
	load_set_entry(vm, entry,
		       bytes_exist(plan.files[PLAN_FDT].file)
			       ? ipa_at(&plan, plan.files[PLAN_FDT].at).ipa
			       : pa_range_size(plan.own));
	log_info("Loaded with %u vCPUs, entry at %#lx.", vm->vcpu_count,
		 entry.ipa);
	return load_take_from_primary(load, plan.own, vm->id) &&
	       load_regions_take(load, from, vm);
}
