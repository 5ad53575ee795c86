/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data aborts of the primary on pages of the redistributors. See
 * docs/interrupts.md.
 */
#include "hf/dispatch/mmio.h"

#include "hf/irq/gicr.h"
#include "hf/vm/vm.h"

bool mmio_emulate(struct vcpu *current, const struct trap *trap)
{
	bool is_write = trap->access == TRAP_ACCESS_WRITE;
	uint64_t value;

	if (!vm_is_primary(current->vm) || !trap->is_stage2 ||
	    !trap->has_register) {
		return false;
	}
	value = trap_store_value(&current->regs, trap);
	/* The primary is mapped IPA = PA. */
	if (!gicr_access(pa_from_ipa(trap->ipa), trap->size_bytes, is_write,
			 &value)) {
		return false;
	}
	if (!is_write) {
		trap_load_finish(&current->regs, trap, value);
	}
	trap_skip_instruction(&current->regs);
	return true;
}
