/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What another VM leaves in system registers: all of op0 = 3 are read at EL1,
 * and read again after the other one has run.
 */
#pragma once

#include <stdint.h>

/** Keep what is in each. */
void residue_note(void);

struct residue {
	uint64_t changed; /* registers, but counters and random numbers */
	uint32_t first;	  /* op1, CRn, CRm, op2 of one of them */
	uint32_t last;
};

/** What has changed since. */
struct residue residue_find(void);
