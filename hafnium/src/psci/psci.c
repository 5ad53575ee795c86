/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI of the primary VM: vCPU n is CPU n, and the firmware turns it on and
 * off. See docs/psci.md.
 */
#include "hf/psci/psci.h"

#include "args.h"
#include "hf/arch/cpu.h"
#include "hf/arch/smc.h"
#include "hf/base/bits.h"
#include "hf/base/log.h"
#include "hf/smccc.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm.h"

static struct psci_state {
	bool is_usable; /* fixed after boot */
	bool has_features;
} psci_state;

void psci_init(void)
{
	uint32_t version = (uint32_t)arch_smc_call(PSCI_VERSION, 0, 0, 0);

	psci_state.is_usable =
		version >= PSCI_VERSION_0_2 && (int32_t)version > 0;
	psci_state.has_features =
		psci_state.is_usable && version >= PSCI_VERSION_1_0;
	if (!psci_state.is_usable) {
		log_warning("No usable PSCI at EL3 (version %#x).", version);
	}
}

void psci_reset(void)
{
	psci_state = (struct psci_state){0};
}

static int64_t features_of(uint32_t asked)
{
	if ((asked & ~SMCCC_64_BIT) != PSCI_CPU_SUSPEND) {
		return psci_feature(asked, PSCI_OF_ALL |
						   PSCI_BIT(PSCI_SYSTEM_OFF) |
						   PSCI_BIT(PSCI_SYSTEM_RESET));
	}
	/* Two bits are defined: StateID format, OS-initiated mode. */
	return psci_state.has_features
		       ? (int64_t)(arch_smc_call(PSCI_FEATURES, asked, 0, 0) &
				   BITS(1, 0))
		       : 0;
}

static int64_t affinity_info(uint64_t mpidr, uint64_t level)
{
	struct cpu *cpu = cpu_find(mpidr);

	if (cpu == NULL) {
		return PSCI_INVALID_PARAMETERS;
	}
	if (level != 0) {
		return PSCI_NOT_SUPPORTED;
	}
	return cpu_is_on(cpu) ? PSCI_AFFINITY_ON : PSCI_AFFINITY_OFF;
}

static int64_t cpu_on(uint64_t mpidr, uint64_t entry, uint64_t arg)
{
	struct cpu *cpu = cpu_find(mpidr);
	int32_t ret;

	if (cpu == NULL) {
		return PSCI_INVALID_PARAMETERS;
	}
	if (!cpu_try_turn_on(cpu, entry, arg)) {
		return PSCI_ALREADY_ON;
	}
	/*
	 * We knew it to be off, but it may be on its way to the firmware that
	 * does not know yet: ask again until it is, or until the firmware has
	 * refused to let it go.
	 */
	do {
		ret = (int32_t)arch_smc_call(PSCI_64(PSCI_CPU_ON), mpidr,
					     arch_cpu_entry().pa, cpu->idx);
	} while (ret == PSCI_ALREADY_ON && !cpu_has_arrived(cpu));

	/* Refused; and nobody has said meanwhile that it never went off. */
	if (ret != PSCI_SUCCESS && ret != PSCI_ALREADY_ON &&
	    !cpu_has_arrived(cpu)) {
		cpu_set_off(cpu);
	}
	return ret;
}

static void set_vcpu_state(struct vcpu *vcpu, enum vcpu_state to)
{
	struct vcpu_locked locked = vcpu_lock(vcpu);

	vcpu_set_state(locked, to);
	vcpu_unlock(&locked);
}

/** Returns only if the firmware refuses. */
static int64_t cpu_off(struct vcpu *current)
{
	struct cpu *cpu = current->cpu;
	int32_t ret;

	set_vcpu_state(current, VCPU_OFF);
	cpu_set_off(cpu);
	ret = (int32_t)arch_smc_call(PSCI_CPU_OFF, 0, 0, 0);

	/* Still here: on, for whoever may be waiting to turn it on, too. */
	(void)!cpu_try_turn_on(cpu, 0, 0);
	cpu_set_arrived(cpu);
	set_vcpu_state(current, VCPU_READY);
	set_vcpu_state(current, VCPU_RUNNING);
	return ret;
}

static int64_t cpu_suspend(struct vcpu *current)
{
	struct cpu *cpu = current->cpu;

	/* A state that loses the context comes back through our entry. */
	cpu_set_resume(cpu, vcpu_arg(current, 2), vcpu_arg(current, 3));
	return (int32_t)arch_smc_call(PSCI_64(PSCI_CPU_SUSPEND),
				      vcpu_arg(current, 1), arch_cpu_entry().pa,
				      cpu->idx);
}

static int64_t system_call(uint32_t id)
{
	log_notice("%s by the primary VM.",
		   id == PSCI_SYSTEM_OFF ? "System off" : "System reset");
	return (int32_t)arch_smc_call(id, 0, 0, 0);
}

static int64_t answer(struct vcpu *current, uint32_t id)
{
	if (!psci_state.is_usable) {
		return PSCI_NOT_SUPPORTED;
	}
	switch (id) {
	case PSCI_VERSION:
		return PSCI_VERSION_1_1;
	case PSCI_FEATURES:
		return features_of((uint32_t)current->regs.x[1]);
	case PSCI_AFFINITY_INFO:
		return affinity_info(vcpu_arg(current, 1),
				     vcpu_arg(current, 2));
	case PSCI_CPU_ON:
		return cpu_on(vcpu_arg(current, 1), vcpu_arg(current, 2),
			      vcpu_arg(current, 3));
	case PSCI_CPU_OFF:
		return cpu_off(current);
	case PSCI_CPU_SUSPEND:
		return cpu_suspend(current);
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		return system_call(id);
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

struct vcpu *psci_primary_call(struct vcpu *current, uint32_t id)
{
	current->regs.x[0] = (uint64_t)answer(current, id);
	return current;
}
