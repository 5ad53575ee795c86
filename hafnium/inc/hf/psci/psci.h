/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI 1.1 for VMs (DEN0022). The primary's calls reach the firmware, with
 * our entry points in place of its own; nothing of a secondary's does. Arguments and answer (x0 only) are in
 * the caller's registers; each function returns whom to resume. See
 * docs/psci.md.
 */
#pragma once

#include "hf/psci.h"
#include "hf/vm/vcpu.h"

/** Asks the firmware for its version; without one every call is refused. */
void psci_init(void);

/** `id` is the 32-bit form of x0. */
struct vcpu *psci_call(struct vcpu *current, uint32_t id);

/** Host tests: as before psci_init(). */
void psci_reset(void);
