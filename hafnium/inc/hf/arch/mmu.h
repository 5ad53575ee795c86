/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values of the registers that steer translation, and turning it on. What
 * follows from the width of a physical address is computed here, for the fake
 * as for hardware. See docs/memory.md.
 */
#pragma once

#include "hf/base/addr.h"

/** Attr0: Device-nGnRE. Attr1: normal, write-back, read/write allocate. */
#define MMU_MAIR_EL2 UINT64_C(0xff04)

/* SCTLR_EL2, HCR_EL2.E2H = 0 (DDI0487 D17.2.119). */
#define SCTLR_EL2_M BIT(0)
#define SCTLR_EL2_C BIT(2)
#define SCTLR_EL2_SA BIT(3)
#define SCTLR_EL2_I BIT(12)
#define SCTLR_EL2_WXN BIT(19)
#define SCTLR_EL2_IESB BIT(21)
/** Bits 4, 5, 11, 16, 18, 22, 23, 28 and 29. */
#define SCTLR_EL2_RES1 UINT64_C(0x30c50830)

/* TCR_EL2 and VTCR_EL2: T0SZ is in 5:0, PS in 18:16, in both. */
#define TCR_WALK_WB_INNER                           \
	((UINT64_C(1) << 8) | (UINT64_C(1) << 10) | \
	 (UINT64_C(3) << 12)) /* IRGN0, ORGN0, SH0 */
#define TCR_PS_SHIFT 16
#define TCR_EL2_RES1 (BIT(31) | BIT(23))
#define VTCR_EL2_SL0_SHIFT 6
#define VTCR_EL2_RES1 BIT(31)

/** More tables than this cannot be one root (DDI0487 D8.2.2). */
#define MMU_MAX_ROOT_PAGES 16U

/** Where a walk starts. */
struct mmu_geometry {
	uint8_t bits;	     /* width of the input address */
	uint8_t start_level; /* 0 or 1 */
	uint8_t root_pages;  /* consecutive, aligned to their size */
};

/** Field PS */
static inline uint64_t mmu_ps(unsigned int pa_bits)
{
	switch (pa_bits) {
	case 32:
		return 0;
	case 36:
		return 1;
	case 40:
		return 2;
	case 42:
		return 3;
	case 44:
		return 4;
	default:
		return 5;
	}
}

/** VA = PA, so VAs are as wide as PAs. No concatenation at stage 1. */
static inline struct mmu_geometry mmu_stage1_geometry(unsigned int pa_bits)
{
	return (struct mmu_geometry){
		.bits = (uint8_t)pa_bits,
		.start_level = pa_bits > 39 ? 0 : 1,
		.root_pages = 1,
	};
}

/**
 * IPA = PA. Level 1 with up to 16 concatenated tables as long as that is
 * enough: below 44 bits starting at level 0 is reserved (DDI0487 D8.2.2).
 */
static inline unsigned int mmu_stage2_start_level(unsigned int pa_bits)
{
	return pa_bits >= 44 ? 0 : 1;
}

static inline struct mmu_geometry mmu_stage2_geometry(unsigned int pa_bits)
{
	bool is_one = pa_bits >= 44 || pa_bits <= 39;

	return (struct mmu_geometry){
		.bits = (uint8_t)pa_bits,
		.start_level = (uint8_t)mmu_stage2_start_level(pa_bits),
		.root_pages = (uint8_t)(is_one ? 1 : BIT(pa_bits - 39)),
	};
}

/** Single VA range, walks write-back inner shareable, 4 KiB, no TBI. */
static inline uint64_t mmu_tcr_el2(unsigned int pa_bits)
{
	return TCR_EL2_RES1 | TCR_WALK_WB_INNER |
	       (mmu_ps(pa_bits) << TCR_PS_SHIFT) | (64 - pa_bits);
}

/** 8-bit VMIDs, walks write-back inner shareable, 4 KiB. */
static inline uint64_t mmu_vtcr_el2(unsigned int pa_bits)
{
	uint64_t start_level = mmu_stage2_start_level(pa_bits);

	return VTCR_EL2_RES1 | TCR_WALK_WB_INNER |
	       (mmu_ps(pa_bits) << TCR_PS_SHIFT) |
	       ((2 - start_level) << VTCR_EL2_SL0_SHIFT) | (64 - pa_bits);
}

/** MMU, caches, stack alignment check; nothing writable is executable. */
static inline uint64_t mmu_sctlr_el2(bool has_ras)
{
	return SCTLR_EL2_RES1 | SCTLR_EL2_M | SCTLR_EL2_C | SCTLR_EL2_SA |
	       SCTLR_EL2_I | SCTLR_EL2_WXN | (has_ras ? SCTLR_EL2_IESB : 0);
}

/** VTTBR_EL2, CnP = 0. */
static inline uint64_t mmu_vttbr(paddr_t root, uint16_t vmid)
{
	return ((uint64_t)vmid << 48) | root.pa;
}

static inline uint16_t mmu_vttbr_vmid(uint64_t vttbr)
{
	return (uint16_t)(vttbr >> 48);
}

/**
 * Width of a physical address that is used: one of the architecture's (32, 36,
 * 40, 42, 44, 48).
 */
unsigned int mmu_pa_bits(void);

/**
 * This CPU translates with the tables at `root` (of mmu_stage1_geometry()),
 * caches on. Whatever its TLBs held is gone. The caller runs at VA = PA.
 */
void mmu_stage1_enable(paddr_t root);

/** This CPU's VTCR_EL2; HCR_EL2.VM and VTTBR_EL2 come with each guest. */
void mmu_stage2_enable(void);
