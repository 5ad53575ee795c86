/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the hypervisor itself lies: the linker's symbols as ranges. Page
 * aligned. See docs/memory.md.
 */
#pragma once

#include "hf/base/addr.h"

/** All of it, page tables and stacks included: no VM may see any of this. */
struct pa_range image_range(void);

struct pa_range image_text(void);
struct pa_range image_rodata(void);
/** Data, bss; without stacks and heap. */
struct pa_range image_data(void);
/** Stacks with the guard page below each of them. */
struct pa_range image_stacks(void);
/** HEAP_PAGES pages, not cleared. */
struct pa_range image_heap(void);
