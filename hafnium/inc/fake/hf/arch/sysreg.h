/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fake's system registers: a file of names and values, one per thread, so
 * that tests can set what code reads and look at what it wrote. Registers that
 * were never written read 0. See docs/testing.md.
 */
#pragma once

#include "hf/base/compiler.h"

#define sysreg_read(name) fake_sysreg_get(#name)
#define sysreg_write(name, value) fake_sysreg_set(#name, value)
#define sysreg_write_pair(name_a, value_a, name_b, value_b) \
	do {                                                \
		fake_sysreg_set(#name_a, value_a);          \
		fake_sysreg_set(#name_b, value_b);          \
	} while (0)

uint64_t fake_sysreg_get(const char *name);
void fake_sysreg_set(const char *name, uint64_t value);

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

/** PAR_EL1 becomes what the test has put into "at_s1e1r". */
static inline void address_translate_s1e1r(uint64_t va)
{
	(void)va;
	fake_sysreg_set("par_el1", fake_sysreg_get("at_s1e1r"));
}

static inline void isb(void)
{
}
