/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory management of FF-A (DEN0140): a VM gives pages to another one, for
 * good, alone or together. Arguments and answers are in the caller's registers
 * and in its TX and RX; each function answers w0-w7 and returns whom to resume.
 * See docs/ffa.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/vm/vcpu.h"

/** Memory for ranges of pages, RANGE_PAGES or fewer. Once, at boot. */
void memory_init(struct pa_range pages);

/**
 * FFA_MEM_DONATE, FFA_MEM_LEND, FFA_MEM_SHARE, DEN0140 2.1-2.3.
 *   in   w0 = 0x84000071-3 or 0xc4000071-3; w1 = bytes of the descriptor, w2 =
 *        of its first fragment, which is in TX; x3 = 0, w4 = 0
 *   out  FFA_SUCCESS: w2, w3 = handle; FFA_MEM_FRAG_RX if more is to come
 *   err  INVALID_PARAMETERS, DENIED: docs/ffa.md has the order; NO_MEMORY: for
 *        transactions, ranges or tables
 *   locks VM, transactions, stage 1. From: any VM.
 */
struct vcpu *ffa_mem_donate(struct vcpu *current);
struct vcpu *ffa_mem_lend(struct vcpu *current);
struct vcpu *ffa_mem_share(struct vcpu *current);

/**
 * FFA_MEM_RETRIEVE_REQ, DEN0140 2.4.
 *   in   w0 = 0x84000074 or 0xc4000074; w1 = w2 = bytes of the request in TX;
 *        x3 = 0, w4 = 0
 *   out  FFA_MEM_RETRIEVE_RESP: w1 = bytes of the descriptor, w2 = of those that
 *        are in RX, which is the caller's now
 *   err  BUSY: RX; INVALID_PARAMETERS, DENIED, NO_MEMORY
 *   locks both VMs. From: the receiver.
 */
struct vcpu *ffa_mem_retrieve_req(struct vcpu *current);

/**
 * FFA_MEM_RELINQUISH, DEN0140 2.6.
 *   in   w0 = 0x84000076; TX has the handle, flags, and the caller's id
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS, DENIED; NO_MEMORY: to clear it
 *   locks both VMs. From: who has retrieved it.
 */
struct vcpu *ffa_mem_relinquish(struct vcpu *current);

/**
 * FFA_MEM_RECLAIM, DEN0140 2.7.
 *   in   w0 = 0x84000077; w1, w2 = handle; w3 bit 0: clear
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: it is no handle of the caller's; DENIED: another
 *        VM has it; NO_MEMORY: to clear it
 *   locks both VMs. From: the sender.
 */
struct vcpu *ffa_mem_reclaim(struct vcpu *current);

/**
 * FFA_MEM_FRAG_TX, DEN0140 2.9.
 *   in   w0 = 0x8400007b; w1, w2 = handle; w3 = bytes of ranges in TX; w4 MBZ
 *   out  FFA_MEM_FRAG_RX: w1, w2 = handle, w3 = bytes that have come;
 *        FFA_SUCCESS: w2, w3 = handle, that was all
 *   err  INVALID_PARAMETERS, DENIED, NO_MEMORY: as of the call that began it
 *   locks both VMs. From: the sender.
 */
struct vcpu *ffa_mem_frag_tx(struct vcpu *current);

/**
 * FFA_MEM_FRAG_RX, DEN0140 2.8.
 *   in   w0 = 0x8400007a; w1, w2 = handle; w3 = bytes that were received; w4
 *        MBZ
 *   out  FFA_MEM_FRAG_TX: w1, w2 = handle, w3 = bytes of ranges in RX
 *   err  BUSY: RX; INVALID_PARAMETERS
 *   locks both VMs. From: the receiver.
 */
struct vcpu *ffa_mem_frag_rx(struct vcpu *current);
