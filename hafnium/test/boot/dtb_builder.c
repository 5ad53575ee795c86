/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libfdt's sequential writer, with errors that end the test: they are the
 * test's own mistakes. See docs/testing.md.
 */
#include "boot/dtb_builder.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "hftest.h"

#define BUILDER_SIZE 65536

static struct builder {
	uint8_t buffer[BUILDER_SIZE] __attribute__((aligned(8)));
} builder;

static void check(int status)
{
	if (status < 0) {
		FAIL("the test's own tree: %s", fdt_strerror(status));
	}
}

void dtb_begin(void)
{
	check(fdt_create(builder.buffer, BUILDER_SIZE));
	check(fdt_finish_reservemap(builder.buffer));
	dtb_node("");
}

void dtb_node(const char *name)
{
	check(fdt_begin_node(builder.buffer, name));
}

void dtb_end(void)
{
	check(fdt_end_node(builder.buffer));
}

void dtb_flag(const char *name)
{
	dtb_bytes(name, "", 0);
}

void dtb_string(const char *name, const char *text)
{
	dtb_bytes(name, text, strlen(text) + 1);
}

void dtb_u32(const char *name, uint32_t value)
{
	check(fdt_property_u32(builder.buffer, name, value));
}

void dtb_u64(const char *name, uint64_t value)
{
	check(fdt_property_u64(builder.buffer, name, value));
}

void dtb_bytes(const char *name, const void *data, size_t size)
{
	check(fdt_property(builder.buffer, name, data, (int)size));
}

void dtb_cell_list(const char *name, const uint32_t *cells, size_t count)
{
	void *value;

	check(fdt_property_placeholder(builder.buffer, name,
				       (int)(count * sizeof(*cells)), &value));
	for (size_t i = 0; i < count; i++) {
		fdt32_st((uint8_t *)value + i * sizeof(*cells), cells[i]);
	}
}

struct bytes dtb_finish(size_t spare)
{
	dtb_end();
	check(fdt_finish(builder.buffer));

	size_t size = fdt_totalsize(builder.buffer);
	uint8_t *copy = calloc(1, size + spare);

	if (copy == NULL) {
		FAIL("no memory for the test's own tree");
	}
	memcpy(copy, builder.buffer, size);
	fdt_set_totalsize(copy, (uint32_t)(size + spare));
	return (struct bytes){.data = copy, .size = size + spare};
}
