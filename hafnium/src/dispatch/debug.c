/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls of a debug build, for tests that compare page tables with what they
 * expect: words, without any code of ours that interprets them.
 */
#include "hf/dispatch/debug.h"

#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hf/plat/image.h"
#include "hf/smccc.h"
#include "hf/vm/vm_set.h"

static uint64_t read_word(paddr_t pa)
{
	struct pa_range own = image_range();

	if (pa.pa % sizeof(uint64_t) != 0 || pa.pa < own.begin.pa ||
	    pa.pa >= own.end.pa) {
		return SMCCC_NOT_SUPPORTED;
	}
	return *(const volatile uint64_t *)ptr_from_pa(pa);
}

static uint64_t vttbr_of(uint64_t id)
{
	const struct vm *vm = vm_set_find(id);

	return vm == NULL ? SMCCC_NOT_SUPPORTED : stage2_vttbr(&vm->stage2);
}

bool debug_call(struct vcpu *current, uint32_t id)
{
	uint64_t *x = current->regs.x;

	if (!vm_is_primary(current->vm)) {
		return false;
	}
	switch (id) {
	case HF_DEBUG_STAGE2:
		x[0] = vttbr_of(x[1]);
		return true;
	case HF_DEBUG_MEMORY:
		x[0] = read_word(pa_init(x[1]));
		return true;
	default:
		return false;
	}
}
