/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notifications that a VM can receive, as part of struct vm: 64 bits from other
 * VMs, each bound to one of them or to none, and those of the hypervisor. All
 * guarded by the VM's lock; ffa/notification.c has the rules. See docs/ffa.md.
 */
#pragma once

#include "hf/base/limits.h"

#define NOTIFICATION_COUNT 64

/** What is pending, and what the primary has been told of it. */
struct notification_bits {
	uint64_t pending;
	uint64_t reported;
};

struct vm_notifications {
	uint64_t bound;
	uint64_t per_vcpu; /* of these: for one vCPU each time */
	uint16_t senders[NOTIFICATION_COUNT];

	struct notification_bits global;
	struct notification_bits vcpus[MAX_CPUS];
	/* a message has come to RX; bit 0 */
	struct notification_bits rx_full;

	/* FFA_NOTIFICATION_BITMAP_CREATE, of the primary; read without the lock */
	_Atomic uint32_t is_created;
};
