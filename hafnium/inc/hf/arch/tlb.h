/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TLB invalidation on all CPUs (DDI0487 D8.13). Each call orders the stores to
 * tables before it, and has completed everywhere when it returns: a page that
 * was a table before may be used for something else. See docs/memory.md.
 */
#pragma once

#include "hf/base/addr.h"

/** Ranges of more pages are invalidated by dropping everything. */
#define TLB_MAX_PAGES UINT64_C(64)

/** False: so many pages that it is cheaper to invalidate the whole regime. */
static inline bool tlb_is_by_page(uint64_t begin, uint64_t end)
{
	return end - begin <= TLB_MAX_PAGES * PAGE_SIZE;
}

/**
 * Stage 2 of `vttbr` (mmu_vttbr()) changed in [begin, end), page aligned. Any
 * address of a block stands for all of it.
 *   few pages: TLBI IPAS2E1IS for each, then VMALLE1IS, because TLBs may hold
 *   stage 1 and 2 combined; more: VMALLS12E1IS.
 */
void tlb_invalidate_ipa(uint64_t vttbr, ipaddr_t begin, ipaddr_t end);

/** Stage 1 of EL2 changed in [begin, end): VAE2IS each, or ALLE2IS. */
void tlb_invalidate_el2(vaddr_t begin, vaddr_t end);

/**
 * This CPU only: stage 1 and combined entries of the VM in VTTBR_EL2 (TLBI
 * VMALLE1), which belong to another vCPU of it.
 */
void tlb_invalidate_local(void);
