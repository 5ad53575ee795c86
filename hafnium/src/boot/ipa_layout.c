/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses of a secondary that are not those of the machine: its memory as a
 * whole, and what is in it. Devices stay where they are. See docs/manifest.md.
 */
#include "hf/arch/mmu.h"
#include "hf/boot/fdt.h"
#include "hf/boot/manifest_check.h"

#define AT(member) .offset = offsetof(struct ipa_layout, member)

#define LAYOUT_FIELDS(FIELD)                                     \
	FIELD("kernel", FIELD_U64, FIELD_REQUIRED, AT(kernel))   \
	FIELD("fdt", FIELD_U64, FIELD_OPTIONAL, AT(fdt),         \
	      .value_absent = FIELD_ALL_ONES)                    \
	FIELD("ramdisk", FIELD_U64, FIELD_OPTIONAL, AT(ramdisk), \
	      .value_absent = FIELD_ALL_ONES)
FIELDS(layout, LAYOUT_FIELDS);

/** As wide as this machine's addresses, and no device of its own in it. */
static bool memory_is_fine(const struct manifest_vm *vm)
{
	uint64_t limit = BIT(mmu_pa_bits());
	uint64_t begin = vm->layout.kernel;
	struct pa_range memory = {pa_init(begin),
				  pa_init(begin + vm->mem_size)};

	if (!is_aligned(begin, PAGE_SIZE) || begin > limit ||
	    vm->mem_size > limit - begin) {
		return false;
	}
	for (size_t i = 0; i < vm->partition.region_count; i++) {
		if (pa_ranges_overlap(region_range(&vm->partition.regions[i]),
				      memory)) {
			return false;
		}
	}
	return true;
}

static bool address_is_fine(const struct manifest_vm *vm, uint64_t address)
{
	return address == MANIFEST_ANY_ADDRESS ||
	       (is_aligned(address, PAGE_SIZE) &&
		address >= vm->layout.kernel &&
		address - vm->layout.kernel < vm->mem_size);
}

static void check(const struct manifest_vm *vm, struct field_reader *reader)
{
	if (!memory_is_fine(vm)) {
		reader_note(reader, MANIFEST_BAD_IPA_LAYOUT, "kernel");
	}
	if (!address_is_fine(vm, vm->layout.fdt)) {
		reader_note(reader, MANIFEST_BAD_IPA_LAYOUT, "fdt");
	}
	if (!address_is_fine(vm, vm->layout.ramdisk)) {
		reader_note(reader, MANIFEST_BAD_IPA_LAYOUT, "ramdisk");
	}
}

void ipa_layout_read(struct manifest_vm *vm, struct field_reader *reader,
		     int node)
{
	int layout = dt_find_child(reader->dtb, node, "ipa-memory-layout");
	size_t scope;

	if (layout < 0) {
		return;
	}
	if (vm->layout.is_identity) {
		reader_note(reader, MANIFEST_BAD_IPA_LAYOUT, MANIFEST_IDENTITY);
	}
	vm->layout.is_given = true;
	scope = reader_enter(reader, "ipa-memory-layout");
	fields_read(reader, layout, FIELD_TABLE(layout), &vm->layout);
	check(vm, reader);
	reader_leave(reader, scope);
}
