/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Controls of EL2 that later architectures added. Reset may leave them in any
 * state, and what they would open is hidden from all VMs: zero, but for the
 * traps of MPAM. By number: not every assembler knows the names. See
 * docs/exceptions.md.
 */
#include "hf/arch/feature.h"

#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"

/** MPAM2_EL2.TRAPMPAM0EL1, TRAPMPAM1EL1 (DDI0598 5.3). */
#define MPAM_TRAPS (BIT(48) | BIT(49))
/** MPAMIDR_EL1.HAS_HCR */
#define MPAM_HAS_HCR BIT(17)

/** Bits that are named n... trap while they are 0: what is new, traps. */
static void init_fine_grained_traps(uint64_t version, bool has_amu)
{
	if (version == 0) {
		return;
	}
	sysreg_write(S3_4_C1_C1_4, 0); /* HFGRTR_EL2 */
	sysreg_write(S3_4_C1_C1_5, 0); /* HFGWTR_EL2 */
	sysreg_write(S3_4_C1_C1_6, 0); /* HFGITR_EL2 */
	sysreg_write(S3_4_C3_C1_4, 0); /* HDFGRTR_EL2 */
	sysreg_write(S3_4_C3_C1_5, 0); /* HDFGWTR_EL2 */
	if (has_amu) {
		sysreg_write(S3_4_C3_C1_6, 0); /* HAFGRTR_EL2 */
	}
	if (version >= 2) {
		sysreg_write(S3_4_C3_C1_0, 0); /* HDFGRTR2_EL2 */
		sysreg_write(S3_4_C3_C1_1, 0); /* HDFGWTR2_EL2 */
		sysreg_write(S3_4_C3_C1_2, 0); /* HFGRTR2_EL2 */
		sysreg_write(S3_4_C3_C1_3, 0); /* HFGWTR2_EL2 */
		sysreg_write(S3_4_C3_C1_7, 0); /* HFGITR2_EL2 */
	}
}

static void init_mpam(void)
{
	sysreg_write(S3_4_C10_C5_0, MPAM_TRAPS); /* MPAM2_EL2 */
	if ((sysreg_read(S3_0_C10_C4_4) & MPAM_HAS_HCR) != 0) {
		sysreg_write(S3_4_C10_C4_0, 0); /* MPAMHCR_EL2 */
	}
}

void arch_feature_init_controls(void)
{
	uint64_t pfr0 = sysreg_read(id_aa64pfr0_el1);
	uint64_t pfr1 = sysreg_read(id_aa64pfr1_el1);
	uint64_t mmfr0 = sysreg_read(id_aa64mmfr0_el1);
	uint64_t mmfr1 = sysreg_read(id_aa64mmfr1_el1);

	init_fine_grained_traps(bits_get(mmfr0, 59, 56),
				bits_get(pfr0, 47, 44) != 0);
	if (bits_get(mmfr1, 43, 40) != 0) {
		sysreg_write(S3_4_C1_C2_2, 0); /* HCRX_EL2 */
	}
	if (bits_get(pfr0, 43, 40) != 0 || bits_get(pfr1, 19, 16) != 0) {
		init_mpam();
	}
}
