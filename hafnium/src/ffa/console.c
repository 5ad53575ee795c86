/* SPDX-License-Identifier: BSD-3-Clause */
/* Text in registers. See docs/ffa.md. */
#include "hf/ffa/console.h"

#include "hf/ffa/frame.h"
#include "hf/smccc.h"
#include "hf/vm/vm.h"

/** w2-w7, and x2-x17. */
#define MAX_CHARACTERS_32 (6 * 4)
#define MAX_CHARACTERS_64 (16 * 8)

static int32_t log_locked(struct vm_locked vm, struct vcpu *current)
{
	const char *text = (const char *)&current->regs.x[2];
	bool is_64 = (current->regs.x[0] & SMCCC_64_BIT) != 0;
	uint32_t count = (uint32_t)current->regs.x[1];

	if (count == 0 ||
	    count > (is_64 ? MAX_CHARACTERS_64 : MAX_CHARACTERS_32)) {
		return FFA_INVALID_PARAMETERS;
	}
	for (uint32_t i = 0; i < count; i++) {
		/* Little endian; of w2-w7 the upper halves are left out. */
		vm_log_char(vm, text[is_64 ? i : i + (i & ~3U)]);
	}
	return 0;
}

struct vcpu *ffa_console_log(struct vcpu *current)
{
	return ffa_finish_locked(current, log_locked);
}
