/* SPDX-License-Identifier: BSD-3-Clause */
/* The system counter. See docs/porting.md. */
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
