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
