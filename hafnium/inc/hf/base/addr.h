/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses of different spaces are different types: mixing them does not
 * compile. Ranges are half-open, [begin, end).
 */
#pragma once

#include "hf/base/bits.h"

/** Physical address. */
typedef struct {
	uint64_t pa;
} paddr_t;

/** Intermediate physical address: what a VM takes for physical. */
typedef struct {
	uint64_t ipa;
} ipaddr_t;

/** Virtual address in the hypervisor's own stage 1. */
typedef struct {
	uintptr_t va;
} vaddr_t;

struct pa_range {
	paddr_t begin;
	paddr_t end;
};

struct ipa_range {
	ipaddr_t begin;
	ipaddr_t end;
};

static inline paddr_t pa_init(uint64_t pa)
{
	return (paddr_t){.pa = pa};
}

static inline ipaddr_t ipa_init(uint64_t ipa)
{
	return (ipaddr_t){.ipa = ipa};
}

static inline vaddr_t va_from_ptr(const void *ptr)
{
	return (vaddr_t){.va = (uintptr_t)ptr};
}

static inline void *ptr_from_va(vaddr_t va)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	return (void *)va.va;
}

/** The hypervisor maps itself and what it uses at VA = PA. */
static inline paddr_t pa_from_va(vaddr_t va)
{
	return pa_init(va.va);
}

static inline vaddr_t va_from_pa(paddr_t pa)
{
	return (vaddr_t){.va = (uintptr_t)pa.pa};
}

static inline void *ptr_from_pa(paddr_t pa)
{
	return ptr_from_va(va_from_pa(pa));
}

static inline paddr_t pa_from_ptr(const void *ptr)
{
	return pa_from_va(va_from_ptr(ptr));
}

/** The primary is mapped IPA = PA; written out where that is relied upon. */
static inline ipaddr_t ipa_from_pa(paddr_t pa)
{
	return ipa_init(pa.pa);
}

static inline paddr_t pa_from_ipa(ipaddr_t ipa)
{
	return pa_init(ipa.ipa);
}

static inline uint64_t pa_range_size(struct pa_range range)
{
	return range.end.pa - range.begin.pa;
}

static inline uint64_t ipa_range_size(struct ipa_range range)
{
	return range.end.ipa - range.begin.ipa;
}

static inline bool pa_range_is_empty(struct pa_range range)
{
	return range.end.pa <= range.begin.pa;
}

static inline bool pa_ranges_overlap(struct pa_range a, struct pa_range b)
{
	return a.begin.pa < b.end.pa && b.begin.pa < a.end.pa;
}
