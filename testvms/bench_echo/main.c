/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: the other side of the benchmarks of messages: sends back what it is
 * sent, a direct request as its response, a message of RX through TX. See
 * docs/performance.md.
 */
#include "hf/call.h"
#include "hft/boot.h"
#include "hft/service.h"

/** Sender and receiver change places. */
static uint64_t swapped(uint64_t pair)
{
	return (uint32_t)(pair << 16) | (uint16_t)(pair >> 16);
}

/** RX to TX by blocks of 64 bytes: pairs of registers, as memcpy() of a C library. */
static void copy(uint64_t size)
{
	const uint64_t *from = (const uint64_t *)hft_rx;
	uint64_t *to = (uint64_t *)hft_tx;

	for (uint64_t done = 0; done < size; done += 64) {
		uint64_t a = from[0], b = from[1], c = from[2], d = from[3];
		uint64_t e = from[4], f = from[5], g = from[6], h = from[7];

		to[0] = a, to[1] = b, to[2] = c, to[3] = d;
		to[4] = e, to[5] = f, to[6] = g, to[7] = h;
		from += 8;
		to += 8;
	}
}

static void echo(struct smccc_value message)
{
	copy(message.x[3]);
	(void)hf_call(FFA_RX_RELEASE, 0, 0, 0);
	(void)hf_call(FFA_MSG_SEND, swapped(message.x[1]), 0, message.x[3]);
}

void hft_role(void)
{
	struct smccc_value frame = {{FFA_MSG_WAIT}};

	hft_mailbox_map();
	for (;;) {
		frame = hf_hvc(frame);
		if (frame.x[0] == FFA_MSG_SEND_DIRECT_REQ) {
			frame.x[0] = FFA_MSG_SEND_DIRECT_RESP;
			frame.x[1] = swapped(frame.x[1]);
			continue;
		}
		if (frame.x[0] == FFA_MSG_SEND) {
			echo(frame);
		}
		frame = (struct smccc_value){{FFA_MSG_WAIT}};
	}
}
