/* SPDX-License-Identifier: BSD-3-Clause */
/* SGIs by GICv3's system registers (IHI0069H 12.2.36). See docs/interrupts.md. */
#include "hf/arch/sgi.h"

#include "hf/arch/cpu.h"
#include "hf/arch/feature.h"
#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"

bool arch_sgi_is_available(void)
{
	return arch_feature_has_gicv3();
}

/** ICC_SGI1R_EL1: affinity of the target, and its bit among 16. */
void arch_sgi_send_self(uint32_t id)
{
	uint64_t mpidr = arch_cpu_mpidr();
	uint64_t aff0 = bits_get(mpidr, 7, 0);

	sysreg_write(icc_sgi1r_el1,
		     bits_get(mpidr, 39, 32) << 48 | (aff0 >> 4) << 44 |
			     bits_get(mpidr, 23, 16) << 32 |
			     (uint64_t)id << 24 | bits_get(mpidr, 15, 8) << 16 |
			     BIT(aff0 & 15));
	isb();
}
