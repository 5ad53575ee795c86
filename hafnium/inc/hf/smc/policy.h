/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which SMCs a VM may have carried out by the firmware: those that its
 * manifest lists, and no others. See docs/security.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/**
 * An SMC that nobody here answers. Listed: passed to EL3 with the caller's id
 * in bits 15:0 of w7 (client id, SMCCC 1.1), x0-x7 come back. Not listed:
 * x0 = -1, x1-x7 as they were, and a line in the log.
 */
struct vcpu *smc_forward(struct vcpu *current);
