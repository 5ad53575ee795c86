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
	DT_REG,
	DT_RANGES,
	DT_ADDRESS_CELLS,
	DT_SIZE_CELLS,
	DT_COMPATIBLE,
	DT_TYPE,
	DT_KEPT_COUNT,
};

/** A node that the walk is in. */
struct dt_level {
	int offset;
	struct bytes values[DT_KEPT_COUNT];
};

/** Begins as zeros, with `walk` before the root. */
struct dt_path {
	struct dt_walk walk;
	struct dt_level levels[DT_MAX_DEPTH]; /* by depth */
};

/**
 * On to the end of a node, whose depth it is: all of that node is known, and so
 * are those around it. Negative: the end of the tree; `walk.next` < 0: it breaks
 * off.
 */
int dt_path_next(struct dt_path *path);

/** Width of the addresses of its children. */
int dt_level_address_cells(const struct dt_level *level);

struct dt_range {
	uint64_t begin;
	uint64_t size;
};

/** Take a range of a child of `parent` off the front; false: too little left. */
must_check bool dt_take_range(struct bytes *reg, const struct dt_level *parent,
			      struct dt_range *range);

/** Take an address, and a size, of children of that node. */
must_check bool dt_take_address(struct bytes *cells,
				const struct dt_level *parent,
				uint64_t *address);
must_check bool dt_take_size(struct bytes *cells, const struct dt_level *parent,
			     uint64_t *size);
