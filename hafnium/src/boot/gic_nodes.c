/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nodes of a GIC: `reg` of a GICv3 is the distributor, then its regions of
 * redistributors, then what is there for GICv2 guests. See docs/interrupts.md.
 */
#include "hf/boot/gic_nodes.h"

#include "hf/base/log.h"
#include "hf/boot/fdt.h"

/** `redistributor-stride` is a multiple of this. */
#define STRIDE_UNIT UINT64_C(0x10000)

static bool is_named(struct bytes compatible, const char *name)
{
	return dt_find_string(compatible, name) != NULL;
}

/** `reg` of a node, and the widths that its parent gives to it. */
struct gic_reg {
	struct bytes value;
	int address_cells;
	int size_cells;
};

static struct gic_reg reg_of(const struct gic_node *node)
{
	return (struct gic_reg){
		.value = dt_property(node->dtb, node->node, "reg"),
		.address_cells = dt_address_cells(node->dtb, node->parent),
		.size_cells = dt_size_cells(node->dtb, node->parent),
	};
}

/** The next range of `reg`, widened to pages. */
static bool take_range(struct gic_reg *reg, struct pa_range *range)
{
	uint64_t begin;
	uint64_t size;
	uint64_t end;

	if (!dt_take_cells(&reg->value, reg->address_cells, &begin) ||
	    !dt_take_cells(&reg->value, reg->size_cells, &size) || size == 0 ||
	    add_overflows(begin, size, &end) || end > UINT64_MAX - PAGE_SIZE) {
		return false;
	}
	range->begin = pa_init(align_down(begin, PAGE_SIZE));
	range->end = pa_init(align_up(end, PAGE_SIZE));
	return true;
}

static bool add_range(struct boot_gic *gic, struct pa_range range)
{
	if (gic->range_count == MAX_GIC_RANGES) {
		return false;
	}
	gic->ranges[gic->range_count] = range;
	gic->range_count++;
	return true;
}

static bool add_redistributor(struct boot_gic *gic, struct pa_range range)
{
	if (gic->redistributor_count == MAX_GIC_REDISTRIBUTORS) {
		return false;
	}
	gic->redistributors[gic->redistributor_count] = range;
	gic->redistributor_count++;
	return true;
}

static bool add_its(struct boot_gic *gic, struct pa_range range, int node)
{
	if (gic->its_count == MAX_GIC_ITS) {
		return false;
	}
	gic->its[gic->its_count] = range;
	gic->its_nodes[gic->its_count] = node;
	gic->its_count++;
	return true;
}

/** An integer of the node that need not be there. */
static bool read_number(const struct gic_node *node, const char *name,
			uint64_t *number)
{
	struct bytes value = dt_property(node->dtb, node->node, name);

	return !bytes_exist(value) || dt_integer(value, number);
}

/** `regions`: how many of the ranges in `reg` are of redistributors. */
static bool read_gic(struct boot_gic *gic, const struct gic_node *node,
		     uint64_t regions)
{
	struct gic_reg reg = reg_of(node);
	struct pa_range range;

	for (uint64_t i = 0; reg.value.size != 0; i++) {
		if (!take_range(&reg, &range) || !add_range(gic, range)) {
			return false;
		}
		if (i >= 1 && i <= regions && !add_redistributor(gic, range)) {
			return false;
		}
	}
	/* Those that `reg` does not have would not be looked after. */
	return gic->redistributor_count >= regions;
}

static bool read_gicv3(struct boot_gic *gic, const struct gic_node *node)
{
	uint64_t regions = 1;

	return read_number(node, "#redistributor-regions", &regions) &&
	       read_number(node, "redistributor-stride",
			   &gic->redistributor_stride) &&
	       is_aligned(gic->redistributor_stride, STRIDE_UNIT) &&
	       read_gic(gic, node, regions);
}

/** Its address is one of ours: all above it are mapped one to one. */
static bool read_its(struct boot_gic *gic, const struct gic_node *node)
{
	struct gic_reg reg = reg_of(node);
	struct bytes ranges = dt_property(node->dtb, node->parent, "ranges");
	struct pa_range range;

	if ((node->parent != 0 && (!bytes_exist(ranges) || ranges.size != 0)) ||
	    !take_range(&reg, &range)) {
		return false;
	}
	return add_range(gic, range) && add_its(gic, range, node->node);
}

bool gic_node_read(struct boot_gic *gic, const struct gic_node *node)
{
	struct bytes compatible =
		dt_property(node->dtb, node->node, "compatible");
	bool is_fine = true;

	if (is_named(compatible, "arm,gic-v3")) {
		is_fine = read_gicv3(gic, node);
	} else if (is_named(compatible, "arm,gic-v3-its")) {
		is_fine = read_its(gic, node);
	} else if (is_named(compatible, "arm,cortex-a15-gic") ||
		   is_named(compatible, "arm,gic-400")) {
		is_fine = read_gic(gic, node, 0);
	}
	if (!is_fine) {
		log_error("FDT: can not understand the node of the GIC.");
	}
	return is_fine;
}
