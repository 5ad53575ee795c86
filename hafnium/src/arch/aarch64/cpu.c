/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Per-CPU set-up of EL2, and who this CPU is. See docs/porting.md.
 */
#include "hf/arch/cpu.h"

#include "hf/arch/feature.h"
#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"
#include "hf/base/sink.h"
#include "hf/plat/image.h"
#include "hf/plat/image_layout.h"

/* entry.S */
void secondary_entry(void);

uint64_t arch_cpu_mpidr(void)
{
	return sysreg_read(mpidr_el1) & MPIDR_AFFINITY_MASK;
}

void arch_cpu_init(void)
{
	sysreg_write(hstr_el2, 0);
	sysreg_write(vpidr_el2, sysreg_read(midr_el1));
	sysreg_write(cntvoff_el2, 0);
	arch_feature_init_controls();

	isb();
}

paddr_t arch_cpu_entry(void)
{
	return pa_init((uintptr_t)&secondary_entry);
}

uint32_t sink_cpu_slot(void)
{
	uint64_t below = stack_pointer() - image_stacks().begin.pa;

	/* On the stack that only faults use, it does not matter who we are. */
	return below < pa_range_size(image_stacks())
		       ? (uint32_t)(below / STACK_SLOT_SIZE)
		       : 0;
}
