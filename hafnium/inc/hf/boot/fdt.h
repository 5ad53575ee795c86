/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Questions to a flattened device tree (Devicetree Specification 0.4, chapter
 * 5). Once dt_check() has accepted a blob, nothing outside of it is read,
 * whatever is in it. Nodes are named by the offset of their tag in the structure
 * block. See docs/boot.md.
 */
#pragma once

#include "hf/boot/bytes.h"

/** Of no use to us are larger ones; QEMU claims up to 1 MiB. */
#define DT_MAX_SIZE UINT64_C(0x200000)

/* Devicetree Specification 2.3.5. */
#define DT_DEFAULT_ADDRESS_CELLS 2
#define DT_DEFAULT_SIZE_CELLS 1

/** Bytes that have to be there to ask dt_claimed_size(). */
#define DT_HEADER_SIZE 40

/** Words of the header. */
enum dt_word {
	DT_MAGIC,
	DT_TOTAL_SIZE,
	DT_STRUCT_OFFSET,
	DT_STRINGS_OFFSET,
	DT_RESERVED_OFFSET,
	DT_VERSION,
	DT_COMPATIBLE_VERSION,
	DT_BOOT_CPU,
	DT_STRINGS_SIZE,
	DT_STRUCT_SIZE,
};

/** What the structure block consists of (5.4.1), each at a multiple of 4. */
enum dt_tag {
	DT_TAG_BEGIN_NODE = 1,
	DT_TAG_END_NODE = 2,
	DT_TAG_PROPERTY = 3,
	DT_TAG_NOP = 4,
	DT_TAG_END = 9,
};

/** In front of a value: the tag, the value's size, the offset of the name. */
#define DT_PROPERTY_SIZE (3 * sizeof(uint32_t))

/** Numbers in a tree are big endian. */
static inline uint32_t dt_swap(uint32_t word)
{
	return __builtin_bswap32(word);
}

static inline uint32_t dt_header(const void *dtb, enum dt_word word)
{
	return dt_swap(((const uint32_t *)dtb)[word]);
}

static inline const uint8_t *dt_structure(const void *dtb)
{
	return (const uint8_t *)dtb + dt_header(dtb, DT_STRUCT_OFFSET);
}

/** True for 8-byte aligned data that starts like a device tree. */
bool dt_has_magic(const void *dtb);

/** The total size that the header claims, whatever the rest says. */
size_t dt_claimed_size(const void *dtb);

/**
 * Header in order, all blocks inside of the total size, and that not above
 * `max_size`, which are bytes that may be read.
 */
must_check bool32 dt_check(const void *dtb, size_t max_size);

/**
 * The list of reservations ends, and the blocks lie one behind the other, as in
 * any tree that tools make: what changes a tree moves the later ones.
 */
must_check bool dt_is_in_order(const void *dtb);

/** Every node and property is there with its name, up to the end of the tree. */
must_check bool dt_is_whole(const void *dtb);

/** Absent when the node has no such property; it may be empty. */
struct bytes dt_property(const void *dtb, int node, const char *name);

/**
 * A walk over a whole tree, once and in order, for who would ask for a property
 * of each node: that walks each node again.
 */
struct dt_walk {
	const void *dtb;
	int next;
	int depth;  /* of the current node: the root's is 0 */
	int offset; /* of the step; of the node or property that it is about */
	bool is_leaving;
};

enum dt_step {
	/* a node begins */
	DT_STEP_NODE = DT_TAG_BEGIN_NODE,
	/* the current node ends; `depth` still is its own */
	DT_STEP_LEAVE = DT_TAG_END_NODE,
	/* one of the current node */
	DT_STEP_PROPERTY = DT_TAG_PROPERTY,
	/* of the tree; `next` < 0: it breaks off here */
	DT_STEP_END = DT_TAG_END,
};

/** Before the node at `node`; 0: the root. */
struct dt_walk dt_walk_init(const void *dtb, int node);

/** Before the first property of the node; at the end if it is none. */
void dt_walk_inside(struct dt_walk *walk, const void *dtb, int node);

enum dt_step dt_walk_next(struct dt_walk *walk);

/**
 * Of a walk that began before a node: go on to its next child, whose offset and
 * name the walk has then.
 */
must_check bool32 dt_walk_child(struct dt_walk *walk);

/** The child of that name, or of that name and any address; negative: none. */
int dt_find_child(const void *dtb, int node, const char *name);

/** The child of exactly that name. */
int dt_find_exactly(const void *dtb, int node, const char *name);

/** The name of a node. */
static inline const char *dt_name(const void *dtb, int node)
{
	return (const char *)dt_structure(dtb) + node + sizeof(uint32_t);
}

/** After DT_STEP_NODE: its name. */
const char *dt_walk_name(const struct dt_walk *walk);

/** After DT_STEP_PROPERTY: its name, "" when there is none, and its value. */
const char *dt_walk_property(const struct dt_walk *walk, struct bytes *value);

/** Big endian, 1, 2, 4 or 8 bytes; false for other sizes. */
must_check bool32 dt_integer(struct bytes value, uint64_t *number);

/** As `reg` has it. */
struct dt_range {
	uint64_t begin;
	uint64_t size;
};

/** Take `cells` (1 or 2) 32-bit cells off the front; false: too few left. */
must_check bool32 dt_take_cells(struct bytes *value, int cells,
				uint64_t *number);

/** The number in a `#...-cells`; `absent` when there is none; 0: no such width. */
int dt_cells(struct bytes value, int absent);
int dt_address_cells(const void *dtb, int node);
int dt_size_cells(const void *dtb, int node);

/** `value` is exactly this string and its NUL. */
bool32 dt_is_string(struct bytes value, const char *text);

/** Where `text` is in a list of strings; NULL: it is none of them. */
const uint8_t *dt_find_string(struct bytes list, const char *text);

/** One of the strings of the node's `compatible` is `text`. */
bool dt_is_compatible(const void *dtb, int node, const char *text);
