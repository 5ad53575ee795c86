/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules of the regions of one FF-A partition. See docs/manifest.md.
 */
#include "hf/base/log.h"
#include "hf/boot/manifest_check.h"

/** More physical address space than there can be. */
#define MAX_ADDRESS BIT(48)

/** Interrupts that a GIC can have from a device, but for LPIs. */
#define FIRST_SPI 32
#define LAST_SPI 1019

#define PERMISSION_MASK (REGION_READ | REGION_WRITE | REGION_EXECUTE)
#define ATTRIBUTES_MASK (PERMISSION_MASK | REGION_NON_SECURE)

static bool permission_is_fine(uint32_t attributes, bool may_execute)
{
	uint64_t permission = attributes & PERMISSION_MASK;

	if ((attributes & ~ATTRIBUTES_MASK) != 0) {
		return false;
	}
	return permission == REGION_READ ||
	       permission == (REGION_READ | REGION_WRITE) ||
	       (may_execute && permission == (REGION_READ | REGION_EXECUTE));
}

/** `pages` from `base` on, all below `limit`. */
static bool check_range(struct field_reader *reader, uint64_t base,
			uint32_t page_count, uint64_t limit)
{
	uint64_t size = page_count * PAGE_SIZE;

	if (!is_aligned(base, PAGE_SIZE)) {
		return reader_fail(reader, MANIFEST_REGION_UNALIGNED,
				   "base-address");
	}
	if (size == 0 || base >= limit || size > limit - base) {
		return reader_fail(reader, MANIFEST_BAD_REGION_SIZE,
				   "pages-count");
	}
	return true;
}

static bool check_memory_region(const struct manifest_vm *vm,
				const struct memory_region *region,
				struct field_reader *reader)
{
	bool is_absolute = region->base_address != PARTITION_ANY_ADDRESS;
	bool is_relative =
		region->load_relative_offset != PARTITION_ANY_ADDRESS;

	if (!permission_is_fine(region->attributes, true)) {
		return reader_fail(reader, MANIFEST_BAD_MEMORY_PERMISSION,
				   "attributes");
	}
	if (is_absolute && is_relative) {
		return reader_fail(reader, MANIFEST_REGION_ADDRESS_TWICE,
				   "load-address-relative-offset");
	}
	if (is_absolute) {
		return check_range(reader, region->base_address,
				   region->page_count, MAX_ADDRESS);
	}
	return check_range(reader,
			   is_relative ? region->load_relative_offset : 0,
			   region->page_count, vm->mem_size);
}

/** Every third word of the targets is an interrupt of the region. */
static bool targets_are_listed(const struct device_region *region)
{
	for (uint32_t t = 0; t < region->targets.count; t += 3) {
		bool is_listed = false;

		for (uint32_t i = 0; i < region->interrupts.count; i += 2) {
			is_listed |= region->interrupts.words[i] ==
				     region->targets.words[t];
		}
		if (!is_listed) {
			return false;
		}
	}
	return true;
}

/** Shared ones (SPIs): private interrupts are those of each CPU. */
static bool interrupts_are_of_devices(const struct device_region *region)
{
	for (uint32_t i = 0; i < region->interrupts.count; i += 2) {
		uint32_t id = region->interrupts.words[i];

		if (id < FIRST_SPI || id > LAST_SPI) {
			return false;
		}
	}
	return true;
}

static bool check_device_region(const struct device_region *region,
				struct field_reader *reader)
{
	if (!permission_is_fine(region->attributes, false)) {
		return reader_fail(reader, MANIFEST_BAD_MEMORY_PERMISSION,
				   "attributes");
	}
	if (region->interrupts.count % 2 != 0) {
		return reader_fail(reader, MANIFEST_MALFORMED_INTEGER_LIST,
				   "interrupts");
	}
	if (!interrupts_are_of_devices(region)) {
		return reader_fail(reader, MANIFEST_BAD_INTERRUPT,
				   "interrupts");
	}
	if (region->targets.count % 3 != 0) {
		return reader_fail(reader, MANIFEST_MALFORMED_INTEGER_LIST,
				   "interrupts-target");
	}
	if (!targets_are_listed(region)) {
		return reader_fail(reader, MANIFEST_INTERRUPT_NOT_LISTED,
				   "interrupts-target");
	}
	return check_range(reader, region->base_address, region->page_count,
			   MAX_ADDRESS);
}

/** Enter the scope of an element; its node's name is not kept. */
static size_t enter_element(struct field_reader *reader, const char *list,
			    uint32_t idx)
{
	char name[32];

	log_format(name, sizeof(name), "%s[%u]", list, idx);
	return reader_enter(reader, name);
}

static bool check_memory_regions(const struct manifest_vm *vm,
				 struct field_reader *reader)
{
	const struct ffa_partition *partition = &vm->partition;
	uint64_t to_place = 0;

	for (uint32_t i = 0; i < partition->memory_region_count; i++) {
		const struct memory_region *region =
			&partition->memory_regions[i];
		size_t scope = enter_element(reader, "memory-regions", i);

		if (!check_memory_region(vm, region, reader)) {
			return false;
		}
		reader_leave(reader, scope);
		if (region->base_address == PARTITION_ANY_ADDRESS &&
		    region->load_relative_offset == PARTITION_ANY_ADDRESS) {
			to_place += region->page_count * PAGE_SIZE;
		}
	}
	if (to_place > vm->mem_size / 2) {
		return reader_fail(reader, MANIFEST_MEMORY_MISSING,
				   "memory-regions");
	}
	return true;
}

bool device_regions_check(const struct ffa_partition *partition,
			  struct field_reader *reader)
{
	for (uint32_t i = 0; i < partition->device_region_count; i++) {
		size_t scope = enter_element(reader, "device-regions", i);

		if (!check_device_region(&partition->device_regions[i],
					 reader)) {
			return false;
		}
		reader_leave(reader, scope);
	}
	return true;
}

/** The index of the memory region with that phandle. */
static bool find_phandle(const struct ffa_partition *partition,
			 uint32_t phandle, uint32_t *idx)
{
	for (uint32_t i = 0; i < partition->memory_region_count; i++) {
		if (partition->memory_regions[i].phandle == phandle &&
		    phandle != 0) {
			*idx = i;
			return true;
		}
	}
	return false;
}

static bool check_rxtx(struct ffa_partition *partition,
		       struct field_reader *reader)
{
	struct partition_rxtx *rxtx = &partition->rxtx;

	if (!rxtx->is_given) {
		return true;
	}
	if (!find_phandle(partition, rxtx->rx_phandle, &rxtx->rx_region_idx)) {
		return reader_fail(reader, MANIFEST_RXTX_REGION_MISSING,
				   "rx_tx-info/rx-buffer");
	}
	if (!find_phandle(partition, rxtx->tx_phandle, &rxtx->tx_region_idx)) {
		return reader_fail(reader, MANIFEST_RXTX_REGION_MISSING,
				   "rx_tx-info/tx-buffer");
	}
	if (partition->memory_regions[rxtx->rx_region_idx].page_count !=
	    partition->memory_regions[rxtx->tx_region_idx].page_count) {
		return reader_fail(reader, MANIFEST_RXTX_SIZE_MISMATCH,
				   "rx_tx-info");
	}
	return true;
}

bool regions_check(struct manifest_vm *vm, struct field_reader *reader)
{
	return check_memory_regions(vm, reader) &&
	       device_regions_check(&vm->partition, reader) &&
	       check_rxtx(&vm->partition, reader);
}
