/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes what `cpio -o` does, and only that. See docs/testing.md. */
#include "boot/cpio_builder.h"

#include <stdio.h>
#include <string.h>

#include "hf/base/bits.h"
#include "hftest.h"

static struct cpio_state {
	enum cpio_format format;
	uint8_t *memory;
	size_t size;
	size_t room;
} cpio;

void cpio_begin(enum cpio_format format, void *memory, size_t room)
{
	cpio = (struct cpio_state){
		.format = format, .memory = memory, .room = room};
}

static void append(const void *data, size_t size)
{
	ASSERT_LE(cpio.size + size, cpio.room);
	if (size != 0) {
		memcpy(cpio.memory + cpio.size, data, size);
	}
	cpio.size += size;
}

static void pad(void)
{
	static const uint8_t zeros[4];
	size_t alignment = cpio.format == CPIO_BINARY ? 2 : 4;

	append(zeros, align_up(cpio.size, alignment) - cpio.size);
}

static void append_newc_header(size_t name_size, size_t file_size)
{
	/* ino mode uid gid nlink mtime size, 4 devices, name size, check */
	const unsigned int fields[13] = {
		[0] = 1,
		[1] = 0100644,
		[4] = 1,
		[6] = (unsigned int)file_size,
		[11] = (unsigned int)name_size,
	};
	char field[9];

	append(cpio.format == CPIO_NEWC ? "070701" : "070702", 6);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		/* Either case of hexadecimal digits is in use. */
		(void)snprintf(field, sizeof(field), i == 6 ? "%08X" : "%08x",
			       fields[i]);
		append(field, 8);
	}
}

static void append_binary_header(size_t name_size, size_t file_size)
{
	uint16_t fields[13] = {
		[0] = 070707,
		[3] = 0100644,
		[10] = (uint16_t)name_size,
		[11] = (uint16_t)(file_size >> 16), /* high half first */
		[12] = (uint16_t)file_size,
	};

	append(fields, sizeof(fields));
}

void cpio_add(const char *name, struct bytes contents)
{
	size_t name_size = strlen(name) + 1;

	if (cpio.format == CPIO_BINARY) {
		append_binary_header(name_size, contents.size);
	} else {
		append_newc_header(name_size, contents.size);
	}
	append(name, name_size);
	pad();
	append(contents.data, contents.size);
	pad();
}

void cpio_add_text(const char *name, const char *text)
{
	cpio_add(name, (struct bytes){.data = (const uint8_t *)text,
				      .size = strlen(text)});
}

struct bytes cpio_so_far(void)
{
	return (struct bytes){.data = cpio.memory, .size = cpio.size};
}

struct bytes cpio_finish(void)
{
	cpio_add_text("TRAILER!!!", "");
	return cpio_so_far();
}
