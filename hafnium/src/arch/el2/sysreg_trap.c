/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debug registers, op0 = 2 (DDI0487 D17.3): MDCR_EL2 traps them all, and the
 * primary's accesses are carried out here. See docs/exceptions.md.
 */
#include "hf/arch/sysreg_trap.h"

#include "hf/arch/sysreg.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"

/** op1, CRn, CRm, op2 */
#define DEBUG_ID(op1, crn, crm, op2) SYSREG_ID(2, op1, crn, crm, op2)

/**
 * As sysreg_read_debug() counts them, behind the breakpoints: what can be read
 * and written, then what can be read only; last, what can be written only. The
 * channel to an external debugger (DBGDTR*, OSDTR*, OSECCR) is left out:
 * emulators lack it, and an access that is UNDEFINED here would be our fault, not
 * the guest's.
 */
static const uint16_t debug_ids[] = {
	DEBUG_ID(0, 0, 2, 0),  /* MDCCINT_EL1 */
	DEBUG_ID(0, 0, 2, 2),  /* MDSCR_EL1 */
	DEBUG_ID(0, 1, 3, 4),  /* OSDLR_EL1 */
	DEBUG_ID(0, 1, 4, 4),  /* DBGPRCR_EL1 */
	DEBUG_ID(0, 7, 8, 6),  /* DBGCLAIMSET_EL1 */
	DEBUG_ID(0, 7, 9, 6),  /* DBGCLAIMCLR_EL1 */
	DEBUG_ID(0, 1, 0, 0),  /* MDRAR_EL1 */
	DEBUG_ID(0, 1, 1, 4),  /* OSLSR_EL1 */
	DEBUG_ID(0, 7, 14, 6), /* DBGAUTHSTATUS_EL1 */
	DEBUG_ID(3, 0, 1, 0),  /* MDCCSR_EL0 */
	DEBUG_ID(0, 1, 0, 4),  /* OSLAR_EL1 */
};
#define DEBUG_READABLE_END (SYSREG_BREAKPOINTS + 10U)
#define DEBUG_BOTH_END (SYSREG_BREAKPOINTS + 6U)

/** CRm and the lower bits of op2, of DBGBVR, DBGBCR, DBGWVR and DBGWCR. */
#define BREAKPOINT_FIELDS SYSREG_ID(0, 0, 0, 15, 3)

/**
 * Breakpoints and watchpoints come in pairs of registers at CRm = n, op2 4 and
 * 5, 6 and 7; as many as ID_AA64DFR0_EL1 says, and those beyond are UNDEFINED.
 */
static bool is_missing(uint32_t sysreg)
{
	uint64_t dfr0 = sysreg_read(id_aa64dfr0_el1);
	uint64_t n = bits_get(sysreg, 6, 3);

	return n > ((sysreg & BIT(1)) == 0 ? bits_get(dfr0, 15, 12)
					   : bits_get(dfr0, 23, 20));
}

/** As sysreg_read_debug() counts them; beyond all of them: none. */
static uint32_t number_of(uint32_t sysreg)
{
	uint32_t n = 0;

	if ((sysreg & ~BREAKPOINT_FIELDS) == SYSREG_ID(2, 0, 0, 0, 4) &&
	    !is_missing(sysreg)) {
		return (uint32_t)bits_get(sysreg, 6, 3) * 4 + (sysreg & 3);
	}
	while (n < ARRAY_SIZE(debug_ids) && debug_ids[n] != sysreg) {
		n++;
	}
	return SYSREG_BREAKPOINTS + n;
}

bool arch_debug_register_read(uint32_t sysreg, uint64_t *value)
{
	uint32_t n = number_of(sysreg);

	if (n >= DEBUG_READABLE_END) {
		return false;
	}
	*value = sysreg_read_debug(n);
	return true;
}

bool arch_debug_register_write(uint32_t sysreg, uint64_t value)
{
	uint32_t n = number_of(sysreg);

	if (n == DEBUG_READABLE_END) {
		n = DEBUG_BOTH_END; /* written only: next to them */
	} else if (n >= DEBUG_BOTH_END) {
		return false;
	}
	sysreg_write_debug(n, value);
	return true;
}
