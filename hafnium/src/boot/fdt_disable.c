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

static bool is_simple_bus(const struct dt_level *level)
{
	return dt_find_string(level->values[DT_COMPATIBLE], "simple-bus") !=
	       NULL;
}

/** From a bus' addresses to those of the node that it is in. */
static bool translate_once(const struct dt_level *bus, uint64_t *address)
{
	struct bytes ranges = bus->values[DT_RANGES];
	uint64_t child;
	uint64_t target;
	uint64_t size;

	if (!is_simple_bus(bus) || !bytes_exist(ranges)) {
		return false;
	}
	if (ranges.size == 0) {
		return true;
	}
	while (dt_take_address(&ranges, bus, &child) &&
	       dt_take_address(&ranges, bus - 1, &target) &&
	       dt_take_size(&ranges, bus, &size)) {
		if (*address >= child && *address - child < size) {
			*address = target + (*address - child);
			return true;
		}
	}
	return false;
}

/** From the addresses of `levels[depth]`'s children to those of the CPU. */
static bool translate(const struct dt_level *levels, int depth,
		      uint64_t *address)
{
	for (int i = depth; i >= 1; i--) {
		if (!translate_once(&levels[i], address)) {
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
static bool has_taken_register(const struct dt_path *path,
			       const struct load *load, int depth)
{
	struct bytes reg = path->levels[depth].values[DT_REG];
	struct dt_range range;

	while (dt_take_range(&reg, &path->levels[depth - 1], &range)) {
		if (translate(path->levels, depth - 1, &range.begin) &&
		    is_taken(load, range.begin, range.size)) {
			return true;
		}
	}
	return false;
}

static bool disable_devices(void *dtb, const struct load *load, int *later_node)
{
	struct dt_path path = {.walk = dt_walk_init(dtb, 0)};
	int depth;

	for (depth = dt_path_next(&path); depth >= 0;
	     depth = dt_path_next(&path)) {
		int moved;

		if (depth == 0 || !has_taken_register(&path, load, depth)) {
			continue;
		}
		if (!disable_node(dtb, path.levels[depth].offset, &moved)) {
			return false;
		}
		path.walk.next += moved;
		if (*later_node > path.levels[depth].offset) {
			*later_node += moved;
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
