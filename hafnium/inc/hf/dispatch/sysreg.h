/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trapped system registers: emulated, hidden or refused, by one table. See
 * docs/exceptions.md.
 */
#pragma once

#include "hf/arch/trap.h"
#include "hf/vm/vcpu.h"

/**
 * Carry out the access in `trap` and step over the instruction. False, and
 * nothing has changed, when the VM may not make it.
 */
must_check bool sysreg_emulate(struct vcpu *current, const struct trap *trap);
