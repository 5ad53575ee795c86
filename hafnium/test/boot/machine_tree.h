/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device tree of a machine, as QEMU's `virt` hands it over. See
 * docs/testing.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/boot/bytes.h"

#define TREE_MAX_RANGES 20
#define TREE_MAX_CPUS 20

struct machine_tree {
	uint32_t address_cells;
	uint32_t size_cells;
	uint32_t cpu_address_cells;

	bool has_chosen;
	bool has_initrd;
	bool is_initrd_32bit;
	struct pa_range initrd;
	const char *bootargs;

	bool has_cpus;
	uint64_t cpu_ids[TREE_MAX_CPUS];
	size_t cpu_count;

	struct pa_range memory[TREE_MAX_RANGES];
	size_t memory_count;
	struct pa_range devices[TREE_MAX_RANGES];
	size_t device_count;

	/* QEMU has 32 virtio-mmio nodes, and a megabyte to spare. */
	size_t virtio_count;
	size_t spare;
	bool has_reserved_memory;
	/* a GICv3: empty without one; an ITS in it */
	struct pa_range redistributors;
	struct pa_range its;
	bool is_manifest; /* has a /hypervisor node of one VM */
};

/** 1 GiB at 0x40000000, four CPUs, RAM disk at 0x48000000. */
struct machine_tree machine_tree_default(void);

struct bytes machine_tree_build(const struct machine_tree *tree);

/** Shorter: what is built from the default. */
struct bytes machine_tree_default_blob(void);
