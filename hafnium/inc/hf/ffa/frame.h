/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Answers of FF-A calls: always all of w0-w7, unused ones 0 (DEN0077A 11.2).
 */
#pragma once

#include "hf/ffa.h"
#include "hf/vm/vm.h"

static inline void ffa_frame(struct arch_regs *regs, uint64_t func, uint64_t w1,
			     uint64_t w2)
{
	regs->x[0] = func;
	regs->x[1] = w1;
	regs->x[2] = w2;
	regs->x[3] = 0;
	regs->x[4] = 0;
	regs->x[5] = 0;
	regs->x[6] = 0;
	regs->x[7] = 0;
}

static inline void ffa_success(struct arch_regs *regs, uint64_t w2, uint64_t w3)
{
	ffa_frame(regs, FFA_SUCCESS, 0, w2);
	regs->x[3] = w3;
}

/** The same as calls, which return `current`: it goes on. */
struct vcpu *ffa_answer(struct vcpu *current, uint64_t func, uint64_t w1,
			uint64_t w2);
struct vcpu *ffa_succeed(struct vcpu *current, uint64_t w2, uint64_t w3);

/** FFA_ERROR with `code`, FFA_NOT_SUPPORTED …; upper halves stay zero. */
struct vcpu *ffa_refuse(struct vcpu *current, int32_t code);

/** No code: the answer is in the registers already. */
#define FFA_ANSWERED 1

/** FFA_SUCCESS with nothing to say when `code` is 0; else a code, refused. */
struct vcpu *ffa_finish(struct vcpu *current, int32_t code);

/** The same for what `call` answers while the VM of `current` is locked. */
struct vcpu *ffa_finish_locked(struct vcpu *current,
			       int32_t call(struct vm_locked vm,
					    struct vcpu *current));
