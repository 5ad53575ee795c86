/* SPDX-License-Identifier: BSD-3-Clause */
/* What a primary does with its secondaries. */
#include <string.h>

#include "hft/service.h"
#include "hftest.h"

struct smccc_value hft_run_any(uint16_t vm, uint16_t vcpu)
{
	return hft_ffa(FFA_RUN, hft_vcpu(vm, vcpu), 0, 0);
}

struct smccc_value hft_run(uint16_t vm, uint16_t vcpu)
{
	struct smccc_value frame = hft_run_any(vm, vcpu);

	if (hft_is_error(frame, FFA_ABORTED)) {
		FAIL("VM %x has given up; its lines in the log say why", vm);
	}
	return frame;
}

void hft_service_start(uint16_t vm, const char *name)
{
	size_t size = strlen(name) + 1;

	hft_mailbox_map();
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_MSG_WAIT);
	memcpy(hft_tx, name, size);
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, vm, size).x[0], FFA_SUCCESS);
	/* It has the name, released RX, and yields before it begins. */
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_YIELD);
}
