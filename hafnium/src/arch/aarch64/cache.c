/* SPDX-License-Identifier: BSD-3-Clause */
/* Cache maintenance. See docs/memory.md. */
#include "hf/arch/cache.h"

#include <string.h>

#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"

/** CTR_EL0.DminLine (19:16) and IminLine (3:0): log2 of words. */
static uint64_t line_size(unsigned int high, unsigned int low)
{
	return UINT64_C(4) << bits_get(sysreg_read(ctr_el0), high, low);
}

void arch_cache_clean_range(vaddr_t begin, size_t size)
{
	uint64_t line = line_size(19, 16);
	uint64_t end = begin.va + size;

	for (uint64_t va = align_down(begin.va, line); va < end; va += line) {
		__asm__ volatile("dc civac, %0" : : "r"(va) : "memory");
	}
	/* Done before anybody is let at the memory. */
	dsb(sy);
}

void arch_cache_sync_code(vaddr_t begin, size_t size)
{
	arch_cache_clean_range(begin, size);
	/* All of them: a guest may see the code at another address. */
	__asm__ volatile("ic ialluis" ::: "memory");
	dsb(ish);
	isb();
}

void arch_cache_zero_pages(vaddr_t begin, size_t size)
{
	uint64_t dczid = sysreg_read(dczid_el0);
	/* DZP: not allowed. BS: log2 of words. */
	uint64_t block = UINT64_C(4) << bits_get(dczid, 3, 0);
	uint64_t end = begin.va + size;

	if ((dczid & BIT(4)) != 0 || block > PAGE_SIZE) {
		memset(ptr_from_va(begin), 0, size);
		return;
	}
	for (uint64_t va = begin.va; va < end; va += block) {
		__asm__ volatile("dc zva, %0" : : "r"(va) : "memory");
	}
}

void arch_cache_clean_set_way(uint64_t set_way)
{
	__asm__ volatile("dc cisw, %0" : : "r"(set_way) : "memory");
	dsb(sy);
}
