/* SPDX-License-Identifier: BSD-3-Clause */
/* The linker's symbols (hafnium.ld) as ranges. See docs/memory.md. */
#include "hf/plat/image.h"

#include "hf/base/bits.h"
#include "hf/base/limits.h"
#include "hf/plat/image_layout.h"

extern char image_header[];
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
	return (struct pa_range){pa_from_ptr(image_header), image_heap().end};
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
	/* Its end may be out of reach of an address relative to the code. */
	return range_of(heap_begin, heap_begin + HEAP_PAGES * PAGE_SIZE);
}
