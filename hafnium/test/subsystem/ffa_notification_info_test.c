/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_NOTIFICATION_INFO_GET, BITMAP_CREATE and DESTROY.
 * hafnium/src/ffa/notification_info.c
 */
#include "fixture/mailbox.h"
#include "hf/base/bits.h"
#include "hf/ffa/notification.h"
#include "hftest.h"

#define PER_VCPU 1U

static struct vcpu *start(void)
{
	struct vcpu *primary = mailbox_machine();

	primary->vm->ffa_version = FFA_VERSION_1_1;
	return primary;
}

/** A VM with `vcpu_count` vCPUs: bit 0 global, bit 1 per vCPU, of the primary. */
static struct vm *add_receiver(uint16_t vcpu_count)
{
	struct vm *vm = guest_add_vm(vcpu_count);
	uint64_t w1 = UINT64_C(1) << 16 | vm->id;

	vm->ffa_version = FFA_VERSION_1_1;
	CHECK(mailbox_call(vm_vcpu(vm, 0),
			   CALL(FFA_NOTIFICATION_BIND, w1, 0, 1)) == 0);
	CHECK(mailbox_call(vm_vcpu(vm, 0),
			   CALL(FFA_NOTIFICATION_BIND, w1, PER_VCPU, 2)) == 0);
	return vm;
}

static void set_global(struct vcpu *primary, const struct vm *vm)
{
	uint64_t w1 = UINT64_C(1) << 16 | vm->id;

	ASSERT_EQ(mailbox_call(primary, CALL(FFA_NOTIFICATION_SET, w1, 0, 1)),
		  0);
}

static void set_vcpu(struct vcpu *primary, const struct vm *vm, uint64_t idx)
{
	uint64_t w1 = UINT64_C(1) << 16 | vm->id;

	ASSERT_EQ(mailbox_call(primary, CALL(FFA_NOTIFICATION_SET, w1,
					     PER_VCPU | idx << 16, 2)),
		  0);
}

static const uint64_t *info(struct vcpu *primary)
{
	(void)machine_hvc(primary, CALL(FFA_64(FFA_NOTIFICATION_INFO_GET)));
	return primary->regs.x;
}

TEST(ffa_notification_info, nothing_is_no_data)
{
	struct vcpu *primary = start();

	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
}

TEST(ffa_notification_info, global_is_a_list_without_vcpus)
{
	struct vcpu *primary = start();
	const uint64_t *x;

	set_global(primary, add_receiver(1));
	x = info(primary);
	EXPECT_EQ(x[0], FFA_SUCCESS_64);
	EXPECT_EQ(x[1], 0U);
	EXPECT_EQ(x[2], 1U << 7);
	EXPECT_EQ(x[3], 2U);
	EXPECT_EQ(guest_first_used(primary, 4), 8U);
}

TEST(ffa_notification_info, is_told_once_until_it_is_fetched_and_set_again)
{
	struct vcpu *primary = start();
	struct vm *vm = add_receiver(1);

	set_global(primary, vm);
	EXPECT_EQ(info(primary)[0], FFA_SUCCESS_64);
	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
	set_global(primary, vm);
	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
	(void)machine_hvc(vm_vcpu(vm, 0), CALL(FFA_NOTIFICATION_GET, 2, 2));
	set_global(primary, vm);
	EXPECT_EQ(info(primary)[0], FFA_SUCCESS_64);
}

static void fill_rx(struct vm *vm)
{
	struct vm_locked locked = vm_lock(vm);

	notification_rx_full(locked);
	vm_unlock(&locked);
}

/** The hypervisor's own bit, as those of VMs. */
TEST(ffa_notification_info, full_rx_is_told_once_until_it_is_fetched)
{
	struct vcpu *primary = start();
	struct vm *vm = add_receiver(1);

	fill_rx(vm);
	EXPECT_EQ(info(primary)[0], FFA_SUCCESS_64);
	EXPECT_EQ(primary->regs.x[3], vm->id);
	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
	(void)machine_hvc(vm_vcpu(vm, 0), CALL(FFA_NOTIFICATION_GET, 2, 8));
	EXPECT_EQ(vm_vcpu(vm, 0)->regs.x[7], 1U);
	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
	fill_rx(vm);
	EXPECT_EQ(info(primary)[0], FFA_SUCCESS_64);
}

TEST(ffa_notification_info, what_was_fetched_is_not_told)
{
	struct vcpu *primary = start();
	struct vm *vm = add_receiver(1);

	set_global(primary, vm);
	(void)machine_hvc(vm_vcpu(vm, 0), CALL(FFA_NOTIFICATION_GET, 2, 2));
	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
}

TEST(ffa_notification_info, three_vcpus_are_in_a_list)
{
	struct vcpu *primary = start();
	struct vm *vm = add_receiver(5);
	const uint64_t *x;

	set_global(primary, vm);
	set_vcpu(primary, vm, 0);
	set_vcpu(primary, vm, 1);
	set_vcpu(primary, vm, 3);
	set_vcpu(primary, vm, 4);
	x = info(primary);
	/* Lists of 0, 3 and 1. */
	EXPECT_EQ(x[2], 3U << 7 | 3U << 14 | 1U << 16);
	EXPECT_EQ(x[3], UINT64_C(0x0001000000020002));
	EXPECT_EQ(x[4], UINT64_C(0x0000000400020003));
}

TEST(ffa_notification_info, what_does_not_fit_is_told_next)
{
	struct vcpu *primary = start();
	struct vm *vms[3];
	const uint64_t *x;

	/* Each needs 1 + 8 + 3 ids. */
	for (unsigned int i = 0; i < 3; i++) {
		vms[i] = add_receiver(8);
		set_global(primary, vms[i]);
		for (uint64_t idx = 0; idx < 8; idx++) {
			set_vcpu(primary, vms[i], idx);
		}
	}
	x = info(primary);
	EXPECT_EQ(x[2] & 1, 1U);
	EXPECT_EQ(x[3] & 0xffff, 2U);
	/* 12 for VM 2; of VM 3 the global list and 2 lists of 3, 2 vCPUs. */
	EXPECT_EQ((x[2] >> 7) & 31, 7U);
	EXPECT_EQ(x[7] >> 48, 4U);
	x = info(primary);
	EXPECT_EQ(x[2] & 1, 0U);
	EXPECT_EQ(x[3] & 0xffffffff, 0x50003U);
	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
}

/** A receiver of which this has to be told: a global bit, the first vCPUs. */
static struct vm *add_news(struct vcpu *primary, bool has_global,
			   uint64_t vcpu_count)
{
	struct vm *vm = add_receiver(MAX_CPUS);

	if (has_global) {
		set_global(primary, vm);
	}
	for (uint64_t idx = 0; idx < vcpu_count; idx++) {
		set_vcpu(primary, vm, idx);
	}
	return vm;
}

/* 1 + 4 + 4 + 3 ids of VM 2, then what there is room for. */
TEST(ffa_notification_info, list_of_the_last_vm_does_not_fit)
{
	struct vcpu *primary = start();
	const uint64_t *x;

	(void)add_news(primary, true, 8);
	(void)add_news(primary, false, 7);
	x = info(primary);
	EXPECT_EQ(x[2] & 1, 1U);
	EXPECT_EQ((x[2] >> 7) & 31, 6U);
	x = info(primary);
	EXPECT_EQ(x[2], 1U << 7 | 1U << 12);
	EXPECT_EQ(x[3], 0x60003U);
}

TEST(ffa_notification_info, vcpu_of_the_last_vm_does_not_fit)
{
	struct vcpu *primary = start();
	const uint64_t *x;

	(void)add_news(primary, true, 8);
	(void)add_news(primary, true, 6);
	x = info(primary);
	EXPECT_EQ(x[2] & 1, 1U);
	EXPECT_EQ(x[7], UINT64_C(0x0004000300030002));
	x = info(primary);
	EXPECT_EQ(x[2], 1U << 7 | 1U << 12);
	EXPECT_EQ(x[3], 0x50003U);
}

TEST(ffa_notification_info, twenty_ids_fit)
{
	struct vcpu *primary = start();
	const uint64_t *x;

	(void)add_news(primary, true, 8);
	(void)add_news(primary, true, 3);
	(void)add_news(primary, true, 1);
	x = info(primary);
	EXPECT_EQ(x[2] & 1, 0U);
	EXPECT_EQ((x[2] >> 7) & 31, 8U);
	EXPECT_EQ(x[7], UINT64_C(0x0000000400040002));
	(void)info(primary);
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
}

TEST(ffa_notification_info, only_global_lists_fill_it)
{
	struct vcpu *primary = start();
	unsigned int told = 0;

	for (unsigned int i = 1; i < MAX_VMS; i++) {
		set_global(primary, add_receiver(1));
	}
	while (info(primary)[0] == FFA_SUCCESS_64) {
		told += (unsigned int)(primary->regs.x[2] >> 7) & 31;
	}
	EXPECT_EQ(told, MAX_VMS - 1U);
}

/** Everything that is told until there is no more: bit 0 global, bit 1 + n. */
static void collect(struct vcpu *primary, uint16_t told[MAX_VMS + 1])
{
	while (info(primary)[0] == FFA_SUCCESS_64) {
		const uint64_t *x = primary->regs.x;
		unsigned int at = 0;

		for (unsigned int list = 0; list < ((x[2] >> 7) & 31); list++) {
			uint64_t vcpus = (x[2] >> (12 + 2 * list)) & 3;
			uint16_t vm =
				(uint16_t)(x[3 + at / 4] >> (at % 4 * 16));

			at++;
			told[vm] |= vcpus == 0 ? 1 : 0;
			for (; vcpus > 0; vcpus--, at++) {
				uint16_t idx = (uint16_t)(x[3 + at / 4] >>
							  (at % 4 * 16));

				EXPECT_EQ(told[vm] & (2U << idx), 0U);
				told[vm] |= (uint16_t)(2U << idx);
			}
		}
		ASSERT_LE(at, 20U);
	}
}

/** Those of four vCPUs that are in `mask`; as bits of collect(). */
static uint16_t set_vcpus(struct vcpu *primary, const struct vm *vm,
			  uint32_t mask)
{
	uint16_t told = 0;

	for (uint64_t idx = 0; idx < 4; idx++) {
		if ((mask >> idx & 1) != 0) {
			set_vcpu(primary, vm, idx);
			told |= (uint16_t)(2U << idx);
		}
	}
	return told;
}

TEST(ffa_notification_info, all_is_told_wherever_it_is_cut)
{
	for (uint32_t pattern = 1; pattern < 64; pattern++) {
		struct vcpu *primary = start();
		uint16_t told[MAX_VMS + 1] = {0};
		uint16_t set[MAX_VMS + 1] = {0};

		for (uint16_t i = 2; i < 8; i++) {
			struct vm *vm = add_receiver(4);

			set[i] |= set_vcpus(primary, vm, pattern * i);
			if ((pattern + i) % 3 != 0) {
				set_global(primary, vm);
				set[i] |= 1;
			}
		}
		collect(primary, told);
		for (uint16_t i = 2; i < 8; i++) {
			EXPECT_EQ(told[i], set[i]);
		}
	}
}

TEST(ffa_notification_info, is_for_the_primary)
{
	struct vcpu *vcpu;

	(void)start();
	vcpu = vm_vcpu(add_receiver(1), 0);
	(void)info(vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);
	EXPECT_EQ(
		mailbox_call(vcpu, CALL(FFA_NOTIFICATION_BITMAP_CREATE, 2, 1)),
		FFA_NOT_SUPPORTED);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_NOTIFICATION_BITMAP_DESTROY, 2)),
		  FFA_NOT_SUPPORTED);
}

static int32_t create(struct vcpu *primary, uint64_t id, uint64_t count)
{
	return mailbox_call(primary,
			    CALL(FFA_NOTIFICATION_BITMAP_CREATE, id, count));
}

static int32_t destroy(struct vcpu *primary, uint64_t id)
{
	return mailbox_call(primary, CALL(FFA_NOTIFICATION_BITMAP_DESTROY, id));
}

TEST(ffa_notification_info, primary_makes_its_bitmap_once)
{
	struct vcpu *primary = start();

	EXPECT_EQ(create(primary, 2, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(create(primary, 1, 0), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(create(primary, 1, MACHINE_CPUS + 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(destroy(primary, 1), FFA_DENIED);
	EXPECT_EQ(create(primary, 1, 1), 0);
	EXPECT_EQ(create(primary, 1, 1), FFA_DENIED);
	EXPECT_EQ(destroy(primary, 2), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(destroy(primary, 1), 0);
	/* Upper halves are none of a 32-bit call. */
	EXPECT_EQ(create(primary, BIT(32) | 1, BIT(32) | MACHINE_CPUS), 0);
	EXPECT_EQ(destroy(primary, BIT(32) | 1), 0);
}

TEST(ffa_notification_info, destroying_unbinds_what_is_not_pending)
{
	struct vcpu *primary = start();
	struct vcpu *sender = vm_vcpu(add_receiver(1), 0);
	struct smccc_value bind =
		CALL(FFA_NOTIFICATION_BIND, 0x20001, PER_VCPU, 8);
	struct smccc_value set =
		CALL(FFA_NOTIFICATION_SET, 0x20001, PER_VCPU, 8);

	ASSERT_EQ(create(primary, 1, 1), 0);
	ASSERT_EQ(mailbox_call(primary, bind), 0);
	ASSERT_EQ(mailbox_call(sender, set), 0);
	EXPECT_EQ(destroy(primary, 1), FFA_DENIED);
	(void)machine_hvc(primary, CALL(FFA_NOTIFICATION_GET, 1, 2));
	EXPECT_EQ(destroy(primary, 1), 0);
	EXPECT_EQ(mailbox_call(sender, set), FFA_DENIED);
}
