/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/vm/vm_set.c: ids, limits, nothing used in vain. */
#include "hf/vm/vm_set.h"

#include "fixture/machine.h"
#include "hf/ffa.h"
#include "hftest.h"

/** A pool of memory and no VM. */
static struct page_pool *empty_set(void)
{
	(void)machine_start();
	vm_set_reset();
	return machine_pool();
}

/** Adds VMs of `vcpu_count` vCPUs until it is refused; how many came. */
static unsigned int fill_set(uint16_t vcpu_count, struct page_pool *pool)
{
	unsigned int count = 0;

	while (vm_set_add(vcpu_count, pool) != NULL) {
		count++;
	}
	return count;
}

TEST(vm_set, ids_begin_at_one_and_rise)
{
	struct page_pool *pool = empty_set();
	struct vm *first = vm_set_add(1, pool);
	struct vm *second = vm_set_add(2, pool);

	ASSERT_NE(first, NULL);
	ASSERT_NE(second, NULL);
	EXPECT_EQ(first->id, 1);
	EXPECT_EQ(second->id, 2);
	EXPECT_EQ(vm_set_count(), 2);
}

TEST(vm_set, new_vm_has_defaults)
{
	struct vm *vm = vm_set_add(2, empty_set());

	ASSERT_NE(vm, NULL);
	EXPECT_EQ(vm->vcpu_count, 2);
	EXPECT_EQ(vm->ffa_version, FFA_VERSION_1_0);
	EXPECT_EQ(vm->ffa_version_max, FFA_VERSION_1_2);
	EXPECT_FALSE(vm->ffa_version_is_locked);
	EXPECT_EQ(vm->smc_whitelist.count, 0);
	EXPECT_FALSE(vm->smc_whitelist.permissive);
	EXPECT_EQ(vm->log_length, 0);
}

TEST(vm_set, new_vcpus_are_off_and_numbered)
{
	struct vm *vm = vm_set_add(3, empty_set());

	ASSERT_NE(vm, NULL);
	for (uint16_t i = 0; i < 3; i++) {
		EXPECT_EQ(vm_vcpu(vm, i)->state, VCPU_OFF);
		EXPECT_EQ(vm_vcpu(vm, i)->idx, i);
		EXPECT_EQ(vm_vcpu(vm, i)->vm, vm);
	}
}

TEST(vm_set, vcpu_behind_the_last_is_null)
{
	struct vm *vm = vm_set_add(3, empty_set());

	ASSERT_NE(vm, NULL);
	EXPECT_EQ(vm_vcpu(vm, 3), NULL);
	EXPECT_EQ(vm_vcpu(vm, UINT32_MAX), NULL);
}

TEST(vm_set, vttbr_has_the_id_as_vmid)
{
	struct page_pool *pool = empty_set();
	struct vm *second;

	ASSERT_NE(vm_set_add(1, pool), NULL);
	second = vm_set_add(1, pool);

	ASSERT_NE(second, NULL);
	EXPECT_EQ(stage2_vttbr(&second->stage2) >> 48, 2U);
}

TEST(vm_set, new_vm_has_access_to_nothing)
{
	struct vm *vm = vm_set_add(1, empty_set());

	ASSERT_NE(vm, NULL);
	EXPECT_FALSE(stage2_allows(&vm->stage2, ipa_init(0), MM_MODE_R));
	EXPECT_FALSE(
		stage2_allows(&vm->stage2, ipa_init(0x40000000), MM_MODE_R));
}

TEST(vm_set, zero_vcpus_are_refused)
{
	EXPECT_EQ(vm_set_add(0, empty_set()), NULL);
	EXPECT_EQ(vm_set_count(), 0);
}

TEST(vm_set, more_vcpus_than_cpus_are_refused)
{
	struct page_pool *pool = empty_set();

	EXPECT_EQ(vm_set_add(MAX_CPUS + 1, pool), NULL);
	EXPECT_EQ(vm_set_add(UINT16_MAX, pool), NULL);
	EXPECT_NE(vm_set_add(MAX_CPUS, pool), NULL);
}

TEST(vm_set, as_many_vms_as_the_limit_says)
{
	EXPECT_EQ(fill_set(1, empty_set()), (unsigned int)MAX_VMS);
	EXPECT_EQ(vm_set_count(), MAX_VMS);
}

TEST(vm_set, all_vms_may_have_all_vcpus)
{
	EXPECT_EQ(fill_set(MAX_CPUS, empty_set()), (unsigned int)MAX_VMS);
}

TEST(vm_set, every_vcpu_of_a_full_set_is_its_own)
{
	struct vm *last;

	(void)fill_set(MAX_CPUS, empty_set());
	last = vm_set_find(MAX_VMS);

	ASSERT_NE(last, NULL);
	EXPECT_EQ(vm_vcpu(last, 0) - vm_vcpu(vm_set_find(1), 0),
		  (MAX_VMS - 1) * MAX_CPUS);
}

TEST(vm_set, refused_vm_takes_no_page)
{
	struct page_pool *pool = empty_set();
	size_t before;

	(void)fill_set(1, pool);
	before = page_pool_count(pool);

	EXPECT_EQ(vm_set_add(1, pool), NULL);
	EXPECT_EQ(page_pool_count(pool), before);
	EXPECT_EQ(vm_set_count(), MAX_VMS);
}

TEST(vm_set, empty_pool_refuses_and_uses_nothing_up)
{
	struct page_pool empty;
	struct page_pool *pool = empty_set();

	page_pool_init(&empty, NULL);

	EXPECT_EQ(vm_set_add(1, &empty), NULL);
	EXPECT_EQ(vm_set_count(), 0);
	EXPECT_EQ(vm_set_find(1), NULL);
	EXPECT_EQ(vm_set_add(1, pool), vm_set_find(1));
}

TEST(vm_set_find, every_id_that_was_given)
{
	struct page_pool *pool = empty_set();
	struct vm *first = vm_set_add(1, pool);
	struct vm *second = vm_set_add(1, pool);

	EXPECT_EQ(vm_set_find(1), first);
	EXPECT_EQ(vm_set_find(2), second);
}

/** The first id that is not found as its own VM; 0 when all are. */
static unsigned int first_lost_id(unsigned int last)
{
	for (unsigned int id = 1; id <= last; id++) {
		struct vm *vm = vm_set_find((uint16_t)id);

		if (vm == NULL || vm->id != id) {
			return id;
		}
	}
	return 0;
}

TEST(vm_set_find, every_id_up_to_the_limit)
{
	ASSERT_EQ(fill_set(1, empty_set()), (unsigned int)MAX_VMS);

	EXPECT_EQ(first_lost_id(MAX_VMS), 0U);
	EXPECT_EQ(vm_set_find(MAX_VMS + 1), NULL);
}

TEST(vm_set_find, nobody_else)
{
	ASSERT_NE(vm_set_add(1, empty_set()), NULL);

	EXPECT_EQ(vm_set_find(HF_HYPERVISOR_VM_ID), NULL);
	EXPECT_EQ(vm_set_find(2), NULL);
	EXPECT_EQ(vm_set_find(HF_INVALID_VM_ID), NULL);
	EXPECT_EQ(vm_set_find(HF_TEE_VM_ID), NULL);
	/* 16 bits of it are VM 1. */
	EXPECT_EQ(vm_set_find(UINT64_C(0x10001)), NULL);
	EXPECT_EQ(vm_set_find(UINT16_MAX), NULL);
}

TEST(vm, only_id_one_is_the_primary)
{
	struct page_pool *pool = empty_set();

	EXPECT_TRUE(vm_is_primary(vm_set_add(1, pool)));
	EXPECT_FALSE(vm_is_primary(vm_set_add(1, pool)));
}
