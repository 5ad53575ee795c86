/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One VM: its lock, its vCPUs, its line in the log. See docs/architecture.md.
 */
#include "hf/vm/vm.h"

#include "hf/base/log.h"

struct vm_locked vm_lock(struct vm *vm)
{
	spinlock_acquire(&vm->lock);
	return (struct vm_locked){.vm = vm};
}

void vm_unlock(struct vm_locked *vm)
{
	spinlock_release(&vm->vm->lock);
	vm->vm = NULL;
}

struct vcpu *vm_vcpu(struct vm *vm, uint32_t idx)
{
	return idx < vm->vcpu_count ? &vm->vcpus[idx] : NULL;
}

static void flush_log_line(struct vm *vm)
{
	log_vm_line(vm->id, vm->log_line, vm->log_length);
	vm->log_length = 0;
}

void vm_log_char(struct vm_locked vm, char c)
{
	if (c == '\n' || c == '\0') {
		flush_log_line(vm.vm);
		return;
	}
	vm.vm->log_line[vm.vm->log_length++] = c;
	if (vm.vm->log_length == HF_LOG_LINE_SIZE) {
		flush_log_line(vm.vm);
	}
}
