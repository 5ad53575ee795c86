/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual timer of a secondary's vCPU, while nothing in hardware counts for
 * it. See docs/interrupts.md.
 */
#pragma once

#include "hf/arch/timer.h"
#include "hf/vm/vcpu.h"

/** Enabled and not masked? */
bool vtimer_is_armed(struct arch_vtimer timer);

/** Until it expires, rounded down; 0: it has. Of an armed one. */
uint64_t vtimer_remaining_ns(struct arch_vtimer timer);

/**
 * Before `vcpu`, which does not run, is entered: an armed timer that has
 * expired becomes virtual interrupt 3, once (IMASK is set). True when it did:
 * that ends a wait, even if the interrupt is not enabled.
 */
bool vtimer_deliver(struct vcpu_locked vcpu);
