/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI 1.1 of secondary VMs: nothing of it reaches the firmware. A vCPU is
 * named by its index as MPIDR. Inside PSCI only. See docs/psci.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/** What a call comes with in x1 to x3. */
struct psci_arguments {
	uint64_t x1;
	uint64_t x2;
	uint64_t x3;
};

/** Any but those that all VMs have in common; the answer is x0. */
struct vcpu *psci_emulate(struct vcpu *current, uint32_t id,
			  const struct psci_arguments *arguments);
