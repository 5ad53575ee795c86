/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory and device regions of an FF-A partition manifest (DEN0077A 5.2.2,
 * 5.2.3): every child of their node is one. See docs/manifest.md.
 */
#include <libfdt.h>

#include "hf/boot/fdt.h"
#include "hf/boot/ffa_partition.h"

#define AT(member) .offset = offsetof(struct memory_region, member)
static const struct field memory_fields[] = {
	{"description", FIELD_STRING, FIELD_OPTIONAL, AT(description),
	 .size = MANIFEST_STRING_SIZE},
	{"base-address", FIELD_U64, FIELD_OPTIONAL, AT(base_address),
	 .value_absent = PARTITION_ANY_ADDRESS},
	{"load-address-relative-offset", FIELD_U64, FIELD_OPTIONAL,
	 AT(load_relative_offset), .value_absent = PARTITION_ANY_ADDRESS},
	{"pages-count", FIELD_U32, FIELD_REQUIRED, AT(page_count)},
	{"attributes", FIELD_U32, FIELD_REQUIRED, AT(attributes)},
	{"phandle", FIELD_U32, FIELD_OPTIONAL, AT(phandle)},
	{"smmu-id", FIELD_U32, FIELD_OPTIONAL, AT(smmu_id),
	 .value_absent = PARTITION_NO_SMMU},
	{"stream-ids", FIELD_U32_LIST, FIELD_OPTIONAL, AT(streams),
	 .size = PARTITION_MAX_STREAMS,
	 .list_surplus = MANIFEST_STREAM_ID_OVERFLOW},
	{"stream-ids-access-permissions", FIELD_U32, FIELD_OPTIONAL,
	 AT(streams_permissions)},
};
#undef AT

#define AT(member) .offset = offsetof(struct device_region, member)
static const struct field device_fields[] = {
	{"description", FIELD_STRING, FIELD_OPTIONAL, AT(description),
	 .size = MANIFEST_STRING_SIZE},
	{"base-address", FIELD_U64, FIELD_REQUIRED, AT(base_address)},
	{"pages-count", FIELD_U32, FIELD_REQUIRED, AT(page_count)},
	{"attributes", FIELD_U32, FIELD_REQUIRED, AT(attributes)},
	{"interrupts", FIELD_U32_LIST, FIELD_OPTIONAL, AT(interrupts),
	 .size = 2 * PARTITION_MAX_INTERRUPTS,
	 .list_surplus = MANIFEST_TOO_MANY_INTERRUPTS},
	{"interrupts-target", FIELD_U32_LIST, FIELD_OPTIONAL, AT(targets),
	 .size = 3 * PARTITION_MAX_INTERRUPTS,
	 .list_surplus = MANIFEST_TOO_MANY_INTERRUPTS},
	{"smmu-id", FIELD_U32, FIELD_OPTIONAL, AT(smmu_id),
	 .value_absent = PARTITION_NO_SMMU},
	{"stream-ids", FIELD_U32_LIST, FIELD_OPTIONAL, AT(streams),
	 .size = PARTITION_MAX_STREAMS,
	 .list_surplus = MANIFEST_STREAM_ID_OVERFLOW},
	{"exclusive-access", FIELD_BOOL, FIELD_OPTIONAL, AT(is_exclusive)},
};
#undef AT

/** A node whose children are the elements of an array. */
struct region_list {
	const char *name;
	const char *compatible;
	enum manifest_status empty;
	struct field_table fields;
	size_t max;
	size_t element_size;
};

static const struct region_list memory_list = {
	.name = "memory-regions",
	.compatible = "arm,ffa-manifest-memory-regions",
	.empty = MANIFEST_MEMORY_REGION_NODE_EMPTY,
	.fields = FIELD_TABLE(memory_fields),
	.max = PARTITION_MAX_MEMORY_REGIONS,
	.element_size = sizeof(struct memory_region),
};

static const struct region_list device_list = {
	.name = "device-regions",
	.compatible = "arm,ffa-manifest-device-regions",
	.empty = MANIFEST_DEVICE_REGION_NODE_EMPTY,
	.fields = FIELD_TABLE(device_fields),
	.max = PARTITION_MAX_DEVICE_REGIONS,
	.element_size = sizeof(struct device_region),
};

static bool read_region(struct field_reader *reader, int node,
			struct field_table table, void *region)
{
	const char *name = fdt_get_name(reader->dtb, node, NULL);
	size_t scope = reader_enter(reader, name == NULL ? "?" : name);
	bool is_fine = fields_read(reader, node, table, region);

	reader_leave(reader, scope);
	return is_fine;
}

/** Where the elements go, and their number. */
struct region_array {
	void *regions;
	uint32_t *count;
};

/** All children of `parent` into `array`. */
static bool read_regions(struct field_reader *reader, int parent,
			 const struct region_list *list,
			 struct region_array array)
{
	uint32_t *count = array.count;
	int node;

	if (!reader_check_compatible(reader, parent, list->compatible)) {
		return false;
	}
	fdt_for_each_subnode(node, reader->dtb, parent)
	{
		if (*count == list->max) {
			return reader_fail(reader, MANIFEST_TOO_MANY_REGIONS,
					   NULL);
		}
		if (!read_region(reader, node, list->fields,
				 (uint8_t *)array.regions +
					 *count * list->element_size)) {
			return false;
		}
		*count += 1;
	}
	return *count != 0 || reader_fail(reader, list->empty, NULL);
}

/** The list that is a child of `node`, if there is one. */
static bool read_list(struct field_reader *reader, int node,
		      const struct region_list *list, struct region_array array)
{
	int parent = fdt_subnode_offset(reader->dtb, node, list->name);

	*array.count = 0;
	if (parent < 0) {
		return true;
	}

	size_t scope = reader_enter(reader, list->name);
	bool is_fine = read_regions(reader, parent, list, array);

	reader_leave(reader, scope);
	return is_fine;
}

bool memory_regions_read(struct ffa_partition *partition,
			 struct field_reader *reader)
{
	struct region_array array = {partition->memory_regions,
				     &partition->memory_region_count};

	return read_list(reader, 0, &memory_list, array);
}

bool device_regions_read(struct ffa_partition *partition,
			 struct field_reader *reader, int node)
{
	struct region_array array = {partition->device_regions,
				     &partition->device_region_count};

	return read_list(reader, node, &device_list, array);
}

void memory_regions_place(struct ffa_partition *partition,
			  struct pa_range memory)
{
	uint64_t end = memory.end.pa;

	for (uint32_t i = 0; i < partition->memory_region_count; i++) {
		struct memory_region *region = &partition->memory_regions[i];

		if (region->base_address != PARTITION_ANY_ADDRESS) {
			continue;
		}
		if (region->load_relative_offset != PARTITION_ANY_ADDRESS) {
			region->base_address =
				memory.begin.pa + region->load_relative_offset;
			continue;
		}
		end -= region->page_count * PAGE_SIZE;
		region->base_address = end;
	}
}
