/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One walk over the children of the root finds what there is: /chosen, /cpus
 * and the memory nodes. See docs/boot.md.
 */
#include "hf/boot/params.h"

#include <string.h>

#include "hf/arch/cpu.h"
#include "hf/base/log.h"
#include "hf/base/texts.h"
#include "hf/boot/gic_nodes.h"

/** A list of ranges with its limit, so that one function fills both kinds. */
struct range_kind {
	struct boot_ranges *ranges;
	uint32_t max;
	const char *what;
};

never_inline bool32 boot_ranges_add(struct boot_ranges *ranges, uint32_t max,
				    struct pa_range range)
{
	if (ranges->count == max) {
		return false;
	}
	ranges->list[ranges->count++] = range;
	return true;
}

bool boot_ranges_meet(const struct boot_ranges *ranges, struct pa_range range)
{
	for (size_t i = 0; i < ranges->count; i++) {
		if (pa_ranges_overlap(ranges->list[i], range)) {
			return true;
		}
	}
	return false;
}

/** An address of the loader's: 4 or 8 bytes. */
static bool read_address(const void *dtb, int node, const char *name,
			 uint64_t *address)
{
	struct bytes value = dt_property(dtb, node, name);

	return value.size >= sizeof(uint32_t) && dt_integer(value, address);
}

static bool read_chosen(struct boot_params *params, const void *dtb, int node)
{
	uint64_t begin_pa;
	uint64_t end_pa;

	if (!read_address(dtb, node, "linux,initrd-start", &begin_pa) ||
	    !read_address(dtb, node, "linux,initrd-end", &end_pa)) {
		log_error(
			"FDT: no RAM disk: /chosen needs "
			"linux,initrd-start and linux,initrd-end.");
		return false;
	}
	if (begin_pa == 0) {
		params->fdt_is_manifest = true;
		return true;
	}
	if (end_pa < begin_pa) {
		log_error("FDT: the RAM disk ends before it begins.");
		return false;
	}
	params->ramdisk.begin = pa_init(begin_pa);
	params->ramdisk.end = pa_init(end_pa);
	return true;
}

/** `reg` of one CPU node, which may have several ids. */
static bool read_cpu_ids(struct boot_params *params, struct bytes reg,
			 int cells)
{
	if (reg.size == 0) {
		log_error("FDT: a CPU without an id in `reg`.");
		return false;
	}
	while (reg.size != 0) {
		uint64_t id;

		if (!dt_take_cells(&reg, cells, &id)) {
			log_error("FDT: malformed `reg` of a CPU.");
			return false;
		}
		if (params->cpu_count == MAX_CPUS) {
			log_error("FDT: more than %u CPUs.", MAX_CPUS);
			return false;
		}
		params->cpu_ids[params->cpu_count] = id & MPIDR_AFFINITY_MASK;
		params->cpu_count++;
	}
	return true;
}

static void add_range(const struct range_kind *kind, struct dt_range own)
{
	struct pa_range range;
	uint64_t end;

	if (add_overflows(own.begin, own.size, &end) ||
	    end > UINT64_MAX - PAGE_SIZE) {
		log_warning("FDT: %s range at %#lx wraps, ignored.", kind->what,
			    own.begin);
		return;
	}
	range.begin = pa_init(align_up(own.begin, PAGE_SIZE));
	range.end = pa_init(align_down(end, PAGE_SIZE));
	if (!pa_range_is_empty(range) &&
	    !boot_ranges_add(kind->ranges, kind->max, range)) {
		log_warning("FDT: too many %s ranges, ignored: %#lx - %#lx",
			    kind->what, own.begin, end - 1);
	}
}

static void read_ranges(const struct range_kind *kind, struct bytes reg,
			const struct dt_level *root)
{
	while (reg.size != 0) {
		struct dt_range range;

		if (!dt_take_range(&reg, root, &range)) {
			log_warning("FDT: malformed `reg` of %s, ignored.",
				    kind->what);
			return;
		}
		add_range(kind, range);
	}
}

/** Memory of the secure world says that it is not. */
static bool is_available(const struct dt_level *node)
{
	struct bytes status = node->values[DT_STATUS];

	return !bytes_exist(status) || dt_is_string(status, "okay");
}

static void add_ranges(struct boot_params *params, const struct dt_level *node)
{
	struct range_kind kind = {&params->mem_ranges, MAX_MEM_RANGES,
				  "memory"};

	if (dt_is_string(node->values[DT_TYPE], "device-memory")) {
		kind = (struct range_kind){&params->device_ranges,
					   MAX_DEVICE_RANGES, "device memory"};
	} else if (!dt_is_string(node->values[DT_TYPE], "memory") ||
		   !is_available(node)) {
		return;
	}
	read_ranges(&kind, node->values[DT_REG], node - 1);
}

/** Remember where the nodes are that are read, or changed, later. */
static void note_place(struct boot_params *params, const char *name, int node)
{
	const char *known = "chosen\0cpus\0reserved-memory";

	for (size_t i = 0; i < BOOT_NODE_COUNT; i++) {
		if (strcmp(name, known) == 0) {
			params->nodes[i] = node;
		}
		known = texts_next(known);
	}
}

/** All of the node has been seen. */
static bool read_node(struct boot_params *params, const void *dtb,
		      const struct dt_level *node)
{
	const struct dt_level *parent = node - 1;

	if (node->depth != 1 && node->depth != 2) {
		return true;
	}
	if (!gic_node_read(&params->gic, node)) {
		return false;
	}
	if (node->depth == 1) {
		note_place(params, dt_name(dtb, node->offset), node->offset);
		add_ranges(params, node);
		return true;
	}
	return strcmp(dt_name(dtb, parent->offset), "cpus") != 0 ||
	       !dt_is_string(node->values[DT_TYPE], "cpu") ||
	       read_cpu_ids(params, node->values[DT_REG],
			    parent->cells[DT_ADDRESS_CELLS]);
}

/** False when the tree breaks off, or a CPU cannot be understood. */
static bool32 read_nodes(struct boot_params *params, const void *dtb)
{
	struct dt_path path;
	const struct dt_level *node;

	path.walk = dt_walk_init(dtb, 0);
	while ((node = dt_path_next(&path)) != NULL) {
		if (!read_node(params, dtb, node)) {
			return false;
		}
	}
	if (path.walk.next < 0) {
		log_error("FDT: malformed structure.");
		return false;
	}
	return true;
}

bool params_read(struct boot_params *params, const void *dtb)
{
	*params = (struct boot_params){.nodes = {-1, -1, -1}};
	if (!read_nodes(params, dtb)) {
		return false;
	}
	if (params->nodes[BOOT_CHOSEN] < 0 || params->nodes[BOOT_CPUS] < 0) {
		log_error("FDT: no /%s.",
			  params->nodes[BOOT_CHOSEN] < 0 ? "chosen" : "cpus");
		return false;
	}
	if (params->cpu_count == 0) {
		log_error("FDT: /cpus has no CPU.");
		return false;
	}
	return read_chosen(params, dtb, params->nodes[BOOT_CHOSEN]);
}

static void log_range(const char *what, struct pa_range range)
{
	log_info("%s%#lx - %#lx", what, range.begin.pa, range.end.pa - 1);
}

static void log_ranges(const char *what, const struct boot_ranges *ranges)
{
	for (size_t i = 0; i < ranges->count; i++) {
		log_range(what, ranges->list[i]);
	}
}

void params_log(const struct boot_params *params)
{
	log_ranges("Memory range:  ", &params->mem_ranges);
	log_ranges("Device range:  ", &params->device_ranges);
	if (!params->fdt_is_manifest) {
		log_range("Ramdisk range: ", params->ramdisk);
	}
}

void params_order_cpus(struct boot_params *params, uint64_t boot_id)
{
	uint64_t ordered[MAX_CPUS];
	size_t count = params->cpu_count;
	size_t boot_idx = 0;
	size_t next = count;

	while (boot_idx < count && params->cpu_ids[boot_idx] != boot_id) {
		boot_idx++;
	}
	if (boot_idx == count) {
		log_warning("FDT: no CPU has the id %#lx of the boot CPU.",
			    boot_id);
		boot_idx--; /* the last one makes room */
	}
	for (size_t i = 0; i < count; i++) {
		if (i != boot_idx) {
			ordered[--next] = params->cpu_ids[i];
		}
	}
	ordered[0] = boot_id;
	memcpy(params->cpu_ids, ordered, count * sizeof(ordered[0]));
}

bool32 params_is_ram(const struct boot_params *params, struct pa_range range)
{
	for (size_t i = 0; i < params->mem_ranges.count; i++) {
		struct pa_range ram = params->mem_ranges.list[i];

		if (range.begin.pa >= ram.begin.pa &&
		    range.end.pa <= ram.end.pa &&
		    range.begin.pa <= range.end.pa) {
			return true;
		}
	}
	return false;
}
