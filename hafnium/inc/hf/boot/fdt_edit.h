/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes of a tree, in place. Nodes in front of a change keep their offsets.
 * What returns a bool or an offset fails when there is no room; the tree is
 * whole then, too. See docs/boot.md.
 */
#pragma once

#include "hf/boot/bytes.h"

/**
 * Let the tree, which dt_check() has accepted, grow to `room` bytes. False: its
 * blocks are not in order.
 */
must_check bool dt_open(void *dtb, size_t room);

/** The total size is what is used, again. */
void dt_pack(void *dtb);

/** Bytes behind the last block that are inside the total size. */
size_t dt_spare(const void *dtb);

/** A first child of `parent`, without a look at the others; negative: failed. */
must_check int dt_add_node(void *dtb, int parent, const char *name);

/** Give the property this value, whether it is there or not. */
must_check bool dt_set_property(void *dtb, int node, const char *name,
				struct bytes value);
must_check bool dt_set_string(void *dtb, int node, const char *name,
			      const char *text);

struct dt_number {
	int cells; /* 1 or 2 */
	uint64_t value;
};

/** False also: so many cells can not say it. */
must_check bool dt_set_number(void *dtb, int node, const char *name,
			      struct dt_number number);

struct dt_reg {
	int address_cells;
	int size_cells;
	uint64_t begin;
	uint64_t size;
};

/** `reg` of one range; false also: the cells can not say it. */
must_check bool dt_set_reg(void *dtb, int node, struct dt_reg reg);
