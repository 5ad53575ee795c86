/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ID registers, real and shown. What is hidden is also trapped (regs.c). See
 * docs/exceptions.md.
 */
#include "hf/arch/feature.h"

#include "hf/arch/sysreg.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"

#define ID(crm, op2) SYSREG_ID(3, 0, 0, crm, op2)

#define ID_AA64PFR0_EL1 ID(4, 0)
#define ID_AA64PFR1_EL1 ID(4, 1)
#define ID_AA64PFR2_EL1 ID(4, 2)
#define ID_AA64ZFR0_EL1 ID(4, 4)
#define ID_AA64SMFR0_EL1 ID(4, 5)
#define ID_AA64DFR0_EL1 ID(5, 0)
#define ID_AA64ISAR1_EL1 ID(6, 1)
#define ID_AA64ISAR2_EL1 ID(6, 2)
#define ID_AA64MMFR1_EL1 ID(7, 1)
#define ID_AA64MMFR3_EL1 ID(7, 3)

/** Fields that are cleared: for all VMs, and for secondaries too. */
struct id_mask {
	uint32_t sysreg;
	uint64_t for_all;
	uint64_t for_secondary;
};

static const struct id_mask id_masks[] = {
	/* SVE, MPAM, AMU; RAS */
	{ID_AA64PFR0_EL1, BITS(35, 32) | BITS(43, 40) | BITS(47, 44),
	 BITS(31, 28)},
	/* MTE, RAS_frac, MPAM_frac, SME, CSV2_frac, GCS, THE */
	{ID_AA64PFR1_EL1,
	 BITS(11, 8) | BITS(15, 12) | BITS(19, 16) | BITS(27, 24) |
		 BITS(35, 32) | BITS(51, 44),
	 0},
	/* FPMR */
	{ID_AA64PFR2_EL1, BITS(35, 32), 0},
	{ID_AA64ZFR0_EL1, UINT64_MAX, 0},
	{ID_AA64SMFR0_EL1, UINT64_MAX, 0},
	/* TraceVer, PMSVer, TraceFilt, TraceBuffer, BRBE; PMUVer */
	{ID_AA64DFR0_EL1,
	 BITS(7, 4) | BITS(35, 32) | BITS(43, 40) | BITS(47, 44) | BITS(55, 52),
	 BITS(11, 8)},
	/* LS64; APA, API, GPA, GPI */
	{ID_AA64ISAR1_EL1, BITS(63, 60),
	 BITS(7, 4) | BITS(11, 8) | BITS(27, 24) | BITS(31, 28)},
	/* MOPS, SYSREG_128, SYSINSTR_128; GPA3, APA3 */
	{ID_AA64ISAR2_EL1, BITS(19, 16) | BITS(39, 32),
	 BITS(11, 8) | BITS(15, 12)},
	/* VH, LO */
	{ID_AA64MMFR1_EL1, BITS(11, 8) | BITS(19, 16), 0},
	/* registers that are not switched: TCR2_EL1, PIR_EL1 and their like */
	{ID_AA64MMFR3_EL1, UINT64_MAX, 0},
};

/* DoubleLock (39:36) is 0 where it is implemented and 0xf where not. */
#define DFR0_DOUBLE_LOCK BITS(39, 36)
/* CSV2 2 and 3 promise SCXTNUM_EL0 and _EL1, which trap. */
#define PFR0_CSV2_SHIFT 56

/* clang-format off */
/* CRm and op2 of the ID space. */
#define FOR_EACH_ID(use) \
	use(1, 0) use(1, 1) use(1, 2) use(1, 3) \
	use(1, 4) use(1, 5) use(1, 6) use(1, 7) \
	use(2, 0) use(2, 1) use(2, 2) use(2, 3) \
	use(2, 4) use(2, 5) use(2, 6) use(2, 7) \
	use(3, 0) use(3, 1) use(3, 2) use(3, 3) \
	use(3, 4) use(3, 5) use(3, 6) use(3, 7) \
	use(4, 0) use(4, 1) use(4, 2) use(4, 3) \
	use(4, 4) use(4, 5) use(4, 6) use(4, 7) \
	use(5, 0) use(5, 1) use(5, 2) use(5, 3) \
	use(5, 4) use(5, 5) use(5, 6) use(5, 7) \
	use(6, 0) use(6, 1) use(6, 2) use(6, 3) \
	use(6, 4) use(6, 5) use(6, 6) use(6, 7) \
	use(7, 0) use(7, 1) use(7, 2) use(7, 3) \
	use(7, 4) use(7, 5) use(7, 6) use(7, 7)
/* clang-format on */

/** Unallocated encodings of this space read as zero (DDI0487 D17.1.1). */
static uint64_t id_register_read(uint32_t sysreg)
{
	switch (sysreg) {
#define READ_ID(crm, op2)  \
	case ID(crm, op2): \
		return sysreg_read(S3_0_C0_C##crm##_##op2);
		FOR_EACH_ID(READ_ID)
	default:
		return 0;
	}
}

unsigned int arch_feature_pa_bits(void)
{
	static const uint8_t bits_of[] = {32, 36, 40, 42, 44, 48, 48};
	uint64_t range = bits_get(sysreg_read(id_aa64mmfr0_el1), 3, 0);

	return range < ARRAY_SIZE(bits_of) ? bits_of[range] : 48;
}

bool arch_feature_has_ras(void)
{
	return bits_get(sysreg_read(id_aa64pfr0_el1), 31, 28) != 0;
}

bool arch_feature_has_sme(void)
{
	return bits_get(sysreg_read(id_aa64pfr1_el1), 27, 24) != 0;
}

bool arch_feature_has_gicv3(void)
{
	return bits_get(sysreg_read(id_aa64pfr0_el1), 27, 24) != 0;
}

bool arch_feature_has_pmu(void)
{
	uint64_t version = bits_get(sysreg_read(id_aa64dfr0_el1), 11, 8);

	/* 0xf: something of the maker's own. */
	return version != 0 && version != 0xf;
}

uint64_t arch_feature_id_register(enum arch_role role, uint32_t sysreg)
{
	uint64_t value = id_register_read(sysreg);

	for (size_t i = 0; i < ARRAY_SIZE(id_masks); i++) {
		const struct id_mask *mask = &id_masks[i];

		if (mask->sysreg == sysreg) {
			value &= ~mask->for_all;
			if (role == ARCH_ROLE_SECONDARY) {
				value &= ~mask->for_secondary;
			}
		}
	}
	if (sysreg == ID_AA64DFR0_EL1) {
		value |= DFR0_DOUBLE_LOCK;
	} else if (sysreg == ID_AA64PFR0_EL1 &&
		   bits_get(value, 59, PFR0_CSV2_SHIFT) > 1) {
		value = (value & ~BITS(59, PFR0_CSV2_SHIFT)) |
			BIT(PFR0_CSV2_SHIFT);
	}
	return value;
}
