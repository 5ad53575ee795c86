/* SPDX-License-Identifier: BSD-3-Clause */
/* Cache maintenance. See docs/memory.md. */
#include "hf/arch/cache.h"

#include <string.h>

#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"

/** Lines that a loop deals with at a time. */
#define UNROLLED 4
#define STRING(number) STRING_OF(number)
#define STRING_OF(number) #number

/** CTR_EL0.DminLine (19:16) and IminLine (3:0): log2 of words. */
static uint64_t line_size(unsigned int high, unsigned int low)
{
	return UINT64_C(4) << bits_get(sysreg_read(ctr_el0), high, low);
}

void arch_cache_clean_range(vaddr_t begin, size_t size)
{
	uint64_t line = line_size(19, 16);
	uint64_t va = align_down(begin.va, line);
	uint64_t end = begin.va + size;

	while (va < end && end - va >= UNROLLED * line) {
		__asm__ volatile(".rept " STRING(UNROLLED) "\n\t"
				 "dc civac, %0\n\t"
				 "add %0, %0, %1\n\t"
				 ".endr"
				 : "+r"(va)
				 : "r"(line)
				 : "memory");
	}
	for (; va < end; va += line) {
		__asm__ volatile("dc civac, %0" : : "r"(va) : "memory");
	}
	/* Done before anybody is let at the memory. */
	dsb(sy);
}

static void invalidate_code(void)
{
	/* All of them: a guest may see the code at another address. */
	__asm__ volatile("ic ialluis" ::: "memory");
	dsb(ish);
	isb();
}

void arch_cache_sync_code(vaddr_t begin, size_t size)
{
	arch_cache_clean_range(begin, size);
	invalidate_code();
}

void arch_cache_zero_pages(vaddr_t begin, size_t size)
{
	uint64_t dczid = sysreg_read(dczid_el0);
	/* DZP: not allowed. BS: log2 of words. */
	uint64_t block = UINT64_C(4) << bits_get(dczid, 3, 0);
	uint64_t va = begin.va;
	uint64_t end = va + size;

	if ((dczid & BIT(4)) != 0 || block != line_size(19, 16) ||
	    block > PAGE_SIZE / UNROLLED) {
		memset(ptr_from_va(begin), 0, size);
		arch_cache_sync_code(begin, size);
		return;
	}
	/* Each line once: zero while it is in the cache, and out of there. */
	while (va < end) {
		__asm__ volatile(".rept " STRING(UNROLLED) "\n\t"
				 "dc zva, %0\n\t"
				 "dc civac, %0\n\t"
				 "add %0, %0, %1\n\t"
				 ".endr"
				 : "+r"(va)
				 : "r"(block)
				 : "memory");
	}
	dsb(sy);
	invalidate_code();
}

void arch_cache_clean_set_way(uint64_t set_way)
{
	__asm__ volatile("dc cisw, %0" : : "r"(set_way) : "memory");
	dsb(sy);
}
