/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pretend board of the fake architecture: its image is an array that
 * nothing runs in. See docs/testing.md.
 */
#include "hf/plat/board.h"
#include "hf/plat/image.h"
#include "hf/plat/image_layout.h"

#include "hf/base/limits.h"

static struct host_image {
	char text[PAGE_SIZE];
	char rodata[PAGE_SIZE];
	char data[PAGE_SIZE];
	char stacks[MAX_CPUS * STACK_SLOT_SIZE];
	char heap[HEAP_PAGES * PAGE_SIZE];
} aligned_to(PAGE_SIZE) host_image;

static const struct board host = {
	.uart = {{0x09000000}, {0x09001000}},
};

const struct board *board_get(void)
{
	return &host;
}

static struct pa_range range_of(const char *begin, size_t size)
{
	return (struct pa_range){pa_from_ptr(begin), pa_from_ptr(begin + size)};
}

struct pa_range image_range(void)
{
	return range_of(host_image.text, sizeof(host_image));
}

struct pa_range image_text(void)
{
	return range_of(host_image.text, sizeof(host_image.text));
}

struct pa_range image_rodata(void)
{
	return range_of(host_image.rodata, sizeof(host_image.rodata));
}

struct pa_range image_data(void)
{
	return range_of(host_image.data, sizeof(host_image.data));
}

struct pa_range image_stacks(void)
{
	return range_of(host_image.stacks, sizeof(host_image.stacks));
}

struct pa_range image_heap(void)
{
	return range_of(host_image.heap, sizeof(host_image.heap));
}
