/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the function id in w0 to whoever answers. HVC: PSCI, FF-A, our own
 * calls, -1. SMC: PSCI, FF-A, HF_DEBUG_LOG, the filter. See
 * docs/architecture.md, "How a hypercall travels".
 */
#include "hf/arch/entry.h"
#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/setup.h"
#include "hf/hvc.h"
#include "hf/psci/psci.h"
#include "hf/smc/policy.h"
#include "hf/smccc.h"
#include "hf/vm/vm.h"

#define W32 1
#define W64 2

bool ffa_function_is_offered(const struct vm *vm, uint32_t id)
{
	unsigned int width = (id & SMCCC_64_BIT) != 0 ? W64 : W32;
	uint32_t version = vm->ffa_version;

	switch (id & ~SMCCC_64_BIT) {
#define FFA_CALL(call_id, function, since, widths) \
	case call_id:                              \
		return ((widths)&width) != 0 && version >= (since);
#define FFA_RESULT(call_id, since) \
	case call_id:              \
		return width == W32 && version >= (since);
#include "hypercalls.def"
#undef FFA_CALL
#undef FFA_RESULT
	default:
		return false;
	}
}

/** `id` is the 32-bit form of an id of FF-A's range. */
static struct vcpu *call_ffa(struct vcpu *current, uint32_t id)
{
	unsigned int width =
		(current->regs.x[0] & SMCCC_64_BIT) != 0 ? W64 : W32;

	if (id != FFA_VERSION && id != FFA_INTERRUPT) {
		ffa_note_call(current);
	}
	switch (id) {
#define FFA_CALL(call_id, function, since, widths)         \
	case call_id:                                      \
		if (((widths)&width) != 0 &&               \
		    current->vm->ffa_version >= (since)) { \
			return function(current);          \
		}                                          \
		break;
#define FFA_RESULT(call_id, since)
#include "hypercalls.def"
#undef FFA_CALL
#undef FFA_RESULT
	default:
		break;
	}
	return ffa_not_supported(current);
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

/**
 * Calls that HVC and SMC have in common. NULL, and nothing has happened, when
 * `id` (w0 without bit 30) is none of them.
 */
static struct vcpu *call_standard(struct vcpu *current, uint32_t id)
{
	if (id >= FFA_FIRST && id <= FFA_LAST) {
		return call_ffa(current, id);
	}
	if (id >= PSCI_VERSION && id <= PSCI_LAST) {
		return psci_primary_call(current, id);
	}
	/* The 32-bit forms only: these have no other. */
	switch ((uint32_t)current->regs.x[0]) {
	case SMCCC_VERSION:
		current->regs.x[0] = SMCCC_VERSION_1_2;
		return current;
	case SMCCC_ARCH_FEATURES:
		current->regs.x[0] =
			smccc_arch_features((uint32_t)current->regs.x[1]);
		return current;
	default:
		return NULL;
	}
}

struct arch_regs *dispatch_hvc(struct arch_regs *current)
{
	struct vcpu *vcpu = vcpu_from_regs(current);
	uint32_t id = (uint32_t)current->x[0] & ~SMCCC_64_BIT;
	struct vcpu *next = call_standard(vcpu, id);

	if (next != NULL) {
		return &next->regs;
	}
	if ((uint32_t)current->x[0] == HF_DEBUG_LOG) {
		return &debug_log(vcpu)->regs;
	}
	current->x[0] = SMCCC_NOT_SUPPORTED;
	return current;
}

struct arch_regs *dispatch_smc(struct arch_regs *current)
{
	struct vcpu *vcpu = vcpu_from_regs(current);
	uint32_t id = (uint32_t)current->x[0] & ~SMCCC_64_BIT;
	struct vcpu *next = call_standard(vcpu, id);

	if (next != NULL) {
		return &next->regs;
	}
	/* HF_DEBUG_LOG is a 32-bit fast call; bit 30 is ignored here. */
	if (id == (HF_DEBUG_LOG & ~SMCCC_64_BIT)) {
		return &debug_log(vcpu)->regs;
	}
	return &smc_forward(vcpu)->regs;
}
