/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls with numbers of every class and arguments of every kind, from a seed:
 * the same seed makes the same calls.
 */
#pragma once

#include <stdbool.h>

#include "hf/smccc.h"

struct calls {
	uint64_t state; /* not 0 */
};

/** The next call; `is_primary` leaves out what would end the test. */
struct smccc_value calls_next(struct calls *calls, bool is_primary);

/** 0 to bound - 1 */
uint64_t calls_random(struct calls *calls, uint64_t bound);
