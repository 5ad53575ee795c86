/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI of all VMs, and of the primary: its vCPU n is CPU n, and the firmware
 * turns it on and off. See docs/psci.md.
 */
#include "hf/psci/psci.h"

#include "emulate.h"
#include "hf/arch/cpu.h"
#include "hf/arch/smc.h"
#include "hf/base/bits.h"
#include "hf/base/log.h"
#include "hf/smccc.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm.h"

/** A PSCI function, in a mask of those that there are. */
#define PSCI_BIT(id) BIT((id)-PSCI_VERSION)

/** Those of any VM, but for CPU_SUSPEND, of which there is more to say. */
#define PSCI_OF_ALL                                              \
	(PSCI_BIT(PSCI_VERSION) | PSCI_BIT(PSCI_FEATURES) |      \
	 PSCI_BIT(PSCI_AFFINITY_INFO) | PSCI_BIT(PSCI_CPU_OFF) | \
	 PSCI_BIT(PSCI_CPU_ON))

/** And of the primary. */
#define PSCI_OF_PRIMARY \
	(PSCI_BIT(PSCI_SYSTEM_OFF) | PSCI_BIT(PSCI_SYSTEM_RESET))

/** PSCI_FEATURES(CPU_SUSPEND): extended StateID, no OS-initiated mode. */
#define SUSPEND_FEATURES 2

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

static int64_t suspend_features(uint32_t asked, bool is_primary)
{
	if (!is_primary) {
		return SUSPEND_FEATURES;
	}
	/* Two bits are defined: StateID format, OS-initiated mode. */
	return psci_state.has_features
		       ? (int64_t)(arch_smc_call(PSCI_FEATURES, asked, 0, 0) &
				   BITS(1, 0))
		       : 0;
}

static int64_t features_of(uint32_t asked, bool is_primary)
{
	uint32_t n = (asked & ~SMCCC_64_BIT) - PSCI_VERSION;
	uint64_t functions = PSCI_OF_ALL | (is_primary ? PSCI_OF_PRIMARY : 0);

	if (n == PSCI_CPU_SUSPEND - PSCI_VERSION) {
		return suspend_features(asked, is_primary);
	}
	return asked == SMCCC_VERSION || (n < 64 && (functions >> n & 1) != 0)
		       ? PSCI_SUCCESS
		       : PSCI_NOT_SUPPORTED;
}

static int64_t affinity_info(struct cpu *cpu, uint64_t level)
{
	if (level != 0) {
		return PSCI_NOT_SUPPORTED;
	}
	return cpu_is_on(cpu) ? PSCI_AFFINITY_ON : PSCI_AFFINITY_OFF;
}

static int64_t cpu_on(struct cpu *cpu, uint64_t entry, uint64_t arg)
{
	int32_t ret;

	if (!cpu_try_turn_on(cpu, entry, arg)) {
		return PSCI_ALREADY_ON;
	}
	/*
	 * We knew it to be off, but it may be on its way to the firmware that
	 * does not know yet: ask again until it is, or until the firmware has
	 * refused to let it go.
	 */
	for (;;) {
		ret = (int32_t)arch_smc_call(PSCI_64(PSCI_CPU_ON), cpu->mpidr,
					     arch_cpu_entry().pa, cpu->idx);
		if (ret == PSCI_SUCCESS || cpu_has_arrived(cpu)) {
			return ret;
		}
		/* Refused; and nobody has said that it never went off. */
		if (ret != PSCI_ALREADY_ON) {
			cpu_set_off(cpu);
			return ret;
		}
	}
}

/** CPU_ON or AFFINITY_INFO of the CPU that an MPIDR names. */
static int64_t call_of_cpu(uint32_t id, const struct psci_arguments *arguments)
{
	struct cpu *cpu = cpu_find(arguments->x1);

	if (cpu == NULL) {
		return PSCI_INVALID_PARAMETERS;
	}
	return id == PSCI_CPU_ON ? cpu_on(cpu, arguments->x2, arguments->x3)
				 : affinity_info(cpu, arguments->x2);
}

/** Returns only if the firmware refuses. */
static int64_t cpu_off(struct vcpu *current)
{
	struct cpu *cpu = current->cpu;
	struct vcpu_locked locked = vcpu_lock(current);
	int32_t ret;

	vcpu_set_state(locked, VCPU_OFF);
	vcpu_unlock(&locked);
	cpu_set_off(cpu);
	ret = (int32_t)arch_smc_call(PSCI_CPU_OFF, 0, 0, 0);

	/* Still here: on, for whoever may be waiting to turn it on, too. */
	cpu_set_arrived(cpu);
	locked = vcpu_lock(current);
	vcpu_start_on(locked, cpu);
	vcpu_unlock(&locked);
	return ret;
}

static int64_t cpu_suspend(struct cpu *cpu,
			   const struct psci_arguments *arguments)
{
	/* A state that loses the context comes back through our entry. */
	cpu_set_resume(cpu, arguments->x2, arguments->x3);
	return (int32_t)arch_smc_call(PSCI_64(PSCI_CPU_SUSPEND), arguments->x1,
				      arch_cpu_entry().pa, cpu->idx);
}

static int64_t system_call(uint32_t id)
{
	log_notice("%s by the primary VM.",
		   id == PSCI_SYSTEM_OFF ? "System off" : "System reset");
	return (int32_t)arch_smc_call(id, 0, 0, 0);
}

static int64_t call_of_primary(struct vcpu *current, uint32_t id,
			       const struct psci_arguments *arguments)
{
	switch (id) {
	case PSCI_AFFINITY_INFO:
	case PSCI_CPU_ON:
		return call_of_cpu(id, arguments);
	case PSCI_CPU_OFF:
		return cpu_off(current);
	case PSCI_CPU_SUSPEND:
		return cpu_suspend(current->cpu, arguments);
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		return system_call(id);
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

struct vcpu *psci_call(struct vcpu *current, uint32_t id)
{
	struct psci_arguments arguments = {
		vcpu_arg(current, 1),
		vcpu_arg(current, 2),
		vcpu_arg(current, 3),
	};
	bool is_primary = vm_is_primary(current->vm);
	int64_t answer;

	if (is_primary && !psci_state.is_usable) {
		answer = PSCI_NOT_SUPPORTED;
	} else if (id == PSCI_VERSION) {
		answer = PSCI_VERSION_1_1;
	} else if (id == PSCI_FEATURES) {
		answer = features_of((uint32_t)arguments.x1, is_primary);
	} else if (is_primary) {
		answer = call_of_primary(current, id, &arguments);
	} else {
		return psci_emulate(current, id, &arguments);
	}
	current->regs.x[0] = (uint64_t)answer;
	return current;
}
