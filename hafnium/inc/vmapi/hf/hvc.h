/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hafnium's own calls: x0 = id, x1-x3 = arguments, x0 = answer; x1-x30 are
 * preserved.
 */
#pragma once

#include "hf/types.h"

/** Virtual interrupt ids of a vCPU: 0 to 63. */
#define HF_NUM_INTIDS 64
/** No virtual interrupt. */
#define HF_INVALID_INTID UINT32_C(0xffffffff)
/** A message is in RX; injected by the primary. */
#define HF_MAILBOX_READABLE_INTID UINT32_C(1)
/** An RX that was waited for is free; injected by the primary. */
#define HF_MAILBOX_WRITABLE_INTID UINT32_C(2)
/** The vCPU's virtual timer has expired. */
#define HF_VIRTUAL_TIMER_INTID UINT32_C(3)

/**
 * HF_MAILBOX_WRITABLE_GET.
 *   out  x0 = id of a VM whose RX has become free for the caller, which waited
 *        for it; each is told once; -1: none
 */
#define HF_MAILBOX_WRITABLE_GET UINT32_C(0xff01)

/**
 * HF_MAILBOX_WAITER_GET, by the primary.
 *   in   x1 = VM id
 *   out  x0 = id of the next VM that waits for that one's RX, which is free;
 *        -1: none
 */
#define HF_MAILBOX_WAITER_GET UINT32_C(0xff02)

/**
 * HF_INTERRUPT_ENABLE, for the calling vCPU.
 *   in   x1 = virtual interrupt id, x2 = 1 to enable, 0 to disable,
 *        x3 = HF_INTERRUPT_TYPE_FIQ to have it as FIQ, else it is an IRQ
 *   out  x0 = 0; -1: no such id
 * A pending one stays pending, whatever it was changed to.
 */
#define HF_INTERRUPT_TYPE_IRQ 0
#define HF_INTERRUPT_TYPE_FIQ 1
#define HF_INTERRUPT_ENABLE UINT32_C(0xff03)

/**
 * HF_INTERRUPT_GET, for the calling vCPU.
 *   out  x0 = lowest id that is enabled and pending, which it is no more;
 *        HF_INVALID_INTID: none
 */
#define HF_INTERRUPT_GET UINT32_C(0xff04)

/**
 * HF_INTERRUPT_INJECT.
 *   in   x1 = VM id, x2 = vCPU index, x3 = virtual interrupt id
 *   out  x0 = 0: done; 1: done, now run that vCPU, or kick it if it runs;
 *        -1: no such VM, vCPU or id, or not the caller's to inject into
 * The primary injects into any VM, a secondary into its own vCPUs.
 */
#define HF_INTERRUPT_INJECT UINT32_C(0xff05)

/**
 * HF_DEBUG_STAGE2, by the primary, in a debug build only.
 *   in   x1 = VM id
 *   out  x0 = VTTBR_EL2 of that VM (Arm ARM, D17.2); -1: no such VM
 */
#define HF_DEBUG_STAGE2 UINT32_C(0xff20)

/**
 * HF_DEBUG_MEMORY, by the primary, in a debug build only.
 *   in   x1 = physical address of 8 bytes in the hypervisor's own memory, where
 *        all page tables are
 *   out  x0 = these bytes; -1: another address, or not aligned
 */
#define HF_DEBUG_MEMORY UINT32_C(0xff21)

/** Answers of FFA_RUN beside FF-A's own; w1 = VM id << 16 | vCPU index. */
/** It waits for an interrupt; w2 = ns until its timer, 0: no limit. */
#define HF_FFA_RUN_WAIT_FOR_INTERRUPT UINT32_C(0xff06)
/**
 * The vCPU in w1 has to be woken; the one that was run goes on. From FF-A 1.1 on
 * the primary gets FFA_INTERRUPT for it, with another vCPU than it has run.
 */
#define HF_FFA_RUN_WAKE_UP UINT32_C(0xff07)
/** As w2: there is no time limit. */
#define HF_SLEEP_INDEFINITE UINT64_C(0)

/**
 * HF_DEBUG_LOG, by HVC and by SMC (with or without bit 30).
 *   in   x1 = character, in bits 7:0
 *   out  x0 = 0
 * Characters are kept per VM until a newline, a NUL or 256 of them, then
 * written as `VM <id>: <text>`, id in hexadecimal.
 */
#define HF_DEBUG_LOG UINT32_C(0xbd000000)

/** Characters of one line. */
#define HF_LOG_LINE_SIZE 256
