/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system counter, and the virtual timer of a vCPU: in hardware while the
 * vCPU runs, in its context otherwise.
 */
#pragma once

#include "hf/arch/regs.h"

/** CNTV_CTL_EL0: ENABLE and IMASK. */
#define TIMER_ENABLE UINT64_C(1)
#define TIMER_IMASK UINT64_C(2)

/** CNTV_CTL_EL0 and CNTV_CVAL_EL0; CNTVOFF_EL2 is 0. */
struct arch_vtimer {
	uint64_t ctl;
	uint64_t cval;
};

/** CNTPCT_EL0. */
uint64_t arch_timer_count(void);
/** CNTFRQ_EL0. */
uint64_t arch_timer_freq_hz(void);

/** Of the vCPU that runs on this CPU. */
struct arch_vtimer arch_vtimer_live(void);

/** Of one that does not run. */
static inline struct arch_vtimer arch_vtimer_saved(const struct arch_regs *regs)
{
	return (struct arch_vtimer){
		.ctl = regs->sysreg[SLOT_CNTV_CTL_EL0],
		.cval = regs->sysreg[SLOT_CNTV_CVAL_EL0],
	};
}

/** It shall not signal again until the guest writes CTL: IMASK is set. */
void arch_vtimer_mask_saved(struct arch_regs *regs);
