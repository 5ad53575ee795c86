/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Everything of a guest context that EL2 keeps while the guest does not run.
 * TPIDR_EL2 points at the one that runs on this CPU, so the entry code saves
 * there without knowing what a vCPU is. See docs/exceptions.md.
 */
#pragma once

#include <stdatomic.h>

#include "hf/arch/build.h"

/**
 * EL1 and EL0 registers that a switch to another context swaps, as one array:
 * `src/arch/aarch64/regs.c` names the register of each index.
 */
enum arch_sysreg_slot {
	SLOT_SCTLR_EL1,
	SLOT_CPACR_EL1,
	SLOT_TTBR0_EL1,
	SLOT_TTBR1_EL1,
	SLOT_TCR_EL1,
	SLOT_ESR_EL1,
	SLOT_FAR_EL1,
	SLOT_AFSR0_EL1,
	SLOT_AFSR1_EL1,
	SLOT_MAIR_EL1,
	SLOT_AMAIR_EL1,
	SLOT_VBAR_EL1,
	SLOT_CONTEXTIDR_EL1,
	SLOT_TPIDR_EL0,
	SLOT_TPIDRRO_EL0,
	SLOT_TPIDR_EL1,
	SLOT_SP_EL0,
	SLOT_SP_EL1,
	SLOT_ELR_EL1,
	SLOT_SPSR_EL1,
	SLOT_PAR_EL1,
	SLOT_CSSELR_EL1,
	SLOT_CNTKCTL_EL1,
	SLOT_MDSCR_EL1,
	SLOT_CNTV_CVAL_EL0,
	SLOT_CNTV_CTL_EL0,
	SLOT_COUNT,
};

/** Guest privileges that decide which accesses trap. */
enum arch_role {
	ARCH_ROLE_PRIMARY,
	ARCH_ROLE_SECONDARY,
};

/* What a secondary may have beside, in a debug build. */
#define ARCH_GRANT_PMU 1U
#define ARCH_GRANT_DEBUG 2U

/* In an order that lets what is hot be reached by loads and stores of pairs. */
struct arch_regs {
	/*
	 * Not 0 from the decision to enter until all of the context is back
	 * here: until then no other CPU may enter it. Written by whoever
	 * decides; cleared, last of all and with release, by the entry code.
	 */
	_Atomic uint64_t is_live;

	/*
	 * x0-x17 are saved at every exception; x18-x30 when the context is left,
	 * and for handlers of other exceptions than HVC, SMC and interrupts
	 */
	uint64_t x[31];

	/* saved at every exception but HVC and SMC, and when it is left */
	uint64_t pc;
	uint64_t pstate;

	/* swapped when another context is entered */
	uint64_t sysreg[SLOT_COUNT];

	/* fixed while the vCPU runs: what EL2 is set to for it */
	uint64_t vmpidr_el2;
	uint64_t vttbr_el2;
	uint64_t mdcr_el2;
	/* TFP: its FP registers are not loaded; changed by the entry code */
	uint64_t cptr_el2;
	uint64_t ich_hcr_el2;
	uint64_t icc_sre_el2; /* 0: no GICv3 */
	uint64_t cnthctl_el2;
	/*
	 * Bit VI changes under the vCPU's lock, also while it is being entered:
	 * stored in one piece, and read without order. Whoever raised it too
	 * late for that has the CPU kicked.
	 */
	_Atomic uint64_t hcr_el2;

	enum arch_role role;

	/* fixed: registers of this CPU that no guest has, cleared when entered */
	uint32_t leftovers;

	/* fixed: ARCH_GRANT_*; the primary, which has all, needs them saved */
	uint32_t grants;

	/* PMCR_EL0 as it was when it was left with counters running, or 0 */
	uint64_t pmcr_el0;

	/* another vCPU of the VM may have left translations on this CPU */
	bool has_stale_tlb;

	uint64_t fp[64];
	uint64_t fpsr;
	uint64_t fpcr;

	/* registers of `grants` */
	uint64_t granted[ARCH_GRANT_SLOTS];
} __attribute__((aligned(16)));

/** How a vCPU starts. */
struct arch_regs_start {
	enum arch_role role;
	uint32_t grants;
	uint64_t vmpidr; /* what MPIDR_EL1 shows */
	uint64_t vttbr;	 /* its VM's stage 2 */
	uint64_t entry;	 /* PC */
	uint64_t arg;	 /* x0 */
};

/**
 * Whether the guest has a virtual IRQ or FIQ pending when it runs next
 * (HCR_EL2.VI and VF); the second one makes it so for the one that runs on this
 * CPU.
 */
void arch_regs_set_virq(struct arch_regs *regs, bool has_irq, bool has_fiq);
void arch_regs_update_virq(const struct arch_regs *current);

/** EL1h, DAIF masked, MMU off, all else 0 (DEN0022 6.4). */
void arch_regs_reset(struct arch_regs *regs,
		     const struct arch_regs_start *start);
