/* SPDX-License-Identifier: BSD-3-Clause */
/* Indirect messages since 1.1 (DEN0077A v1.2 15.1). See docs/ffa.md. */
#pragma once

#include "hf/vm/vcpu.h"

/**
 * FFA_MSG_SEND2, DEN0077A v1.2 15.1.
 *   in   w0 = 0x84000086; w1, w2 MBZ; in TX: a header of 20 bytes, of 40 from a
 *        caller of 1.2, that names both partitions and where the payload is
 *   out  FFA_SUCCESS; header, with the size that the receiver's version has, and
 *        payload are in the receiver's RX, which is told by a notification
 *   err  INVALID_PARAMETERS: w1, w2, header, no such receiver or UUID; DENIED:
 *        no TX, one of both takes no part in indirect messages, or the
 *        receiver's version is 1.0; BUSY: it has no RX, or that is not empty;
 *        INVALID_PARAMETERS: with the receiver's header it is longer than RX
 *   locks both VMs, the receiver's vCPUs. From: any VM from 1.1 on.
 */
struct vcpu *ffa_msg_send2(struct vcpu *current);
