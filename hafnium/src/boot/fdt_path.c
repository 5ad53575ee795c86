/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Levels are filled while the walk is in a node, and stay until the next one of
 * that depth begins. See docs/boot.md.
 */
#include "hf/boot/fdt_path.h"

#include <string.h>

static const char kept_names[DT_KEPT_COUNT][16] = {
	[DT_REG] = "reg",
	[DT_RANGES] = "ranges",
	[DT_ADDRESS_CELLS] = "#address-cells",
	[DT_SIZE_CELLS] = "#size-cells",
	[DT_COMPATIBLE] = "compatible",
	[DT_TYPE] = "device_type",
};

static void keep_property(struct dt_level *level, const struct dt_walk *walk)
{
	struct bytes value;
	const char *name = dt_walk_property(walk, &value);

	for (size_t i = 0; i < DT_KEPT_COUNT; i++) {
		if (strcmp(name, kept_names[i]) == 0) {
			level->values[i] = value;
		}
	}
}

int dt_path_next(struct dt_path *path)
{
	struct dt_walk *walk = &path->walk;
	enum dt_step step;

	for (step = dt_walk_next(walk); step != DT_STEP_END;
	     step = dt_walk_next(walk)) {
		int depth = walk->depth;

		if (depth < 0 || depth >= DT_MAX_DEPTH) {
			continue;
		}
		if (step == DT_STEP_LEAVE) {
			return depth;
		}
		if (step == DT_STEP_PROPERTY) {
			keep_property(&path->levels[depth], walk);
		} else {
			path->levels[depth] =
				(struct dt_level){.offset = walk->offset};
		}
	}
	return -1;
}

int dt_level_address_cells(const struct dt_level *level)
{
	return dt_cells(level->values[DT_ADDRESS_CELLS],
			DT_DEFAULT_ADDRESS_CELLS);
}

bool dt_take_address(struct bytes *cells, const struct dt_level *parent,
		     uint64_t *address)
{
	return dt_take_cells(cells, dt_level_address_cells(parent), address);
}

bool dt_take_size(struct bytes *cells, const struct dt_level *parent,
		  uint64_t *size)
{
	return dt_take_cells(
		cells,
		dt_cells(parent->values[DT_SIZE_CELLS], DT_DEFAULT_SIZE_CELLS),
		size);
}

bool dt_take_range(struct bytes *reg, const struct dt_level *parent,
		   struct dt_range *range)
{
	return dt_take_address(reg, parent, &range->begin) &&
	       dt_take_size(reg, parent, &range->size);
}
