/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notifications (DEN0077A v1.2 chapter 10 and 16). All need 1.1 and a partition
 * that takes part in them: others get NOT_SUPPORTED. See docs/ffa.md.
 */
#pragma once

#include "hf/vm/vm.h"

/** Virtual interrupt of a receiver: something is pending. FFA_FEATURES 1. */
#define NOTIFICATION_PENDING_INTID 5
/** SGI of the primary: somebody has to be run. FFA_FEATURES 2. */
#define NOTIFICATION_SCHEDULE_INTID 8

/**
 * FFA_NOTIFICATION_BITMAP_CREATE, DEN0077A v1.2 16.1.
 *   in   w0 = 0x8400007d; w1 = the caller's id; w2 = its vCPUs
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: another id, more vCPUs than it has or none;
 *        DENIED: was made before
 * Everybody has bitmaps from the beginning. This call is for a primary that is
 * used to firmware where it is needed.
 *   locks VM. From: the primary.
 */
struct vcpu *ffa_notification_bitmap_create(struct vcpu *current);

/**
 * FFA_NOTIFICATION_BITMAP_DESTROY, DEN0077A v1.2 16.2.
 *   in   w0 = 0x8400007e; w1 = the caller's id
 *   out  FFA_SUCCESS: nothing is bound any more
 *   err  INVALID_PARAMETERS: another id; DENIED: was not made, or something is
 *        pending
 *   locks VM. From: the primary.
 */
struct vcpu *ffa_notification_bitmap_destroy(struct vcpu *current);

/**
 * FFA_NOTIFICATION_BIND, DEN0077A v1.2 16.3.
 *   in   w0 = 0x8400007f; w1 = sender << 16 | caller; w2 bit 0: for one vCPU
 *        each time, others MBZ; w3, w4 = bitmap
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: w1, w2, no bit; DENIED: one is bound already
 *   locks VM. From: any VM.
 */
struct vcpu *ffa_notification_bind(struct vcpu *current);

/**
 * FFA_NOTIFICATION_UNBIND, DEN0077A v1.2 16.4.
 *   in   w0 = 0x84000080; w1, w3, w4 as above; w2 MBZ
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: w1, w2, no bit; DENIED: one is not bound to that
 *        sender, or pending
 *   locks VM. From: any VM.
 */
struct vcpu *ffa_notification_unbind(struct vcpu *current);

/**
 * FFA_NOTIFICATION_SET, DEN0077A v1.2 16.5.
 *   in   w0 = 0x84000081; w1 = caller << 16 | receiver; w2 bit 0: for the vCPU
 *        in 31:16, which is 0 otherwise; 15:1 MBZ; w3, w4 = bitmap
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: w1, w2, no bit, bound in the other way; DENIED: one
 *        is not bound to the caller, or the receiver takes no notifications
 *   locks receiver, its vCPUs. From: any VM.
 */
struct vcpu *ffa_notification_set(struct vcpu *current);

/**
 * FFA_NOTIFICATION_GET, DEN0077A v1.2 16.6.
 *   in   w0 = 0x84000082; w1 = vCPU << 16 | caller; w2 = whose: bit 0 secure
 *        partitions, 1 VMs, 2 SPM, 3 hypervisor, others MBZ
 *   out  FFA_SUCCESS; w2, w3 = 0; w4, w5 = of VMs: global ones and those of that
 *        vCPU; w6 = 0; w7 = of the hypervisor, bit 0: RX is full. These are not
 *        pending any more
 *   err  INVALID_PARAMETERS: w1, w2
 *   locks VM, its vCPUs. From: any VM.
 */
struct vcpu *ffa_notification_get(struct vcpu *current);

/**
 * FFA_NOTIFICATION_INFO_GET, DEN0077A v1.2 16.7.
 *   in   w0 = 0xc4000083
 *   out  FFA_SUCCESS_64; x2 bit 0: there is more; 11:7 = number of lists; 13:12,
 *        15:14 … = vCPUs in each; x3-x7: 16-bit ids, for each list that of the
 *        VM and of up to three vCPUs. Without a vCPU: global ones
 *   err  NO_DATA: nothing that was not told before
 *   locks VMs, one at a time. From: the primary.
 */
struct vcpu *ffa_notification_info_get(struct vcpu *current);

/** What other VMs have set and `vm`, which is locked, has not got. */
uint64_t notification_pending(const struct vm *vm);

/** A message has come: for the receiver and for who schedules it. */
void notification_rx_full(struct vm_locked receiver);

/** RX has been unmapped: what was in it is gone. */
void notification_rx_forget(struct vm_locked vm);

/** It was not fetched by FFA_NOTIFICATION_GET: RX cannot be given back yet. */
static inline bool notification_rx_is_pending(const struct vm *vm)
{
	return vm->notifications.rx_full.pending != 0;
}

/** FFA_FEATURES: the interrupt of a feature id; 0: not offered to `vm`. */
uint32_t notification_feature(const struct vm *vm, uint32_t feature_id);
