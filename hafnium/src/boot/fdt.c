/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Read-only questions to a device tree. No question copies or walks the whole
 * tree: QEMU's claims a megabyte. See docs/boot.md.
 */
#include "hf/boot/fdt.h"

#include <libfdt.h>
#include <string.h>

#include "hf/base/bits.h"

static_assert(sizeof(struct fdt_header) == DT_HEADER_SIZE, "version 17");

bool dt_has_magic(const void *dtb)
{
	return is_aligned((uintptr_t)dtb, sizeof(uint64_t)) &&
	       fdt_magic(dtb) == FDT_MAGIC;
}

size_t dt_claimed_size(const void *dtb)
{
	return fdt_totalsize(dtb);
}

bool dt_check(const void *dtb, size_t max_size)
{
	size_t limit = min_u64(max_size, DT_MAX_SIZE);

	if (limit < DT_HEADER_SIZE || !dt_has_magic(dtb)) {
		return false;
	}
	if (fdt_totalsize(dtb) > limit || fdt_version(dtb) < 17) {
		return false;
	}
	/* libfdt loads words from these, and does not look at them first. */
	if (!is_aligned(fdt_off_dt_struct(dtb), sizeof(uint32_t)) ||
	    !is_aligned(fdt_off_mem_rsvmap(dtb), sizeof(uint64_t))) {
		return false;
	}
	return fdt_check_header(dtb) == 0;
}

bool dt_is_in_order(const void *dtb)
{
	/* Sums of 32-bit numbers that dt_check() has seen: nothing wraps. */
	uint64_t reserved_end = (uint64_t)fdt_off_mem_rsvmap(dtb);
	uint64_t struct_end =
		(uint64_t)fdt_off_dt_struct(dtb) + fdt_size_dt_struct(dtb);
	uint64_t strings_end =
		(uint64_t)fdt_off_dt_strings(dtb) + fdt_size_dt_strings(dtb);
	int reserved_count = fdt_num_mem_rsv(dtb);

	if (reserved_count < 0) {
		return false;
	}
	/* One more entry ends the list. */
	reserved_end += ((uint64_t)reserved_count + 1) *
			sizeof(struct fdt_reserve_entry);
	return fdt_off_mem_rsvmap(dtb) >= DT_HEADER_SIZE &&
	       fdt_off_dt_struct(dtb) >= reserved_end &&
	       fdt_off_dt_strings(dtb) >= struct_end &&
	       fdt_totalsize(dtb) >= strings_end;
}

struct bytes dt_property(const void *dtb, int node, const char *name)
{
	int size;
	const void *data = fdt_getprop(dtb, node, name, &size);

	if (data == NULL || size < 0) {
		return bytes_none();
	}
	return (struct bytes){.data = data, .size = (size_t)size};
}

struct dt_walk dt_walk_init(const void *dtb)
{
	return (struct dt_walk){.dtb = dtb, .depth = -1};
}

enum dt_step dt_walk_next(struct dt_walk *walk)
{
	uint32_t tag;

	if (walk->is_leaving) {
		walk->depth--;
	}
	do {
		walk->offset = walk->next;
		tag = fdt_next_tag(walk->dtb, walk->offset, &walk->next);
	} while (tag == FDT_NOP);

	walk->is_leaving = tag == FDT_END_NODE;
	if (walk->next < 0) {
		return DT_STEP_END;
	}
	switch (tag) {
	case FDT_BEGIN_NODE:
		walk->depth++;
		return DT_STEP_NODE;
	case FDT_PROP:
		return DT_STEP_PROPERTY;
	case FDT_END_NODE:
		return DT_STEP_LEAVE;
	default:
		return DT_STEP_END;
	}
}

const char *dt_walk_name(const struct dt_walk *walk)
{
	/* fdt_next_tag() has seen its end. */
	const struct fdt_node_header *node =
		fdt_offset_ptr(walk->dtb, walk->offset, sizeof(*node) + 1);

	return node == NULL ? "" : node->name;
}

const char *dt_walk_property(const struct dt_walk *walk, struct bytes *value)
{
	/* fdt_next_tag() has seen that all of the property is there. */
	const struct fdt_property *property =
		fdt_offset_ptr(walk->dtb, walk->offset, sizeof(*property));
	const char *strings =
		(const char *)walk->dtb + fdt_off_dt_strings(walk->dtb);
	uint32_t strings_size = fdt_size_dt_strings(walk->dtb);
	uint32_t name_at;

	*value = bytes_none();
	if (property == NULL) {
		return "";
	}
	name_at = fdt32_ld(&property->nameoff);
	/* Every name ends when the last one does. */
	if (name_at >= strings_size || strings[strings_size - 1] != '\0') {
		return "";
	}
	value->data = (const uint8_t *)property->data;
	value->size = fdt32_ld(&property->len);
	return strings + name_at;
}

static uint64_t read_big_endian(const uint8_t *data, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++) {
		number = number << 8 | data[i];
	}
	return number;
}

bool dt_integer(struct bytes value, uint64_t *number)
{
	if (value.size != 1 && value.size != 2 && value.size != 4 &&
	    value.size != 8) {
		return false;
	}
	*number = read_big_endian(value.data, value.size);
	return true;
}

bool dt_take_cells(struct bytes *value, int cells, uint64_t *number)
{
	size_t size = (size_t)cells * sizeof(uint32_t);

	if (cells < 1 || cells > 2 || value->size < size) {
		return false;
	}
	*number = read_big_endian(value->data, size);
	value->data += size;
	value->size -= size;
	return true;
}

bool dt_is_string(struct bytes value, const char *text)
{
	size_t size = strlen(text) + 1;

	return value.size == size && memcmp(value.data, text, size) == 0;
}

bool dt_is_compatible(const void *dtb, int node, const char *text)
{
	struct bytes list = dt_property(dtb, node, "compatible");

	return bytes_exist(list) &&
	       fdt_stringlist_contains((const char *)list.data, (int)list.size,
				       text) != 0;
}
