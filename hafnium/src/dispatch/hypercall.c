/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the function id in w0 to whoever answers. HVC: PSCI, FF-A, our own
 * calls, -1. SMC: PSCI, FF-A, HF_DEBUG_LOG, the filter. See
 * docs/architecture.md, "How a hypercall travels".
 */
#include "hf/arch/entry.h"
#include "hf/base/log.h"
#include "hf/dispatch/call_names.h"
#include "hf/dispatch/subsystems.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/function.h"
#include "hf/hvc.h"
#include "hf/smccc.h"

/* Words of the table. */
#define V1_0 FFA_VERSION_1_0
#define V1_1 FFA_VERSION_1_1
#define V1_2 FFA_VERSION_1_2
#define W32 FORM_32
#define W64 FORM_64
#define NONE 0U
#define ANYBODY 0U
#define PLAIN INTERFACE_PLAIN

/** Offered to every VM: that needs no look at it. */
#define IS_FOR_ALL(since, until, needs) \
	((since) == V1_0 && (until) == V1_2 && (needs) == ANYBODY)

/** The same for the form of its id. */
#define HAS_FORM(forms, id) \
	((forms) == (W32 | W64) || ((forms)&ffa_form_of(id)) != 0)

struct ffa_function ffa_function_of(uint32_t id)
{
	static const struct ffa_function functions[] = {
#define FFA_CALL(id, function, since, until, forms, legacy, needs, interface) \
	[(id)-FFA_FIRST] =                                                    \
		FFA_FUNCTION(since, until, forms, legacy, needs, interface),
#define FFA_RESULT(id, forms, legacy) \
	[(id)-FFA_FIRST] =            \
		FFA_FUNCTION(V1_0, V1_2, forms, legacy, ANYBODY, PLAIN),
#define HVC_CALL(id, function)
#include "hypercalls.def"
#undef FFA_CALL
#undef FFA_RESULT
#undef HVC_CALL
	};
	uint32_t idx = (id & ~SMCCC_64_BIT) - FFA_FIRST;

	return idx < ARRAY_SIZE(functions) ? functions[idx]
					   : (struct ffa_function){0};
}

static bool is_ffa(uint32_t id)
{
	return (id & ~SMCCC_64_BIT) - FFA_FIRST <= FFA_LAST - FFA_FIRST;
}

/** Any FF-A call but FFA_VERSION; FFA_INTERRUPT is a result and no call. */
static bool fixes_version(uint32_t id)
{
	uint32_t call_id = id & ~SMCCC_64_BIT;

	return is_ffa(id) && call_id != FFA_VERSION && call_id != FFA_INTERRUPT;
}

static uint64_t smccc_arch_features(uint32_t asked)
{
	return asked == SMCCC_VERSION || asked == SMCCC_ARCH_FEATURES
		       ? 0
		       : SMCCC_NOT_SUPPORTED;
}

/** Kept out of the way of calls that need no stack. */
never_inline static struct vcpu *debug_log(struct vcpu *current)
{
	struct vm_locked vm = vm_lock(current->vm);

	vm_log_char(vm, (char)current->regs.x[1]);
	vm_unlock(&vm);
	current->regs.x[0] = 0;
	return current;
}

/** An SMC that HVC does not have. */
never_inline static struct vcpu *call_other_smc(struct vcpu *current,
						uint32_t id)
{
	/* HF_DEBUG_LOG is a 32-bit fast call; bit 30 is ignored here. */
	return (id & ~SMCCC_64_BIT) == (HF_DEBUG_LOG & ~SMCCC_64_BIT)
		       ? debug_log(current)
		       : smc_forward(current);
}

/** What HVC and SMC have in common; FF-A that is not ours is of HVC only. */
never_inline static struct vcpu *call_standard(struct vcpu *current,
					       uint32_t id, bool is_smc)
{
	uint32_t psci_id = id & ~SMCCC_64_BIT;

	if (psci_id >= PSCI_VERSION && psci_id <= PSCI_LAST) {
		return psci_call(current, psci_id);
	}
	/* The 32-bit forms only: these have no other. */
	if (id == SMCCC_VERSION) {
		current->regs.x[0] = SMCCC_VERSION_1_2;
		return current;
	}
	if (id == SMCCC_ARCH_FEATURES) {
		current->regs.x[0] =
			smccc_arch_features((uint32_t)current->regs.x[1]);
		return current;
	}
	if (is_smc) {
		return call_other_smc(current, id);
	}
	if (is_ffa(id)) {
		return ffa_not_supported(current);
	}
	current->regs.x[0] = SMCCC_NOT_SUPPORTED;
	return current;
}

/** Bit 31 is what all the standard calls have, and ours have not. */
static bool may_be_standard(uint32_t id)
{
	return (id & SMCCC_FAST_CALL) != 0;
}

/** An HVC that is no FF-A function of ours. */
never_inline static struct vcpu *call_other_hvc(struct vcpu *current,
						uint32_t id)
{
	switch (id) {
	case HF_DEBUG_LOG:
		return debug_log(current);
#define FFA_CALL(call_id, function, since, until, forms, legacy, needs, \
		 interface)
#define FFA_RESULT(call_id, forms, legacy)
#define HVC_CALL(call_id, function) \
	case call_id:               \
		return function(current);
#include "hypercalls.def"
#undef FFA_CALL
#undef FFA_RESULT
#undef HVC_CALL
	default:
		break;
	}
	if (may_be_standard(id)) {
		return call_standard(current, id, false);
	}
	if (arch_is_debug_build() && debug_call(current, id)) {
		return current;
	}
	current->regs.x[0] = SMCCC_NOT_SUPPORTED;
	return current;
}

/* By since and until of a row: what is for all has no case. */
#define CASE_V1_0_V1_2(call_id, function, needs) \
	static_assert((needs) == ANYBODY, "newer than V1_0");
#define CASE_V1_0_V1_0(call_id, function, needs) \
	case call_id:                            \
		return function(current);
#define CASE_V1_1_V1_2 CASE_V1_0_V1_0
#define CASE_V1_2_V1_2 CASE_V1_0_V1_0

/** A function that not every VM is offered, for one that is; 0: it is not. */
never_inline static struct vcpu *call_limited(struct vcpu *current, uint32_t id)
{
	switch (id & ~SMCCC_64_BIT) {
#define FFA_CALL(call_id, function, since, until, forms, legacy, needs, \
		 interface)                                             \
	CASE_##since##_##until(call_id, function, needs)
#define FFA_RESULT(call_id, forms, legacy)
#define HVC_CALL(call_id, function)
#include "hypercalls.def"
#undef FFA_CALL
#undef FFA_RESULT
#undef HVC_CALL
	default:
		return ffa_not_supported(current);
	}
}

/** The same, for any VM. */
never_inline static struct vcpu *call_if_offered(struct vcpu *current,
						 uint32_t id)
{
	struct ffa_function function = ffa_function_of(id);
	bool is_offered =
		ffa_is_offered(current->vm, id, function, function.packed);

	return call_limited(current, is_offered ? id : 0);
}

/*
 * FF-A first and by one table. Each case ends in a call that returns for us:
 * the compiler makes it a jump, and no frame is needed on the way.
 */
struct arch_regs *dispatch_hvc(struct arch_regs *current)
{
	struct vcpu *vcpu = vcpu_from_regs(current);
	uint32_t id = (uint32_t)current->x[0];

	if (is_ffa(id)) {
		log_verbose("VM %#x vCPU %u: %s (%#x)", vcpu->vm->id, vcpu->idx,
			    call_name(id), id);
	}
	/* Looked at first: a store for each call would move the line about. */
	if (unlikely(!vm_ffa_version_is_locked(vcpu->vm)) &&
	    fixes_version(id)) {
		store_relaxed(&vcpu->vm->ffa_version_is_locked, true);
	}
	switch (id & ~SMCCC_64_BIT) {
#define FFA_CALL(call_id, function, since, until, forms, legacy, needs, \
		 interface)                                             \
	case call_id:                                                   \
		if (!IS_FOR_ALL(since, until, needs)) {                 \
			return vcpu_regs(call_if_offered(vcpu, id));    \
		}                                                       \
		if (HAS_FORM(forms, id)) {                              \
			return vcpu_regs(function(vcpu));               \
		}                                                       \
		break;
#define FFA_RESULT(call_id, forms, legacy)
#define HVC_CALL(call_id, function)
#include "hypercalls.def"
#undef FFA_CALL
#undef FFA_RESULT
#undef HVC_CALL
	case FFA_INTERRUPT:
		/* A result; no call that would fix the version. */
		return vcpu_regs(ffa_refuse(vcpu, id == FFA_INTERRUPT
							  ? FFA_DENIED
							  : FFA_NOT_SUPPORTED));
	default:
		return vcpu_regs(call_other_hvc(vcpu, id));
	}
	return vcpu_regs(ffa_not_supported(vcpu));
}

struct arch_regs *dispatch_smc(struct arch_regs *current)
{
	struct vcpu *vcpu = vcpu_from_regs(current);
	uint32_t id = (uint32_t)current->x[0];

	if (is_ffa(id)) {
		return dispatch_hvc(current);
	}
	return vcpu_regs(call_standard(vcpu, id, true));
}
