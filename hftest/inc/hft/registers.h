/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls and other instructions with every register under control.
 */
#pragma once

#include <stdint.h>

/** All that a switch could change; layout known to registers.S. */
struct hft_registers {
	uint64_t x[31];
	uint64_t fpcr;
	uint64_t fpsr;
	uint64_t reserved;
	uint64_t q[64];
};

/* Load all (x29 and x30 too), one instruction, store all. */
void hft_registers_hvc(struct hft_registers *registers);
void hft_registers_smc(struct hft_registers *registers);
/** HVC with another immediate: 0x1234. */
void hft_registers_hvc_1234(struct hft_registers *registers);
void hft_registers_wfi(struct hft_registers *registers);
void hft_registers_wfe(struct hft_registers *registers);
/** A branch to itself, until a virtual interrupt is taken. */
void hft_registers_spin(struct hft_registers *registers);
/** A load through x1. */
void hft_registers_load(struct hft_registers *registers);

/** q0-q31, FPCR and FPSR only. */
void hft_registers_store_fp(struct hft_registers *registers);

/** A value in each that depends on `seed`; x0 = `id`. */
struct hft_registers hft_registers_pattern(uint64_t id, uint8_t seed);

/** Index of the first of x[first..last] that differs; 31 when none does. */
unsigned int hft_registers_first_change(const struct hft_registers *before,
					const struct hft_registers *after,
					unsigned int first, unsigned int last);

/** The same for q0-q31 (as 64 halves), FPCR as 64, FPSR as 65; 66 for none. */
unsigned int hft_registers_first_fp_change(const struct hft_registers *before,
					   const struct hft_registers *after);
