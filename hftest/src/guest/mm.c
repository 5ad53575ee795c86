/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 of a test image: blocks at VA = PA, and a window of pages in place of
 * PCIe's MMIO, which no test needs and AArch32 can reach. 39-bit addresses,
 * 4 KiB granule, walk starts at level 1. Only invalid entries of the window
 * become valid while the MMU is on, so nothing needs break-before-make but
 * taking a view back.
 */
#include "hft/mm.h"

#include "hft/arch.h"

#define ENTRIES 512

#define PTE_TABLE UINT64_C(3)
#define PTE_BLOCK UINT64_C(1)
#define PTE_PAGE UINT64_C(3)
#define PTE_ATTR(index) ((uint64_t)(index) << 2)
#define PTE_AP_EL0 (UINT64_C(1) << 6)
#define PTE_AP_READ_ONLY (UINT64_C(1) << 7)
#define PTE_INNER_SHAREABLE (UINT64_C(3) << 8)
#define PTE_ACCESSED (UINT64_C(1) << 10)
#define PTE_PXN (UINT64_C(1) << 53)
#define PTE_XN (UINT64_C(1) << 54)

#define ATTR_DEVICE 0
#define ATTR_NORMAL 1
#define ATTR_UNCACHED 2
/* nGnRnE, write-back, non-cacheable */
#define MAIR UINT64_C(0x44ff00)

/* T0SZ = 25; table walks cached, inner shareable. */
#define TCR_COMMON UINT64_C(0x3519)
#define TCR_EL1_EPD1 (UINT64_C(1) << 23)
#define TCR_EL1_IPS_SHIFT 32
#define TCR_EL2_RES1 ((UINT64_C(1) << 31) | (UINT64_C(1) << 23))
#define TCR_EL2_PS_SHIFT 16
/* Output addresses end at 48 bits without FEAT_LPA2. */
#define PA_RANGE_48 5

/* SCTLR_ELx: M, C, I and the RES1 bits of Armv8.0. */
#define SCTLR_ON UINT64_C(0x1005)
#define SCTLR_EL1_RES1 UINT64_C(0x30d00980)
#define SCTLR_EL2_RES1 UINT64_C(0x30c50830)

#define GIB (UINT64_C(1) << 30)
#define MIB_2 UINT64_C(0x200000)
#define IDENTITY_GIBS 256
/* Slots of level 2: the window, and one for a table of a test's choice. */
#define WINDOW_SLOT 256
#define TABLE_SLOT 257

static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level3[ENTRIES] __attribute__((aligned(4096)));
static uint32_t view_count;

static void build(void)
{
	for (uint64_t i = 1; i < IDENTITY_GIBS; i++) {
		level1[i] = (i * GIB) | PTE_BLOCK | PTE_ACCESSED |
			    PTE_INNER_SHAREABLE | PTE_ATTR(ATTR_NORMAL);
	}
	for (uint64_t i = 0; i < ENTRIES; i++) {
		level2[i] = (i * MIB_2) | PTE_BLOCK | PTE_ACCESSED | PTE_XN |
			    PTE_PXN | PTE_ATTR(ATTR_DEVICE);
	}
	level2[WINDOW_SLOT] = (uintptr_t)level3 | PTE_TABLE;
	level2[TABLE_SLOT] = 0;
	level1[0] = (uintptr_t)level2 | PTE_TABLE;
	hft_dsb();
}

void hft_mm_enable(void)
{
	uint64_t pa_range = hft_sysreg_read(ID_AA64MMFR0_EL1) & 0xf;

	if (pa_range > PA_RANGE_48) {
		pa_range = PA_RANGE_48;
	}
	if (level1[0] == 0) {
		build();
	}
	if (hft_current_el() == 2) {
		hft_sysreg_write(mair_el2, MAIR);
		hft_sysreg_write(tcr_el2,
				 TCR_COMMON | TCR_EL2_RES1 |
					 (pa_range << TCR_EL2_PS_SHIFT));
		hft_sysreg_write(ttbr0_el2, (uintptr_t)level1);
		__asm__ volatile("dsb sy; tlbi alle2; ic iallu; dsb sy; isb");
		hft_sysreg_write(sctlr_el2, SCTLR_EL2_RES1 | SCTLR_ON);
	} else {
		hft_sysreg_write(mair_el1, MAIR);
		hft_sysreg_write(tcr_el1,
				 TCR_COMMON | TCR_EL1_EPD1 |
					 (pa_range << TCR_EL1_IPS_SHIFT));
		hft_sysreg_write(ttbr0_el1, (uintptr_t)level1);
		__asm__ volatile("dsb sy; tlbi vmalle1; ic iallu; dsb sy; isb");
		hft_sysreg_write(sctlr_el1, SCTLR_EL1_RES1 | SCTLR_ON);
	}
	hft_isb();
}

void hft_mm_disable(void)
{
	if (hft_current_el() == 2) {
		hft_sysreg_write(sctlr_el2, SCTLR_EL2_RES1);
	} else {
		hft_sysreg_write(sctlr_el1, SCTLR_EL1_RES1);
	}
	hft_isb();
}

static uint64_t view_attributes(uint64_t view)
{
	uint64_t pte = PTE_PAGE | PTE_ACCESSED | PTE_INNER_SHAREABLE;

	if ((view & HFT_VIEW_DEVICE) != 0) {
		pte |= PTE_ATTR(ATTR_DEVICE);
	} else if ((view & HFT_VIEW_UNCACHED) != 0) {
		pte |= PTE_ATTR(ATTR_UNCACHED);
	} else {
		pte |= PTE_ATTR(ATTR_NORMAL);
	}
	if ((view & HFT_VIEW_WRITE) == 0) {
		pte |= PTE_AP_READ_ONLY;
	}
	if ((view & HFT_VIEW_EXECUTE) == 0) {
		pte |= PTE_XN | PTE_PXN;
	}
	if ((view & HFT_VIEW_EL0) != 0) {
		/* EL1 does not run what EL0 may write. */
		pte |= PTE_AP_EL0 | PTE_PXN;
	}
	return pte;
}

uint64_t hft_mm_view(uint64_t pa, uint64_t view)
{
	uint64_t offset = pa % HFT_PAGE_SIZE;
	uint64_t slot = view_count++ % ENTRIES;

	level3[slot] = (pa - offset) | view_attributes(view);
	/* The walker sees the entry before the caller uses the address. */
	hft_dsb();
	hft_isb();
	return WINDOW_SLOT * MIB_2 + slot * HFT_PAGE_SIZE + offset;
}

void hft_mm_drop_view(uint64_t va)
{
	uint64_t slot = (va - WINDOW_SLOT * MIB_2) / HFT_PAGE_SIZE;

	level3[slot % ENTRIES] = 0;
	__asm__ volatile("dsb nshst; tlbi vae1, %0; dsb nsh; isb"
			 :
			 : "r"(va / HFT_PAGE_SIZE)
			 : "memory");
}

uint64_t hft_mm_view_through_table(uint64_t pa)
{
	level2[TABLE_SLOT] = pa | PTE_TABLE;
	hft_dsb();
	hft_isb();
	return TABLE_SLOT * MIB_2;
}

void hft_mm_reset_views(void)
{
	level2[TABLE_SLOT] = 0;
	for (uint32_t i = 0; i < view_count && i < ENTRIES; i++) {
		level3[i] = 0;
	}
	view_count = 0;
	/* Gone for all CPUs before a slot is used again. */
	if (hft_current_el() == 2) {
		__asm__ volatile("dsb sy; tlbi alle2is; dsb sy; isb");
	} else {
		__asm__ volatile("dsb sy; tlbi vmalle1is; dsb sy; isb");
	}
}

/** Bytes of the smallest cache line. */
static uint64_t line_size(void)
{
	return UINT64_C(4) << ((hft_sysreg_read(ctr_el0) >> 16) & 0xf);
}

void hft_cache_clean(const void *begin, uint64_t size)
{
	uint64_t line = line_size();
	uint64_t at = (uintptr_t)begin & ~(line - 1);

	for (; at < (uintptr_t)begin + size; at += line) {
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	}
	hft_dsb();
}

void hft_cache_sync_code(const void *begin, uint64_t size)
{
	hft_cache_clean(begin, size);
	__asm__ volatile("ic ialluis; dsb sy; isb" : : : "memory");
}
