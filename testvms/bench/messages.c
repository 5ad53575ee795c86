/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What messages cost: there and back, to a secondary that waits for them.
 */
#include <string.h>

#include "hft/service.h"
#include "measure.h"

#define TO_ECHO (((uint64_t)HF_PRIMARY_VM_ID << 16) | ECHO)

static struct smccc_value direct_request(uint64_t payload)
{
	return hf_hvc((struct smccc_value){
		{FFA_MSG_SEND_DIRECT_REQ, TO_ECHO, 0, payload}});
}

TEST(bench, direct_msg)
{
	struct smccc_value answer;
	uint64_t begin;

	run_until(ECHO, FFA_MSG_WAIT);
	answer = direct_request(0x1234);
	ASSERT_EQ(answer.x[0], FFA_MSG_SEND_DIRECT_RESP);
	ASSERT_EQ(answer.x[3], 0x1234U);

	begin = count_instructions();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)direct_request(i);
	}
	report_since(begin, (struct figure){"direct_msg", ROUNDS, 650});
}

/** Send, run, receive the reply, give the buffer back. */
static struct smccc_value echo(uint64_t size)
{
	struct smccc_value reply;

	(void)hf_call(FFA_MSG_SEND, TO_ECHO, 0, size);
	reply = call(FFA_RUN, ECHO << 16);
	(void)hf_call(FFA_RX_RELEASE, 0, 0, 0);
	return reply;
}

static void measure_echo(const char *name, uint64_t size, uint64_t bar)
{
	struct smccc_value reply;
	uint64_t begin;

	hft_mailbox_map();
	run_until(ECHO, FFA_MSG_WAIT);
	for (uint64_t i = 0; i < size; i++) {
		hft_tx[i] = (uint8_t)(i * 7);
	}
	reply = echo(size);
	ASSERT_EQ(reply.x[0], FFA_MSG_SEND);
	ASSERT_EQ(reply.x[3], size);
	ASSERT_EQ(memcmp(hft_rx, hft_tx, size), 0);

	begin = count_instructions();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)echo(size);
	}
	report_since(begin, (struct figure){name, ROUNDS, bar});
}

TEST(bench, msg_echo)
{
	measure_echo("msg_echo", 22, 1800);
}

TEST(bench, msg_echo_4k)
{
	measure_echo("msg_echo_4k", HF_PAGE_SIZE, 6000);
}
