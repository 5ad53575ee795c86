/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a vCPU begins: its first state and registers. See docs/architecture.md.
 */
#include "hf/vm/vcpu.h"

#include "hf/vm/cpu.h"
#include "hf/vm/vm.h"

void vcpu_init(struct vcpu *vcpu, struct vm *vm, uint16_t idx)
{
	vcpu->vm = vm;
	vcpu->idx = idx;
	vcpu->reference = (uint32_t)vm->id << 16 | idx;
	spinlock_init(&vcpu->lock, LOCK_VCPU);
}

/** The primary's vCPUs are the CPUs themselves; others count from 0. */
static uint64_t shown_mpidr(const struct vcpu *vcpu)
{
	if (vm_is_primary(vcpu->vm)) {
		/* MPIDR_EL1 bit 31 is RES1. */
		return cpu_get(vcpu->idx)->mpidr | BIT(31);
	}
	return vcpu->idx;
}

void vcpu_reset(struct vcpu_locked vcpu, uint64_t entry, uint64_t arg)
{
	struct vm *vm = vcpu.vcpu->vm;
	struct arch_regs_start start = {
		.role = vm_is_primary(vm) ? ARCH_ROLE_PRIMARY
					  : ARCH_ROLE_SECONDARY,
		.grants = vm->grants,
		.vmpidr = shown_mpidr(vcpu.vcpu),
		.vttbr = stage2_vttbr(&vm->stage2),
		.entry = entry,
		.arg = arg,
	};

	CHECK(vcpu.vcpu->state != VCPU_RUNNING);
	arch_regs_reset(&vcpu.vcpu->regs, &start);
	vcpu.vcpu->request = REQUEST_NONE;
}

void vcpu_start_on(struct vcpu_locked vcpu, struct cpu *cpu)
{
	if (vcpu.vcpu->state == VCPU_OFF) {
		vcpu_set_state(vcpu, VCPU_READY);
	}
	vcpu_set_state(vcpu, VCPU_RUNNING);
	vcpu.vcpu->cpu = cpu;
	if (vm_is_primary(vcpu.vcpu->vm)) {
		cpu->primary_vcpu = vcpu.vcpu;
	}
}
