/* SPDX-License-Identifier: BSD-3-Clause */
/* RX and TX of this VM, and messages through them. */
#include "hft/service.h"
#include "hftest.h"

uint8_t hft_tx[HF_PAGE_SIZE] __attribute__((aligned(HF_PAGE_SIZE)));
uint8_t hft_rx[HF_PAGE_SIZE] __attribute__((aligned(HF_PAGE_SIZE)));

static bool is_mapped;

struct smccc_value hft_ffa(uint64_t id, uint64_t arg1, uint64_t arg2,
			   uint64_t arg3)
{
	return hf_hvc((struct smccc_value){{id, arg1, arg2, arg3}});
}

void hft_mailbox_map(void)
{
	struct smccc_value answer;

	if (is_mapped) {
		return;
	}
	answer = hft_ffa(FFA_RXTX_MAP | SMCCC_64_BIT, (uintptr_t)hft_tx,
			 (uintptr_t)hft_rx, 1);
	ASSERT_EQ(answer.x[0], FFA_SUCCESS);
	is_mapped = true;
}

struct smccc_value hft_send(uint16_t from, uint16_t to, uint64_t size)
{
	return hft_ffa(FFA_MSG_SEND, ((uint64_t)from << 16) | to, 0, size);
}
