/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A walk over a whole tree that keeps what nodes say of addresses: who asks for
 * properties node by node walks each node again. See docs/boot.md.
 */
#pragma once

#include "hf/boot/fdt.h"

/** Buses in buses; what is deeper is no device with an address of the CPU. */
#define DT_MAX_DEPTH 8

/** Properties that are kept; fdt_path.c has their names. */
enum dt_kept {
	/* of a node's children */
	DT_ADDRESS_CELLS,
	DT_SIZE_CELLS,
	DT_CELLS_COUNT,

	DT_REG = DT_CELLS_COUNT,
	DT_RANGES,
	DT_COMPATIBLE,
	DT_TYPE,
	DT_STATUS,
	DT_CONTROLS_INTERRUPTS,
	DT_CONTROLS_MSIS,
	DT_REDISTRIBUTOR_REGIONS,
	DT_REDISTRIBUTOR_STRIDE,
	DT_KEPT_COUNT,
};

/** A node that the walk is in; that around it lies in front of it. */
struct dt_level {
	int offset;
	int depth;
	int cells[DT_CELLS_COUNT];
	struct bytes values[DT_KEPT_COUNT]; /* but for cells */
};

struct dt_path {
	struct dt_walk walk; /* begins before the root */
	struct dt_level levels[DT_MAX_DEPTH];
};

/**
 * On to the end of a node: all of it is known, and so are those around it. NULL:
 * the end of the tree; `walk.next` < 0: it breaks off.
 */
const struct dt_level *dt_path_next(struct dt_path *path);

/** Take a range of a child of `parent` off the front; false: too little left. */
must_check bool32 dt_take_range(struct bytes *reg,
				const struct dt_level *parent,
				struct dt_range *range);
