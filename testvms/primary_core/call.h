/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A call with every register under control, and code for EL0.
 */
#pragma once

#include <stdint.h>

/** All that a call could change; layout known to call.S. */
struct registers {
	uint64_t x[31];
	uint64_t fpcr;
	uint64_t fpsr;
	uint64_t reserved;
	uint64_t q[64];
};

/** Load all (x29 too), HVC #0 or SMC #0, store all. */
void call_hvc(struct registers *registers);
void call_smc(struct registers *registers);
/** HVC with another immediate: 0x1234. */
void call_hvc_1234(struct registers *registers);

/** A different value in each; x0 = `id`. */
struct registers registers_pattern(uint64_t id);

/** Index of the first of x[first..last] that differs; 31 when none does. */
unsigned int registers_first_change(const struct registers *before,
				    const struct registers *after,
				    unsigned int first, unsigned int last);

/** `call` with the pattern changes x0 only; x0 of the answer. */
uint64_t call_changes_x0_only(void (*call)(struct registers *), uint64_t id,
			      uint64_t arg1);

/* For EL0: the address is in x1 (r1), SVC at the end, result in x0. */
extern const char el0_read[];
extern const char el0_write[];
extern const char el0_execute[];
extern const char el0_hvc[];
extern const char el0_smc[];
extern const char el0_read_a32[];
