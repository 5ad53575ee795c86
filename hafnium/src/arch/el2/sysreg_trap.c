/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debug registers, op0 = 2 (DDI0487 D17.3): MDCR_EL2 traps them all, and the
 * primary's accesses are carried out here. See docs/exceptions.md.
 */
#include "hf/arch/sysreg_trap.h"

#include "hf/arch/sysreg.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"

/* clang-format off */
/*
 * op1, CRn, CRm, op2 of what can be both read and written. The channel to an
 * external debugger (DBGDTR*, OSDTR*, OSECCR) is left out: emulators lack it,
 * and an access that is UNDEFINED here would be our fault, not the guest's.
 */
#define FOR_EACH_READ_WRITE(use)        \
	use(0, 0, 2, 0) /* MDCCINT_EL1 */ \
	use(0, 0, 2, 2) /* MDSCR_EL1 */   \
	use(0, 1, 3, 4) /* OSDLR_EL1 */   \
	use(0, 1, 4, 4) /* DBGPRCR_EL1 */ \
	use(0, 7, 8, 6) /* DBGCLAIMSET_EL1 */ \
	use(0, 7, 9, 6) /* DBGCLAIMCLR_EL1 */

#define FOR_EACH_READ_ONLY(use)          \
	use(0, 1, 0, 0)  /* MDRAR_EL1 */ \
	use(0, 1, 1, 4)  /* OSLSR_EL1 */ \
	use(0, 7, 14, 6) /* DBGAUTHSTATUS_EL1 */ \
	use(3, 0, 1, 0)  /* MDCCSR_EL0 */

#define FOR_EACH_WRITE_ONLY(use) use(0, 1, 0, 4) /* OSLAR_EL1 */
/* clang-format on */

#define READ(op1, crn, crm, op2)                                          \
	case SYSREG_ID(2, op1, crn, crm, op2):                            \
		*value = sysreg_read(S2_##op1##_C##crn##_C##crm##_##op2); \
		return true;
#define WRITE(op1, crn, crm, op2)                                        \
	case SYSREG_ID(2, op1, crn, crm, op2):                           \
		sysreg_write(S2_##op1##_C##crn##_C##crm##_##op2, value); \
		return true;
/** CRm and the lower bits of op2, of DBGBVR, DBGBCR, DBGWVR and DBGWCR. */
#define BREAKPOINT_FIELDS SYSREG_ID(0, 0, 0, 15, 3)

static bool is_breakpoint(uint32_t sysreg)
{
	return (sysreg & ~BREAKPOINT_FIELDS) == SYSREG_ID(2, 0, 0, 0, 4);
}

/** As sysreg_read_breakpoint() counts them. */
static uint32_t breakpoint_of(uint32_t sysreg)
{
	return (uint32_t)bits_get(sysreg, 6, 3) * 4 + (sysreg & 3);
}

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

bool arch_debug_register_read(uint32_t sysreg, uint64_t *value)
{
	if (is_breakpoint(sysreg)) {
		if (is_missing(sysreg)) {
			return false;
		}
		*value = sysreg_read_breakpoint(breakpoint_of(sysreg));
		return true;
	}
	switch (sysreg) {
		FOR_EACH_READ_WRITE(READ)
		FOR_EACH_READ_ONLY(READ)
	default:
		return false;
	}
}

bool arch_debug_register_write(uint32_t sysreg, uint64_t value)
{
	if (is_breakpoint(sysreg)) {
		if (is_missing(sysreg)) {
			return false;
		}
		sysreg_write_breakpoint(breakpoint_of(sysreg), value);
		return true;
	}
	switch (sysreg) {
		FOR_EACH_READ_WRITE(WRITE)
		FOR_EACH_WRITE_ONLY(WRITE)
	default:
		return false;
	}
}
