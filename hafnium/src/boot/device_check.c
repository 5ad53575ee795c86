/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device regions against the machine: what is memory, or what the hypervisor or
 * the primary could not do without, is given to nobody. See docs/manifest.md.
 */
#include "hf/boot/manifest_check.h"
#include "hf/plat/board.h"
#include "hf/plat/image.h"

static enum manifest_status check_range(struct pa_range range,
					const struct boot_params *params)
{
	if (boot_ranges_meet(&params->mem_ranges, range) ||
	    pa_ranges_overlap(range, image_range())) {
		return MANIFEST_DEVICE_IS_MEMORY;
	}
	if (pa_ranges_overlap(range, board_get()->uart) ||
	    boot_ranges_meet(&params->gic.ranges, range)) {
		return MANIFEST_DEVICE_IS_RESERVED;
	}
	return MANIFEST_OK;
}

static bool check_vm(const struct ffa_partition *partition,
		     const struct boot_params *params,
		     struct field_reader *reader)
{
	for (uint32_t i = 0; i < partition->device_region_count; i++) {
		enum manifest_status status = check_range(
			device_region_range(&partition->device_regions[i]),
			params);

		if (status != MANIFEST_OK) {
			return reader_fail(reader, status, "device-regions");
		}
	}
	return true;
}

bool devices_check(const struct manifest *manifest,
		   const struct boot_params *params,
		   struct field_reader *reader)
{
	for (uint32_t i = 0; i < manifest->vm_count; i++) {
		reader_set_scope(reader, manifest, i);
		if (!check_vm(&manifest->vms[i].partition, params, reader)) {
			return false;
		}
	}
	return true;
}
