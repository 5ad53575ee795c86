/* SPDX-License-Identifier: BSD-3-Clause */
/* Patterns in registers, and what became of them; registers.S loads them. */
#include "hft/registers.h"

/* RZ, FZ, DN; QC, DZC, IOC: none of it is what a reset leaves. */
#define FPCR UINT64_C(0x03c00000)
#define FPSR UINT64_C(0x08000011)
#define OTHER_FPSR UINT64_C(0x0000008e)

struct hft_registers hft_registers_pattern(uint64_t id, uint8_t seed)
{
	uint64_t spread = seed * UINT64_C(0x0101010101010101);
	struct hft_registers registers = {.x = {id}};

	for (uint64_t i = 1; i < 31; i++) {
		registers.x[i] =
			(UINT64_C(0x1111000022220000) * i + i) ^ spread;
	}
	for (uint64_t i = 0; i < 64; i++) {
		registers.q[i] =
			UINT64_C(0x0123456789abcdef) ^ (i << 56) ^ i ^ spread;
	}
	registers.fpcr = (seed & 1) == 0 ? FPCR : 0;
	registers.fpsr = (seed & 1) == 0 ? FPSR : OTHER_FPSR;
	return registers;
}

unsigned int hft_registers_first_change(const struct hft_registers *before,
					const struct hft_registers *after,
					unsigned int first, unsigned int last)
{
	for (unsigned int i = first; i <= last; i++) {
		if (before->x[i] != after->x[i]) {
			return i;
		}
	}
	return 31;
}

unsigned int hft_registers_first_fp_change(const struct hft_registers *before,
					   const struct hft_registers *after)
{
	for (unsigned int i = 0; i < 64; i++) {
		if (before->q[i] != after->q[i]) {
			return i;
		}
	}
	if (before->fpcr != after->fpcr) {
		return 64;
	}
	return before->fpsr != after->fpsr ? 65 : 66;
}
