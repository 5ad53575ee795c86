/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: the borrower of the benchmarks of memory: a message is the request by
 * which it gets the memory, all fragments of it, and gives it back. See
 * docs/performance.md.
 */
#include "hf/call.h"
#include "hf/ffa_memory.h"
#include "hft/boot.h"
#include "hft/service.h"

/** As it lies in TX; the one endpoint is this VM. */
struct relinquish {
	struct ffa_memory_relinquish header;
	uint16_t self;
};

static void release(void)
{
	(void)hf_call(FFA_RX_RELEASE, 0, 0, 0);
}

/** The request is `size` bytes, in RX. */
static void retrieve(uint64_t size)
{
	const uint64_t *message = (const uint64_t *)hft_rx;
	uint64_t *request = (uint64_t *)hft_tx;
	struct smccc_value answer;
	uint64_t handle = message[1];
	uint64_t told;

	for (uint64_t i = 0; i < size / sizeof(*request); i++) {
		request[i] = message[i];
	}
	release();
	answer = hft_ffa(FFA_MEM_RETRIEVE_REQ, size, size, 0);
	for (told = answer.x[2]; told < answer.x[1];) {
		release();
		told += hft_ffa(FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32,
				told)
				.x[3];
	}
	release();
}

static void relinquish(uint64_t handle, uint64_t self)
{
	*(struct relinquish *)hft_tx = (struct relinquish){
		.header = {.handle = handle, .endpoint_count = 1},
		.self = (uint16_t)self,
	};
	(void)hf_call(FFA_MEM_RELINQUISH, 0, 0, 0);
}

void hft_role(void)
{
	uint64_t self = hft_own_id();
	struct smccc_value frame;

	hft_mailbox_map();
	for (;;) {
		frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
		if (frame.x[0] == FFA_MSG_SEND) {
			uint64_t handle = ((const uint64_t *)hft_rx)[1];

			retrieve(frame.x[3]);
			relinquish(handle, self);
		}
	}
}
