/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules between VMs: what only one may have. See docs/manifest.md.
 */
#include <string.h>

#include "hf/base/log.h"
#include "hf/boot/manifest_check.h"

/** What no two VMs may have, nor one VM twice; in the order of the checks. */
enum thing_kind {
	THING_UUID,
	THING_BOOT_ORDER,
	/* the rest is of every VM, those above are of partitions */
	THING_REGION,
	THING_INTERRUPT,
	THING_KIND_COUNT,
};

/** The `n`-th thing of its kind. */
struct thing {
	const struct manifest_vm *vm;
	uint32_t n;
};

/** Of words: a UUID has four, an interrupt its id and attributes. */
#define UUID_WORDS 4
#define INTERRUPT_WORDS 2

static uint32_t count_of(const struct manifest_vm *vm, enum thing_kind kind)
{
	const struct ffa_partition *partition = &vm->partition;

	switch (kind) {
	case THING_UUID:
		return partition->uuids.count / UUID_WORDS;
	case THING_BOOT_ORDER:
		return vm->is_ffa_partition ? 1 : 0;
	case THING_REGION:
		return partition->memory_region_count +
		       partition->device_region_count;
	case THING_INTERRUPT:
	case THING_KIND_COUNT:
		break;
	}
	/* Each device region has room for as many; not all are there. */
	return partition->device_region_count * PARTITION_MAX_INTERRUPTS;
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

static bool regions_meet(struct thing a, struct thing b)
{
	struct pa_range range = nth_region(&b.vm->partition, b.n);

	if (pa_range_is_empty(range) ||
	    (a.vm == b.vm && may_share(&a.vm->partition, a.n, b.n))) {
		return false;
	}
	return pa_ranges_overlap(nth_region(&a.vm->partition, a.n), range);
}

/** 0, which is no device's: there is none. */
static uint32_t nth_interrupt(struct thing interrupt)
{
	const struct interrupt_list *list =
		&interrupt.vm->partition
			 .device_regions[interrupt.n / PARTITION_MAX_INTERRUPTS]
			 .interrupts;
	uint32_t word =
		interrupt.n % PARTITION_MAX_INTERRUPTS * INTERRUPT_WORDS;

	return word < list->count ? list->words[word] : 0;
}

static bool meet(enum thing_kind kind, struct thing a, struct thing b)
{
	const struct ffa_partition *first = &a.vm->partition;
	const struct ffa_partition *second = &b.vm->partition;

	switch (kind) {
	case THING_UUID:
		return memcmp(&first->uuids.words[UUID_WORDS * a.n],
			      &second->uuids.words[UUID_WORDS * b.n],
			      UUID_WORDS * sizeof(uint32_t)) == 0;
	case THING_BOOT_ORDER:
		return second->boot_order != PARTITION_NO_BOOT_ORDER &&
		       first->boot_order == second->boot_order;
	case THING_REGION:
		return regions_meet(a, b);
	case THING_INTERRUPT:
	case THING_KIND_COUNT:
		break;
	}
	return nth_interrupt(b) != 0 && nth_interrupt(a) == nth_interrupt(b);
}

/** Does it meet one of the VMs in front of its own, or one in front of it? */
static bool is_repeated(const struct manifest *manifest, enum thing_kind kind,
			struct thing thing)
{
	struct thing other = {.vm = manifest->vms};

	for (; other.vm <= thing.vm; other.vm++) {
		uint32_t count = other.vm == thing.vm
					 ? thing.n
					 : count_of(other.vm, kind);

		for (other.n = 0; other.n < count; other.n++) {
			if (meet(kind, other, thing)) {
				return true;
			}
		}
	}
	return false;
}

static bool refuse(struct field_reader *reader, enum thing_kind kind,
		   struct thing thing)
{
	switch (kind) {
	case THING_UUID:
		return reader_fail(reader, MANIFEST_DUPLICATE_UUID, "uuid");
	case THING_BOOT_ORDER:
		return reader_fail(reader, MANIFEST_BAD_BOOT_ORDER,
				   "boot-order");
	case THING_REGION:
		return reader_fail(
			reader, MANIFEST_REGION_OVERLAP,
			thing.n < thing.vm->partition.memory_region_count
				? "memory-regions"
				: "device-regions");
	case THING_INTERRUPT:
	case THING_KIND_COUNT:
		break;
	}
	return reader_fail(reader, MANIFEST_INTERRUPT_REPEATED,
			   "device-regions");
}

static bool check_kind(const struct manifest *manifest,
		       const struct manifest_vm *vm, enum thing_kind kind,
		       struct field_reader *reader)
{
	struct thing thing = {.vm = vm};

	for (; thing.n < count_of(vm, kind); thing.n++) {
		if (is_repeated(manifest, kind, thing)) {
			return refuse(reader, kind, thing);
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
		const struct manifest_vm *vm = &manifest->vms[i];
		unsigned int kind =
			vm->is_ffa_partition ? THING_UUID : THING_REGION;

		reader_set_scope(reader, manifest, i);
		for (; kind < THING_KIND_COUNT; kind++) {
			if (!check_kind(manifest, vm, (enum thing_kind)kind,
					reader)) {
				return false;
			}
		}
	}
	return true;
}
