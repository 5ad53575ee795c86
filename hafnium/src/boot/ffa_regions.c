/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory and device regions of an FF-A partition manifest (DEN0077A 5.2.2,
 * 5.2.3): every child of their node is one. See docs/manifest.md.
 */
#include "hf/boot/fdt.h"
#include "hf/boot/ffa_partition.h"

#define AT(member) .offset = offsetof(struct memory_region, member)
#define MEMORY_FIELDS(FIELD)                                                \
	FIELD("description", FIELD_STRING, FIELD_OPTIONAL, AT(description), \
	      .size = MANIFEST_STRING_SIZE)                                 \
	FIELD("base-address", FIELD_U64, FIELD_OPTIONAL, AT(base_address),  \
	      .value_absent = FIELD_ALL_ONES)                               \
	FIELD("load-address-relative-offset", FIELD_U64, FIELD_OPTIONAL,    \
	      AT(load_relative_offset), .value_absent = FIELD_ALL_ONES)     \
	FIELD("pages-count", FIELD_U32, FIELD_REQUIRED, AT(page_count))     \
	FIELD("attributes", FIELD_U32, FIELD_REQUIRED, AT(attributes))      \
	FIELD("phandle", FIELD_U32, FIELD_OPTIONAL, AT(phandle))            \
	FIELD("smmu-id", FIELD_U32, FIELD_OPTIONAL, AT(smmu_id),            \
	      .value_absent = FIELD_ALL_ONES)                               \
	FIELD("stream-ids", FIELD_U32_LIST, FIELD_OPTIONAL, AT(streams),    \
	      .size = PARTITION_MAX_STREAMS,                                \
	      .list_surplus = MANIFEST_STREAM_ID_OVERFLOW)                  \
	FIELD("stream-ids-access-permissions", FIELD_U32, FIELD_OPTIONAL,   \
	      AT(streams_permissions))
FIELDS(memory, MEMORY_FIELDS);
#undef AT

#define AT(member) .offset = offsetof(struct device_region, member)
#define DEVICE_FIELDS(FIELD)                                                \
	FIELD("description", FIELD_STRING, FIELD_OPTIONAL, AT(description), \
	      .size = MANIFEST_STRING_SIZE)                                 \
	FIELD("base-address", FIELD_U64, FIELD_REQUIRED, AT(base_address))  \
	FIELD("pages-count", FIELD_U32, FIELD_REQUIRED, AT(page_count))     \
	FIELD("attributes", FIELD_U32, FIELD_REQUIRED, AT(attributes))      \
	FIELD("interrupts", FIELD_U32_LIST, FIELD_OPTIONAL, AT(interrupts), \
	      .size = 2 * PARTITION_MAX_INTERRUPTS,                         \
	      .list_surplus = MANIFEST_TOO_MANY_INTERRUPTS)                 \
	FIELD("interrupts-target", FIELD_U32_LIST, FIELD_OPTIONAL,          \
	      AT(targets), .size = 3 * PARTITION_MAX_INTERRUPTS,            \
	      .list_surplus = MANIFEST_TOO_MANY_INTERRUPTS)                 \
	FIELD("smmu-id", FIELD_U32, FIELD_OPTIONAL, AT(smmu_id),            \
	      .value_absent = FIELD_ALL_ONES)                               \
	FIELD("stream-ids", FIELD_U32_LIST, FIELD_OPTIONAL, AT(streams),    \
	      .size = PARTITION_MAX_STREAMS,                                \
	      .list_surplus = MANIFEST_STREAM_ID_OVERFLOW)                  \
	FIELD("exclusive-access", FIELD_BOOL, FIELD_OPTIONAL, AT(is_exclusive))
FIELDS(device, DEVICE_FIELDS);
#undef AT

/** A node whose children are the elements of an array. */
struct region_list {
	const char *name;
	const char *compatible;
	enum manifest_status empty;
	struct field_table fields;
	size_t max;
	size_t element_size;

	void *regions;
	uint32_t *count;
};

static bool read_region(struct field_reader *reader, const struct dt_walk *walk,
			struct field_table table, void *region)
{
	size_t scope = reader_enter(reader, dt_walk_name(walk));
	bool is_fine = fields_read(reader, walk->offset, table, region);

	reader_leave(reader, scope);
	return is_fine;
}

/** All children of `parent` into the array. */
static bool read_regions(struct field_reader *reader, int parent,
			 const struct region_list *list)
{
	struct dt_walk walk = dt_walk_init(reader->dtb, parent);
	uint8_t *region = list->regions;

	if (!reader_check_compatible(reader, parent, list->compatible)) {
		return false;
	}
	while (dt_walk_child(&walk)) {
		if (*list->count == list->max) {
			return reader_fail(reader, MANIFEST_TOO_MANY_REGIONS,
					   NULL);
		}
		if (!read_region(reader, &walk, list->fields, region)) {
			return false;
		}
		region += list->element_size;
		*list->count += 1;
	}
	return *list->count != 0 || reader_fail(reader, list->empty, NULL);
}

/** The list that is a child of `node`, if there is one. */
static bool read_list(struct field_reader *reader, int node,
		      const struct region_list *list)
{
	int parent = dt_find_child(reader->dtb, node, list->name);

	*list->count = 0;
	if (parent < 0) {
		return true;
	}

	size_t scope = reader_enter(reader, list->name);
	bool is_fine = read_regions(reader, parent, list);

	reader_leave(reader, scope);
	return is_fine;
}

bool memory_regions_read(struct ffa_partition *partition,
			 struct field_reader *reader)
{
	struct region_list list = {
		.name = "memory-regions",
		.compatible = "arm,ffa-manifest-memory-regions",
		.empty = MANIFEST_MEMORY_REGION_NODE_EMPTY,
		.fields = FIELD_TABLE(memory),
		.max = ARRAY_SIZE(partition->memory_regions),
		.element_size = sizeof(partition->memory_regions[0]),
		.regions = partition->memory_regions,
		.count = &partition->memory_region_count,
	};

	return read_list(reader, 0, &list);
}

bool device_regions_read(struct ffa_partition *partition,
			 struct field_reader *reader, int node)
{
	struct region_list list = {
		.name = "device-regions",
		.compatible = "arm,ffa-manifest-device-regions",
		.empty = MANIFEST_DEVICE_REGION_NODE_EMPTY,
		.fields = FIELD_TABLE(device),
		.max = ARRAY_SIZE(partition->device_regions),
		.element_size = sizeof(partition->device_regions[0]),
		.regions = partition->device_regions,
		.count = &partition->device_region_count,
	};

	return read_list(reader, node, &list);
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
