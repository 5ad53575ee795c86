/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every system register encoding of one op0 and op1: 2048 of them, read or
 * written, at EL1 or EL0.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SWEEP_SIZE 2048
#define OP1_COUNT 8

struct sweep {
	uint32_t op0; /* 2 or 3 */
	uint32_t op1;
	bool is_write;
	bool is_at_el0;
	uint64_t value; /* what is written */
};

/** What became of them; the sum is SWEEP_SIZE. */
struct sweep_result {
	uint64_t undefined; /* exception class 0 */
	uint64_t excepted;  /* another exception, of this VM's own making */
	uint64_t done;	    /* it went through */
	uint64_t spared;    /* a write that this code would not survive */
	uint32_t first_done;
	uint32_t last_done;
};

/** All registers of op0 = 3 at EL1, in order; 0 for one that can not be read. */
void sweep_read_all(uint64_t *values);

struct sweep_result sweep_run(const struct sweep *sweep);
