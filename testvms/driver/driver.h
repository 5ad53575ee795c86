/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A scheduler of the kind that Linux has as a module for this hypervisor, of the
 * time when there was FF-A 1.0 only: a thread for each vCPU calls FFA_RUN and
 * does what the frame says. Threads here are records that any CPU may take.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hf/types.h"

#define DRIVER_MAX_VMS 4
#define DRIVER_MAX_THREADS 8

/** A message for the primary, copied out of RX. */
struct driver_message {
	uint64_t size;
	uint8_t bytes[HF_PAGE_SIZE];
};

/** What the driver did for a VM, in number. */
struct driver_counts {
	unsigned int interrupts; /* FFA_INTERRUPT frames */
	unsigned int delivered;	 /* messages of others that were announced */
	unsigned int injected;	 /* because none of its vCPUs waited for one */
	unsigned int told;	 /* that an RX is free which it waits for */
	unsigned int woken;	 /* vCPUs, by a wake-up frame */
	unsigned int timers;	 /* sleeps that its timer ended */
	unsigned int aborted;	 /* FFA_ERROR frames with ABORTED */
};

/** RX and TX, who there is, threads: all of them asleep. */
void driver_load(void);

/** Number of secondaries, and of all their vCPUs. */
unsigned int driver_vm_count(void);
unsigned int driver_thread_count(void);

/** Wake the thread; kick it when it runs. */
void driver_wake(uint16_t vm, uint16_t vcpu);

/** A message of this VM, in TX. */
void driver_send(uint16_t vm, uint64_t size);

/** Give RX back, and tell whoever waits for it. */
void driver_release_rx(void);

/** Run threads on this CPU until `is_done`; false: all sleep for ever. */
bool driver_run_until(bool (*is_done)(void));

/** The last message of that VM; it has not been read before. */
bool driver_has_message(uint16_t vm);
const struct driver_message *driver_take_message(uint16_t vm);

const struct driver_counts *driver_counts(uint16_t vm);

/** Does it wait for FFA_RUN to be of use? */
bool driver_sleeps(uint16_t vm, uint16_t vcpu);
