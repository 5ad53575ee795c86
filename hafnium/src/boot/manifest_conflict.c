/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules between VMs: what only one may have. See docs/manifest.md.
 */
#include <string.h>

#include "hf/base/log.h"
#include "hf/boot/manifest_check.h"

static bool uuid_is_used(const struct uuid_list *list, uint32_t count,
			 const uint32_t *uuid)
{
	for (uint32_t i = 0; i < count; i += 4) {
		if (memcmp(&list->words[i], uuid, 4 * sizeof(*uuid)) == 0) {
			return true;
		}
	}
	return false;
}

/** Of the UUIDs in front of word `word` of VM `vm_idx`, is one the same? */
static bool uuid_is_repeated(const struct manifest *manifest, uint32_t vm_idx,
			     uint32_t word)
{
	const struct uuid_list *own = &manifest->vms[vm_idx].partition.uuids;
	const uint32_t *uuid = &own->words[word];

	for (uint32_t i = 0; i < vm_idx; i++) {
		const struct uuid_list *list =
			&manifest->vms[i].partition.uuids;

		if (uuid_is_used(list, list->count, uuid)) {
			return true;
		}
	}
	return uuid_is_used(own, word, uuid);
}

static bool check_uuids(const struct manifest *manifest, uint32_t vm_idx,
			struct field_reader *reader)
{
	const struct uuid_list *uuids = &manifest->vms[vm_idx].partition.uuids;

	for (uint32_t word = 0; word < uuids->count; word += 4) {
		if (uuid_is_repeated(manifest, vm_idx, word)) {
			return reader_fail(reader, MANIFEST_DUPLICATE_UUID,
					   "uuid");
		}
	}
	return true;
}

static bool check_boot_order(const struct manifest *manifest, uint32_t vm_idx,
			     struct field_reader *reader)
{
	uint16_t order = manifest->vms[vm_idx].partition.boot_order;

	for (uint32_t i = 0; i < vm_idx; i++) {
		if (manifest->vms[i].is_ffa_partition &&
		    order != PARTITION_NO_BOOT_ORDER &&
		    manifest->vms[i].partition.boot_order == order) {
			return reader_fail(reader, MANIFEST_BAD_BOOT_ORDER,
					   "boot-order");
		}
	}
	return true;
}

/** Regions whose address is not known yet take no room here. */
static struct pa_range region_range(uint64_t base, uint32_t page_count)
{
	uint64_t size =
		base == PARTITION_ANY_ADDRESS ? 0 : page_count * PAGE_SIZE;

	return (struct pa_range){
		.begin = pa_init(base),
		.end = pa_init(base + size),
	};
}

/** Memory regions first, device regions behind them. */
static struct pa_range nth_region(const struct ffa_partition *partition,
				  uint32_t n)
{
	if (n < partition->memory_region_count) {
		return region_range(partition->memory_regions[n].base_address,
				    partition->memory_regions[n].page_count);
	}
	n -= partition->memory_region_count;
	return region_range(partition->device_regions[n].base_address,
			    partition->device_regions[n].page_count);
}

static uint32_t region_count(const struct ffa_partition *partition)
{
	return partition->memory_region_count + partition->device_region_count;
}

/**
 * Several devices may lie on the same pages: a VM may have them all, if it has
 * the pages with the same rights.
 */
static bool may_share(const struct ffa_partition *partition, uint32_t a,
		      uint32_t b)
{
	uint32_t first = partition->memory_region_count;

	return a >= first && b >= first &&
	       partition->device_regions[a - first].attributes ==
		       partition->device_regions[b - first].attributes;
}

/** Does region `n` meet one in front of it that it may not? */
static bool own_range_is_used(const struct ffa_partition *own, uint32_t n)
{
	struct pa_range range = nth_region(own, n);

	for (uint32_t i = 0; i < n; i++) {
		if (!pa_range_is_empty(range) && !may_share(own, i, n) &&
		    pa_ranges_overlap(nth_region(own, i), range)) {
			return true;
		}
	}
	return false;
}

/** Does `range` meet one of the regions? */
static bool range_is_used(const struct ffa_partition *partition,
			  struct pa_range range)
{
	for (uint32_t i = 0; i < region_count(partition); i++) {
		if (!pa_range_is_empty(range) &&
		    pa_ranges_overlap(nth_region(partition, i), range)) {
			return true;
		}
	}
	return false;
}

static bool check_regions(const struct manifest *manifest, uint32_t vm_idx,
			  struct field_reader *reader)
{
	const struct ffa_partition *own = &manifest->vms[vm_idx].partition;

	for (uint32_t n = 0; n < region_count(own); n++) {
		struct pa_range range = nth_region(own, n);
		bool is_used = own_range_is_used(own, n);

		for (uint32_t i = 0; i < vm_idx && !is_used; i++) {
			is_used = range_is_used(&manifest->vms[i].partition,
						range);
		}
		if (is_used) {
			return reader_fail(reader, MANIFEST_REGION_OVERLAP,
					   n < own->memory_region_count
						   ? "memory-regions"
						   : "device-regions");
		}
	}
	return true;
}

static bool region_has_interrupt(const struct device_region *region,
				 uint32_t count, uint32_t id)
{
	for (uint32_t i = 0; i < count; i += 2) {
		if (region->interrupts.words[i] == id) {
			return true;
		}
	}
	return false;
}

/** In one of the first `count` device regions of the partition. */
static bool partition_has_interrupt(const struct ffa_partition *partition,
				    uint32_t count, uint32_t id)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct device_region *region =
			&partition->device_regions[i];

		if (region_has_interrupt(region, region->interrupts.count,
					 id)) {
			return true;
		}
	}
	return false;
}

/** In front of interrupt `word` of region `region_idx` of VM `vm_idx`. */
static bool interrupt_is_repeated(const struct manifest *manifest,
				  uint32_t vm_idx, uint32_t region_idx,
				  uint32_t word)
{
	const struct ffa_partition *own = &manifest->vms[vm_idx].partition;
	const struct device_region *region = &own->device_regions[region_idx];
	uint32_t id = region->interrupts.words[word];

	for (uint32_t i = 0; i < vm_idx; i++) {
		const struct ffa_partition *other = &manifest->vms[i].partition;

		if (partition_has_interrupt(other, other->device_region_count,
					    id)) {
			return true;
		}
	}
	return partition_has_interrupt(own, region_idx, id) ||
	       region_has_interrupt(region, word, id);
}

static bool check_interrupts(const struct manifest *manifest, uint32_t vm_idx,
			     struct field_reader *reader)
{
	const struct ffa_partition *own = &manifest->vms[vm_idx].partition;

	for (uint32_t r = 0; r < own->device_region_count; r++) {
		uint32_t count = own->device_regions[r].interrupts.count;

		for (uint32_t word = 0; word < count; word += 2) {
			if (interrupt_is_repeated(manifest, vm_idx, r, word)) {
				return reader_fail(reader,
						   MANIFEST_INTERRUPT_REPEATED,
						   "device-regions");
			}
		}
	}
	return true;
}

void reader_set_scope(struct field_reader *reader,
		      const struct manifest *manifest, uint32_t vm_idx)
{
	log_format(reader->scope, sizeof(reader->scope), "vm%u%s", vm_idx + 1,
		   manifest->vms[vm_idx].is_ffa_partition ? "/partition" : "");
}

bool manifest_check_all(const struct manifest *manifest,
			struct field_reader *reader)
{
	for (uint32_t i = 0; i < manifest->vm_count; i++) {
		reader_set_scope(reader, manifest, i);
		if (manifest->vms[i].is_ffa_partition &&
		    (!check_uuids(manifest, i, reader) ||
		     !check_boot_order(manifest, i, reader))) {
			return false;
		}
		if (!check_regions(manifest, i, reader) ||
		    !check_interrupts(manifest, i, reader)) {
			return false;
		}
	}
	return true;
}
