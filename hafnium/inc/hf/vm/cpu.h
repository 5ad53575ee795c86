/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical CPUs: which there are, which are on, and where each goes when the
 * firmware starts it. See docs/architecture.md.
 */
#pragma once

#include "hf/base/limits.h"
#include "hf/base/spinlock.h"

struct arch_regs;
struct vcpu;

struct cpu {
	/* fixed after boot */
	uint64_t mpidr; /* affinity fields only */
	uint32_t idx;

	/* only this CPU: the primary's vCPU that runs here, by index */
	struct vcpu *primary_vcpu;

	/* guarded by lock */
	struct spinlock lock;
	bool is_on;
	bool has_arrived; /* here since it was turned on */
	uint64_t entry;	  /* where the primary wants to go on, an IPA */
	uint64_t arg;	  /* its x0 there */
};

/**
 * `mpidrs[0]` becomes CPU 0 and is on: the one this runs on. The rest are off.
 * `count` is 1 to MAX_CPUS.
 */
void cpu_table_init(const uint64_t *mpidrs, uint32_t count);

uint32_t cpu_count(void);
struct cpu *cpu_get(uint32_t idx);

/** NULL when no CPU has these affinity fields. */
struct cpu *cpu_find(uint64_t mpidr);

/** False, and nothing changes, when it is on already. */
must_check bool cpu_try_turn_on(struct cpu *cpu, uint64_t entry, uint64_t arg);
void cpu_set_off(struct cpu *cpu);

/**
 * It is on and came up here, or never went off; what the primary wants it to do
 * is in entry and arg.
 */
void cpu_set_arrived(struct cpu *cpu);
bool cpu_has_arrived(struct cpu *cpu);

bool cpu_is_on(struct cpu *cpu);

/** Where a CPU that suspends wants to wake up. */
void cpu_set_resume(struct cpu *cpu, uint64_t entry, uint64_t arg);

/** Host tests: no CPU at all. */
void cpu_table_reset(void);
