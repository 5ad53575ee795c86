/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who runs on a CPU. States change here under the vCPU's lock; registers change
 * in the entry code, after the handler has returned. `is_live` bridges the two:
 * it is set before a vCPU may be entered and cleared when all of its registers
 * are back in memory, so nobody enters it elsewhere meanwhile. See
 * docs/scheduling.md.
 */
#include "hf/vm/schedule.h"

#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/vm/cpu.h"
#include "hf/vm/virq.h"
#include "hf/vm/vtimer.h"

struct vcpu *schedule_away(struct vcpu *current, enum vcpu_state state)
{
	struct vcpu_locked locked = vcpu_lock(current);

	vcpu_set_state(locked, state);
	vcpu_unlock(&locked);
	return current->cpu->primary_vcpu;
}

struct vcpu *schedule_primary(struct vcpu *current, enum vcpu_state state,
			      uint64_t func, uint64_t w1)
{
	struct vcpu *next = schedule_away(current, state);

	next->regs.x[0] = func;
	next->regs.x[1] = w1;
	for (unsigned int i = 2; i < 8; i++) {
		next->regs.x[i] = 0;
	}
	return next;
}

struct vcpu *schedule_wake(struct vcpu *current, const struct vcpu *target)
{
	const struct vm *primary = current->cpu->primary_vcpu->vm;

	return schedule_primary(current, VCPU_READY,
				vm_ffa_version(primary) >= FFA_VERSION_1_1
					? FFA_INTERRUPT
					: HF_FFA_RUN_WAKE_UP,
				target->reference);
}

never_inline struct schedule_wait schedule_wait(struct arch_vtimer timer,
						uint64_t func)
{
	struct schedule_wait wait = {func, HF_SLEEP_INDEFINITE};

	if (vtimer_is_armed(timer)) {
		wait.ns = vtimer_remaining_ns(timer);
		wait.func = wait.ns == 0 ? FFA_INTERRUPT : func;
	}
	return wait;
}

struct vcpu *schedule_blocked(struct vcpu *current, enum vcpu_state state,
			      uint64_t func)
{
	struct schedule_wait wait = schedule_wait(arch_vtimer_live(), func);
	struct vcpu *next =
		schedule_primary(current, state, wait.func, current->reference);

	next->regs.x[2] = wait.ns;
	return next;
}

struct vcpu *schedule_secondary(struct vcpu *current, struct vcpu_locked target)
{
	struct vcpu *next = target.vcpu;
	struct cpu *cpu = current->cpu;
	uint16_t *last = &next->vm->last_vcpu[cpu->idx];

	if (*last != next->idx) {
		/* Another one's stage 1 may be in this CPU's TLB. */
		next->regs.has_stale_tlb = *last != NO_VCPU;
		*last = next->idx;
	}
	next->cpu = cpu;
	/* Whoever else looks does so under the lock. */
	atomic_store_explicit(&next->regs.is_live, 1, memory_order_relaxed);
	vcpu_set_state(target, VCPU_RUNNING);
	return next;
}

never_inline struct vcpu *schedule_abort(struct vcpu *current)
{
	struct vcpu *next;

	store_relaxed(&current->vm->is_aborting, true);
	next = schedule_primary(current, VCPU_ABORTED, FFA_ERROR, 0);
	next->regs.x[2] = (uint32_t)FFA_ABORTED;
	return next;
}
