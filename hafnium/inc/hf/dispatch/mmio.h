/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages of devices of which a VM gets at some registers only: they are not
 * mapped, its accesses come here. See docs/interrupts.md.
 */
#pragma once

#include "hf/arch/trap.h"
#include "hf/vm/vcpu.h"

/**
 * Carry out the data abort `trap` as an access to an emulated page, and step
 * over the instruction. False, and nothing has changed: there is none at that
 * address, or the access is of a kind that it does not take.
 */
must_check bool mmio_emulate(struct vcpu *current, const struct trap *trap);
