/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One VM: its lock, its vCPUs, its line in the log. See docs/architecture.md.
 */
#include "hf/vm/vm.h"

#include "hf/base/log.h"

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
