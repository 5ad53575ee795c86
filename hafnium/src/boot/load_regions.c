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
		      PARTITION_MAX_REGIONS * PARTITION_MAX_INTERRUPTS,
	      "room for all");

/** Those whose place is left to us, or is relative, are inside. */
static bool is_own(const struct region *region, struct pa_range own)
{
	struct pa_range range = region_range(region);

	return region->base_address == PARTITION_ANY_ADDRESS ||
	       (range.begin.pa >= own.begin.pa && range.end.pa <= own.end.pa);
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

bool load_regions_claim(struct load *load, struct manifest_vm *from,
			struct pa_range own)
{
	struct region *region = from->partition.regions;
	const struct region *end = region + from->partition.region_count;

	for (; region < end; region++) {
		region->is_own = is_own(region, own);
		if (!region->is_device && !region->is_own &&
		    !claim(load, from->debug_name, region_range(region))) {
			return false;
		}
	}
	return true;
}

static mm_mode_t mode_of(const struct region *region)
{
	mm_mode_t mode = MM_MODE_OWNED;

	mode |= (region->attributes & REGION_READ) != 0 ? MM_MODE_R : 0;
	mode |= (region->attributes & REGION_WRITE) != 0 ? MM_MODE_W : 0;
	mode |= (region->attributes & REGION_EXECUTE) != 0 ? MM_MODE_X : 0;
	mode |= region->is_device ? MM_MODE_DEVICE : 0;
	return mode;
}

static bool map_locked(const struct ffa_partition *partition,
		       struct vm_locked vm)
{
	const struct region *region = partition->regions;
	const struct region *end = region + partition->region_count;

	for (; region < end; region++) {
		if (!region->is_own &&
		    stage2_map_identity(&vm.vm->stage2, region_range(region),
					mode_of(region)) != MM_OK) {
			return false;
		}
	}
	return true;
}

static void note_interrupts(const struct ffa_partition *partition,
			    struct vm *vm)
{
	const struct region *region = partition->regions;
	const struct region *end = region + partition->region_count;

	for (; region < end; region++) {
		const uint32_t *word = region->interrupts.words;
		const uint32_t *words_end = word + region->interrupts.count;

		for (; word < words_end; word += 2) {
			vm->interrupts[vm->interrupt_count++] =
				(struct vm_interrupt){
					.id = word[0],
					.attributes = word[1],
				};
		}
	}
}

bool load_regions_map(const struct manifest_vm *from, struct vm *vm)
{
	struct vm_locked locked = vm_lock(vm);
	bool is_mapped = map_locked(&from->partition, locked);

	vm_unlock(&locked);
	if (!is_mapped) {
		log_error("%s: unable to map its regions.", from->debug_name);
		return false;
	}
	note_interrupts(&from->partition, vm);
	return true;
}

static bool take_device(struct load *load, struct pa_range range)
{
	CHECK(load->device_count < MAX_TAKEN_DEVICES);
	load->devices[load->device_count] = range;
	load->device_count++;
	return load_unmap_from_primary(range);
}

bool load_regions_take(struct load *load, const struct manifest_vm *from,
		       const struct vm *vm)
{
	const struct region *region = from->partition.regions;
	const struct region *end = region + from->partition.region_count;

	for (; region < end; region++) {
		struct pa_range range = region_range(region);

		if (region->is_own) {
			continue;
		}
		if (region->is_device
			    ? !take_device(load, range)
			    : !load_take_from_primary(load, range, vm->id)) {
			return false;
		}
	}
	return true;
}
