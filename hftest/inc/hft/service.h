/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secondaries that serve a test. An image holds SERVICE()s; the primary sends it
 * the name of one as a message, and from then on it is that. See docs/hftest.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hf/call.h"
#include "hf/types.h"

/* --- both sides ----------------------------------------------------------- */

/** x0-x3 of a call by HVC; all of the answer. */
struct smccc_value hft_ffa(uint64_t id, uint64_t arg1, uint64_t arg2,
			   uint64_t arg3);

/** FFA_RXTX_MAP of hft_tx and hft_rx; once, later calls do nothing. */
void hft_mailbox_map(void);

extern uint8_t hft_tx[HF_PAGE_SIZE];
extern uint8_t hft_rx[HF_PAGE_SIZE];

/** FFA_MSG_SEND of `size` bytes of hft_tx from `from`; w0 and w2 say how. */
struct smccc_value hft_send(uint16_t from, uint16_t to, uint64_t size);

/** An FFA_ERROR frame with `code`? */
static inline bool hft_is_error(struct smccc_value frame, int32_t code)
{
	return frame.x[0] == FFA_ERROR && frame.x[2] == (uint32_t)code;
}

/** Sender and receiver of an FFA_MSG_SEND frame. */
static inline uint16_t hft_sender(struct smccc_value frame)
{
	return (uint16_t)(frame.x[1] >> 16);
}

/* --- the primary ---------------------------------------------------------- */

/** What FFA_RUN calls it: VM id << 16 | vCPU index. */
static inline uint64_t hft_vcpu(uint16_t vm, uint16_t vcpu)
{
	return ((uint64_t)vm << 16) | vcpu;
}

/** FFA_RUN; ends the test when the VM gives up, which says why in the log. */
struct smccc_value hft_run(uint16_t vm, uint16_t vcpu);

/** FFA_RUN, whatever becomes of it. */
struct smccc_value hft_run_any(uint16_t vm, uint16_t vcpu);

/** Make `vm`, fresh or back from another service, the service `name`. */
void hft_service_start(uint16_t vm, const char *name);

/* --- a secondary ---------------------------------------------------------- */

/** The id that FFA_ID_GET gives. */
uint16_t hft_own_id(void);

/** hft_role() that may fail a check: the line in the log, then give up. */
__attribute__((__noreturn__)) void hft_role_run(void (*run)(void));

/** hft_role() of an image of services. */
__attribute__((__noreturn__)) void hft_service_main(void);

/** Wait for a message; its size. It is in hft_rx, not yet released. */
uint64_t hft_service_receive(void);

/**
 * The end of this VM, and of the primary's test: its vectors go where nothing
 * is, then it faults.
 */
__attribute__((__noreturn__)) void hft_service_give_up(void);
