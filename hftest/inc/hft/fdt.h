/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The FDT that the image was started with, read with libfdt.
 */
#pragma once

#include <libfdt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hft_range {
	uint64_t begin;
	uint64_t end;
};

/** NULL when x0 was not the address of one. */
const void *hft_fdt(void);

/** /chosen/bootargs, or "". */
const char *hft_fdt_bootargs(void);

/** Cells of `reg` for children of `parent`, root's when they are not said. */
bool hft_fdt_reg(int node, int parent, int entry, struct hft_range *range);

/** The `entry`-th range of nodes with device_type = "memory". */
bool hft_fdt_memory(int entry, struct hft_range *range);

/** The `entry`-th child of /reserved-memory that has `no-map`. */
bool hft_fdt_reserved(int entry, struct hft_range *range);

/** Big-endian integer of one or two cells; false otherwise. */
bool hft_fdt_integer(int node, const char *name, uint64_t *value);
