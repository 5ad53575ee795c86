/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of physical CPUs. It is filled once at boot; then only the fields
 * behind each CPU's lock change. See docs/architecture.md.
 */
#include "hf/vm/cpu.h"

#include "hf/base/check.h"

static struct cpu_state {
	struct cpu cpus[MAX_CPUS];
	uint32_t count;
} cpu_state;

void cpu_table_init(const uint64_t *mpidrs, uint32_t count)
{
	CHECK(count >= 1 && count <= MAX_CPUS);
	for (uint32_t i = 0; i < count; i++) {
		struct cpu *cpu = &cpu_state.cpus[i];

		*cpu = (struct cpu){.mpidr = mpidrs[i], .idx = i};
		spinlock_init(&cpu->lock, LOCK_CPU);
	}
	cpu_state.cpus[0].is_on = true;
	cpu_state.count = count;
}

uint32_t cpu_count(void)
{
	return cpu_state.count;
}

struct cpu *cpu_get(uint32_t idx)
{
	CHECK(idx < cpu_state.count);
	return &cpu_state.cpus[idx];
}

never_inline struct cpu *cpu_find(uint64_t mpidr)
{
	struct cpu *cpu = cpu_state.cpus;

	for (uint32_t i = 0; i < cpu_state.count; i++, cpu++) {
		if (cpu->mpidr == mpidr) {
			return cpu;
		}
	}
	return NULL;
}

bool cpu_try_turn_on(struct cpu *cpu, uint64_t entry, uint64_t arg)
{
	bool was_on;

	spinlock_acquire(&cpu->lock);
	was_on = cpu->is_on;
	if (!was_on) {
		cpu->is_on = true;
		cpu->has_arrived = false;
		cpu->entry = entry;
		cpu->arg = arg;
	}
	spinlock_release(&cpu->lock);
	return !was_on;
}

void cpu_set_off(struct cpu *cpu)
{
	spinlock_acquire(&cpu->lock);
	cpu->is_on = false;
	spinlock_release(&cpu->lock);
}

void cpu_set_arrived(struct cpu *cpu)
{
	spinlock_acquire(&cpu->lock);
	cpu->is_on = true;
	cpu->has_arrived = true;
	spinlock_release(&cpu->lock);
}

bool cpu_has_arrived(struct cpu *cpu)
{
	bool has_arrived;

	spinlock_acquire(&cpu->lock);
	has_arrived = cpu->has_arrived;
	spinlock_release(&cpu->lock);
	return has_arrived;
}

bool cpu_is_on(struct cpu *cpu)
{
	bool is_on;

	spinlock_acquire(&cpu->lock);
	is_on = cpu->is_on;
	spinlock_release(&cpu->lock);
	return is_on;
}

void cpu_set_resume(struct cpu *cpu, uint64_t entry, uint64_t arg)
{
	spinlock_acquire(&cpu->lock);
	cpu->entry = entry;
	cpu->arg = arg;
	spinlock_release(&cpu->lock);
}

void cpu_table_reset(void)
{
	cpu_state = (struct cpu_state){0};
}
