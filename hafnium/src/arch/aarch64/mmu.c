/* SPDX-License-Identifier: BSD-3-Clause */
/* Translation is turned on, on this CPU. See docs/memory.md. */
#include "hf/arch/mmu.h"

#include "hf/arch/feature.h"
#include "hf/arch/sysreg.h"

unsigned int mmu_pa_bits(void)
{
	return arch_feature_pa_bits();
}

void mmu_stage1_enable(paddr_t root)
{
	sysreg_write(mair_el2, MMU_MAIR_EL2);
	sysreg_write(tcr_el2, mmu_tcr_el2(mmu_pa_bits()));
	sysreg_write(ttbr0_el2, root.pa);
	/* The tables are in memory before this CPU may walk them. */
	dsb(sy);
	/* Registers are in effect before TLBs start to fill by them. */
	isb();
	/* Reset leaves TLBs and instruction cache in any state: this CPU's. */
	__asm__ volatile("tlbi alle2; tlbi alle1; ic iallu" ::: "memory");
	/* They are empty before the first translated access. */
	dsb(nsh);
	isb();
	sysreg_write(sctlr_el2, mmu_sctlr_el2(arch_feature_has_ras()));
	/* What follows is fetched and accessed by the tables. */
	isb();
}

void mmu_stage2_enable(void)
{
	sysreg_write(vtcr_el2, mmu_vtcr_el2(mmu_pa_bits()));
	/* In effect before HCR_EL2.VM is set for a guest. */
	isb();
}
