/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A walk over the tree, if there is a device to look for. A node is changed
 * when all of it has been seen: what the walk knows of the nodes around it lies
 * in front of the change. See docs/boot.md.
 */
#include "hf/boot/fdt_disable.h"

#include <string.h>

#include "hf/boot/fdt.h"
#include "hf/boot/fdt_edit.h"

/** Buses in buses; what is deeper is no device with an address of the CPU. */
#define MAX_DEPTH 8

/** A node that the walk is in. */
struct level {
	int offset;
	int address_cells; /* of its children */
	int size_cells;
	bool is_simple_bus;
	struct bytes ranges;
	struct bytes reg;
};

struct device_walk {
	struct dt_walk walk;
	struct level levels[MAX_DEPTH];
};

/** By how much everything behind the start of `node` has moved. */
static bool disable_node(void *dtb, int node, int *moved)
{
	uint32_t before = dt_header(dtb, DT_STRUCT_SIZE);
	bool is_done = dt_set_string(dtb, node, "status", "disabled");

	*moved = (int)(dt_header(dtb, DT_STRUCT_SIZE) - before);
	return is_done;
}

static bool disable_its(void *dtb, const struct boot_gic *gic, int *later_node)
{
	/* From the last one on: those in front of it stay where they are. */
	for (uint32_t i = gic->its_count; i > 0; i--) {
		int node = gic->its_nodes[i - 1];
		int moved;

		if (!disable_node(dtb, node, &moved)) {
			return false;
		}
		if (*later_node > node) {
			*later_node += moved;
		}
	}
	return true;
}

static void note_property(struct level *level, const struct dt_walk *walk)
{
	struct bytes value;
	const char *name = dt_walk_property(walk, &value);

	if (strcmp(name, "reg") == 0) {
		level->reg = value;
	} else if (strcmp(name, "ranges") == 0) {
		level->ranges = value;
	} else if (strcmp(name, "#address-cells") == 0) {
		level->address_cells = dt_cells(value, 0);
	} else if (strcmp(name, "#size-cells") == 0) {
		level->size_cells = dt_cells(value, 0);
	} else if (strcmp(name, "compatible") == 0) {
		level->is_simple_bus =
			dt_find_string(value, "simple-bus") != NULL;
	}
}

/** From a bus' addresses to those of the node that it is in. */
static bool translate_once(const struct level *bus, const struct level *parent,
			   uint64_t *address)
{
	struct bytes ranges = bus->ranges;
	uint64_t child;
	uint64_t target;
	uint64_t size;

	if (!bus->is_simple_bus || !bytes_exist(ranges)) {
		return false;
	}
	if (ranges.size == 0) {
		return true;
	}
	while (dt_take_cells(&ranges, bus->address_cells, &child) &&
	       dt_take_cells(&ranges, parent->address_cells, &target) &&
	       dt_take_cells(&ranges, bus->size_cells, &size)) {
		if (*address >= child && *address - child < size) {
			*address = target + (*address - child);
			return true;
		}
	}
	return false;
}

/** From the addresses of `levels[depth]`'s children to those of the CPU. */
static bool translate(const struct level *levels, int depth, uint64_t *address)
{
	for (int i = depth; i >= 1; i--) {
		if (!translate_once(&levels[i], &levels[i - 1], address)) {
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
	for (uint32_t i = 0; i < load->device_count; i++) {
		if (pa_ranges_overlap(load->devices[i], range)) {
			return true;
		}
	}
	return false;
}

/** Is one of the registers of the node at `depth` not the primary's? */
static bool has_taken_register(const struct device_walk *walk,
			       const struct load *load, int depth)
{
	const struct level *parent = &walk->levels[depth - 1];
	struct bytes reg = walk->levels[depth].reg;
	uint64_t address;
	uint64_t size;

	while (dt_take_cells(&reg, parent->address_cells, &address) &&
	       dt_take_cells(&reg, parent->size_cells, &size)) {
		if (translate(walk->levels, depth - 1, &address) &&
		    is_taken(load, address, size)) {
			return true;
		}
	}
	return false;
}

static bool leave_node(void *dtb, struct device_walk *walk, int depth,
		       int *later_node)
{
	int node = walk->levels[depth].offset;
	int moved;

	if (!disable_node(dtb, node, &moved)) {
		return false;
	}
	walk->walk.next += moved;
	if (*later_node > node) {
		*later_node += moved;
	}
	return true;
}

static bool disable_devices(void *dtb, const struct load *load, int *later_node)
{
	struct device_walk walk = {.walk = dt_walk_init(dtb, 0)};
	enum dt_step step;

	for (step = dt_walk_next(&walk.walk); step != DT_STEP_END;
	     step = dt_walk_next(&walk.walk)) {
		int depth = walk.walk.depth;
		bool is_device = depth >= 1 && depth < MAX_DEPTH;

		if (depth >= MAX_DEPTH) {
			continue;
		}
		if (step == DT_STEP_NODE) {
			walk.levels[depth] = (struct level){
				.offset = walk.walk.offset,
				.address_cells = DT_DEFAULT_ADDRESS_CELLS,
				.size_cells = DT_DEFAULT_SIZE_CELLS,
			};
		} else if (step == DT_STEP_PROPERTY) {
			note_property(&walk.levels[depth], &walk.walk);
		} else if (is_device &&
			   has_taken_register(&walk, load, depth) &&
			   !leave_node(dtb, &walk, depth, later_node)) {
			return false;
		}
	}
	return true;
}

bool fdt_disable(void *dtb, const struct load *load, int *later_node)
{
	return disable_its(dtb, &load->params->gic, later_node) &&
	       (load->device_count == 0 ||
		disable_devices(dtb, load, later_node));
}
