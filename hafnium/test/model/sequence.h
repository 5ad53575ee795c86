/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequences of steps: made from a seed, run in a process of their own, made
 * short when they fail, and printed as a test. See docs/testing.md.
 */
#pragma once

#include "step.h"

#define SEQUENCE_MAX 1024U

struct sequence {
	uint8_t versions; /* of run_start() */
	uint32_t count;
	struct step steps[SEQUENCE_MAX];
};

/** What came of it. */
struct sequence_result {
	bool is_ok;
	uint32_t calls;
	uint32_t step; /* the one that failed */
	char error[256];
};

void sequence_random(struct sequence *sequence, uint64_t seed, uint32_t count);

/** In this process: once only. */
struct sequence_result sequence_run(const struct sequence *sequence);

/** In a child, so that a crash is a result, too. */
struct sequence_result sequence_try(const struct sequence *sequence);

/** Leave out what is not needed to fail. */
void sequence_minimise(struct sequence *sequence);

/** As the initialiser of a test, into the log. */
void sequence_print(const struct sequence *sequence);
