/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary one of whose secondaries fails, and which does not want to go
 * on without it: it restarts the machine. See docs/scheduling.md.
 */
#include "hf/psci.h"
#include "hft/boot.h"
#include "hft/power.h"
#include "hft/service.h"
#include "hftest.h"

#define SERVICE_VM UINT16_C(2)

void hft_role(void)
{
	struct smccc_value frame;

	hft_mailbox_map();
	/* It waits for the name of a service; there is none of that name. */
	(void)hft_run_any(SERVICE_VM, 0);
	hft_tx[0] = '?';
	hft_tx[1] = '\0';
	(void)hft_send(HF_PRIMARY_VM_ID, SERVICE_VM, 2);
	frame = hft_run_any(SERVICE_VM, 0);
	if (hft_is_error(frame, FFA_ABORTED)) {
		HFTEST_LOG("restart, for a VM has failed");
		(void)hft_psci(PSCI_SYSTEM_RESET, 0, 0, 0);
	}
	HFTEST_LOG("no restart: FFA_RUN said %#llx",
		   (unsigned long long)frame.x[0]);
	hft_power_off();
}
