/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files that make calls for a VM. */
#pragma once

#include "hft/actor.h"

/** The last call and who made it, for hft_ffa_describe(). */
void hft_ffa_note(uint16_t vm, bool is_smc, const struct ffa_frame *args);

/**
 * A call `id` of any VM has got this answer: a record of each code that is new
 * in this test, for the table of `make coverage`. Nothing outside of the judge.
 */
void hft_ffa_answered(uint64_t id, const struct ffa_frame *answer);

/** x[0-4]: x3-x7 of the order in, of the answer out. */
void actor_order(uint16_t vm, enum actor_op op, uint64_t *x);
