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
#include "hf/vm/mailbox_state.h"
#include "hf/vm/notification_state.h"
#include "hf/vm/vcpu.h"

/** No index of a vCPU. */
#define NO_VCPU UINT16_C(0xffff)

/** `debug_name` with its NUL. */
#define VM_NAME_SIZE 37

/** SMCs that are passed on to EL3. */
struct vm_smc_whitelist {
	uint32_t ids[MAX_SMCS];
	uint16_t count;
	bool permissive; /* pass on the others as well, with a line in the log */
};

/** UUIDs of the services that a VM offers. */
#define MAX_VM_UUIDS 4

/** Bytes 0 to 7 and 8 to 15 of one, little endian. */
struct vm_uuid {
	uint64_t low;
	uint64_t high;
};

/** Interrupts of the devices that a manifest can give to a VM. */
#define MAX_VM_INTERRUPTS 32

/** A physical interrupt of a device, as its manifest describes it. */
struct vm_interrupt {
	uint32_t id;
	uint32_t attributes;
};

struct vm {
	/* First: its address is that of the VM, which is at hand. */
	struct spinlock lock;

	/* fixed after boot */
	uint16_t id;
	uint16_t vcpu_count;
	struct vcpu *vcpus;
	char name[VM_NAME_SIZE];
	struct vm_smc_whitelist smc_whitelist;
	bool has_inert_debug;	  /* registers read as zero, writes ignored */
	uint32_t grants;	  /* ARCH_GRANT_*; of debug builds */
	uint32_t ffa_version_max; /* highest that is offered */
	uint32_t ffa_properties;  /* FFA_PROPERTY_*: see hf/ffa/partition.h */
	uint32_t uuid_count;
	struct vm_uuid uuids[MAX_VM_UUIDS];

	/* guarded by lock */
	struct stage2 stage2;
	char log_line[HF_LOG_LINE_SIZE + 1]; /* and a NUL */
	uint16_t log_length;

	struct vm_mailbox mailbox;
	struct vm_notifications notifications;

	/* entry n: only CPU n; the vCPU that ran there last, or NO_VCPU */
	uint16_t last_vcpu[MAX_CPUS];

	/*
	 * Set once: none of its vCPUs may be entered any more. A word, like
	 * those below: smaller ones cost an instruction at each look.
	 */
	_Atomic uint32_t is_aborting;

	/*
	 * Negotiated; before, 1.0 or what the manifest says. Written with the lock held, read without: a
	 * call made meanwhile is of the version before or of that after.
	 */
	_Atomic uint32_t ffa_version;

	/*
	 * Another FF-A call than FFA_VERSION was made: the version stays. Set
	 * once, without order against anything else.
	 */
	_Atomic uint32_t ffa_version_is_locked;

	/*
	 * FFA_VERSION was called, or the manifest gives a version. Set once,
	 * read without the lock.
	 */
	_Atomic uint32_t ffa_version_is_asked;

	/* fixed after boot: of its devices */
	struct vm_interrupt interrupts[MAX_VM_INTERRUPTS];
	uint16_t interrupt_count;
};

/** Proof that `vm->lock` is held; made by vm_lock() and vm_second() only. */
struct vm_locked {
	struct vm *vm;
};

static always_inline struct vm_locked vm_lock(struct vm *vm)
{
	spinlock_acquire(&vm->lock);
	return (struct vm_locked){.vm = vm};
}

static always_inline void vm_unlock(struct vm_locked *vm)
{
	spinlock_release(&vm->vm->lock);
	vm->vm = NULL;
}

/** Two VMs of which both locks are held; may be one and the same. */
struct vm_locked_pair {
	struct vm *a;
	struct vm *b;
};

/** The second of them, for as long as the pair is locked. */
static inline struct vm_locked vm_second(struct vm_locked_pair pair)
{
	return (struct vm_locked){.vm = pair.b};
}

static always_inline struct vm_locked_pair vm_lock_both(struct vm *a,
							struct vm *b)
{
	spinlock_acquire_both(&a->lock, &b->lock);
	return (struct vm_locked_pair){.a = a, .b = b};
}

static always_inline void vm_unlock_both(struct vm_locked_pair *pair)
{
	spinlock_release_both(&pair->a->lock, &pair->b->lock);
	pair->a = NULL;
	pair->b = NULL;
}

/** NULL when `idx` is not below `vcpu_count`. */
static inline struct vcpu *vm_vcpu(struct vm *vm, uint32_t idx)
{
	return idx < vm->vcpu_count ? &vm->vcpus[idx] : NULL;
}

/** The negotiated version; without order, like those below. */
static inline uint32_t vm_ffa_version(const struct vm *vm)
{
	return load_relaxed(&vm->ffa_version);
}

static inline bool vm_ffa_version_is_locked(const struct vm *vm)
{
	return load_relaxed(&vm->ffa_version_is_locked);
}

/**
 * Who learns of the failure by FFA_ABORTED and then asks again sees it: the
 * guest's own synchronisation orders the two.
 */
static inline bool vm_is_aborting(const struct vm *vm)
{
	return load_relaxed(&vm->is_aborting);
}

static inline bool vm_is_primary(const struct vm *vm)
{
	return vm->id == HF_PRIMARY_VM_ID;
}

/** A character of the guest's log; whole lines go to the console. */
void vm_log_char(struct vm_locked vm, char c);
