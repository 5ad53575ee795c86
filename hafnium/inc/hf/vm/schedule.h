/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the primary to a vCPU that it runs, and back with the reason: the only
 * code that changes who runs on a CPU. See docs/scheduling.md.
 */
#pragma once

#include "hf/arch/timer.h"
#include "hf/vm/vm.h"

/**
 * Leave `current`, a secondary's vCPU, in `state`, for the primary's vCPU of
 * this CPU. Which to resume: that one; what it is told is up to the caller.
 */
struct vcpu *schedule_away(struct vcpu *current, enum vcpu_state state);

/**
 * The same, and its FFA_RUN returns `func`, `w1`, and 0 in w2-w7. Who has more
 * to say writes it there.
 */
struct vcpu *schedule_primary(struct vcpu *current, enum vcpu_state state,
			      uint64_t func, uint64_t w1);

/**
 * `current` goes on later; the primary is told that `target` can run now, too:
 * HF_FFA_RUN_WAKE_UP, or from 1.1 on FFA_INTERRUPT, with that vCPU.
 */
struct vcpu *schedule_wake(struct vcpu *current, const struct vcpu *target);

/** What the primary is told of who waits: why, and for how long. */
struct schedule_wait {
	uint64_t func;
	uint64_t ns;
};

/** `func` until `timer` expires; when it has, FFA_INTERRUPT and 0. */
struct schedule_wait schedule_wait(struct arch_vtimer timer, uint64_t func);

/**
 * Wait until an interrupt, its timer, or what `func` waits for:
 * FFA_MSG_WAIT or HF_FFA_RUN_WAIT_FOR_INTERRUPT. The primary is told for how
 * long; a timer that has expired already makes it FFA_INTERRUPT.
 */
struct vcpu *schedule_blocked(struct vcpu *current, enum vcpu_state state,
			      uint64_t func);

/**
 * Enter `target` on the CPU of `current`, which is the primary's. `target` is
 * locked and may run: READY or blocked, and not live elsewhere.
 */
struct vcpu *schedule_secondary(struct vcpu *current,
				struct vcpu_locked target);

/** The VM is done with: this vCPU now, the others at their next FFA_RUN. */
struct vcpu *schedule_abort(struct vcpu *current);
