/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that runs no test but restarts the machine at once, by the
 * call that never returns.
 */
#include "hf/psci.h"
#include "hft/boot.h"
#include "hft/power.h"
#include "hftest.h"

void hft_role(void)
{
	(void)hft_psci(PSCI_SYSTEM_RESET, 0, 0, 0);
	HFTEST_LOG("SYSTEM_RESET came back");
	hft_power_off();
}
