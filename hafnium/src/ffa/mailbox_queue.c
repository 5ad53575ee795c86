/* SPDX-License-Identifier: BSD-3-Clause */
/* First in, first out, no id twice. See docs/ffa.md. */
#include "mailbox_queue.h"

void vm_id_queue_add(struct vm_id_queue *queue, uint16_t id)
{
	for (uint16_t i = 0; i < queue->count; i++) {
		if (queue->ids[i] == id) {
			return;
		}
	}
	/* As long as there are VMs: no id twice means always room. */
	queue->ids[queue->count++] = id;
}

uint16_t vm_id_queue_take(struct vm_id_queue *queue)
{
	uint16_t first;

	if (queue->count == 0) {
		return HF_INVALID_VM_ID;
	}
	first = queue->ids[0];
	queue->count--;
	for (uint16_t i = 0; i < queue->count; i++) {
		queue->ids[i] = queue->ids[i + 1];
	}
	return first;
}
