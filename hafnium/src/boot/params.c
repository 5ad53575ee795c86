/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One walk over the children of the root finds what there is: /chosen, /cpus
 * and the memory nodes. See docs/boot.md.
 */
#include "hf/boot/params.h"

#include <string.h>

#include "hf/arch/cpu.h"
#include "hf/base/log.h"
#include "hf/boot/gic_nodes.h"

/** A list of ranges with its limit, so that one function fills both kinds. */
struct range_list {
	struct pa_range *ranges;
	uint32_t *count;
	uint32_t max;
	const char *what;
};

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

static void add_range(struct range_list *list, uint64_t begin, uint64_t size)
{
	uint64_t end;

	if (add_overflows(begin, size, &end) || end > UINT64_MAX - PAGE_SIZE) {
		log_warning("FDT: %s range at %#lx wraps, ignored.", list->what,
			    begin);
		return;
	}

	struct pa_range range = {
		.begin = pa_init(align_up(begin, PAGE_SIZE)),
		.end = pa_init(align_down(end, PAGE_SIZE)),
	};

	if (pa_range_is_empty(range)) {
		return;
	}
	if (*list->count == list->max) {
		log_warning("FDT: too many %s ranges, ignored: %#lx - %#lx",
			    list->what, begin, end - 1);
		return;
	}
	list->ranges[*list->count] = range;
	*list->count += 1;
}

static void read_ranges(struct range_list list, struct bytes reg,
			const struct dt_level *root)
{
	while (reg.size != 0) {
		struct dt_range range;

		if (!dt_take_range(&reg, root, &range)) {
			log_warning("FDT: malformed `reg` of %s, ignored.",
				    list.what);
			return;
		}
		add_range(&list, range.begin, range.size);
	}
}

/** Memory of the secure world says that it is not. */
static bool is_available(const void *dtb, const struct dt_level *node)
{
	struct bytes status = dt_property(dtb, node->offset, "status");

	return !bytes_exist(status) || dt_is_string(status, "okay");
}

static void add_ranges(struct boot_params *params, const void *dtb,
		       const struct dt_level *node)
{
	const struct dt_level *root = node - 1;
	struct range_list memory = {
		.ranges = params->mem_ranges,
		.count = &params->mem_range_count,
		.max = MAX_MEM_RANGES,
		.what = "memory",
	};
	struct range_list device = {
		.ranges = params->device_ranges,
		.count = &params->device_range_count,
		.max = MAX_DEVICE_RANGES,
		.what = "device memory",
	};

	if (dt_is_string(node->values[DT_TYPE], "memory")) {
		if (is_available(dtb, node)) {
			read_ranges(memory, node->values[DT_REG], root);
		}
	} else if (dt_is_string(node->values[DT_TYPE], "device-memory")) {
		read_ranges(device, node->values[DT_REG], root);
	}
}

/** Remember where the nodes are that are read, or changed, later. */
static void note_place(struct boot_params *params, const char *name, int node)
{
	if (strcmp(name, "chosen") == 0) {
		params->chosen_node = node;
	} else if (strcmp(name, "cpus") == 0) {
		params->cpus_node = node;
	} else if (strcmp(name, "reserved-memory") == 0) {
		params->reserved_memory_node = node;
	}
}

/** All of the node at `depth`, 1 or 2, has been seen. */
static bool read_node(struct boot_params *params, const struct dt_path *path,
		      int depth)
{
	const void *dtb = path->walk.dtb;
	const struct dt_level *node = &path->levels[depth];
	const struct dt_level *parent = node - 1;

	if (!gic_node_read(&params->gic, path, depth)) {
		return false;
	}
	if (depth == 1) {
		note_place(params, dt_name(dtb, node->offset), node->offset);
		add_ranges(params, dtb, node);
		return true;
	}
	return strcmp(dt_name(dtb, parent->offset), "cpus") != 0 ||
	       !dt_is_string(node->values[DT_TYPE], "cpu") ||
	       read_cpu_ids(params, node->values[DT_REG],
			    dt_level_address_cells(parent));
}

/** False when the tree breaks off, or a CPU cannot be understood. */
static bool read_nodes(struct boot_params *params, const void *dtb)
{
	struct dt_path path = {.walk = dt_walk_init(dtb, 0)};
	int depth;

	for (depth = dt_path_next(&path); depth >= 0;
	     depth = dt_path_next(&path)) {
		if ((depth == 1 || depth == 2) &&
		    !read_node(params, &path, depth)) {
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
	*params = (struct boot_params){
		.chosen_node = -1,
		.cpus_node = -1,
		.reserved_memory_node = -1,
	};
	if (!read_nodes(params, dtb)) {
		return false;
	}
	if (params->chosen_node < 0 || params->cpus_node < 0) {
		log_error("FDT: no /%s.",
			  params->chosen_node < 0 ? "chosen" : "cpus");
		return false;
	}
	if (params->cpu_count == 0) {
		log_error("FDT: /cpus has no CPU.");
		return false;
	}
	return read_chosen(params, dtb, params->chosen_node);
}

static void log_ranges(const char *what, const struct pa_range *ranges,
		       uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		log_info("%s%#lx - %#lx", what, ranges[i].begin.pa,
			 ranges[i].end.pa - 1);
	}
}

void params_log(const struct boot_params *params)
{
	log_ranges("Memory range:  ", params->mem_ranges,
		   params->mem_range_count);
	log_ranges("Device range:  ", params->device_ranges,
		   params->device_range_count);
	log_ranges("Ramdisk range: ", &params->ramdisk,
		   params->fdt_is_manifest ? 0 : 1);
}

void params_order_cpus(struct boot_params *params, uint64_t boot_id)
{
	uint64_t ordered[MAX_CPUS];
	uint32_t next = params->cpu_count;
	bool is_found = false;

	for (uint32_t i = 0; i < params->cpu_count; i++) {
		if (!is_found && params->cpu_ids[i] == boot_id) {
			is_found = true;
		} else if (next > 0) {
			next--;
			ordered[next] = params->cpu_ids[i];
		}
	}
	if (!is_found) {
		log_warning("FDT: no CPU has the id %#lx of the boot CPU.",
			    boot_id);
	}
	ordered[0] = boot_id;
	memcpy(params->cpu_ids, ordered,
	       params->cpu_count * sizeof(ordered[0]));
}

bool params_is_ram(const struct boot_params *params, struct pa_range range)
{
	for (uint32_t i = 0; i < params->mem_range_count; i++) {
		struct pa_range ram = params->mem_ranges[i];

		if (range.begin.pa >= ram.begin.pa &&
		    range.end.pa <= ram.end.pa &&
		    range.begin.pa <= range.end.pa) {
			return true;
		}
	}
	return false;
}
