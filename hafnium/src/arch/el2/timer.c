/* SPDX-License-Identifier: BSD-3-Clause */
/* The system counter and virtual timers. See docs/interrupts.md. */
#include "hf/arch/timer.h"

#include "hf/arch/sysreg.h"

uint64_t arch_timer_count(void)
{
	/* Not before what comes before it. */
	isb();
	return sysreg_read(cntpct_el0);
}

uint64_t arch_timer_freq_hz(void)
{
	return sysreg_read(cntfrq_el0);
}

struct arch_vtimer arch_vtimer_live(void)
{
	return (struct arch_vtimer){
		.ctl = sysreg_read(cntv_ctl_el0),
		.cval = sysreg_read(cntv_cval_el0),
	};
}

void arch_vtimer_mask_saved(struct arch_regs *regs)
{
	regs->sysreg[SLOT_CNTV_CTL_EL0] |= TIMER_IMASK;
}
