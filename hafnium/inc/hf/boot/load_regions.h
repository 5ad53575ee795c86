/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a secondary has beside its own memory: devices, and memory of which its
 * manifest knows the address. See docs/manifest.md.
 */
#pragma once

#include "hf/boot/load.h"

/**
 * Memory regions that are not in its `own` memory are there and free; now they
 * are cleared. False, with a line in the log: one of them is not to be had.
 */
must_check bool load_regions_claim(struct load *load, struct manifest_vm *from,
				   struct pa_range own);

/** Map all into `vm`, and note its interrupts. False: no page tables. */
must_check bool load_regions_map(const struct manifest_vm *from, struct vm *vm);

/** The primary has none of it any more. False: it could still get at it. */
must_check bool load_regions_take(struct load *load,
				  const struct manifest_vm *from,
				  const struct vm *vm);
