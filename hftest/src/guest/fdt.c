/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Answers from the FDT. Nothing is cached: tests look at the bytes that the
 * hypervisor handed over.
 */
#include "hft/fdt.h"

#include <string.h>

#include "cpu.h"

static const void *tree;

void hft_fdt_init(uint64_t address)
{
	const void *candidate = (const void *)address;

	/* A secondary VM may get its memory size in place of an FDT. */
	if (address != 0 && address % 8 == 0 && address >= UINT64_C(1) << 30 &&
	    fdt_check_header(candidate) == 0) {
		tree = candidate;
	}
}

const void *hft_fdt(void)
{
	return tree;
}

const char *hft_fdt_bootargs(void)
{
	const char *text = NULL;
	int length = 0;

	if (tree != NULL) {
		text = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"),
				   "bootargs", &length);
	}
	if (text == NULL || length <= 0 || text[length - 1] != '\0') {
		return "";
	}
	return text;
}

static uint64_t read_cells(const fdt32_t *cells, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++) {
		value = (value << 32) | fdt32_ld(&cells[i]);
	}
	return value;
}

bool hft_fdt_integer(int node, const char *name, uint64_t *value)
{
	int length = 0;
	const fdt32_t *cells = fdt_getprop(tree, node, name, &length);

	if (cells == NULL || (length != 4 && length != 8)) {
		return false;
	}
	*value = read_cells(cells, length / 4);
	return true;
}

bool hft_fdt_reg(int node, int parent, int entry, struct hft_range *range)
{
	int address_cells = fdt_address_cells(tree, parent);
	int size_cells = fdt_size_cells(tree, parent);
	int length = 0;
	const fdt32_t *cells = fdt_getprop(tree, node, "reg", &length);
	int stride = address_cells + size_cells;

	if (cells == NULL || stride <= 0 || (entry + 1) * stride * 4 > length) {
		return false;
	}
	cells += entry * stride;
	range->begin = read_cells(cells, address_cells);
	range->end =
		range->begin + read_cells(cells + address_cells, size_cells);
	return true;
}

bool hft_fdt_memory(int entry, struct hft_range *range)
{
	int node;

	fdt_for_each_subnode(node, tree, 0)
	{
		const char *type = fdt_getprop(tree, node, "device_type", NULL);
		int inside = 0;

		if (type == NULL || strcmp(type, "memory") != 0) {
			continue;
		}
		for (; hft_fdt_reg(node, 0, inside, range); inside++) {
			if (entry-- == 0) {
				return true;
			}
		}
	}
	return false;
}

bool hft_fdt_reserved(int entry, struct hft_range *range)
{
	int parent = fdt_path_offset(tree, "/reserved-memory");
	int node;

	if (parent < 0) {
		return false;
	}
	fdt_for_each_subnode(node, tree, parent)
	{
		if (fdt_getprop(tree, node, "no-map", NULL) != NULL &&
		    entry-- == 0) {
			return hft_fdt_reg(node, parent, 0, range);
		}
	}
	return false;
}
