/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct messages: the primary requests, a secondary's vCPU that waits responds,
 * both on the CPU of the request (DEN0077A chapter 15). What a vCPU has been
 * asked is `request` of struct vcpu. See docs/scheduling.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/**
 * FFA_MSG_SEND_DIRECT_REQ and _REQ2, DEN0077A v1.2 15.2 and 15.4.
 *   in   w0 = 0x8400006f, 0xc400006f: w1 = sender << 16 | receiver; w2 MBZ;
 *        w3-w7 or x3-x7 = payload. 0xc400008d: x2, x3 = UUID of the service or
 *        0; x4-x17 = payload
 *   out  the response; or why the receiver has stopped, as FFA_RUN tells it:
 *        that continues
 *   err  INVALID_PARAMETERS: sender, w2, no such receiver or UUID, receiver has
 *        several vCPUs and none of this CPU's index; DENIED: not the primary,
 *        the receiver takes none; ABORTED: its VM is; BUSY: its vCPU does not
 *        wait. Of a legacy caller NOT_SUPPORTED: sender, not the primary
 *   locks target's vCPU. From: the primary.
 */
struct vcpu *ffa_direct_request(struct vcpu *current);

/**
 * FFA_MSG_SEND_DIRECT_RESP and _RESP2, DEN0077A v1.2 15.3 and 15.5.
 *   in   w0 = 0x84000070, 0xc4000070: w1 = sender << 16 | 1; w2 MBZ; w3-w7 or
 *        x3-x7 = payload. 0xc400008e: x2, x3 MBZ; x4-x17 = payload. x8-x17 of
 *        0xc4000070 from a caller of 1.2 MBZ
 *   out  the next request; FFA_INTERRUPT: a virtual interrupt is pending;
 *        what ends FFA_MSG_WAIT
 *   err  INVALID_PARAMETERS: sender, receiver, MBZ; DENIED: nothing is
 *        requested, or it is of the other kind. Of a legacy caller
 *        NOT_SUPPORTED: sender, receiver
 *   locks own vCPU. From: secondaries.
 */
struct vcpu *ffa_direct_response(struct vcpu *current);
