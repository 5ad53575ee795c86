/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One VM: its lock, its vCPUs, its line in the log. See docs/architecture.md.
 */
#include "hf/vm/vm.h"

#include "hf/base/log.h"

void vm_log_char(struct vm_locked locked, char c)
{
	struct vm *vm = locked.vm;
	bool is_end = c == '\n' || c == '\0';

	if (!is_end) {
		vm->log_line[vm->log_length++] = c;
	}
	if (is_end || vm->log_length == HF_LOG_LINE_SIZE) {
		vm->log_line[vm->log_length] = '\0';
		log_vm_line(vm->id, vm->log_line);
		vm->log_length = 0;
	}
}
