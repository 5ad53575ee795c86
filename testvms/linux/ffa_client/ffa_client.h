/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of the mainline FF-A driver: it runs the vCPU of its peer, the VM
 * testvms/ffa_peer, and checks each of the driver's operations with it.
 */
#pragma once

#include <linux/arm_ffa.h>
#include <linux/types.h>

/** Run vCPU 0 of `vm_id` in a thread of its own until it waits for a message. */
int vcpu_run_until_wait(u16 vm_id);

/** The hypervisor's timer interrupts this kernel while a secondary runs. */
int vcpu_timer_enable(void);
void vcpu_timer_disable(void);

/** One line for each check; 0 if all passed. */
int check_all(struct ffa_device *dev);
