/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bits, alignment and arithmetic on numbers that a guest chose.
 */
#pragma once

#include "hf/base/compiler.h"

#define BIT(n) (UINT64_C(1) << (n))

/** Bits `high` down to `low`, both included. */
#define BITS(high, low) ((UINT64_MAX >> (63 - (high))) & ~(BIT(low) - 1))

/** 4 KiB is the only granule that is used. */
#define PAGE_BITS 12
#define PAGE_SIZE (UINT64_C(1) << PAGE_BITS)

/** Bits `high` down to `low` of `value`, moved down to bit 0. */
static inline uint64_t bits_get(uint64_t value, unsigned int high,
				unsigned int low)
{
	return (value & BITS(high, low)) >> low;
}

/** `alignment` is a power of two in all of these. */
static inline uint64_t align_down(uint64_t value, uint64_t alignment)
{
	return value & ~(alignment - 1);
}

/** Wraps to a small number when `value` is in the last unit: check before. */
static inline uint64_t align_up(uint64_t value, uint64_t alignment)
{
	return align_down(value + alignment - 1, alignment);
}

static inline bool is_aligned(uint64_t value, uint64_t alignment)
{
	return (value & (alignment - 1)) == 0;
}

/** a + b into *sum; true when it does not fit. */
must_check static inline bool add_overflows(uint64_t a, uint64_t b,
					    uint64_t *sum)
{
	return __builtin_add_overflow(a, b, sum);
}

must_check static inline bool mul_overflows(uint64_t a, uint64_t b,
					    uint64_t *product)
{
	return __builtin_mul_overflow(a, b, product);
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}
