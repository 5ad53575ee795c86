/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a secondary has beside its own memory: devices, and memory of which its
 * manifest knows the address. See docs/manifest.md.
 */
#pragma once

#include "hf/boot/load.h"

/** The regions of a VM, and the memory that was carved for it. */
struct load_regions {
	const struct manifest_vm *from;
	struct pa_range own;
};

/**
 * Memory regions elsewhere are there and free; now they are cleared. False,
 * with a line in the log: one of them is not to be had.
 */
must_check bool load_regions_claim(struct load *load,
				   const struct load_regions *regions);

/** Map all into `vm`, and note its interrupts. False: no page tables. */
must_check bool load_regions_map(const struct load_regions *regions,
				 struct vm *vm);

/** The primary has none of it any more. False: it could still get at it. */
must_check bool load_regions_take(struct load *load,
				  const struct load_regions *regions,
				  const struct vm *vm);
