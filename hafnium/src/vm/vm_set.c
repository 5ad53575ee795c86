/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The VMs and their vCPUs, from two fixed arrays. See docs/architecture.md.
 */
#include "hf/vm/vm_set.h"

#include "hf/ffa.h"

/** Who schedules sends requests; those that are run answer them. */
#define PROPERTIES_OF_ALL                                     \
	(FFA_PROPERTY_INDIRECT | FFA_PROPERTY_NOTIFICATIONS | \
	 FFA_PROPERTY_AARCH64)
#define PROPERTIES_OF_PRIMARY                           \
	(PROPERTIES_OF_ALL | FFA_PROPERTY_DIRECT_SEND | \
	 FFA_PROPERTY_DIRECT2_SEND)
#define PROPERTIES_OF_SECONDARY                            \
	(PROPERTIES_OF_ALL | FFA_PROPERTY_DIRECT_RECEIVE | \
	 FFA_PROPERTY_DIRECT2_RECEIVE)

static struct vm_set_state {
	uint16_t vm_count;
	uint32_t vcpu_count;
	struct vm vms[MAX_VMS];
	struct vcpu vcpus[MAX_VCPUS];
} vm_set_state;

struct vm *vm_set_add(uint16_t vcpu_count, struct page_pool *pool)
{
	struct vm_set_state *set = &vm_set_state;
	struct vm *vm = &set->vms[set->vm_count];
	uint16_t id = (uint16_t)(HF_PRIMARY_VM_ID + set->vm_count);

	if (set->vm_count == MAX_VMS || vcpu_count == 0 ||
	    vcpu_count > MAX_CPUS || vcpu_count > MAX_VCPUS - set->vcpu_count ||
	    stage2_init(&vm->stage2, id, pool) != MM_OK) {
		return NULL;
	}
	/* All else of it is zeros yet. */
	vm->id = id;
	vm->vcpu_count = vcpu_count;
	vm->vcpus = &set->vcpus[set->vcpu_count];
	vm->ffa_version_max = FFA_VERSION_1_2;
	vm->ffa_properties = vm_is_primary(vm) ? PROPERTIES_OF_PRIMARY
					       : PROPERTIES_OF_SECONDARY;
	atomic_init(&vm->ffa_version, FFA_VERSION_1_0);
	for (size_t i = 0; i < MAX_CPUS; i++) {
		vm->last_vcpu[i] = NO_VCPU;
	}
	spinlock_init(&vm->lock, LOCK_VM);
	for (uint16_t i = 0; i < vcpu_count; i++) {
		vcpu_init(&vm->vcpus[i], vm, i);
	}
	set->vm_count++;
	set->vcpu_count += vcpu_count;
	return vm;
}

struct vm *vm_set_find(uint64_t id)
{
	/* Unsigned: id 0 wraps to a number that is too large. */
	uint64_t idx = id - HF_PRIMARY_VM_ID;

	return idx < vm_set_state.vm_count ? &vm_set_state.vms[idx] : NULL;
}

uint16_t vm_set_count(void)
{
	return vm_set_state.vm_count;
}

void vm_set_reset(void)
{
	vm_set_state = (struct vm_set_state){0};
}
