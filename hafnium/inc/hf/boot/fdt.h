/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Read-only questions to a device tree, on top of libfdt, which checks every
 * offset against the total size in the header: once dt_check() has accepted a
 * blob, nothing outside of it is read. See docs/boot.md.
 */
#pragma once

#include "hf/boot/bytes.h"

/** Of no use to us are larger ones; QEMU claims up to 1 MiB. */
#define DT_MAX_SIZE UINT64_C(0x200000)

/** Bytes that have to be there to ask dt_claimed_size(). */
#define DT_HEADER_SIZE 40

/** True for 8-byte aligned data that starts like a device tree. */
bool dt_has_magic(const void *dtb);

/** The total size that the header claims, whatever the rest says. */
size_t dt_claimed_size(const void *dtb);

/**
 * Header in order, all blocks inside of the total size, and that not above
 * `max_size`, which are bytes that may be read.
 */
must_check bool dt_check(const void *dtb, size_t max_size);

/**
 * The blocks lie one behind the other, as in any tree that tools make. Has to
 * be known before libfdt changes a tree: it moves blocks by their order, and
 * would write anywhere with another one.
 */
must_check bool dt_is_in_order(const void *dtb);

/** Absent when the node has no such property; it may be empty. */
struct bytes dt_property(const void *dtb, int node, const char *name);

/**
 * A walk over a whole tree, once and in order, for who would ask for a property
 * of each node: that walks each node again.
 */
struct dt_walk {
	const void *dtb;
	int offset; /* of the step; of the node or property that it is about */
	int next;
	int depth; /* of the current node: the root's is 0 */
	bool is_leaving;
};

enum dt_step {
	DT_STEP_NODE,	  /* a node begins */
	DT_STEP_PROPERTY, /* one of the current node */
	DT_STEP_LEAVE,	  /* the current node ends; `depth` still is its own */
	DT_STEP_END,	  /* of the tree; `next` < 0: it breaks off here */
};

/** Before the root. */
struct dt_walk dt_walk_init(const void *dtb);

enum dt_step dt_walk_next(struct dt_walk *walk);

/** After DT_STEP_NODE: its name. */
const char *dt_walk_name(const struct dt_walk *walk);

/** After DT_STEP_PROPERTY: its name, "" when there is none, and its value. */
const char *dt_walk_property(const struct dt_walk *walk, struct bytes *value);

/** Big endian, 1, 2, 4 or 8 bytes; false for other sizes. */
must_check bool dt_integer(struct bytes value, uint64_t *number);

/** Take `cells` (1 or 2) 32-bit cells off the front; false: too few left. */
must_check bool dt_take_cells(struct bytes *value, int cells, uint64_t *number);

/** `value` is exactly this string and its NUL. */
bool dt_is_string(struct bytes value, const char *text);

/** One of the strings of the node's `compatible` is `text`. */
bool dt_is_compatible(const void *dtb, int node, const char *text);
