/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cpio, read in place. An archive is a row of entries: header, name, contents,
 * each padded. One entry is decoded at a time, and only moved past when it lies
 * in the archive as a whole. See docs/boot.md.
 */
#include "hf/boot/initrd.h"

#include <string.h>

#include "hf/base/bits.h"

#define NEWC_HEADER_SIZE 110
#define NEWC_FIELD_SIZE 8
#define NEWC_FILE_SIZE_AT (6 + 6 * NEWC_FIELD_SIZE)
#define NEWC_NAME_SIZE_AT (6 + 11 * NEWC_FIELD_SIZE)
#define NEWC_ALIGNMENT 4

#define BINARY_MAGIC 070707
#define BINARY_HEADER_SIZE 26
#define BINARY_NAME_SIZE_AT 20
#define BINARY_FILE_SIZE_AT 22
#define BINARY_ALIGNMENT 2

#define LAST_NAME "TRAILER!!!"

/** What the header of an entry says. */
struct entry_header {
	size_t header_size;
	size_t name_size; /* with its NUL */
	size_t file_size;
	size_t alignment;
};

struct entry {
	const char *name; /* ends by a NUL in the archive */
	struct bytes contents;
	size_t size; /* of all of it, padding included */
};

/** Value of a hexadecimal digit; above 15: it is none. */
static uint32_t hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return (uint32_t)(c - '0');
	}
	c |= 0x20; /* to lower case */
	return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : 16;
}

/** 32 bits; UINT64_MAX: it is no number. */
static uint64_t newc_field(const uint8_t *field)
{
	uint64_t number = 0;

	for (size_t i = 0; i < NEWC_FIELD_SIZE; i++) {
		uint32_t digit = hex_digit(field[i]);

		if (digit > 15) {
			return UINT64_MAX;
		}
		number = number << 4 | digit;
	}
	return number;
}

static bool newc_header(struct bytes rest, struct entry_header *header)
{
	if (rest.size < NEWC_HEADER_SIZE) {
		return false;
	}
	/* 070701, or 070702 with a sum of the contents. */
	if (memcmp(rest.data, "07070", 5) != 0 ||
	    (rest.data[5] != '1' && rest.data[5] != '2')) {
		return false;
	}
	header->header_size = NEWC_HEADER_SIZE;
	header->alignment = NEWC_ALIGNMENT;
	header->name_size = newc_field(rest.data + NEWC_NAME_SIZE_AT);
	header->file_size = newc_field(rest.data + NEWC_FILE_SIZE_AT);
	return (header->name_size | header->file_size) <= UINT32_MAX;
}

static uint32_t read_u16(const uint8_t *data)
{
	return (uint32_t)data[0] | (uint32_t)data[1] << 8;
}

static bool binary_header(struct bytes rest, struct entry_header *header)
{
	if (rest.size < BINARY_HEADER_SIZE ||
	    read_u16(rest.data) != BINARY_MAGIC) {
		return false;
	}
	header->header_size = BINARY_HEADER_SIZE;
	header->alignment = BINARY_ALIGNMENT;
	header->name_size = read_u16(rest.data + BINARY_NAME_SIZE_AT);
	/* A PDP-11 puts the high half of a long first. */
	header->file_size = read_u16(rest.data + BINARY_FILE_SIZE_AT) << 16 |
			    read_u16(rest.data + BINARY_FILE_SIZE_AT + 2);
	return true;
}

/** False when `rest` does not begin with a whole entry. */
static bool entry_decode(struct bytes rest, struct entry *entry)
{
	struct entry_header header;

	if (!newc_header(rest, &header) && !binary_header(rest, &header)) {
		return false;
	}

	/* All three are 32 bits wide at most: no sum of them wraps. */
	size_t name_end = header.header_size + header.name_size;
	size_t contents = align_up(name_end, header.alignment);
	size_t contents_end = contents + header.file_size;

	if (header.name_size == 0 || contents_end > rest.size ||
	    rest.data[name_end - 1] != '\0') {
		return false;
	}
	entry->name = (const char *)rest.data + header.header_size;
	entry->contents.data = rest.data + contents;
	entry->contents.size = header.file_size;
	/* The last padding of an archive may be missing. */
	entry->size =
		min_u64(align_up(contents_end, header.alignment), rest.size);
	return true;
}

static bool name_matches(const char *in_archive, const char *name)
{
	if (strncmp(in_archive, "./", 2) == 0) {
		in_archive += 2;
	}
	return strcmp(in_archive, name) == 0;
}

struct bytes initrd_find(struct bytes archive, const char *name)
{
	struct bytes rest = archive;
	struct entry entry;

	while (entry_decode(rest, &entry)) {
		if (strcmp(entry.name, LAST_NAME) == 0) {
			break;
		}
		if (name_matches(entry.name, name)) {
			return entry.contents;
		}
		rest.data += entry.size;
		rest.size -= entry.size;
	}
	return bytes_none();
}
