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
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->ids[i] == id) {
			return true;
		}
	}
	return false;
}

static void forward(struct arch_regs *regs, uint16_t vm_id)
{
	uint64_t *x = regs->x;
	uint64_t sent_x7 = (x[7] & ~CLIENT_ID_MASK) | vm_id;
	struct smccc_value value = arch_smc((struct smccc_value){
		{x[0], x[1], x[2], x[3], x[4], x[5], x[6], sent_x7}});

	/* Registers are copied one by one: a loop takes more room. */
	x[0] = value.x[0];
	x[1] = value.x[1];
	x[2] = value.x[2];
	x[3] = value.x[3];
	x[4] = value.x[4];
	x[5] = value.x[5];
	x[6] = value.x[6];
	/* The client id is between us and EL3: not for the caller to see. */
	if (value.x[7] != sent_x7) {
		x[7] = value.x[7];
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
