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
#include "hf/vm/vm_set.h"
#include "hf/vm/vtimer.h"

uint32_t vcpu_reference_of(const struct vcpu *vcpu)
{
	return vcpu_reference(vcpu->vm->id, vcpu->idx);
}

static void set_result(struct arch_regs *regs, struct run_result result)
{
	regs->x[0] = result.func;
	regs->x[1] = result.w1;
	regs->x[2] = result.w2;
	regs->x[3] = result.w3;
	for (unsigned int i = 4; i < 8; i++) {
		regs->x[i] = 0;
	}
}

struct vcpu *schedule_away(struct vcpu *current, enum vcpu_state state)
{
	struct vcpu_locked locked = vcpu_lock(current);

	vcpu_set_state(locked, state);
	vcpu_unlock(&locked);
	return current->cpu->primary_vcpu;
}

struct vcpu *schedule_primary(struct vcpu *current, enum vcpu_state state,
			      struct run_result result)
{
	struct vcpu *next = schedule_away(current, state);

	set_result(&next->regs, result);
	return next;
}

struct vcpu *schedule_blocked(struct vcpu *current, enum vcpu_state state,
			      uint64_t func)
{
	struct arch_vtimer timer = arch_vtimer_live();
	struct run_result result = {
		.func = func,
		.w1 = vcpu_reference_of(current),
		.w2 = HF_SLEEP_INDEFINITE,
	};

	if (vtimer_is_armed(timer)) {
		result.w2 = vtimer_remaining_ns(timer);
		if (result.w2 == 0) {
			result.func = FFA_INTERRUPT;
		}
	}
	return schedule_primary(current, state, result);
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
	next->regs.is_live = 1;
	vcpu_set_state(target, VCPU_RUNNING);
	return next;
}

struct vcpu *schedule_abort(struct vcpu *current)
{
	current->vm->is_aborting = true;
	return schedule_primary(current, VCPU_ABORTED,
				(struct run_result){
					.func = FFA_ERROR,
					.w2 = (uint32_t)FFA_ABORTED,
				});
}
