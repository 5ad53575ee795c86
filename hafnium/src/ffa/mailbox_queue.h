/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues of VM ids, and the word that RX is free; inside FF-A only. */
#pragma once

#include "hf/vm/vm.h"

/** To the end; nothing when it is in there. */
void vm_id_queue_add(struct vm_id_queue *queue, uint16_t id);

/** From the front; NO_VM_ID when empty: what a VM is answered then. */
#define NO_VM_ID UINT64_MAX
uint64_t vm_id_queue_take(struct vm_id_queue *queue);

/**
 * FFA_SUCCESS to `current`, whose RX became free; when `waiters` wait for that,
 * the primary learns of it. Less than 0: a code, refused.
 */
struct vcpu *mailbox_tell_waiters(struct vcpu *current, int32_t waiters);
