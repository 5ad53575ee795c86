/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Input at the very end of readable memory: a parser that reads one byte too
 * many dies. See docs/testing.md.
 */
#pragma once

#include "hf/boot/bytes.h"

/**
 * A copy of `input` that starts at a multiple of `alignment` (a power of two)
 * and ends within less than `alignment` of a page that cannot be read. The next
 * call reuses the memory.
 */
struct bytes guard_place(struct bytes input, size_t alignment);

/** One damaged input: what the parser answers must be defined. */
typedef void guard_probe(struct bytes input);

/**
 * `input` with each single byte set to each of the values that `thorough`
 * chooses: all 255 others, or eight flipped bits, 0x00 and 0xff. The number of
 * inputs that were probed.
 */
size_t guard_corrupt(struct bytes input, bool thorough, guard_probe *probe);

/** `input` cut off at each length from 0 on. */
size_t guard_truncate(struct bytes input, guard_probe *probe);
