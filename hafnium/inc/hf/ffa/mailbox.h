/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RX/TX buffers and indirect messages (DEN0077A chapters 7 and 16, FF-A 1.0).
 * Arguments and answers are in the caller's registers; each function returns
 * whom to resume. See docs/ffa.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/** Pages of each buffer: 1 for 1.0, as its only implementation has it. */
#define RXTX_MAX_PAGES 16U

/**
 * FFA_RXTX_MAP, DEN0077A v1.2 13.6.
 *   in   w0 = 0x84000066 or 0xc4000066; x1 = TX, x2 = RX: IPAs; w3 5:0 = pages
 *        of each, 31:6 MBZ
 *   out  FFA_SUCCESS; FFA_RX_RELEASE frame to a primary that others wait for
 *   err  DENIED: mapped already; INVALID_PARAMETERS: page count, alignment,
 *        overlap; then, if not the caller's own normal memory with the rights
 *        that are needed, INVALID_PARAMETERS, of a legacy caller DENIED;
 *        NO_MEMORY
 *   locks VM, stage 1. From: any VM.
 */
struct vcpu *ffa_rxtx_map(struct vcpu *current);

/**
 * FFA_RXTX_UNMAP, DEN0077A v1.2 13.7.
 *   in   w0 = 0x84000067; w1 31:16 = 0 or the caller's id, 15:0 MBZ
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: nothing is mapped, or w1
 */
struct vcpu *ffa_rxtx_unmap(struct vcpu *current);

/**
 * FFA_RX_RELEASE, DEN0077A v1.2 13.5.
 *   in   w0 = 0x84000065; from 1.1: w1 15:0 MBZ
 *   out  FFA_SUCCESS; to a primary with waiters the FFA_RX_RELEASE frame
 *   err  DENIED: there is nothing to give back; INVALID_PARAMETERS: w1
 */
struct vcpu *ffa_rx_release(struct vcpu *current);

/**
 * FFA_MSG_SEND, DEN0077A v1.0 8.1.
 *   in   w0 = 0x8400006e; w1 = sender << 16 | receiver; w3 = bytes, at most
 *        4096; w4 bit 0: let me know when the receiver can be written
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: sender, receiver, size, no TX; DENIED: in the
 *        middle of a direct request, or not legacy and one of the two takes no
 *        indirect messages; BUSY: the receiver has no RX or it is not empty
 */
struct vcpu *ffa_msg_send(struct vcpu *current);

/**
 * FFA_MSG_POLL, DEN0077A v1.0 8.3.
 *   out  FFA_MSG_SEND frame: w1 = sender << 16 | self, w3 = bytes
 *   err  NOT_SUPPORTED: the primary; DENIED: in the middle of a direct
 *        request; RETRY: no message
 */
struct vcpu *ffa_msg_poll(struct vcpu *current);

/** HF_MAILBOX_WRITABLE_GET and HF_MAILBOX_WAITER_GET of hf/hvc.h. */
struct vcpu *mailbox_writable_get(struct vcpu *current);
struct vcpu *mailbox_waiter_get(struct vcpu *current);

/**
 * What FFA_MSG_WAIT does with RX that `current` has read: it is free again.
 * True: others have been waiting for that.
 */
must_check bool mailbox_release_waiting(const struct vcpu *current);

/**
 * A received message becomes the FFA_MSG_SEND frame in the registers of
 * `vcpu`. False, and nothing has changed, when there is none.
 */
must_check bool mailbox_try_receive(struct vcpu *vcpu);
