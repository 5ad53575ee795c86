/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nodes of a GIC: `reg` of a GICv3 is the distributor, then its regions of
 * redistributors, then what is there for GICv2 guests. See docs/interrupts.md.
 */
#include "hf/boot/gic_nodes.h"

#include "hf/base/log.h"
#include "hf/base/texts.h"

/** `redistributor-stride` is a multiple of this. */
#define STRIDE_UNIT UINT64_C(0x10000)

/** The next range of `reg`, widened to pages. */
static bool32 take_range(struct bytes *reg, const struct dt_level *parent,
			 struct pa_range *range)
{
	struct dt_range own;
	uint64_t end;

	if (!dt_take_range(reg, parent, &own) || own.size == 0 ||
	    add_overflows(own.begin, own.size, &end) ||
	    end > UINT64_MAX - PAGE_SIZE) {
		return false;
	}
	range->begin = pa_init(align_down(own.begin, PAGE_SIZE));
	range->end = pa_init(align_up(end, PAGE_SIZE));
	return true;
}

/** An integer that need not be there. */
static bool read_number(struct bytes value, uint64_t *number)
{
	return !bytes_exist(value) || dt_integer(value, number);
}

/** `regions`: how many of the ranges in `reg` are of redistributors. */
static bool32 read_gic(struct boot_gic *gic, const struct dt_level *node,
		       uint64_t regions)
{
	struct bytes reg = node->values[DT_REG];
	struct pa_range range;

	for (uint64_t i = 0; reg.size != 0; i++) {
		if (!take_range(&reg, node - 1, &range) ||
		    !boot_ranges_add(&gic->ranges, MAX_GIC_RANGES, range)) {
			return false;
		}
		if (i >= 1 && i <= regions &&
		    !boot_ranges_add(&gic->redistributors,
				     MAX_GIC_REDISTRIBUTORS, range)) {
			return false;
		}
	}
	/* Those that `reg` does not have would not be looked after. */
	return gic->redistributors.count >= regions;
}

static bool read_gicv3(struct boot_gic *gic, const struct dt_level *node)
{
	uint64_t regions = 1;

	return read_number(node->values[DT_REDISTRIBUTOR_REGIONS], &regions) &&
	       read_number(node->values[DT_REDISTRIBUTOR_STRIDE],
			   &gic->redistributor_stride) &&
	       is_aligned(gic->redistributor_stride, STRIDE_UNIT) &&
	       read_gic(gic, node, regions);
}

/** Its address is one of ours: all above it are mapped one to one. */
static bool read_its(struct boot_gic *gic, const struct dt_level *node)
{
	struct bytes reg = node->values[DT_REG];
	struct bytes ranges = node[-1].values[DT_RANGES];
	struct pa_range range;

	if ((node->depth > 1 && (!bytes_exist(ranges) || ranges.size != 0)) ||
	    !take_range(&reg, node - 1, &range)) {
		return false;
	}
	if (!boot_ranges_add(&gic->ranges, MAX_GIC_RANGES, range) ||
	    !boot_ranges_add(&gic->its, MAX_GIC_ITS, range)) {
		return false;
	}
	gic->its_nodes[gic->its.count - 1] = node->offset;
	return true;
}

enum gic_kind {
	GIC_V3,
	GIC_ITS,
	GIC_V2,
	GIC_400,
	GIC_KIND_COUNT,
};

static unsigned int kind_of(struct bytes compatible)
{
	static const char names[] =
		"arm,gic-v3\0arm,gic-v3-its\0arm,cortex-a15-gic\0arm,gic-400";
	const char *name = names;
	unsigned int kind = 0;

	while (kind < GIC_KIND_COUNT &&
	       dt_find_string(compatible, name) == NULL) {
		name = texts_next(name);
		kind++;
	}
	return kind;
}

bool gic_node_read(struct boot_gic *gic, const struct dt_level *node)
{
	unsigned int kind = kind_of(node->values[DT_COMPATIBLE]);
	bool is_fine;

	if (kind == GIC_KIND_COUNT ||
	    (!bytes_exist(node->values[DT_CONTROLS_INTERRUPTS]) &&
	     !bytes_exist(node->values[DT_CONTROLS_MSIS]))) {
		return true;
	}
	if (kind == GIC_V3) {
		is_fine = read_gicv3(gic, node);
	} else if (kind == GIC_ITS) {
		is_fine = read_its(gic, node);
	} else {
		is_fine = read_gic(gic, node, 0);
	}
	if (!is_fine) {
		log_error("FDT: can not understand the node of the GIC.");
	}
	return is_fine;
}
