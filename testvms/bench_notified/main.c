/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: takes the notifications that the benchmark sets, each time that it is
 * run. See docs/performance.md.
 */
#include "hf/call.h"
#include "hf/types.h"
#include "hft/boot.h"
#include "hft/service.h"

#define FROM_VMS 2

void hft_role(void)
{
	uint64_t self;

	(void)hf_call(FFA_VERSION, FFA_VERSION_1_1, 0, 0);
	self = hft_own_id();
	(void)hf_call(FFA_NOTIFICATION_BIND,
		      ((uint64_t)HF_PRIMARY_VM_ID << 16) | self, 0, 1);
	for (;;) {
		(void)hf_call(FFA_YIELD, 0, 0, 0);
		(void)hf_call(FFA_NOTIFICATION_GET, self, FROM_VMS, 0);
	}
}
