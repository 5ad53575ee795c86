/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A version and id; and how a call is refused. See docs/ffa.md.
 */
#include "hf/ffa/setup.h"

#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/vm/vm.h"

void ffa_error(struct arch_regs *regs, int32_t code)
{
	ffa_frame(regs, FFA_ERROR, 0, (uint32_t)code);
}

struct vcpu *ffa_refuse(struct vcpu *current, int32_t code)
{
	ffa_error(&current->regs, code);
	return current;
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
	if (vm.vm->ffa_version_is_locked && agreed != vm.vm->ffa_version) {
		return (uint32_t)FFA_NOT_SUPPORTED;
	}
	vm.vm->ffa_version = agreed;
	vm.vm->ffa_version_is_asked = true;
	return own;
}

struct vcpu *ffa_version(struct vcpu *current)
{
	struct vm_locked vm = vm_lock(current->vm);
	uint32_t answer = version_negotiate(vm, (uint32_t)current->regs.x[1]);

	vm_unlock(&vm);
	ffa_frame(&current->regs, answer, 0, 0);
	return current;
}

struct vcpu *ffa_id_get(struct vcpu *current)
{
	ffa_success(&current->regs, current->vm->id, 0);
	return current;
}

struct vcpu *ffa_not_supported(struct vcpu *current)
{
	return ffa_refuse(current, FFA_NOT_SUPPORTED);
}
