/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a secondary that becomes any of the services in this folder. See
 * docs/hftest.md.
 */
#include "hft/service.h"

#include "hft/boot.h"
#include "hftest.h"

void hft_role(void)
{
	hft_service_main();
}

/** Sends back to the sender what it receives. */
SERVICE(echo)
{
	uint16_t self = hft_own_id();

	for (;;) {
		struct smccc_value frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);

		if (frame.x[0] != FFA_MSG_SEND) {
			continue;
		}
		for (uint64_t i = 0; i < frame.x[3]; i++) {
			hft_tx[i] = hft_rx[i];
		}
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		ASSERT_EQ(hft_send(self, hft_sender(frame), frame.x[3]).x[0],
			  FFA_SUCCESS);
	}
}

/** Answers direct requests with what they say. */
SERVICE(direct_echo)
{
	uint64_t w1 = ((uint64_t)hft_own_id() << 16) | HF_PRIMARY_VM_ID;
	struct smccc_value frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);

	for (;;) {
		uint64_t id = frame.x[0];

		if (id != FFA_MSG_SEND_DIRECT_REQ &&
		    id != FFA_64(FFA_MSG_SEND_DIRECT_REQ)) {
			frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
			continue;
		}
		/* The response is the next id, of the same width. */
		frame.x[0] = id + 1;
		frame.x[1] = w1;
		frame = hf_hvc(frame);
	}
}

#define UNLISTED_SMC UINT64_C(0x3000f00d)

/** Answers a direct request with what an SMC was answered that nobody lists. */
SERVICE(direct_smc)
{
	uint64_t w1 = ((uint64_t)hft_own_id() << 16) | HF_PRIMARY_VM_ID;
	struct smccc_value frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);

	while (frame.x[0] == FFA_64(FFA_MSG_SEND_DIRECT_REQ)) {
		struct smccc_value smc = hf_smc((struct smccc_value){
			{UNLISTED_SMC, frame.x[3], frame.x[4]}});

		frame = hf_hvc((struct smccc_value){
			{FFA_64(FFA_MSG_SEND_DIRECT_RESP), w1, 0, smc.x[0],
			 smc.x[1], smc.x[2]}});
	}
}

/** As echo, but it asks again for as long as the receiver is busy. */
SERVICE(patient_echo)
{
	uint16_t self = hft_own_id();

	for (;;) {
		struct smccc_value frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
		uint16_t sender = hft_sender(frame);
		uint64_t size = frame.x[3];

		ASSERT_EQ(frame.x[0], FFA_MSG_SEND);
		for (uint64_t i = 0; i < size; i++) {
			hft_tx[i] = hft_rx[i];
		}
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		frame = hft_send(self, sender, size);
		while (hft_is_error(frame, FFA_BUSY)) {
			(void)hft_ffa(FFA_YIELD, 0, 0, 0);
			frame = hft_send(self, sender, size);
		}
		ASSERT_EQ(frame.x[0], FFA_SUCCESS);
	}
}

/** Passes on what it receives: the first two bytes are the next VM's id. */
SERVICE(relay)
{
	uint16_t self = hft_own_id();

	for (;;) {
		uint64_t size = hft_service_receive();
		uint16_t to = (uint16_t)(hft_rx[0] | (hft_rx[1] << 8));

		for (uint64_t i = 2; i < size; i++) {
			hft_tx[i - 2] = hft_rx[i];
		}
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		ASSERT_EQ(hft_send(self, to, size - 2).x[0], FFA_SUCCESS);
	}
}

/** As echo, but it looks and yields. */
SERVICE(poll_echo)
{
	uint16_t self = hft_own_id();

	for (;;) {
		struct smccc_value frame = hft_ffa(FFA_MSG_POLL, 0, 0, 0);

		if (frame.x[0] != FFA_MSG_SEND) {
			ASSERT_TRUE(hft_is_error(frame, FFA_RETRY));
			(void)hft_ffa(FFA_YIELD, 0, 0, 0);
			continue;
		}
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		ASSERT_EQ(hft_send(self, hft_sender(frame), frame.x[3]).x[0],
			  FFA_SUCCESS);
	}
}

/**
 * Sends its id to the primary until that is busy, then waits to be told that
 * the primary's RX is free.
 */
SERVICE(persistent)
{
	uint16_t self = hft_own_id();
	uint64_t pair = ((uint64_t)self << 16) | HF_PRIMARY_VM_ID;
	struct smccc_value args = {{FFA_MSG_SEND, pair, 0, 2, 1}};
	struct smccc_value frame = {{FFA_SUCCESS}};

	hft_tx[0] = (uint8_t)self;
	hft_tx[1] = 0;
	ASSERT_EQ(hf_call(HF_INTERRUPT_ENABLE, HF_MAILBOX_WRITABLE_INTID, 1, 0),
		  0);
	for (;;) {
		frame = hf_hvc(args);
		if (frame.x[0] == FFA_SUCCESS) {
			continue;
		}
		ASSERT_TRUE(hft_is_error(frame, FFA_BUSY));
		frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
		ASSERT_TRUE(hft_is_error(frame, FFA_INTERRUPTED));
		ASSERT_EQ(hf_call(HF_INTERRUPT_GET, 0, 0, 0),
			  HF_MAILBOX_WRITABLE_INTID);
		ASSERT_EQ(hf_call(HF_MAILBOX_WRITABLE_GET, 0, 0, 0),
			  HF_PRIMARY_VM_ID);
		ASSERT_EQ(hf_call(HF_MAILBOX_WRITABLE_GET, 0, 0, 0), -1);
	}
}

/** Maps what it is sent, TX and RX, in place of its own; sends the code. */
SERVICE(mapper)
{
	struct smccc_value frame;
	uint64_t tx;
	uint64_t rx;

	ASSERT_EQ(hft_service_receive(), 16);
	tx = ((const uint64_t *)hft_rx)[0];
	rx = ((const uint64_t *)hft_rx)[1];
	ASSERT_EQ(hft_ffa(FFA_RXTX_UNMAP, 0, 0, 0).x[0], FFA_SUCCESS);
	frame = hft_ffa(FFA_RXTX_MAP | SMCCC_64_BIT, tx, rx, 1);
	ASSERT_EQ(frame.x[0], FFA_ERROR);
	*(uint64_t *)hft_tx = frame.x[2];
	ASSERT_EQ(hft_ffa(FFA_RXTX_MAP | SMCCC_64_BIT, (uintptr_t)hft_tx,
			  (uintptr_t)hft_rx, 1)
			  .x[0],
		  FFA_SUCCESS);
	ASSERT_EQ(hft_send(hft_own_id(), HF_PRIMARY_VM_ID, 8).x[0],
		  FFA_SUCCESS);
}
