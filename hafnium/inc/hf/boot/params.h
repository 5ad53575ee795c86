/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the loader handed over, read from its device tree once. See
 * docs/boot.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/base/limits.h"

/** Limits of the interrupt controller's nodes; more are a reason not to boot. */
#define MAX_GIC_RANGES 16
#define MAX_GIC_REDISTRIBUTORS 4
#define MAX_GIC_ITS 4

/** GICv2 or GICv3; all empty when there is none that we know. */
struct boot_gic {
	/** Registers of all kinds, ITS included, widened to pages. */
	struct pa_range ranges[MAX_GIC_RANGES];
	uint32_t range_count;
	struct pa_range redistributors[MAX_GIC_REDISTRIBUTORS];
	uint32_t redistributor_count;
	uint64_t redistributor_stride; /* 0: without gaps */
	struct pa_range its[MAX_GIC_ITS];
	int its_nodes[MAX_GIC_ITS]; /* in the order of the tree */
	uint32_t its_count;
};

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

	struct boot_gic gic;

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
