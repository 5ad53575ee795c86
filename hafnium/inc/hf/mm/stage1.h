/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hypervisor's own map: VA = PA, one for all CPUs. Nothing is writable and
 * executable. What maps the image is never changed once translation is on.
 * Lock: LOCK_STAGE1. See docs/memory.md.
 */
#pragma once

#include "hf/arch/pte.h"
#include "hf/mm/page_pool.h"
#include "hf/mm/status.h"

/** Where the linker put things; each range page aligned. */
struct stage1_image {
	struct pa_range text;	/* R X */
	struct pa_range rodata; /* R */
	struct pa_range data;	/* R W: data, bss, stacks, page pool */
	/**
	 * Inside `data`: one slot of `stack_slot_bytes` per CPU, the lowest
	 * page of each is left unmapped as guard, the rest is the stack.
	 */
	struct pa_range stacks;
	uint64_t stack_slot_bytes;
};

/** An empty map. Once, on the boot CPU, MMU off. */
must_check enum mm_status stage1_init(struct page_pool *pool);

/** The hypervisor itself, before stage1_enable(). */
must_check enum mm_status stage1_map_image(const struct stage1_image *image);

/**
 * Turn on translation and caches on this CPU. The first call (boot CPU) also
 * makes the page pool and this map take their locks from now on.
 */
void stage1_enable(void);

/**
 * Map at VA = PA; `range` is widened to whole pages. `mode` has MM_MODE_R, and
 * not both W and X. MM_NO_MEMORY and MM_BAD_RANGE change nothing.
 */
must_check enum mm_status stage1_map(struct pa_range range, mm_mode_t mode);

/**
 * `range`, widened to pages, is gone from all CPUs' TLBs when it returns, and
 * tables that lead to nothing any more are free again.
 */
must_check enum mm_status stage1_unmap(struct pa_range range);

/** True when all of `range` is mapped with one mode, which is stored. */
must_check bool stage1_query(struct pa_range range, mm_mode_t *mode);

/** Host tests: as before stage1_init(). */
void stage1_reset(void);
