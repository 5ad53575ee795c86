/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtual CPU: the registers of a guest while it does not run, and whose it
 * is. See docs/architecture.md.
 */
#pragma once

#include "hf/arch/regs.h"
#include "hf/base/bits.h"
#include "hf/base/check.h"
#include "hf/base/spinlock.h"
#include "hf/smccc.h"

struct vm;
struct cpu;

enum vcpu_state {
	VCPU_OFF,
	VCPU_READY,
	VCPU_RUNNING,
	VCPU_BLOCKED_MAILBOX,	/* FFA_MSG_WAIT, direct response */
	VCPU_BLOCKED_INTERRUPT, /* WFI */
	VCPU_ABORTED,		/* for good */
	VCPU_STATE_COUNT,
};

/** The direct request that a vCPU has to answer; see docs/scheduling.md. */
enum vcpu_request {
	REQUEST_NONE,
	REQUEST_DIRECT,	 /* FFA_MSG_SEND_DIRECT_REQ */
	REQUEST_DIRECT2, /* FFA_MSG_SEND_DIRECT_REQ2 */
};

/** See fault_log.h. */
struct fault_log {
	uint64_t paid_until; /* of the counter */
	uint32_t skipped;
};

struct vcpu {
	/*
	 * First: the entry code knows a context by this address. Only the CPU
	 * that runs it touches it while `state` is VCPU_RUNNING.
	 */
	struct arch_regs regs;

	/* fixed after boot */
	struct vm *vm;
	uint16_t idx;
	uint32_t reference; /* as FF-A names it: VM id << 16 | idx */

	/* guarded by lock */
	struct spinlock lock;
	enum vcpu_state state;
	uint64_t virq_enabled; /* bit n: virtual interrupt n */
	uint64_t virq_fiqs;    /* those that are FIQs */
	/*
	 * Its own CPU looks at it without the lock, before it waits; what
	 * becomes pending too late for that makes the next FFA_RUN enter it.
	 */
	_Atomic uint64_t virq_pending;

	/* only the CPU that runs it, from when it enters it */
	struct cpu *cpu;
	enum vcpu_request request;
	struct fault_log fault_log;
};
static_assert(offsetof(struct vcpu, regs) == 0, "vcpu_from_regs()");

/** Proof that `vcpu->lock` is held; made by vcpu_lock() only. */
struct vcpu_locked {
	struct vcpu *vcpu;
};

static always_inline struct vcpu_locked vcpu_lock(struct vcpu *vcpu)
{
	spinlock_acquire(&vcpu->lock);
	return (struct vcpu_locked){.vcpu = vcpu};
}

static always_inline void vcpu_unlock(struct vcpu_locked *vcpu)
{
	spinlock_release(&vcpu->vcpu->lock);
	vcpu->vcpu = NULL;
}

void vcpu_init(struct vcpu *vcpu, struct vm *vm, uint16_t idx);

/**
 * The states that each may follow; docs/scheduling.md draws it. Here, and in
 * this direction, so that a step to a known state is compared with a constant.
 */
static const uint8_t vcpu_before[VCPU_STATE_COUNT] = {
	[VCPU_OFF] = BIT(VCPU_READY) | BIT(VCPU_RUNNING),
	[VCPU_READY] = BIT(VCPU_OFF) | BIT(VCPU_RUNNING),
	[VCPU_RUNNING] = BIT(VCPU_READY) | BIT(VCPU_BLOCKED_MAILBOX) |
			 BIT(VCPU_BLOCKED_INTERRUPT),
	[VCPU_BLOCKED_MAILBOX] = BIT(VCPU_RUNNING),
	[VCPU_BLOCKED_INTERRUPT] = BIT(VCPU_RUNNING),
	[VCPU_ABORTED] = BIT(VCPU_OFF) | BIT(VCPU_READY) | BIT(VCPU_RUNNING) |
			 BIT(VCPU_BLOCKED_MAILBOX) |
			 BIT(VCPU_BLOCKED_INTERRUPT),
};

/** The one writer of `state`; a step that is not in the table is our bug. */
static inline void vcpu_set_state(struct vcpu_locked vcpu, enum vcpu_state to)
{
	CHECK(vcpu_before[to] & BIT(vcpu.vcpu->state));
	vcpu.vcpu->state = to;
}

/**
 * Registers of a start: EL1h, MMU off, PC = `entry`, x0 = `arg`. The vCPU is
 * not running.
 */
void vcpu_reset(struct vcpu_locked vcpu, uint64_t entry, uint64_t arg);

/** Make `vcpu` the one that `cpu` runs, from READY or OFF. */
void vcpu_start_on(struct vcpu_locked vcpu, struct cpu *cpu);

/** And back; a cast, so that a call in front of it can be a jump. */
static inline struct arch_regs *vcpu_regs(struct vcpu *vcpu)
{
	return (struct arch_regs *)vcpu;
}

static inline struct vcpu *vcpu_from_regs(struct arch_regs *regs)
{
	return (struct vcpu *)regs;
}

/** Argument x`n` of the call in x0; those of its 32-bit form are 32 bits wide. */
static inline uint64_t vcpu_arg(const struct vcpu *current, unsigned int n)
{
	uint64_t value = current->regs.x[n];

	return (current->regs.x[0] & SMCCC_64_BIT) != 0 ? value
							: (uint32_t)value;
}
