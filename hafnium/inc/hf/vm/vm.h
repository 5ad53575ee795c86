/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtual machine: identity, stage-2 map, vCPUs, what it may ask the firmware
 * for, and the line it is writing to the log. See docs/architecture.md.
 */
#pragma once

#include "hf/base/limits.h"
#include "hf/base/spinlock.h"
#include "hf/hvc.h"
#include "hf/mm/stage2.h"
#include "hf/types.h"
#include "hf/vm/vcpu.h"

/** `debug_name` with its NUL. */
#define VM_NAME_SIZE 37

/** SMCs that are passed on to EL3. */
struct vm_smc_whitelist {
	uint32_t ids[MAX_SMCS];
	uint16_t count;
	bool permissive; /* pass on the others as well, with a line in the log */
};

struct vm {
	/* fixed after boot */
	uint16_t id;
	uint16_t vcpu_count;
	struct vcpu *vcpus;
	char name[VM_NAME_SIZE];
	struct vm_smc_whitelist smc_whitelist;
	uint32_t ffa_version_max; /* highest that is offered */

	struct spinlock lock;
	/* guarded by lock */
	struct stage2 stage2;
	bool ffa_version_is_asked; /* FFA_VERSION was called */
	char log_line[HF_LOG_LINE_SIZE];
	uint16_t log_length;

	/*
	 * Negotiated, 1.0 before. Written with the lock held, read without: a
	 * call made meanwhile is of the version before or of that after.
	 */
	_Atomic uint32_t ffa_version;

	/*
	 * Another FF-A call than FFA_VERSION was made: the version stays. Set
	 * once, without order against anything else.
	 */
	_Atomic bool ffa_version_is_locked;
};

/** Proof that `vm->lock` is held; made by vm_lock() only. */
struct vm_locked {
	struct vm *vm;
};

struct vm_locked vm_lock(struct vm *vm);
void vm_unlock(struct vm_locked *vm);

/** NULL when `idx` is not below `vcpu_count`. */
struct vcpu *vm_vcpu(struct vm *vm, uint32_t idx);

static inline bool vm_is_primary(const struct vm *vm)
{
	return vm->id == HF_PRIMARY_VM_ID;
}

/** A character of the guest's log; whole lines go to the console. */
void vm_log_char(struct vm_locked vm, char c);
