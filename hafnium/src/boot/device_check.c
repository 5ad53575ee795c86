/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device regions against the machine: what is memory, or what the hypervisor or
 * the primary could not do without, is given to nobody. See docs/manifest.md.
 */
#include "hf/boot/manifest_check.h"
#include "hf/plat/board.h"
#include "hf/plat/image.h"

static void check_range(struct pa_range range, const struct boot_params *params,
			struct field_reader *reader)
{
	if (boot_ranges_meet(&params->mem_ranges, range) ||
	    pa_ranges_overlap(range, image_range())) {
		reader_note(reader, MANIFEST_DEVICE_IS_MEMORY,
			    "device-regions");
	}
	if (pa_ranges_overlap(range, board_get()->uart) ||
	    boot_ranges_meet(&params->gic.ranges, range)) {
		reader_note(reader, MANIFEST_DEVICE_IS_RESERVED,
			    "device-regions");
	}
}

void devices_check(const struct manifest *manifest,
		   const struct boot_params *params,
		   struct field_reader *reader)
{
	for (size_t i = 0; i < manifest->vm_count; i++) {
		const struct manifest_vm *vm = &manifest->vms[i];
		const struct ffa_partition *partition = &vm->partition;

		reader_set_scope(reader, (uint32_t)i + 1, vm->is_ffa_partition);
		for (size_t n = partition->memory_count;
		     n < partition->region_count; n++) {
			check_range(region_range(&partition->regions[n]),
				    params, reader);
		}
	}
}
