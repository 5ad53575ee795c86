/* SPDX-License-Identifier: BSD-3-Clause */
/* Text in registers. See docs/ffa.md. */
#include "hf/ffa/console.h"

#include "hf/ffa/frame.h"
#include "hf/smccc.h"
#include "hf/vm/vm.h"

/** w2-w7, and x2-x17. */
#define MAX_CHARACTERS_32 (6 * 4)
#define MAX_CHARACTERS_64 (16 * 8)

struct vcpu *ffa_console_log(struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	bool is_64 = (x[0] & SMCCC_64_BIT) != 0;
	uint32_t width = is_64 ? 8 : 4;
	uint32_t count = (uint32_t)x[1];
	struct vm_locked vm;

	if (count == 0 ||
	    count > (is_64 ? MAX_CHARACTERS_64 : MAX_CHARACTERS_32)) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	vm = vm_lock(current->vm);
	for (uint32_t i = 0; i < count; i++) {
		vm_log_char(vm, (char)(x[2 + i / width] >> 8 * (i % width)));
	}
	vm_unlock(&vm);
	return ffa_succeed(current, 0, 0);
}
