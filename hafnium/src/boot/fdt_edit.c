/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every change makes a gap in the structure block or behind the strings, by
 * moving all that follows: dt_open() has seen that the blocks lie in order. See
 * docs/boot.md.
 */
#include "hf/boot/fdt_edit.h"

#include <string.h>

#include "hf/base/bits.h"

#define WORD sizeof(uint32_t)

static void set_header(void *dtb, enum dt_word word, size_t value)
{
	((uint32_t *)dtb)[word] = dt_swap((uint32_t)value);
}

/** Behind the strings, and so behind everything. */
static size_t used_size(const void *dtb)
{
	return (size_t)dt_header(dtb, DT_STRINGS_OFFSET) +
	       dt_header(dtb, DT_STRINGS_SIZE);
}

size_t dt_spare(const void *dtb)
{
	return dt_claimed_size(dtb) - used_size(dtb);
}

bool32 dt_open(void *dtb, size_t room)
{
	if (!dt_is_in_order(dtb)) {
		return false;
	}
	if (room > dt_claimed_size(dtb)) {
		set_header(dtb, DT_TOTAL_SIZE, room);
	}
	return true;
}

bool dt_pack(void *dtb)
{
	set_header(dtb, DT_TOTAL_SIZE, used_size(dtb));
	return dt_header(dtb, DT_MAGIC) != 0;
}

/**
 * Make `old` bytes at `offset` of the structure `new` bytes, both whole words:
 * where they are, NULL when there is no room. What was there is kept.
 */
static uint32_t *resize(void *dtb, size_t offset, size_t old, size_t new)
{
	size_t at = dt_header(dtb, DT_STRUCT_OFFSET) + offset;
	uint8_t *bytes = (uint8_t *)dtb + at;
	size_t grown = new - old; /* modulo 2^64 when it shrinks */

	if (new > old && dt_spare(dtb) < new - old) {
		return NULL;
	}
	memmove(bytes + new, bytes + old, used_size(dtb) - at - old);
	set_header(dtb, DT_STRUCT_SIZE, dt_header(dtb, DT_STRUCT_SIZE) + grown);
	set_header(dtb, DT_STRINGS_OFFSET,
		   dt_header(dtb, DT_STRINGS_OFFSET) + grown);
	return (uint32_t *)bytes;
}

/** Offset of `name` in the strings, which get it if need be; negative: full. */
static int find_or_add_name(void *dtb, const char *name)
{
	uint8_t *begin = (uint8_t *)dtb + dt_header(dtb, DT_STRINGS_OFFSET);
	size_t strings_size = dt_header(dtb, DT_STRINGS_SIZE);
	size_t size = strlen(name) + 1;
	const uint8_t *found =
		dt_find_string((struct bytes){begin, strings_size}, name);

	if (found != NULL) {
		return (int)(found - begin);
	}
	if (dt_spare(dtb) < size) {
		return -1;
	}
	memcpy(begin + strings_size, name, size);
	set_header(dtb, DT_STRINGS_SIZE, strings_size + size);
	return (int)strings_size;
}

int dt_add_node(void *dtb, int parent, const char *name)
{
	struct dt_walk walk;
	size_t name_words = (strlen(name) + WORD) / WORD;
	uint32_t *words = NULL;
	enum dt_step step;

	dt_walk_inside(&walk, dtb, parent);
	do {
		step = dt_walk_next(&walk);
	} while (step == DT_STEP_PROPERTY);
	if (step != DT_STEP_END) {
		words = resize(dtb, (size_t)walk.offset, 0,
			       (name_words + 2) * WORD);
	}
	if (words == NULL) {
		dt_spoil(dtb);
		return -1;
	}
	words[0] = dt_swap(DT_TAG_BEGIN_NODE);
	words[name_words] = 0; /* what pads the name */
	memcpy(&words[1], name, strlen(name));
	words[name_words + 1] = dt_swap(DT_TAG_END_NODE);
	return walk.offset;
}

void dt_set_property(void *dtb, int node, const char *name, struct bytes value)
{
	struct bytes old = dt_property(dtb, node, name);
	size_t size = align_up(value.size, WORD);
	int name_at = find_or_add_name(dtb, name);
	struct dt_walk walk;
	int at;
	size_t old_size = 0;
	uint32_t *words = NULL;

	dt_walk_inside(&walk, dtb, node);
	at = walk.next; /* the first one */
	if (bytes_exist(old)) {
		at = (int)(old.data - dt_structure(dtb)) -
		     (int)DT_PROPERTY_SIZE;
		old_size = DT_PROPERTY_SIZE + align_up(old.size, WORD);
	}
	if (at >= 0 && name_at >= 0) {
		words = resize(dtb, (size_t)at, old_size,
			       DT_PROPERTY_SIZE + size);
	}
	if (words == NULL) {
		dt_spoil(dtb);
		return;
	}
	words[2 + size / WORD] = 0; /* what pads the value */
	words[1] = dt_swap((uint32_t)value.size);
	words[2] = dt_swap((uint32_t)name_at);
	memcpy(&words[3], value.data, value.size);
	words[0] = dt_swap(DT_TAG_PROPERTY);
}

void dt_set_string(void *dtb, int node, const char *name, const char *text)
{
	struct bytes value = {(const uint8_t *)text, strlen(text) + 1};

	dt_set_property(dtb, node, name, value);
}

/** Numbers of a property, in front of each other. */
struct cells {
	uint32_t words[4];
	uint32_t *end;
};

static void put(struct cells *cells, void *dtb, struct dt_number number)
{
	if (number.cells == 2) {
		*cells->end++ = dt_swap((uint32_t)(number.value >> 32));
	} else if (number.cells != 1 || number.value > UINT32_MAX) {
		dt_spoil(dtb);
	}
	*cells->end++ = dt_swap((uint32_t)number.value);
}

static void set_cells(void *dtb, int node, const char *name,
		      const struct cells *cells)
{
	struct bytes value = {
		.data = (const uint8_t *)cells->words,
		.size = (size_t)(cells->end - cells->words) * WORD,
	};

	dt_set_property(dtb, node, name, value);
}

void dt_set_number(void *dtb, int node, const char *name,
		   struct dt_number number)
{
	struct cells cells = {.end = cells.words};

	put(&cells, dtb, number);
	set_cells(dtb, node, name, &cells);
}

void dt_set_reg(void *dtb, int parent, int node, struct dt_range range)
{
	struct cells cells = {.end = cells.words};
	struct dt_number begin = {dt_address_cells(dtb, parent), range.begin};
	struct dt_number size = {dt_size_cells(dtb, parent), range.size};

	if (begin.cells == 1 && range.begin + range.size - 1 > UINT32_MAX) {
		dt_spoil(dtb);
	}
	put(&cells, dtb, begin);
	put(&cells, dtb, size);
	set_cells(dtb, node, "reg", &cells);
}
