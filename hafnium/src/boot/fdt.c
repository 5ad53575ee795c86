/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A walk from tag to tag, and what can be asked by one. No question copies or
 * walks the whole tree unless it says so: QEMU's claims a megabyte. See
 * docs/boot.md and docs/decisions/0014-own-device-trees.md.
 */
#include "hf/boot/fdt.h"

#include <string.h>

#include "hf/base/bits.h"

#define MAGIC 0xd00dfeed
#define VERSION 17

#define WORD sizeof(uint32_t)

bool dt_has_magic(const void *dtb)
{
	return is_aligned((uintptr_t)dtb, sizeof(uint64_t)) &&
	       dt_header(dtb, DT_MAGIC) == MAGIC;
}

size_t dt_claimed_size(const void *dtb)
{
	return dt_header(dtb, DT_TOTAL_SIZE);
}

/** A block, of whose offset and size those words are, is behind the header. */
static bool32 is_inside(const void *dtb, enum dt_word offset, enum dt_word size)
{
	uint64_t begin = dt_header(dtb, offset);

	return begin >= DT_HEADER_SIZE &&
	       begin + dt_header(dtb, size) <= dt_claimed_size(dtb);
}

bool32 dt_check(const void *dtb, size_t max_size)
{
	size_t limit = min_u64(max_size, DT_MAX_SIZE);
	uint32_t reserved;

	if (limit < DT_HEADER_SIZE || !dt_has_magic(dtb)) {
		return false;
	}
	reserved = dt_header(dtb, DT_RESERVED_OFFSET);
	if (dt_claimed_size(dtb) > limit ||
	    dt_header(dtb, DT_VERSION) < VERSION ||
	    dt_header(dtb, DT_COMPATIBLE_VERSION) > VERSION) {
		return false;
	}
	/* Words are loaded from these. */
	return is_aligned(dt_header(dtb, DT_STRUCT_OFFSET), WORD) &&
	       is_aligned(reserved, 2 * WORD) && reserved >= DT_HEADER_SIZE &&
	       reserved <= dt_claimed_size(dtb) &&
	       is_inside(dtb, DT_STRUCT_OFFSET, DT_STRUCT_SIZE) &&
	       is_inside(dtb, DT_STRINGS_OFFSET, DT_STRINGS_SIZE);
}

/** Behind the entry of zeros that ends the list; 0: none does. */
static size_t reserved_end(const void *dtb)
{
	size_t at = dt_header(dtb, DT_RESERVED_OFFSET);
	size_t entry = 2 * sizeof(uint64_t);

	for (; at + entry <= dt_claimed_size(dtb); at += entry) {
		const uint64_t *words =
			(const uint64_t *)((const uint8_t *)dtb + at);

		if (words[0] == 0 && words[1] == 0) {
			return at + entry;
		}
	}
	return 0;
}

bool dt_is_in_order(const void *dtb)
{
	size_t end = reserved_end(dtb);
	size_t begin = dt_header(dtb, DT_STRUCT_OFFSET);
	size_t strings = dt_header(dtb, DT_STRINGS_OFFSET);
	size_t strings_size = dt_header(dtb, DT_STRINGS_SIZE);

	/* A name that is added must not continue the last one. */
	if (strings_size != 0 &&
	    ((const char *)dtb)[strings + strings_size - 1] != '\0') {
		return false;
	}
	/* Below 2 MiB, dt_check() has seen that: nothing wraps. */
	return end != 0 && begin >= end &&
	       strings >= begin + dt_header(dtb, DT_STRUCT_SIZE);
}

/** The step of a walk is to something with a name; a root's is empty. */
static bool name_is_fine(const struct dt_walk *walk, enum dt_step step)
{
	struct bytes value;

	if (step == DT_STEP_PROPERTY) {
		return *dt_walk_property(walk, &value) != '\0';
	}
	return step != DT_STEP_NODE || walk->depth > 0 ||
	       *dt_walk_name(walk) == '\0';
}

bool dt_is_whole(const void *dtb)
{
	struct dt_walk walk = dt_walk_init(dtb, 0);
	bool is_over = false;
	enum dt_step step;

	while ((step = dt_walk_next(&walk)) != DT_STEP_END) {
		/* There is one root. */
		if (is_over || walk.depth < 0 || !name_is_fine(&walk, step)) {
			return false;
		}
		is_over = step == DT_STEP_LEAVE && walk.depth == 0;
	}
	return walk.next >= 0 && walk.depth < 0 && reserved_end(dtb) != 0;
}

struct bytes dt_property(const void *dtb, int node, const char *name)
{
	struct dt_walk walk;
	struct bytes value;

	dt_walk_inside(&walk, dtb, node);
	while (dt_walk_next(&walk) == DT_STEP_PROPERTY) {
		if (strcmp(dt_walk_property(&walk, &value), name) == 0) {
			return value;
		}
	}
	return bytes_none();
}

struct dt_walk dt_walk_init(const void *dtb, int node)
{
	return (struct dt_walk){.dtb = dtb, .next = node, .depth = -1};
}

void dt_walk_inside(struct dt_walk *walk, const void *dtb, int node)
{
	*walk = dt_walk_init(dtb, node);
	if (dt_walk_next(walk) != DT_STEP_NODE) {
		walk->next = -1;
	}
}

/** Beyond the end of any structure block, one with room to grow, too. */
#define TOO_FAR (2 * DT_MAX_SIZE)

/** Bytes of what begins by `tag`, of which `rest` are there. */
static never_inline size_t tag_size(const uint32_t *words, uint32_t tag,
				    size_t rest)
{
	if (tag == DT_TAG_BEGIN_NODE) {
		const char *name = (const char *)&words[1];
		const char *nul = memchr(name, '\0', rest - WORD);

		return nul == NULL ? TOO_FAR : WORD + (size_t)(nul + 1 - name);
	}
	if (tag == DT_TAG_PROPERTY && rest >= DT_PROPERTY_SIZE) {
		return DT_PROPERTY_SIZE + dt_swap(words[1]);
	}
	return tag == DT_TAG_END_NODE || tag == DT_TAG_NOP || tag == DT_TAG_END
		       ? WORD
		       : TOO_FAR;
}

/** The tag at `walk->next`. What is not whole is DT_TAG_END, with `next` < 0. */
static uint32_t take_tag(struct dt_walk *walk)
{
	const uint8_t *begin = dt_structure(walk->dtb);
	size_t at = (uint32_t)walk->next;
	size_t end = dt_header(walk->dtb, DT_STRUCT_SIZE);
	const uint32_t *words = (const uint32_t *)(begin + at);
	uint32_t tag;

	walk->next = -1;
	if (at + WORD > end) {
		return DT_TAG_END;
	}
	tag = dt_swap(words[0]);
	at = align_up(at + tag_size(words, tag, end - at), WORD);
	if (at > end) {
		return DT_TAG_END;
	}
	walk->next = (int)at;
	return tag;
}

enum dt_step dt_walk_next(struct dt_walk *walk)
{
	uint32_t tag;

	if (walk->is_leaving) {
		walk->depth--;
	}
	do {
		walk->offset = walk->next;
		tag = take_tag(walk);
	} while (tag == DT_TAG_NOP);

	walk->is_leaving = tag == DT_TAG_END_NODE;
	if (tag == DT_TAG_BEGIN_NODE) {
		walk->depth++;
	}
	return (enum dt_step)tag;
}

bool32 dt_walk_child(struct dt_walk *walk)
{
	enum dt_step step;

	do {
		step = dt_walk_next(walk);
		if (step == DT_STEP_NODE && walk->depth == 1) {
			return true;
		}
	} while (step != DT_STEP_END &&
		 !(step == DT_STEP_LEAVE && walk->depth == 0));
	return false;
}

/** The child whose name is `name`, up to its end or to `end`. */
static int find_child(const void *dtb, int node, const char *name, char end)
{
	struct dt_walk walk = dt_walk_init(dtb, node);
	size_t length = strlen(name);

	while (dt_walk_child(&walk)) {
		const char *text = dt_walk_name(&walk);

		if (strncmp(text, name, length) == 0 &&
		    (text[length] == '\0' || text[length] == end)) {
			return walk.offset;
		}
	}
	return -1;
}

int dt_find_child(const void *dtb, int node, const char *name)
{
	return find_child(dtb, node, name, '@');
}

int dt_find_exactly(const void *dtb, int node, const char *name)
{
	return find_child(dtb, node, name, '\0');
}

const char *dt_walk_name(const struct dt_walk *walk)
{
	return dt_name(walk->dtb, walk->offset);
}

const char *dt_walk_property(const struct dt_walk *walk, struct bytes *value)
{
	const uint32_t *words =
		(const uint32_t *)(dt_structure(walk->dtb) + walk->offset);
	const char *strings = (const char *)walk->dtb +
			      dt_header(walk->dtb, DT_STRINGS_OFFSET);
	uint32_t strings_size = dt_header(walk->dtb, DT_STRINGS_SIZE);
	uint32_t name_at = dt_swap(words[2]);

	value->size = dt_swap(words[1]);
	value->data = (const uint8_t *)&words[3];
	/* Every name ends when the last one does. */
	if (name_at >= strings_size || strings[strings_size - 1] != '\0') {
		return "";
	}
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

bool32 dt_integer(struct bytes value, uint64_t *number)
{
	if (value.size != 1 && value.size != 2 && value.size != 4 &&
	    value.size != 8) {
		return false;
	}
	*number = read_big_endian(value.data, value.size);
	return true;
}

bool32 dt_take_cells(struct bytes *value, int cells, uint64_t *number)
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

int dt_cells(struct bytes value, int absent)
{
	uint64_t number;

	if (!bytes_exist(value)) {
		return absent;
	}
	return dt_integer(value, &number) && number <= 2 ? (int)number : 0;
}

int dt_address_cells(const void *dtb, int node)
{
	return dt_cells(dt_property(dtb, node, "#address-cells"),
			DT_DEFAULT_ADDRESS_CELLS);
}

int dt_size_cells(const void *dtb, int node)
{
	return dt_cells(dt_property(dtb, node, "#size-cells"),
			DT_DEFAULT_SIZE_CELLS);
}

bool32 dt_is_string(struct bytes value, const char *text)
{
	size_t size = strlen(text) + 1;

	return value.size == size && memcmp(value.data, text, size) == 0;
}

const uint8_t *dt_find_string(struct bytes list, const char *text)
{
	size_t size = strlen(text) + 1;

	while (list.size >= size && memcmp(list.data, text, size) != 0) {
		const uint8_t *nul = memchr(list.data, '\0', list.size);

		if (nul == NULL) {
			return NULL;
		}
		list.size -= (size_t)(nul + 1 - list.data);
		list.data = nul + 1;
	}
	return list.size >= size ? list.data : NULL;
}

bool dt_is_compatible(const void *dtb, int node, const char *text)
{
	return dt_find_string(dt_property(dtb, node, "compatible"), text) !=
	       NULL;
}
