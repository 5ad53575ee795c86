/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Levels are filled while the walk is in a node, and stay until the next one of
 * that depth begins. See docs/boot.md.
 */
#include "hf/boot/fdt_path.h"

#include <string.h>

#include "hf/base/texts.h"

static const char kept_names[] =
	"#address-cells\0#size-cells\0reg\0ranges\0compatible\0device_type\0"
	"status\0interrupt-controller\0msi-controller\0"
	"#redistributor-regions\0redistributor-stride";

static void keep_property(struct dt_level *level, const struct dt_walk *walk)
{
	struct bytes value;
	const char *name = dt_walk_property(walk, &value);
	const char *kept = kept_names;
	size_t i = 0;

	while (i < DT_KEPT_COUNT && strcmp(name, kept) != 0) {
		kept = texts_next(kept);
		i++;
	}
	if (i < DT_CELLS_COUNT) {
		level->cells[i] = dt_cells(value, 0);
	} else if (i < DT_KEPT_COUNT) {
		level->values[i] = value;
	}
}

/** A node begins. */
static void begin_level(struct dt_level *level, const struct dt_walk *walk)
{
	memset(level, 0, sizeof(*level));
	level->offset = walk->offset;
	level->depth = walk->depth;
	level->cells[DT_ADDRESS_CELLS] = DT_DEFAULT_ADDRESS_CELLS;
	level->cells[DT_SIZE_CELLS] = DT_DEFAULT_SIZE_CELLS;
}

const struct dt_level *dt_path_next(struct dt_path *path)
{
	struct dt_walk *walk = &path->walk;
	enum dt_step step;

	while ((step = dt_walk_next(walk)) != DT_STEP_END) {
		struct dt_level *level;

		if (walk->depth < 0 || walk->depth >= DT_MAX_DEPTH) {
			continue;
		}
		level = &path->levels[walk->depth];
		if (step == DT_STEP_LEAVE) {
			return level;
		}
		if (step == DT_STEP_PROPERTY) {
			keep_property(level, walk);
		} else {
			begin_level(level, walk);
		}
	}
	return NULL;
}

bool32 dt_take_range(struct bytes *reg, const struct dt_level *parent,
		     struct dt_range *range)
{
	return dt_take_cells(reg, parent->cells[DT_ADDRESS_CELLS],
			     &range->begin) &&
	       dt_take_cells(reg, parent->cells[DT_SIZE_CELLS], &range->size);
}
