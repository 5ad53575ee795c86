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

/** The pages from `base` on are all below `limit`. */
static void check_range(const struct region *region, uint64_t base,
			uint64_t limit, struct field_reader *reader)
{
	uint64_t size = region->page_count * PAGE_SIZE;

	if (!is_aligned(base, PAGE_SIZE)) {
		reader_note(reader, MANIFEST_REGION_UNALIGNED, "base-address");
	}
	if (size == 0 || base >= limit || size > limit - base) {
		reader_note(reader, MANIFEST_BAD_REGION_SIZE, "pages-count");
	}
}

/** One of the interrupts of the region. */
static bool is_listed(const struct region *region, uint32_t id)
{
	for (size_t i = 0; i < region->interrupts.count; i += 2) {
		if (region->interrupts.words[i] == id) {
			return true;
		}
	}
	return false;
}

/** Every third word of the targets is an interrupt of the region. */
static bool targets_are_listed(const struct region *region)
{
	for (size_t i = 0; i < region->targets.count; i += 3) {
		if (!is_listed(region, region->targets.words[i])) {
			return false;
		}
	}
	return true;
}

/** Shared ones (SPIs): private interrupts are those of each CPU. */
static bool interrupts_are_of_devices(const struct region *region)
{
	for (size_t i = 0; i < region->interrupts.count; i += 2) {
		uint32_t id = region->interrupts.words[i];

		if (id < FIRST_SPI || id > LAST_SPI) {
			return false;
		}
	}
	return true;
}

/** Memory has none. */
static void check_interrupts(const struct region *region,
			     struct field_reader *reader)
{
	if (region->interrupts.count % 2 != 0) {
		reader_note(reader, MANIFEST_MALFORMED_INTEGER_LIST,
			    "interrupts");
	}
	if (!interrupts_are_of_devices(region)) {
		reader_note(reader, MANIFEST_BAD_INTERRUPT, "interrupts");
	}
	if (region->targets.count % 3 != 0) {
		reader_note(reader, MANIFEST_MALFORMED_INTEGER_LIST,
			    "interrupts-target");
	}
	if (!targets_are_listed(region)) {
		reader_note(reader, MANIFEST_INTERRUPT_NOT_LISTED,
			    "interrupts-target");
	}
}

/** Its place is left to us. */
static bool is_free(const struct region *region)
{
	return region->base_address == PARTITION_ANY_ADDRESS &&
	       region->load_relative_offset == PARTITION_ANY_ADDRESS;
}

static void check_region(const struct manifest_vm *vm,
			 const struct region *region,
			 struct field_reader *reader)
{
	uint64_t base = region->base_address;
	uint64_t limit = MAX_ADDRESS;

	if (!permission_is_fine(region->attributes, !region->is_device)) {
		reader_note(reader, MANIFEST_BAD_MEMORY_PERMISSION,
			    "attributes");
	}
	check_interrupts(region, reader);
	if (!region->is_device && base == PARTITION_ANY_ADDRESS) {
		base = is_free(region) ? 0 : region->load_relative_offset;
		limit = vm->mem_size;
	} else if (!region->is_device &&
		   region->load_relative_offset != PARTITION_ANY_ADDRESS) {
		reader_note(reader, MANIFEST_REGION_ADDRESS_TWICE,
			    "load-address-relative-offset");
	}
	check_range(region, base, limit, reader);
}

/** Regions of one kind; names of their nodes are not kept. */
static void check_list(const struct manifest_vm *vm, uint32_t begin,
		       uint32_t end, struct field_reader *reader)
{
	for (size_t i = begin; i < end; i++) {
		const struct region *region = &vm->partition.regions[i];
		size_t scope;
		char name[32];

		log_format(name, sizeof(name), "%s[%u]",
			   region->is_device ? "device-regions"
					     : "memory-regions",
			   (uint32_t)i - begin);
		scope = reader_enter(reader, name);
		check_region(vm, region, reader);
		reader_leave(reader, scope);
	}
}

static void check_free_regions(const struct manifest_vm *vm,
			       struct field_reader *reader)
{
	const struct region *region = vm->partition.regions;
	const struct region *end = region + vm->partition.memory_count;
	uint64_t to_place = 0;

	for (; region < end; region++) {
		if (is_free(region)) {
			to_place += region->page_count * PAGE_SIZE;
		}
	}
	if (to_place > vm->mem_size / 2) {
		reader_note(reader, MANIFEST_MEMORY_MISSING, "memory-regions");
	}
}

/** Pages of the region with that phandle; 0: there is none. */
static never_inline uint32_t
page_count_of(const struct ffa_partition *partition, uint32_t phandle)
{
	const struct region *region = partition->regions;
	const struct region *end = region + partition->memory_count;

	for (; region < end; region++) {
		if (region->phandle == phandle && phandle != 0) {
			return region->page_count;
		}
	}
	return 0;
}

static void check_rxtx(const struct ffa_partition *partition,
		       struct field_reader *reader)
{
	const struct partition_rxtx *rxtx = &partition->rxtx;
	uint32_t rx_pages = page_count_of(partition, rxtx->rx_phandle);
	uint32_t tx_pages = page_count_of(partition, rxtx->tx_phandle);

	if (!rxtx->is_given) {
		return;
	}
	if (rx_pages == 0) {
		reader_note(reader, MANIFEST_RXTX_REGION_MISSING,
			    "rx_tx-info/rx-buffer");
	}
	if (tx_pages == 0) {
		reader_note(reader, MANIFEST_RXTX_REGION_MISSING,
			    "rx_tx-info/tx-buffer");
	}
	if (rx_pages != tx_pages) {
		reader_note(reader, MANIFEST_RXTX_SIZE_MISMATCH, "rx_tx-info");
	}
}

void regions_check(const struct manifest_vm *vm, struct field_reader *reader)
{
	const struct ffa_partition *partition = &vm->partition;

	check_list(vm, 0, partition->memory_count, reader);
	check_free_regions(vm, reader);
	check_list(vm, partition->memory_count, partition->region_count,
		   reader);
	check_rxtx(partition, reader);
}
