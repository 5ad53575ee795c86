/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One call of a random sequence: made to the hypervisor and to the model, which
 * must agree about the answer. A step is 16 bytes, so that any bytes are a
 * sequence: those of a generator, of a fuzzer, of a file. See docs/testing.md.
 */
#pragma once

#include "page_model.h"

struct step {
	uint8_t kind;
	uint8_t vm;
	uint8_t other;
	uint8_t type;
	uint8_t permissions;
	uint8_t flags;
	uint8_t defect; /* what is wrong on purpose; mostly nothing */
	uint8_t slot;	/* which of the open transactions */
	uint8_t first;
	uint8_t count;
	uint8_t stride;
	uint8_t part; /* how much a fragment has */
	uint32_t seed;
};
_Static_assert(sizeof(struct step) == 16, "a sequence is bytes");

/** Where the sequence is; the model, and what was said last. */
struct run {
	struct model model;
	/* pages that the open answers to retrieve requests named so far */
	uint32_t fetched[MODEL_TRANSFERS];
	uint32_t calls; /* made so far */
	char error[256];
};

/** A new machine; the versions are bits of `seed`. */
void run_start(struct run *run, uint8_t seed);

/** False, and `error` says why: the hypervisor has another opinion. */
bool run_step(struct run *run, const struct step *step);

/**
 * All tables of all VMs and the contents of their pages are as the model has
 * them, near the pages that steps use, or (`is_all`) everywhere.
 */
bool run_check(struct run *run, bool is_all);

/** Everything given back: tables are as they were at first. */
bool run_finish(struct run *run);
