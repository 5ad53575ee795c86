/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls that are to change x0 only, and code for EL0.
 */
#pragma once

#include "hft/registers.h"

static inline void call_hvc(struct hft_registers *registers)
{
	hft_registers_hvc(registers);
}

static inline void call_smc(struct hft_registers *registers)
{
	hft_registers_smc(registers);
}

static inline void call_hvc_1234(struct hft_registers *registers)
{
	hft_registers_hvc_1234(registers);
}

/** `call` with a pattern changes x0 only; x0 of the answer. */
uint64_t call_changes_x0_only(void (*call)(struct hft_registers *), uint64_t id,
			      uint64_t arg1);

/* For EL0: the address is in x1 (r1), SVC at the end, result in x0. */
extern const char el0_read[];
extern const char el0_write[];
extern const char el0_execute[];
extern const char el0_hvc[];
extern const char el0_smc[];
extern const char el0_read_a32[];
