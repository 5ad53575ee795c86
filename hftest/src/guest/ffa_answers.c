/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which answers the FF-A calls of this test got: `log ffa <id> <code>`, once
 * each, 0 for any frame that is no error. See docs/ci.md.
 */
#include <stdatomic.h>

#include "actor_order.h"
#include "carrier.h"
#include "hf/smccc.h"
#include "report.h"

#define CODES 16

/* Bit n: code -n was seen. */
static atomic_uint seen[FFA_LAST - FFA_FIRST + 1];

static uint32_t code_of(uint32_t id, const struct ffa_frame *answer)
{
	if (answer->x[0] == FFA_ERROR) {
		return -(uint32_t)answer->x[2];
	}
	return id == FFA_VERSION && (int32_t)answer->x[0] < 0
		       ? -(uint32_t)answer->x[0]
		       : 0;
}

void hft_ffa_answered(uint64_t id, const struct ffa_frame *answer)
{
	uint32_t call = (uint32_t)id & ~SMCCC_64_BIT;
	uint32_t code = code_of(call, answer);
	uint32_t bit = code < CODES ? UINT32_C(1) << code : 0;

	if (call < FFA_FIRST || call > FFA_LAST || bit == 0 ||
	    hft_carrier_report()->nonce[0] == '\0') {
		return;
	}
	if ((atomic_fetch_or(&seen[call - FFA_FIRST], bit) & bit) == 0) {
		hft_report_event("log ffa %x %d", call, -(int)code);
	}
}
