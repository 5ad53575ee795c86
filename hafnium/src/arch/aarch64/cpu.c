/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Per-CPU set-up of EL2, and who this CPU is. See docs/porting.md.
 */
#include "hf/arch/cpu.h"

#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"
#include "hf/base/sink.h"
#include "hf/plat/image.h"
#include "hf/plat/image_layout.h"

/* GIC CPU interface by system register (IHI0069 12.2.22). */
#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICC_SRE_SRE BIT(0)
#define ICC_SRE_DFB BIT(1)
#define ICC_SRE_DIB BIT(2)
#define ICC_SRE_ENABLE BIT(3)

/** CNTHCTL_EL2.EL1PCTEN and EL1PCEN: EL1 has the physical timer. */
#define CNTHCTL_ALL UINT64_C(3)

/* entry.S */
void secondary_entry(void);

uint64_t arch_cpu_mpidr(void)
{
	return sysreg_read(mpidr_el1) & MPIDR_AFFINITY_MASK;
}

void arch_cpu_init(void)
{
	sysreg_write(hstr_el2, 0);
	sysreg_write(cnthctl_el2, CNTHCTL_ALL);
	sysreg_write(cntvoff_el2, 0);

	/* GICv3: leave its CPU interface registers to EL1 (PFR0.GIC). */
	if (bits_get(sysreg_read(id_aa64pfr0_el1), 27, 24) != 0) {
		sysreg_write(ICC_SRE_EL2, ICC_SRE_SRE | ICC_SRE_DFB |
						  ICC_SRE_DIB | ICC_SRE_ENABLE);
	}
	isb();
}

paddr_t arch_cpu_entry(void)
{
	return pa_init((uintptr_t)&secondary_entry);
}

uint32_t sink_cpu_slot(void)
{
	uint64_t below =
		(uintptr_t)__builtin_frame_address(0) - image_stacks().begin.pa;

	/* On the stack that only faults use, it does not matter who we are. */
	return below < pa_range_size(image_stacks())
		       ? (uint32_t)(below / STACK_SLOT_SIZE)
		       : 0;
}
