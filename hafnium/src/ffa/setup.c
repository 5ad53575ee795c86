/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A version and id; and how a call is refused. See docs/ffa.md.
 */
#include "hf/ffa/setup.h"

#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/vm/vm.h"

/* One of each: inline they would be most of what a handler consists of. */
never_inline struct vcpu *ffa_answer(struct vcpu *current, uint64_t func,
				     uint64_t w1, uint64_t w2)
{
	ffa_frame(&current->regs, func, w1, w2);
	return current;
}

never_inline struct vcpu *ffa_succeed(struct vcpu *current, uint64_t w2,
				      uint64_t w3)
{
	ffa_success(&current->regs, w2, w3);
	return current;
}

never_inline struct vcpu *ffa_refuse(struct vcpu *current, int32_t code)
{
	return ffa_answer(current, FFA_ERROR, 0, (uint32_t)code);
}

never_inline struct vcpu *ffa_finish(struct vcpu *current, int32_t code)
{
	if (code == FFA_ANSWERED) {
		return current;
	}
	return code != 0 ? ffa_refuse(current, code)
			 : ffa_succeed(current, 0, 0);
}

never_inline struct vcpu *ffa_finish_locked(struct vcpu *current,
					    int32_t call(struct vm_locked vm,
							 struct vcpu *current))
{
	struct vm_locked vm = vm_lock(current->vm);
	int32_t code = call(vm, current);

	vm_unlock(&vm);
	return ffa_finish(current, code);
}

static uint32_t major_of(uint32_t version)
{
	return version >> 16;
}

/**
 * What FFA_VERSION answers in w0; the version is negotiated on the way.
 *
 * A VM capped to 1.0 gets the answer of a hypervisor that knows nothing else:
 * 1.0 to any request.
 */
static uint32_t version_negotiate(struct vm_locked vm, uint32_t asked)
{
	uint32_t own = vm.vm->ffa_version_max;
	uint32_t agreed = asked < own ? asked : own;

	if ((asked & FFA_VERSION_MBZ) != 0) {
		return (uint32_t)FFA_NOT_SUPPORTED;
	}
	if (own == FFA_VERSION_1_0) {
		return own;
	}
	if (major_of(asked) != major_of(own)) {
		return (uint32_t)FFA_NOT_SUPPORTED;
	}
	if (vm_ffa_version_is_locked(vm.vm) &&
	    agreed != vm_ffa_version(vm.vm)) {
		return (uint32_t)FFA_NOT_SUPPORTED;
	}
	store_relaxed(&vm.vm->ffa_version, agreed);
	store_relaxed(&vm.vm->ffa_version_is_asked, true);
	return own;
}

static int32_t version_locked(struct vm_locked vm, struct vcpu *current)
{
	(void)ffa_answer(current,
			 version_negotiate(vm, (uint32_t)current->regs.x[1]), 0,
			 0);
	return FFA_ANSWERED;
}

struct vcpu *ffa_version(struct vcpu *current)
{
	return ffa_finish_locked(current, version_locked);
}

struct vcpu *ffa_id_get(struct vcpu *current)
{
	return ffa_succeed(current, current->vm->id, 0);
}

struct vcpu *ffa_not_supported(struct vcpu *current)
{
	return ffa_refuse(current, FFA_NOT_SUPPORTED);
}
