/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data aborts of the primary on pages of the redistributors. See
 * docs/interrupts.md.
 */
#include "hf/dispatch/mmio.h"

#include "hf/irq/gicr.h"
#include "hf/vm/vm.h"

static bool load(struct vcpu *current, const struct trap *trap)
{
	uint64_t value;

	if (!gicr_read(pa_from_ipa(trap->ipa), trap->size_bytes, &value)) {
		return false;
	}
	trap_load_finish(&current->regs, trap, value);
	return true;
}

static bool store(struct vcpu *current, const struct trap *trap)
{
	return gicr_write(pa_from_ipa(trap->ipa), trap->size_bytes,
			  trap_store_value(&current->regs, trap));
}

bool mmio_emulate(struct vcpu *current, const struct trap *trap)
{
	/* The primary is mapped IPA = PA. */
	if (!vm_is_primary(current->vm) || !trap->is_stage2 ||
	    !trap->has_register) {
		return false;
	}
	if (trap->access == TRAP_ACCESS_WRITE ? !store(current, trap)
					      : !load(current, trap)) {
		return false;
	}
	trap_skip_instruction(&current->regs);
	return true;
}
