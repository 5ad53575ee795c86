/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's registers at EL1 and EL0, and what EL2 is set to while it runs.
 * See docs/exceptions.md.
 */
#include "hf/arch/regs.h"

#include "grants.h"
#include "hf/arch/context.h"
#include "hf/arch/cpu.h"
#include "hf/arch/feature.h"
#include "hf/arch/sysreg.h"
#include "hf/arch/tlb.h"
#include "hf/base/bits.h"

/* HCR_EL2, DDI0487 D17.2.48. */
#define HCR_VM BIT(0)
#define HCR_PTW BIT(2)
#define HCR_FMO BIT(3)
#define HCR_IMO BIT(4)
#define HCR_AMO BIT(5)
#define HCR_VF BIT(6)
#define HCR_VI BIT(7)
#define HCR_FB BIT(9)
#define HCR_BSU_INNER BIT(10)
#define HCR_TWI BIT(13)
#define HCR_TWE BIT(14)
#define HCR_TID3 BIT(18)
#define HCR_TSC BIT(19)
#define HCR_TIDCP BIT(20)
#define HCR_TACR BIT(21)
#define HCR_TSW BIT(22)
#define HCR_RW BIT(31)
#define HCR_TLOR BIT(35)
#define HCR_TERR BIT(36)
#define HCR_APK BIT(40)
#define HCR_API BIT(41)

#define HCR_ALL                                                         \
	(HCR_VM | HCR_PTW | HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_TACR | \
	 HCR_TSW | HCR_RW | HCR_TLOR)
#define HCR_SECONDARY \
	(HCR_FMO | HCR_IMO | HCR_TWI | HCR_TWE | HCR_FB | HCR_BSU_INNER)

/* MDCR_EL2, DDI0487 D17.3.12. */
#define MDCR_HPMN_MASK BITS(4, 0)
#define MDCR_TPMCR BIT(5)
#define MDCR_TPM BIT(6)
#define MDCR_TDA BIT(9)
#define MDCR_TDOSA BIT(10)
#define MDCR_TDRA BIT(11)
#define MDCR_TPMS BIT(14)
#define MDCR_HPMD BIT(17)
#define MDCR_TTRF BIT(19)
#define MDCR_HCCD BIT(23)

/* CPTR_EL2 without VHE, DDI0487 D17.2.30: bits 13, 12, 9 and 7:0 are RES1. */
#define CPTR_RES1 UINT64_C(0x32ff)
#define CPTR_TZ BIT(8)
#define CPTR_TFP BIT(10)
#define CPTR_TSM BIT(12)
#define CPTR_TTA BIT(20)
#define CPTR_TAM BIT(30)

/* CNTHCTL_EL2, DDI0487 D17.11.5: EL1PCTEN, EL1PCEN. */
#define CNTHCTL_COUNTER BIT(0)
#define CNTHCTL_TIMER BIT(1)

/* GIC registers that the assembler may not know (IHI0069 12.2, 12.4). */
#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICH_HCR_EL2 S3_4_C12_C11_0
/** SRE, DFB, DIB; Enable for the primary. */
#define ICC_SRE_SECONDARY UINT64_C(0x7)
#define ICC_SRE_PRIMARY UINT64_C(0xf)
/** TC, TALL0, TALL1, TSEI, TDIR. */
#define ICH_HCR_TRAP_ALL (BIT(10) | BIT(11) | BIT(12) | BIT(13) | BIT(14))

/*
 * Registers that EL1 gets at although their feature is hidden, for nothing traps
 * them: DISR_EL1 of RAS (DDI0487 D17.4), TPIDR2_EL0 of SME without FEAT_FGT.
 */
#define LEFTOVER_DISR BIT(0)
#define LEFTOVER_TPIDR2 BIT(1)
/** Not cleared: counters of this guest, which count nothing of another's. */
#define LEFTOVER_PMU BIT(2)
#define PMCR_E BIT(0)

#define PSTATE_DAIF BITS(9, 6)
#define PSTATE_EL1H UINT64_C(5)

/** Bits 29, 28, 23, 22, 20 and 11: MMU off, little endian. */
#define SCTLR_EL1_RESET UINT64_C(0x30d00800)

/* clang-format off */
/*
 * Which register each slot is; order of enum arch_sysreg_slot. In pairs, which
 * one instruction loads or stores.
 */
#define FOR_EACH_SLOT_PAIR(use) \
	use(SLOT_SCTLR_EL1, sctlr_el1, SLOT_CPACR_EL1, cpacr_el1) \
	use(SLOT_TTBR0_EL1, ttbr0_el1, SLOT_TTBR1_EL1, ttbr1_el1) \
	use(SLOT_TCR_EL1, tcr_el1, SLOT_ESR_EL1, esr_el1) \
	use(SLOT_FAR_EL1, far_el1, SLOT_AFSR0_EL1, afsr0_el1) \
	use(SLOT_AFSR1_EL1, afsr1_el1, SLOT_MAIR_EL1, mair_el1) \
	use(SLOT_AMAIR_EL1, amair_el1, SLOT_VBAR_EL1, vbar_el1) \
	use(SLOT_CONTEXTIDR_EL1, contextidr_el1, SLOT_TPIDR_EL0, tpidr_el0) \
	use(SLOT_TPIDRRO_EL0, tpidrro_el0, SLOT_TPIDR_EL1, tpidr_el1) \
	use(SLOT_SP_EL0, sp_el0, SLOT_SP_EL1, sp_el1) \
	use(SLOT_ELR_EL1, elr_el1, SLOT_SPSR_EL1, spsr_el1) \
	use(SLOT_PAR_EL1, par_el1, SLOT_CSSELR_EL1, csselr_el1) \
	use(SLOT_CNTKCTL_EL1, cntkctl_el1, SLOT_MDSCR_EL1, mdscr_el1) \
	use(SLOT_CNTV_CVAL_EL0, cntv_cval_el0, SLOT_CNTV_CTL_EL0, cntv_ctl_el0)
/* clang-format on */

#define COUNT_PAIR(slot_a, name_a, slot_b, name_b) \
	+((slot_b) == (slot_a) + 1 ? 2 : 0)
static_assert(0 FOR_EACH_SLOT_PAIR(COUNT_PAIR) == SLOT_COUNT,
	      "a slot is missing or out of order");

static uint64_t hcr_of(enum arch_role role)
{
	uint64_t hcr = HCR_ALL;

	if (role == ARCH_ROLE_PRIMARY) {
		return hcr | HCR_API | HCR_APK;
	}
	return hcr | HCR_SECONDARY |
	       (arch_feature_has_ras() ? HCR_TERR : HCR_AMO);
}

static uint64_t mdcr_of(const struct arch_regs_start *start)
{
	uint64_t mdcr = MDCR_TDRA | MDCR_TDOSA | MDCR_TDA | MDCR_TPMS |
			MDCR_TTRF | MDCR_HPMD | MDCR_HCCD;

	uint64_t counters = 0;

	/* All event counters belong to EL1 (PMCR_EL0.N of them). */
	if (arch_feature_has_pmu()) {
		counters = bits_get(sysreg_read(pmcr_el0), 15, 11);
	}
	if (start->role == ARCH_ROLE_SECONDARY) {
		if ((start->grants & ARCH_GRANT_PMU) == 0) {
			mdcr |= MDCR_TPM | MDCR_TPMCR;
		} else if (counters > GRANT_COUNTERS) {
			counters = GRANT_COUNTERS;
		}
	}
	return mdcr | counters;
}

static uint32_t leftovers(const struct arch_regs_start *start)
{
	bool has_counters = start->role == ARCH_ROLE_PRIMARY ||
			    (start->grants & ARCH_GRANT_PMU) != 0;

	return (arch_feature_has_ras() ? LEFTOVER_DISR : 0) |
	       (arch_feature_has_sme() ? LEFTOVER_TPIDR2 : 0) |
	       (arch_feature_has_pmu() && has_counters ? LEFTOVER_PMU : 0);
}

void arch_regs_reset(struct arch_regs *regs,
		     const struct arch_regs_start *start)
{
	*regs = (struct arch_regs){
		.pc = start->entry,
		.pstate = PSTATE_DAIF | PSTATE_EL1H,
		.vmpidr_el2 = start->vmpidr,
		.hcr_el2 = hcr_of(start->role),
		.mdcr_el2 = mdcr_of(start),
		.cptr_el2 = CPTR_RES1 | CPTR_TZ | CPTR_TFP | CPTR_TSM |
			    CPTR_TTA | CPTR_TAM,
		.vttbr_el2 = start->vttbr,
		.cnthctl_el2 =
			CNTHCTL_COUNTER |
			(start->role == ARCH_ROLE_PRIMARY ? CNTHCTL_TIMER : 0),
		.role = start->role,
		.leftovers = leftovers(start),
		.grants = start->grants,
	};
	if (arch_feature_has_gicv3()) {
		regs->icc_sre_el2 = start->role == ARCH_ROLE_PRIMARY
					    ? ICC_SRE_PRIMARY
					    : ICC_SRE_SECONDARY;
		/* A secondary has no GIC: all of its CPU interface traps. */
		regs->ich_hcr_el2 =
			start->role == ARCH_ROLE_PRIMARY ? 0 : ICH_HCR_TRAP_ALL;
	}
	regs->x[0] = start->arg;
	regs->sysreg[SLOT_SCTLR_EL1] = SCTLR_EL1_RESET;
}

/** What its counters count is its own. */
static void stop_counters(struct arch_regs *regs)
{
	uint64_t pmcr = sysreg_read(pmcr_el0);

	if (unlikely((pmcr & PMCR_E) != 0)) {
		regs->pmcr_el0 = pmcr;
		sysreg_write(pmcr_el0, pmcr & ~PMCR_E);
	}
}

void arch_regs_leave(struct arch_regs *regs)
{
	if ((regs->leftovers & LEFTOVER_PMU) != 0) {
		stop_counters(regs);
	}
	if (arch_is_debug_build()) {
		grants_leave(regs);
	}
#define SAVE_PAIR(slot_a, name_a, slot_b, name_b)       \
	{                                               \
		uint64_t value_a = sysreg_read(name_a); \
		uint64_t value_b = sysreg_read(name_b); \
                                                        \
		regs->sysreg[slot_a] = value_a;         \
		regs->sysreg[slot_b] = value_b;         \
	}
	FOR_EACH_SLOT_PAIR(SAVE_PAIR)
}

/**
 * The primary's virtual timer is not in hardware while a secondary runs: the
 * hypervisor's physical timer, which has the same time base (CNTVOFF_EL2 = 0),
 * stands in for it, so that it still interrupts.
 */
static void enter_timer(const struct arch_regs *regs,
			const struct arch_regs *from)
{
	if (regs->role == ARCH_ROLE_PRIMARY || from == NULL) {
		sysreg_write(cnthp_ctl_el2, 0);
	} else {
		sysreg_write_pair(
			cnthp_cval_el2, from->sysreg[SLOT_CNTV_CVAL_EL0],
			cnthp_ctl_el2, from->sysreg[SLOT_CNTV_CTL_EL0]);
	}
}

static uint64_t hcr_of_regs(const struct arch_regs *regs)
{
	return load_relaxed(&regs->hcr_el2);
}

void arch_regs_enter(struct arch_regs *regs, const struct arch_regs *from)
{
	sysreg_write_pair(vmpidr_el2, regs->vmpidr_el2, vttbr_el2,
			  regs->vttbr_el2);
	sysreg_write_pair(mdcr_el2, regs->mdcr_el2, cptr_el2, regs->cptr_el2);
	sysreg_write_pair(cnthctl_el2, regs->cnthctl_el2, hcr_el2,
			  hcr_of_regs(regs));
	if (regs->icc_sre_el2 != 0) {
		sysreg_write_pair(ICH_HCR_EL2, regs->ich_hcr_el2, ICC_SRE_EL2,
				  regs->icc_sre_el2);
	}
	if ((regs->leftovers & LEFTOVER_DISR) != 0) {
		sysreg_write(S3_0_C12_C1_1, 0);
	}
	if ((regs->leftovers & LEFTOVER_TPIDR2) != 0) {
		sysreg_write(S3_3_C13_C0_5, 0);
	}
	enter_timer(regs, from);
#define LOAD_PAIR(slot_a, name_a, slot_b, name_b)               \
	sysreg_write_pair(name_a, regs->sysreg[slot_a], name_b, \
			  regs->sysreg[slot_b]);
	FOR_EACH_SLOT_PAIR(LOAD_PAIR)
	if (arch_is_debug_build()) {
		grants_enter(regs);
	}
	if (unlikely(regs->pmcr_el0 != 0)) {
		sysreg_write(pmcr_el0, regs->pmcr_el0);
		regs->pmcr_el0 = 0;
	}
	if (unlikely(regs->has_stale_tlb)) {
		regs->has_stale_tlb = false;
		/* The invalidation is by the VMID that was just set. */
		isb();
		tlb_invalidate_local();
	}
}

void arch_regs_set_virq(struct arch_regs *regs, bool has_irq, bool has_fiq)
{
	uint64_t hcr = hcr_of_regs(regs) & ~(HCR_VI | HCR_VF);

	hcr |= (has_irq ? HCR_VI : 0) | (has_fiq ? HCR_VF : 0);
	atomic_store_explicit(&regs->hcr_el2, hcr, memory_order_relaxed);
}

void arch_regs_update_virq(const struct arch_regs *current)
{
	sysreg_write(hcr_el2, hcr_of_regs(current));
}
