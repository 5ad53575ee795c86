/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the loader handed over, read from its device tree once. See
 * docs/boot.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/base/limits.h"

struct boot_params {
	/** Empty when the device tree itself is the manifest. */
	struct pa_range ramdisk;
	bool fdt_is_manifest;

	/** In the order of the device tree. */
	uint64_t cpu_ids[MAX_CPUS];
	uint32_t cpu_count;

	/** Whole pages: bytes beside them are left alone. */
	struct pa_range mem_ranges[MAX_MEM_RANGES];
	uint32_t mem_range_count;
	struct pa_range device_ranges[MAX_DEVICE_RANGES];
	uint32_t device_range_count;

	/**
	 * Where these nodes are in the device tree, as it was handed over: to
	 * find a node by name takes a walk over all of it. Negative: there is
	 * none.
	 */
	int chosen_node;
	int cpus_node;
	int reserved_memory_node;
};

/**
 * `dtb` has passed dt_check(). False, with a line in the log, when there is no
 * /chosen with a RAM disk, no CPU or more than MAX_CPUS, or one of them cannot
 * be understood.
 */
must_check bool params_read(struct boot_params *params, const void *dtb);

/** Memory ranges and RAM disk, into the log. */
void params_log(const struct boot_params *params);

/**
 * `cpu_ids` in our order: the CPU `boot_id`, on which this runs, first, the
 * others from the end backwards. When the list has no `boot_id`, it takes the
 * first place all the same, with a warning.
 */
void params_order_cpus(struct boot_params *params, uint64_t boot_id);

/** All of `range` is RAM. */
bool params_is_ram(const struct boot_params *params, struct pa_range range);
