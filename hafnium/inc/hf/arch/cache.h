/* SPDX-License-Identifier: BSD-3-Clause */
/* Data and instruction caches, by address. */
#pragma once

#include "hf/base/addr.h"

/**
 * Clean and invalidate to the point of coherency, so that a guest whose MMU is
 * off sees what was written.
 */
void arch_cache_clean_range(vaddr_t begin, size_t size);

/** After code was written: data cleaned, instruction caches invalidated. */
void arch_cache_sync_code(vaddr_t begin, size_t size);

/**
 * Zeros in memory itself, page aligned, and no cache has anything else of it:
 * what arch_cache_sync_code() does is done. Normal memory, caches on.
 */
void arch_cache_zero_pages(vaddr_t begin, size_t size);

/** DC CISW on this CPU; `set_way` as in that instruction's Xt. */
void arch_cache_clean_set_way(uint64_t set_way);
