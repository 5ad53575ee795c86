/* SPDX-License-Identifier: BSD-3-Clause */
/* Arguments of a PSCI call; inside PSCI only. See docs/psci.md. */
#pragma once

#include "hf/smccc.h"
#include "hf/vm/vcpu.h"

/** Argument `n` (x1-x3); those of an SMC32 call are 32 bits wide. */
static inline uint64_t psci_arg(const struct vcpu *current, unsigned int n)
{
	uint64_t value = current->regs.x[n];

	return (current->regs.x[0] & SMCCC_64_BIT) != 0 ? value
							: (uint32_t)value;
}
