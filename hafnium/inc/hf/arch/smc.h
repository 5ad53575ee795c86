/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls to the firmware at EL3 (SMCCC 1.1 and later: x0-x7, or x0-x17).
 */
#pragma once

#include "hf/smccc.h"

/** x0-x7 to EL3 and back. */
struct smccc_value arch_smc(struct smccc_value args);

/** Up to three arguments, x0 of the answer. */
uint64_t arch_smc_call(uint32_t id, uint64_t arg1, uint64_t arg2,
		       uint64_t arg3);
