/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI 1.1 of secondary VMs: nothing of it reaches the firmware. A vCPU is
 * named by its index as MPIDR. See docs/psci.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/** `id` is the 32-bit form of x0; the answer is x0. */
struct vcpu *psci_secondary_call(struct vcpu *current, uint32_t id);
