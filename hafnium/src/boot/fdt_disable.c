/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A walk over the tree, if there is a device to look for. A node is changed
 * when all of it has been seen: what the walk knows of the nodes around it lies
 * in front of the change. See docs/boot.md.
 */
#include "hf/boot/fdt_disable.h"

#include "hf/boot/fdt_edit.h"
#include "hf/boot/fdt_path.h"

/** By how much everything behind the start of `node` has moved. */
static int disable_node(void *dtb, int node)
{
	uint32_t before = dt_header(dtb, DT_STRUCT_SIZE);

	dt_set_string(dtb, node, "status", "disabled");
	return (int)(dt_header(dtb, DT_STRUCT_SIZE) - before);
}

int fdt_disable_its(void *dtb, const struct boot_params *params)
{
	int reserved_memory = params->nodes[BOOT_RESERVED_MEMORY];

	/* From the last one on: those in front of it stay where they are. */
	for (size_t i = params->gic.its.count; i > 0; i--) {
		int node = params->gic.its_nodes[i - 1];
		int moved = disable_node(dtb, node);

		if (reserved_memory > node) {
			reserved_memory += moved;
		}
	}
	return reserved_memory;
}

static bool is_simple_bus(const struct dt_level *level)
{
	return dt_find_string(level->values[DT_COMPATIBLE], "simple-bus") !=
	       NULL;
}

/** From a bus' addresses to those of the node that it is in. */
static bool translate_once(const struct dt_level *bus, uint64_t *address)
{
	const struct dt_level *parent = bus - 1;
	struct bytes ranges = bus->values[DT_RANGES];
	struct dt_range child;
	uint64_t target;

	if (!is_simple_bus(bus) || !bytes_exist(ranges)) {
		return false;
	}
	if (ranges.size == 0) {
		return true;
	}
	while (dt_take_cells(&ranges, bus->cells[DT_ADDRESS_CELLS],
			     &child.begin) &&
	       dt_take_cells(&ranges, parent->cells[DT_ADDRESS_CELLS],
			     &target) &&
	       dt_take_cells(&ranges, bus->cells[DT_SIZE_CELLS], &child.size)) {
		if (*address >= child.begin &&
		    *address - child.begin < child.size) {
			*address = target + (*address - child.begin);
			return true;
		}
	}
	return false;
}

/** From the addresses of the children of `level` to those of the CPU. */
static bool translate(const struct dt_level *level, uint64_t *address)
{
	for (; level->depth > 0; level--) {
		if (!translate_once(level, address)) {
			return false;
		}
	}
	return true;
}

static bool is_taken(const struct load *load, uint64_t address, uint64_t size)
{
	struct pa_range range = {.begin = pa_init(address)};

	if (add_overflows(address, size, &range.end.pa)) {
		return false;
	}
	for (size_t i = 0; i < load->device_count; i++) {
		if (pa_ranges_overlap(load->devices[i], range)) {
			return true;
		}
	}
	return false;
}

/** Is one of the registers of the node not the primary's? */
static bool has_taken_register(const struct dt_level *node,
			       const struct load *load)
{
	struct bytes reg = node->values[DT_REG];
	struct dt_range range;

	while (dt_take_range(&reg, node - 1, &range)) {
		if (translate(node - 1, &range.begin) &&
		    is_taken(load, range.begin, range.size)) {
			return true;
		}
	}
	return false;
}

void fdt_disable_devices(void *dtb, const struct load *load)
{
	struct dt_path path;
	const struct dt_level *node;

	if (load->device_count == 0) {
		return;
	}
	path.walk = dt_walk_init(dtb, 0);
	while ((node = dt_path_next(&path)) != NULL) {
		if (node->depth > 0 && has_taken_register(node, load)) {
			path.walk.next += disable_node(dtb, node->offset);
		}
	}
}
