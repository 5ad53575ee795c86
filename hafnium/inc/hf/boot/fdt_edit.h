/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes of a tree, in place. Nodes in front of a change keep their offsets.
 * Changes that there is no room for are left out: dt_pack() says so, in the end,
 * and that tree is of no use. See docs/boot.md.
 */
#pragma once

#include "hf/boot/fdt.h"

/**
 * Let the tree, which dt_check() has accepted, grow to `room` bytes. False: its
 * blocks are not in order.
 */
must_check bool32 dt_open(void *dtb, size_t room);

/**
 * The total size is what is used, again. False: one of the changes since
 * dt_open() was not made.
 */
must_check bool dt_pack(void *dtb);

/** Something can not be changed as it should be: no tree any more. */
static inline void dt_spoil(void *dtb)
{
	((uint32_t *)dtb)[DT_MAGIC] = 0;
}

/** Bytes behind the last block that are inside the total size. */
size_t dt_spare(const void *dtb);

/**
 * A first child of `parent`, without a look at the others; negative: failed, and
 * so does what is done to that node.
 */
int dt_add_node(void *dtb, int parent, const char *name);

/** Give the property this value, whether it is there or not. */
void dt_set_property(void *dtb, int node, const char *name, struct bytes value);
void dt_set_string(void *dtb, int node, const char *name, const char *text);

struct dt_number {
	int cells; /* 1 or 2 */
	uint64_t value;
};

/** Fails also when so many cells can not say it. */
void dt_set_number(void *dtb, int node, const char *name,
		   struct dt_number number);

/** `reg` of one range, in cells as many as `parent` says; they may be too few. */
void dt_set_reg(void *dtb, int parent, int node, struct dt_range range);
