/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access to system registers by name. The compiler does not move these past
 * each other; what the CPU sees when is said by isb() and dsb().
 */
#pragma once

#include "hf/base/compiler.h"

#define sysreg_read(name)                                                  \
	({                                                                 \
		uint64_t sysreg_value;                                     \
		__asm__ volatile("mrs %0, " #name : "=r"(sysreg_value) :); \
		sysreg_value;                                              \
	})

#define sysreg_write(name, value)                            \
	do {                                                 \
		__asm__ volatile("msr " #name ", %x0"        \
				 :                           \
				 : "rZ"((uint64_t)(value))); \
	} while (0)

/** Two: what they get is loaded by one instruction, if it lies side by side. */
#define sysreg_write_pair(name_a, value_a, name_b, value_b)             \
	do {                                                            \
		__asm__ volatile("msr " #name_a ", %x0\n\tmsr " #name_b \
				 ", %x1"                                \
				 :                                      \
				 : "rZ"((uint64_t)(value_a)),           \
				   "rZ"((uint64_t)(value_b)));          \
	} while (0)

static inline uint64_t stack_pointer(void)
{
	uint64_t sp;

	__asm__ volatile("mov %0, sp" : "=r"(sp));
	return sp;
}

/**
 * ID register number `n`, which is CRm - 1 and op2 of the encoding, 3 bits each:
 * registers by number, for who gets that from a guest.
 */
#define SYSREG_IDS 56
uint64_t sysreg_read_id(uint32_t n);

/**
 * `n` % 4 + 4 is op2, `n` / 4 CRm: DBGBVR, DBGBCR, DBGWVR and DBGWCR of n / 4;
 * then the debug registers of sysreg_trap.c.
 */
#define SYSREG_BREAKPOINTS 64
uint64_t sysreg_read_debug(uint32_t n);
void sysreg_write_debug(uint32_t n, uint64_t value);

/** Stage 1 of the running guest, as EL1 reads; the answer is in PAR_EL1. */
static inline void address_translate_s1e1r(uint64_t va)
{
	__asm__ volatile("at s1e1r, %0" : : "r"(va) : "memory");
}

static inline void isb(void)
{
	__asm__ volatile("isb" ::: "memory");
}

#define dsb(domain) __asm__ volatile("dsb " #domain ::: "memory")
