/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device trees for tests, written node by node. One at a time is being built;
 * a node that is begun is current until it ends. See docs/testing.md.
 */
#pragma once

#include "hf/boot/bytes.h"

/** An empty tree whose root is current. */
void dtb_begin(void);

void dtb_node(const char *name);
void dtb_end(void);

/** Properties of the current node. */
void dtb_flag(const char *name);
void dtb_string(const char *name, const char *text);
void dtb_u32(const char *name, uint32_t value);
void dtb_u64(const char *name, uint64_t value);
void dtb_bytes(const char *name, const void *data, size_t size);

/** A list of uint32_t in host order. */
#define dtb_cells(name, ...)                                    \
	dtb_cell_list((name), (const uint32_t[]){__VA_ARGS__},  \
		      sizeof((const uint32_t[]){__VA_ARGS__}) / \
			      sizeof(uint32_t))
void dtb_cell_list(const char *name, const uint32_t *cells, size_t count);

/**
 * End the root; the blob, 8-byte aligned, in memory of its own. `spare` bytes
 * are added behind the last block and to the total size.
 */
struct bytes dtb_finish(size_t spare);
