/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A scheduling calls: the primary runs vCPUs, they give the CPU back
 * (DEN0077A chapter 14). See docs/scheduling.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/**
 * FFA_RUN, DEN0077A v1.2 14.1.
 *   in   w0 = 0x8400006d; w1 = VM id << 16 | vCPU index; w2-w7 MBZ;
 *        from a caller of 1.2 x8-x17 MBZ
 *   out  why it stopped: FFA_INTERRUPT, FFA_YIELD, FFA_MSG_WAIT,
 *        HF_FFA_RUN_WAIT_FOR_INTERRUPT, HF_FFA_RUN_WAKE_UP, with w1 = which
 *   err  DENIED: not the primary; INVALID_PARAMETERS: the primary itself, no
 *        such vCPU, off or aborted; BUSY: it is on another CPU; ABORTED: its
 *        VM is
 *   locks target's vCPU. From: the primary.
 */
struct vcpu *ffa_run(struct vcpu *current);

/**
 * FFA_YIELD, DEN0077A v1.2 14.2.
 *   in   w0 = 0x8400006c; from 1.1: w1 MBZ, w2 and w3 = timeout in ns, low
 *        and high half, w4-w7 MBZ
 *   out  FFA_SUCCESS, at once to the primary, to others when run again
 *   err  INVALID_PARAMETERS: MBZ
 *   locks own vCPU. From: any VM.
 */
struct vcpu *ffa_yield(struct vcpu *current);

/**
 * FFA_MSG_WAIT, DEN0077A v1.2 14.3.
 *   in   w0 = 0x8400006b; from a caller of 1.2 x8-x17 MBZ
 *   out  FFA_MSG_SEND frame: w1 = sender << 16 | self, w3 = bytes
 *   err  NOT_SUPPORTED: the primary; INVALID_PARAMETERS: x8-x17;
 *        INTERRUPTED: an interrupt is pending
 *   locks own vCPU. From: secondaries.
 */
struct vcpu *ffa_msg_wait(struct vcpu *current);
