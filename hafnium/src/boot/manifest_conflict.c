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

/** Of words: a UUID has four, an interrupt its id and attributes. */
#define UUID_WORDS 4
#define INTERRUPT_WORDS 2

/** The two halves of a UUID; of other kinds numbers, which may overlap. */
struct thing {
	uint64_t begin;
	uint64_t end;
};

/** Overlaps no other. */
#define NOTHING UINT64_MAX

static void set_number(struct thing *thing, uint64_t number)
{
	thing->begin = number;
	thing->end = number + 1;
}

/** Regions whose address is not known yet begin at NOTHING. */
static void set_region(struct thing *thing, const struct region *region)
{
	static_assert(PARTITION_ANY_ADDRESS == NOTHING, "one number");

	thing->begin = region->base_address;
	thing->end = region->base_address + region->page_count * PAGE_SIZE;
}

/** Each region has room for as many interrupts; not all are there. */
static void set_interrupt(struct thing *thing, const struct region *region,
			  size_t n)
{
	size_t word = n % PARTITION_MAX_INTERRUPTS * INTERRUPT_WORDS;

	set_number(thing, word < region->interrupts.count
				  ? region->interrupts.words[word]
				  : NOTHING);
}

/** The `n`-th thing of its kind. False: there are not so many. */
static bool32 nth_thing(const struct manifest_vm *vm, enum thing_kind kind,
			size_t n, struct thing *thing)
{
	const struct ffa_partition *partition = &vm->partition;
	size_t region = kind == THING_REGION ? n : n / PARTITION_MAX_INTERRUPTS;

	if (kind == THING_UUID) {
		if (n >= partition->uuids.count / UUID_WORDS) {
			return false;
		}
		memcpy(thing, &partition->uuids.words[UUID_WORDS * n],
		       sizeof(*thing));
		return true;
	}
	if (kind == THING_BOOT_ORDER) {
		set_number(thing,
			   partition->boot_order == PARTITION_NO_BOOT_ORDER
				   ? NOTHING
				   : partition->boot_order);
		return n == 0 && vm->is_ffa_partition;
	}
	if (region >= partition->region_count) {
		return false;
	}
	if (kind == THING_REGION) {
		set_region(thing, &partition->regions[region]);
	} else {
		set_interrupt(thing, &partition->regions[region], n);
	}
	return true;
}

static bool meet(enum thing_kind kind, struct thing a, struct thing b)
{
	if (kind == THING_UUID) {
		return a.begin == b.begin && a.end == b.end;
	}
	return a.begin < b.end && b.begin < a.end;
}

/**
 * Several devices may lie on the same pages: a VM may have them all, if it has
 * the pages with the same rights.
 */
static bool may_share(const struct region *a, const struct region *b)
{
	return a->is_device && b->is_device && a->attributes == b->attributes;
}

/** Does it meet one of the VMs in front of its own, or one in front of it? */
static bool is_repeated(const struct manifest *manifest, enum thing_kind kind,
			const struct manifest_vm *vm, size_t n)
{
	const struct region *regions = vm->partition.regions;
	const struct manifest_vm *other_vm = manifest->vms;
	struct thing thing;
	struct thing other;
	size_t i = 0;

	(void)!nth_thing(vm, kind, n, &thing);
	while (other_vm != vm || i != n) {
		if (!nth_thing(other_vm, kind, i, &other)) {
			other_vm++;
			i = 0;
			continue;
		}
		if (meet(kind, other, thing) &&
		    (kind != THING_REGION || other_vm != vm ||
		     !may_share(&regions[i], &regions[n]))) {
			return true;
		}
		i++;
	}
	return false;
}

static void refuse(struct field_reader *reader, enum thing_kind kind,
		   bool is_device)
{
	switch (kind) {
	case THING_UUID:
		reader_note(reader, MANIFEST_DUPLICATE_UUID, "uuid");
		break;
	case THING_BOOT_ORDER:
		reader_note(reader, MANIFEST_BAD_BOOT_ORDER, "boot-order");
		break;
	case THING_REGION:
		reader_note(reader, MANIFEST_REGION_OVERLAP,
			    is_device ? "device-regions" : "memory-regions");
		break;
	case THING_INTERRUPT:
	case THING_KIND_COUNT:
		reader_note(reader, MANIFEST_INTERRUPT_REPEATED,
			    "device-regions");
	}
}

static void check_kind(const struct manifest *manifest,
		       const struct manifest_vm *vm, enum thing_kind kind,
		       struct field_reader *reader)
{
	struct thing thing;

	for (size_t n = 0; nth_thing(vm, kind, n, &thing); n++) {
		if (is_repeated(manifest, kind, vm, n)) {
			refuse(reader, kind, n >= vm->partition.memory_count);
		}
	}
}

void reader_set_scope(struct field_reader *reader, uint32_t vm_number,
		      bool is_partition)
{
	log_format(reader->scope, sizeof(reader->scope), "vm%u%s", vm_number,
		   is_partition ? "/partition" : "");
}

void manifest_check_all(const struct manifest *manifest,
			struct field_reader *reader)
{
	for (size_t i = 0; i < manifest->vm_count; i++) {
		const struct manifest_vm *vm = &manifest->vms[i];
		unsigned int kind =
			vm->is_ffa_partition ? THING_UUID : THING_REGION;

		reader_set_scope(reader, (uint32_t)i + 1, vm->is_ffa_partition);
		for (; kind < THING_KIND_COUNT; kind++) {
			check_kind(manifest, vm, (enum thing_kind)kind, reader);
		}
	}
}
