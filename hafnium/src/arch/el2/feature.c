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

/** Fields that are cleared, 0 to 15: for all VMs, and for secondaries too. */
struct id_mask {
	uint16_t sysreg;
	uint16_t for_all;
	uint16_t for_secondary;
};

/** The field of four bits that begins at `bit`. */
#define F(bit) (1U << ((bit) / 4))
#define ALL_FIELDS UINT16_MAX

static const struct id_mask id_masks[] = {
	/* SVE, MPAM, AMU; RAS */
	{ID_AA64PFR0_EL1, F(32) | F(40) | F(44), F(28)},
	/* MTE, RAS_frac, MPAM_frac, SME, CSV2_frac, GCS, THE */
	{ID_AA64PFR1_EL1, F(8) | F(12) | F(16) | F(24) | F(32) | F(44) | F(48),
	 0},
	/* FPMR */
	{ID_AA64PFR2_EL1, F(32), 0},
	{ID_AA64ZFR0_EL1, ALL_FIELDS, 0},
	{ID_AA64SMFR0_EL1, ALL_FIELDS, 0},
	/* TraceVer, PMSVer, TraceFilt, TraceBuffer, BRBE; PMUVer */
	{ID_AA64DFR0_EL1, F(4) | F(32) | F(40) | F(44) | F(52), F(8)},
	/* LS64; APA, API, GPA, GPI */
	{ID_AA64ISAR1_EL1, F(60), F(4) | F(8) | F(24) | F(28)},
	/* MOPS, SYSREG_128, SYSINSTR_128; GPA3, APA3 */
	{ID_AA64ISAR2_EL1, F(16) | F(32) | F(36), F(8) | F(12)},
	/* VH, LO */
	{ID_AA64MMFR1_EL1, F(8) | F(16), 0},
	/* registers that are not switched: TCR2_EL1, PIR_EL1 and their like */
	{ID_AA64MMFR3_EL1, ALL_FIELDS, 0},
};

/* DoubleLock (39:36) is 0 where it is implemented and 0xf where not. */
#define DFR0_DOUBLE_LOCK BITS(39, 36)
/* CSV2 2 and 3 promise SCXTNUM_EL0 and _EL1, which trap. */
#define PFR0_CSV2_SHIFT 56

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

static uint64_t clear_fields(uint64_t value, uint32_t fields)
{
	for (unsigned int shift = 0; fields != 0; fields >>= 1, shift += 4) {
		value &= ~((uint64_t)(fields & 1) * 0xf << shift);
	}
	return value;
}

/** Unallocated encodings of this space read as zero (DDI0487 D17.1.1). */
uint64_t arch_feature_id_register(enum arch_role role, uint32_t sysreg)
{
	uint32_t n = sysreg - ID(1, 0);
	uint64_t value = n < SYSREG_IDS ? sysreg_read_id(n) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(id_masks); i++) {
		const struct id_mask *mask = &id_masks[i];

		if (mask->sysreg == sysreg) {
			value = clear_fields(
				value,
				mask->for_all | (role == ARCH_ROLE_SECONDARY
							 ? mask->for_secondary
							 : 0U));
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
