/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls to EL3. See docs/psci.md. */
#include "hf/arch/smc.h"

struct smccc_value arch_smc(struct smccc_value args)
{
	register uint64_t x0 __asm__("x0") = args.x[0];
	register uint64_t x1 __asm__("x1") = args.x[1];
	register uint64_t x2 __asm__("x2") = args.x[2];
	register uint64_t x3 __asm__("x3") = args.x[3];
	register uint64_t x4 __asm__("x4") = args.x[4];
	register uint64_t x5 __asm__("x5") = args.x[5];
	register uint64_t x6 __asm__("x6") = args.x[6];
	register uint64_t x7 __asm__("x7") = args.x[7];

	/* SMCCC 1.0 lets x8-x17 be lost, 1.1 and later keep them. */
	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4),
			   "+r"(x5), "+r"(x6), "+r"(x7)
			 :
			 : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
			   "x16", "x17", "memory");
	return (struct smccc_value){{x0, x1, x2, x3, x4, x5, x6, x7}};
}

uint64_t arch_smc_call(uint32_t id, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	return arch_smc((struct smccc_value){{id, arg1, arg2, arg3}}).x[0];
}
