/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A scheduling calls: the primary runs vCPUs, they give the CPU back
 * (DEN0077A chapter 14). See docs/scheduling.md.
 */
#pragma once

#include "hf/ffa.h"
#include "hf/vm/vm.h"

/** x8-x17 are arguments of a caller that speaks 1.2; is one of them not 0? */
bool ffa_has_extra_arguments(const struct vcpu *current);

/**
 * A receiver of 1.0 does not give its CPU away in the middle of a request: who
 * made it would not know FFA_YIELD as an answer.
 */
static inline bool ffa_may_yield(const struct vcpu *current)
{
	return current->request == REQUEST_NONE ||
	       vm_ffa_version(current->vm) >= FFA_VERSION_1_1;
}

/**
 * FFA_RUN, DEN0077A v1.2 14.1.
 *   in   w0 = 0x8400006d; w1 = VM id << 16 | vCPU index; w2-w7 MBZ;
 *        from a caller of 1.2 x8-x17 MBZ
 *   out  why it stopped: FFA_INTERRUPT, FFA_YIELD, FFA_MSG_WAIT,
 *        HF_FFA_RUN_WAIT_FOR_INTERRUPT, HF_FFA_RUN_WAKE_UP, with w1 = which
 *        a response to a direct request, FFA_MSG_SEND, FFA_RX_RELEASE
 *   err  DENIED: not the primary; INVALID_PARAMETERS: the primary itself, no
 *        such vCPU, x8-x17; BUSY: it is on another CPU, or off; ABORTED: its
 *        VM is. Of a legacy caller INVALID_PARAMETERS: off, or aborted before
 *   locks target's vCPU. From: the primary.
 */
struct vcpu *ffa_run(struct vcpu *current);

/**
 * FFA_YIELD, DEN0077A v1.2 14.2.
 *   in   w0 = 0x8400006c; from 1.1: w1 MBZ, w2 and w3 = timeout in ns, low
 *        and high half, w4-w7 MBZ
 *   out  FFA_SUCCESS, at once to the primary, to others when run again
 *   err  INVALID_PARAMETERS: MBZ; DENIED: a receiver of 1.0 in the middle of a
 *        direct request
 *   locks own vCPU. From: any VM.
 */
struct vcpu *ffa_yield(struct vcpu *current);

/**
 * FFA_MSG_WAIT, DEN0077A v1.2 14.3.
 *   in   w0 = 0x8400006b; from 1.1: w1-w7 MBZ but, from 1.2, w2 bit 0: keep
 *        RX, which is given back otherwise; from 1.2 x8-x17 MBZ
 *   out  FFA_MSG_SEND frame: w1 = sender << 16 | self, w3 = bytes; a direct
 *        request; from 1.1 FFA_RUN: the primary has run it, and FFA_INTERRUPT:
 *        a virtual interrupt is pending; w1 = own vCPU
 *   err  NOT_SUPPORTED: the primary; INVALID_PARAMETERS: MBZ; DENIED: in the
 *        middle of a direct request; INTERRUPTED, 1.0: an interrupt is pending
 *   locks own VM, vCPU. From: secondaries.
 */
struct vcpu *ffa_msg_wait(struct vcpu *current);
