/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each line is paid with a tenth of a second of the vCPU's future, of which it
 * may owe so much and no more. See docs/exceptions.md.
 */
#include "hf/vm/fault_log.h"

#include "hf/arch/timer.h"
#include "hf/base/log.h"
#include "hf/vm/vm.h"

bool fault_log_take(struct vcpu *current)
{
	struct fault_log *log = &current->fault_log;
	uint64_t now = arch_timer_count();
	uint64_t price = arch_timer_freq_hz() / FAULT_LOG_PER_S + 1;

	if (log->paid_until < now) {
		log->paid_until = now;
	}
	if (log->paid_until - now >= price * FAULT_LOG_BURST) {
		log->skipped++;
		return false;
	}
	log->paid_until += price;
	if (log->skipped != 0) {
		log_notice("%u faults of VM %#x vCPU %u were not logged.",
			   log->skipped, current->vm->id, current->idx);
		log->skipped = 0;
	}
	return true;
}
