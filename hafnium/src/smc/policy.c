/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SMC filter: refuse what is not listed. See docs/security.md.
 */
#include "hf/smc/policy.h"

#include "hf/arch/smc.h"
#include "hf/base/bits.h"
#include "hf/base/log.h"
#include "hf/smccc.h"
#include "hf/vm/vm.h"

#define CLIENT_ID_MASK BITS(15, 0)

static bool is_listed(const struct vm_smc_whitelist *list, uint32_t id)
{
	for (uint16_t i = 0; i < list->count; i++) {
		if (list->ids[i] == id) {
			return true;
		}
	}
	return false;
}

static void forward(struct arch_regs *regs, uint16_t vm_id)
{
	uint64_t own_x7 = regs->x[7];
	uint64_t sent_x7 = (own_x7 & ~CLIENT_ID_MASK) | vm_id;
	struct smccc_value value;

	for (unsigned int i = 0; i < 7; i++) {
		value.x[i] = regs->x[i];
	}
	value.x[7] = sent_x7;
	value = arch_smc(value);

	/* The client id is between us and EL3: not for the caller to see. */
	if (value.x[7] == sent_x7) {
		value.x[7] = own_x7;
	}
	for (unsigned int i = 0; i < 8; i++) {
		regs->x[i] = value.x[i];
	}
}

struct vcpu *smc_forward(struct vcpu *current)
{
	struct vm *vm = current->vm;
	struct arch_regs *regs = &current->regs;
	uint32_t id = (uint32_t)regs->x[0];
	bool is_allowed = is_listed(&vm->smc_whitelist, id);

	if (!is_allowed) {
		is_allowed = vm->smc_whitelist.permissive;
		log_notice("SMC %#010x attempted from VM %#x, blocked=%u", id,
			   vm->id, !is_allowed);
	}
	if (is_allowed) {
		forward(regs, vm->id);
	} else {
		regs->x[0] = SMCCC_NOT_SUPPORTED;
	}
	return current;
}
