/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Synchronous exceptions of a guest other than calls: decoded, then handled by
 * class. What is not allowed comes back to the guest as an exception; nothing
 * here ends the machine. See docs/exceptions.md.
 */
#include "hf/arch/entry.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"
#include "hf/base/log.h"
#include "hf/dispatch/mmio.h"
#include "hf/dispatch/sysreg.h"
#include "hf/ffa/run.h"
#include "hf/hvc.h"
#include "hf/vm/fault_log.h"
#include "hf/vm/schedule.h"
#include "hf/vm/virq.h"
#include "hf/vm/vm.h"

static const uint8_t access_modes[TRAP_ACCESS_COUNT] = {
	[TRAP_ACCESS_READ] = MM_MODE_R,
	[TRAP_ACCESS_WRITE] = MM_MODE_W,
	[TRAP_ACCESS_EXECUTE] = MM_MODE_X,
};

static const char access_names[TRAP_ACCESS_COUNT][8] = {
	[TRAP_ACCESS_READ] = "read",
	[TRAP_ACCESS_WRITE] = "write",
	[TRAP_ACCESS_EXECUTE] = "execute",
};

/** Is the access allowed by the map as it is now? */
static bool abort_is_stale(struct vcpu *current, const struct trap *trap)
{
	struct vm_locked vm = vm_lock(current->vm);
	bool is_allowed = stage2_allows(&vm.vm->stage2, trap->ipa,
					access_modes[trap->access]);

	vm_unlock(&vm);
	return is_allowed;
}

/**
 * The vector that the abort would be taken to is what could not be executed: a
 * secondary would do nothing else any more. (The primary may repair it.)
 */
static bool is_hopeless(const struct vcpu *current, const struct trap *trap)
{
	return trap->class == TRAP_INSTRUCTION_ABORT &&
	       !vm_is_primary(current->vm) &&
	       current->regs.pc == trap_vector(&current->regs);
}

static void log_abort(const struct vcpu *current, const struct trap *trap)
{
	if (!trap->is_stage2) {
		log_notice("External abort: pc=%#lx, vmid=%#x, vaddr=%#lx",
			   current->regs.pc, current->vm->id,
			   (uint64_t)trap->va.va);
		return;
	}
	log_notice(
		"Stage-2 page fault: pc=%#lx, vmid=%#x, vcpu=%u, "
		"vaddr=%#lx, ipaddr=%#lx, mode=%s",
		current->regs.pc, current->vm->id, current->idx,
		(uint64_t)trap->va.va, trap->ipa.ipa,
		access_names[trap->access]);
}

static struct vcpu *handle_abort(struct vcpu *current, const struct trap *trap)
{
	bool is_logged;

	/*
	 * Another CPU may have changed either stage's map since the access:
	 * then it is made again, and the guest never knows.
	 */
	if (trap->is_gone ||
	    (trap->is_stage2 && abort_is_stale(current, trap))) {
		return current;
	}
	if (mmio_emulate(current, trap)) {
		return current;
	}
	is_logged = fault_log_take(current);
	if (is_logged) {
		log_abort(current, trap);
	}
	if (is_hopeless(current, trap)) {
		log_notice(
			"VM %#x can not run its own exception vector: "
			"aborted.",
			current->vm->id);
		return schedule_abort(current);
	}
	if (is_logged) {
		log_notice("Injecting %s Abort exception into VM%x.",
			   trap->class == TRAP_DATA_ABORT ? "Data"
							  : "Instruction",
			   current->vm->id);
	}
	trap_inject_abort(&current->regs, trap);
	return current;
}

static void log_unknown(const struct vcpu *current, const struct trap *trap)
{
	if (trap->class == TRAP_UNKNOWN) {
		log_notice(
			"Unknown lower sync exception pc=%#lx, esr=%#lx, "
			"ec=%#lx",
			current->regs.pc, trap->esr,
			bits_get(trap->esr, 31, 26));
	}
	log_notice("Injecting Unknown Reason exception into VM%x.",
		   current->vm->id);
}

static struct vcpu *inject_unknown(struct vcpu *current,
				   const struct trap *trap)
{
	if (fault_log_take(current)) {
		log_unknown(current, trap);
	}
	trap_inject_unknown(&current->regs, trap->esr);
	return current;
}

static struct vcpu *handle_sysreg(struct vcpu *current, const struct trap *trap)
{
	if (!sysreg_emulate(current, trap)) {
		return inject_unknown(current, trap);
	}
	return current;
}

/** WFE gives the CPU away; WFI as well, until an interrupt is pending. */
static struct vcpu *handle_wfx(struct vcpu *current, const struct trap *trap)
{
	trap_skip_instruction(&current->regs);
	if (vm_is_primary(current->vm)) {
		return current;
	}
	if (trap->is_wfe) {
		if (!ffa_may_yield(current)) {
			return current;
		}
		return schedule_primary(current, VCPU_READY, FFA_YIELD,
					current->reference);
	}
	if (virq_ends_wait(current)) {
		return current;
	}
	return schedule_blocked(current, VCPU_BLOCKED_INTERRUPT,
				HF_FFA_RUN_WAIT_FOR_INTERRUPT);
}

static struct vcpu *handle(struct vcpu *current, const struct trap *trap)
{
	switch (trap->class) {
	case TRAP_WFX:
		return handle_wfx(current, trap);
	case TRAP_SYSREG:
		return handle_sysreg(current, trap);
	case TRAP_DATA_ABORT:
	case TRAP_INSTRUCTION_ABORT:
		return handle_abort(current, trap);
	case TRAP_UNKNOWN:
	case TRAP_PAUTH:
	case TRAP_CLASS_COUNT:
		break;
	}
	return inject_unknown(current, trap);
}

struct arch_regs *dispatch_lower_sync(struct arch_regs *current, uint64_t esr)
{
	struct trap trap;

	trap_decode(&trap, esr);
	return &handle(vcpu_from_regs(current), &trap)->regs;
}

struct arch_regs *dispatch_lower_serror(struct arch_regs *current, uint64_t esr)
{
	struct vcpu *vcpu = vcpu_from_regs(current);

	/*
	 * Only secondaries' come here (HCR_EL2.AMO). Nothing tells which
	 * access it was, so the VM can not go on; nobody else is concerned.
	 */
	log_notice("SError from VM %#x: pc=%#lx, esr=%#lx", vcpu->vm->id,
		   current->pc, esr);
	if (vm_is_primary(vcpu->vm)) {
		trap_inject_unknown(current, esr);
		return current;
	}
	return &schedule_abort(vcpu)->regs;
}
