/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Regions of a secondary. manifest_read() has seen to it that no two VMs want
 * the same, and that devices are none of ours. See docs/manifest.md.
 */
#include "hf/boot/load_regions.h"

#include "hf/arch/cache.h"
#include "hf/base/check.h"
#include "hf/base/log.h"
#include "hf/vm/vm.h"

static_assert(MAX_VM_INTERRUPTS ==
		      PARTITION_MAX_DEVICE_REGIONS * PARTITION_MAX_INTERRUPTS,
	      "room for all");

/** Its `n`-th memory region, unless that is a part of its own memory. */
static const struct memory_region *elsewhere(const struct load_regions *regions,
					     uint32_t n)
{
	const struct memory_region *region =
		&regions->from->partition.memory_regions[n];
	struct pa_range range = memory_region_range(region);

	/* Those whose place is left to us, or is relative, are inside. */
	if (region->base_address == PARTITION_ANY_ADDRESS ||
	    (range.begin.pa >= regions->own.begin.pa &&
	     range.end.pa <= regions->own.end.pa)) {
		return NULL;
	}
	return region;
}

static bool claim(struct load *load, const char *name, struct pa_range range)
{
	if (!params_is_ram(load->params, range)) {
		log_error("%s: %#lx - %#lx is not memory.", name,
			  range.begin.pa, range.end.pa - 1);
		return false;
	}
	if (!claims_add(&load->claims, range, name)) {
		return false;
	}
	arch_cache_zero_pages(va_from_pa(range.begin), pa_range_size(range));
	return true;
}

bool load_regions_claim(struct load *load, const struct load_regions *regions)
{
	const struct manifest_vm *from = regions->from;

	for (uint32_t i = 0; i < from->partition.memory_region_count; i++) {
		const struct memory_region *region = elsewhere(regions, i);

		if (region != NULL && !claim(load, from->debug_name,
					     memory_region_range(region))) {
			return false;
		}
	}
	return true;
}

static mm_mode_t mode_of(uint32_t attributes)
{
	mm_mode_t mode = MM_MODE_OWNED;

	mode |= (attributes & REGION_READ) != 0 ? MM_MODE_R : 0;
	mode |= (attributes & REGION_WRITE) != 0 ? MM_MODE_W : 0;
	mode |= (attributes & REGION_EXECUTE) != 0 ? MM_MODE_X : 0;
	return mode;
}

static bool map_locked(const struct load_regions *regions, struct vm_locked vm)
{
	const struct ffa_partition *partition = &regions->from->partition;
	struct stage2 *stage2 = &vm.vm->stage2;
	enum mm_status status = MM_OK;

	for (uint32_t i = 0;
	     i < partition->memory_region_count && status == MM_OK; i++) {
		const struct memory_region *region = elsewhere(regions, i);

		if (region != NULL) {
			status = stage2_map_identity(
				stage2, memory_region_range(region),
				mode_of(region->attributes));
		}
	}
	for (uint32_t i = 0;
	     i < partition->device_region_count && status == MM_OK; i++) {
		const struct device_region *region =
			&partition->device_regions[i];

		status = stage2_map_identity(
			stage2, device_region_range(region),
			mode_of(region->attributes) | MM_MODE_DEVICE);
	}
	return status == MM_OK;
}

static void note_interrupts(const struct device_region *region, struct vm *vm)
{
	const struct interrupt_list *list = &region->interrupts;

	for (uint32_t i = 0; i < list->count; i += 2) {
		vm->interrupts[vm->interrupt_count] = (struct vm_interrupt){
			.id = list->words[i],
			.attributes = list->words[i + 1],
		};
		vm->interrupt_count++;
	}
}

bool load_regions_map(const struct load_regions *regions, struct vm *vm)
{
	const struct ffa_partition *partition = &regions->from->partition;
	struct vm_locked locked = vm_lock(vm);
	bool is_mapped = map_locked(regions, locked);

	vm_unlock(&locked);
	if (!is_mapped) {
		log_error("%s: unable to map its regions.",
			  regions->from->debug_name);
		return false;
	}
	for (uint32_t i = 0; i < partition->device_region_count; i++) {
		note_interrupts(&partition->device_regions[i], vm);
	}
	return true;
}

static bool take_device(struct load *load, struct pa_range range)
{
	CHECK(load->device_count < MAX_TAKEN_DEVICES);
	load->devices[load->device_count] = range;
	load->device_count++;
	return load_unmap_from_primary(range);
}

bool load_regions_take(struct load *load, const struct load_regions *regions,
		       const struct vm *vm)
{
	const struct ffa_partition *partition = &regions->from->partition;

	for (uint32_t i = 0; i < partition->memory_region_count; i++) {
		const struct memory_region *region = elsewhere(regions, i);

		if (region != NULL &&
		    !load_take_from_primary(load, memory_region_range(region),
					    vm->id)) {
			return false;
		}
	}
	for (uint32_t i = 0; i < partition->device_region_count; i++) {
		if (!take_device(load,
				 device_region_range(
					 &partition->device_regions[i]))) {
			return false;
		}
	}
	return true;
}
