/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory and device regions of an FF-A partition manifest (DEN0077A 5.2.2,
 * 5.2.3): every child of their node is one. See docs/manifest.md.
 */
#include "hf/base/texts.h"
#include "hf/boot/fdt.h"
#include "hf/boot/ffa_partition.h"

#define AT(member) .offset = offsetof(struct region, member)
#define MEMORY .role = FIELD_OF_MEMORY
#define DEVICE .role = FIELD_OF_DEVICE

#define REGION_FIELDS(FIELD)                                                \
	FIELD("description", FIELD_STRING, FIELD_OPTIONAL, AT(description), \
	      .size = MANIFEST_STRING_SIZE)                                 \
	FIELD("base-address", FIELD_U64, FIELD_OPTIONAL, AT(base_address),  \
	      .value_absent = FIELD_ALL_ONES, MEMORY)                       \
	FIELD("base-address", FIELD_U64, FIELD_REQUIRED, AT(base_address),  \
	      DEVICE)                                                       \
	FIELD("load-address-relative-offset", FIELD_U64, FIELD_OPTIONAL,    \
	      AT(load_relative_offset), .value_absent = FIELD_ALL_ONES,     \
	      MEMORY)                                                       \
	FIELD("pages-count", FIELD_U32, FIELD_REQUIRED, AT(page_count))     \
	FIELD("attributes", FIELD_U32, FIELD_REQUIRED, AT(attributes))      \
	FIELD("phandle", FIELD_U32, FIELD_OPTIONAL, AT(phandle), MEMORY)    \
	FIELD("interrupts", FIELD_U32_LIST, FIELD_OPTIONAL, AT(interrupts), \
	      .size = 2 * PARTITION_MAX_INTERRUPTS,                         \
	      .list_surplus = MANIFEST_TOO_MANY_INTERRUPTS, DEVICE)         \
	FIELD("interrupts-target", FIELD_U32_LIST, FIELD_OPTIONAL,          \
	      AT(targets), .size = 3 * PARTITION_MAX_INTERRUPTS,            \
	      .list_surplus = MANIFEST_TOO_MANY_INTERRUPTS, DEVICE)         \
	FIELD("smmu-id", FIELD_U32, FIELD_OPTIONAL, AT(smmu_id),            \
	      .value_absent = FIELD_ALL_ONES)                               \
	FIELD("stream-ids", FIELD_U32_LIST, FIELD_OPTIONAL, AT(streams),    \
	      .size = PARTITION_MAX_STREAMS,                                \
	      .list_surplus = MANIFEST_STREAM_ID_OVERFLOW)                  \
	FIELD("stream-ids-access-permissions", FIELD_U32, FIELD_OPTIONAL,   \
	      AT(streams_permissions), MEMORY)                              \
	FIELD("exclusive-access", FIELD_BOOL, FIELD_OPTIONAL,               \
	      AT(is_exclusive), DEVICE)
FIELDS(region, REGION_FIELDS);
#undef AT

/** All children of `node`, behind the regions that there are. */
static void read_children(struct ffa_partition *partition,
			  struct field_reader *reader, int node,
			  bool are_devices)
{
	struct dt_walk walk = dt_walk_init(reader->dtb, node);
	struct region *region = &partition->regions[partition->region_count];
	uint32_t count = 0;

	for (; dt_walk_child(&walk); region++) {
		size_t scope;

		if (count == PARTITION_MAX_REGIONS) {
			reader_note(reader, MANIFEST_TOO_MANY_REGIONS, NULL);
			break;
		}
		count++;
		scope = reader_enter(reader, dt_walk_name(&walk));
		region->is_device = are_devices;
		fields_read(reader, walk.offset, FIELD_TABLE(region), region);
		reader_leave(reader, scope);
	}
	if (count == 0) {
		reader_note(reader,
			    are_devices ? MANIFEST_DEVICE_REGION_NODE_EMPTY
					: MANIFEST_MEMORY_REGION_NODE_EMPTY,
			    NULL);
	}
	partition->region_count += count;
}

void regions_read(struct ffa_partition *partition, struct field_reader *reader,
		  int node, bool are_devices)
{
	/* A node, and what it is compatible to. */
	const char *texts =
		are_devices ? "device-regions\0arm,ffa-manifest-device-regions"
			    : "memory-regions\0arm,ffa-manifest-memory-regions";
	int list = dt_find_child(reader->dtb, node, texts);
	size_t scope;

	if (list < 0) {
		return;
	}
	scope = reader_enter(reader, texts);
	reader_check_compatible(reader, list, texts_next(texts));
	reader->role = are_devices ? FIELD_OF_DEVICE : FIELD_OF_MEMORY;
	read_children(partition, reader, list, are_devices);
	if (!are_devices) {
		partition->memory_count = partition->region_count;
	}
	reader_leave(reader, scope);
}
