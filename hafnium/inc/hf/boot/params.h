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

/** Room for the longest list. */
#define MAX_BOOT_RANGES (MAX_MEM_RANGES + MAX_DEVICE_RANGES)
static_assert(MAX_GIC_RANGES <= MAX_BOOT_RANGES, "struct boot_ranges");

struct boot_ranges {
	uint32_t count;
	struct pa_range list[MAX_BOOT_RANGES];
};

/** False: there are `max` already. */
must_check bool32 boot_ranges_add(struct boot_ranges *ranges, uint32_t max,
				  struct pa_range range);

/** `range` overlaps one of them. */
bool boot_ranges_meet(const struct boot_ranges *ranges, struct pa_range range);

/** GICv2 or GICv3; all empty when there is none that we know. */
struct boot_gic {
	/** Registers of all kinds, ITS included, widened to pages. */
	struct boot_ranges ranges;
	struct boot_ranges redistributors;
	uint64_t redistributor_stride; /* 0: without gaps */
	struct boot_ranges its;
	int its_nodes[MAX_GIC_ITS]; /* in the order of the tree */
};

/** Nodes below the root that are read, or changed, later; params.c: names. */
enum boot_node {
	BOOT_CHOSEN,
	BOOT_CPUS,
	BOOT_RESERVED_MEMORY,
	BOOT_NODE_COUNT,
};

struct boot_params {
	/** Empty when the device tree itself is the manifest. */
	struct pa_range ramdisk;
	bool fdt_is_manifest;

	/** In the order of the device tree. */
	uint64_t cpu_ids[MAX_CPUS];
	uint32_t cpu_count;

	/** Whole pages: bytes beside them are left alone. */
	struct boot_ranges mem_ranges;
	struct boot_ranges device_ranges;

	struct boot_gic gic;

	/**
	 * Where these nodes are in the device tree, as it was handed over: to
	 * find a node by name takes a walk over all of it. Negative: there is
	 * none.
	 */
	int nodes[BOOT_NODE_COUNT];
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
bool32 params_is_ram(const struct boot_params *params, struct pa_range range);
