/* SPDX-License-Identifier: BSD-3-Clause */
/* The linker's symbols (hafnium.ld) as ranges. See docs/memory.md. */
#include "hf/plat/image.h"

#include "hf/base/bits.h"
#include "hf/plat/image_layout.h"

/** Words of the arm64 image header (entry.S); IMAGE_SIZE ends with the heap. */
extern const uint64_t image_header[];
#define IMAGE_SIZE 2

extern char text_begin[];
extern char text_end[];
extern char rodata_begin[];
extern char rodata_end[];
extern char data_begin[];
extern char bss_end[];
extern char stacks_begin[];
extern char stacks_end[];
extern char heap_begin[];

static struct pa_range range_of(const char *begin, const char *end)
{
	return (struct pa_range){pa_from_ptr(begin), pa_from_ptr(end)};
}

struct pa_range image_range(void)
{
	paddr_t begin = pa_from_ptr(image_header);

	/* The end is out of reach of an address relative to the code. */
	return (struct pa_range){begin,
				 pa_init(begin.pa + image_header[IMAGE_SIZE])};
}

struct pa_range image_text(void)
{
	return range_of(text_begin, text_end);
}

struct pa_range image_rodata(void)
{
	return range_of(rodata_begin, rodata_end);
}

struct pa_range image_data(void)
{
	return range_of(data_begin, bss_end);
}

struct pa_range image_stacks(void)
{
	return range_of(stacks_begin, stacks_end);
}

struct pa_range image_heap(void)
{
	return (struct pa_range){pa_from_ptr(heap_begin), image_range().end};
}
