/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory that the image only reserves. See docs/memory.md. */
#include "hf/base/bits.h"
#include "hf/base/limits.h"
#include "hf/plat/image_layout.h"

/* By name from the linker script; nothing in C refers to them. */
extern char stacks[MAX_CPUS][STACK_SLOT_SIZE];
char stacks[MAX_CPUS][STACK_SLOT_SIZE] keep_symbol in_section(".stacks")
	aligned_to(PAGE_SIZE);

extern char heap[HEAP_PAGES][PAGE_SIZE];
char heap[HEAP_PAGES][PAGE_SIZE] keep_symbol in_section(".heap")
	aligned_to(PAGE_SIZE);
