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

struct vm_locked_pair vm_lock_both(struct vm *a, struct vm *b)
{
	spinlock_acquire_both(&a->lock, &b->lock);
	return (struct vm_locked_pair){.a = a, .b = b};
}

void vm_unlock_both(struct vm_locked_pair *pair)
{
	spinlock_release_both(&pair->a->lock, &pair->b->lock);
	pair->a = NULL;
	pair->b = NULL;
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
