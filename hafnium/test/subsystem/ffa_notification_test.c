/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_NOTIFICATION_BIND, UNBIND, SET and GET, the interrupts that follow, and
 * who is offered them. hafnium/src/ffa/notification.c
 */
#include "hf/ffa/notification.h"

#include "fixture/mailbox.h"
#include "hf/ffa/partition.h"
#include "hf/hvc.h"
#include "hftest.h"

/** w1 of BIND and UNBIND by VM 2: bits of the primary. */
#define FROM_PRIMARY 0x10002
/** w1 of SET by the primary for VM 2. */
#define TO_VM2 0x10002
#define PER_VCPU 1U

/** HCR_EL2: a virtual IRQ is pending for who runs. */
#define HCR_VI BIT(7)

struct pair {
	struct vcpu *primary;
	struct vcpu *receiver; /* VM 2, which has three vCPUs */
};

static struct pair start_with(uint32_t version)
{
	struct pair pair = {.primary = mailbox_machine()};

	sysreg_write(id_aa64pfr0_el1, UINT64_C(1) << 24);
	pair.receiver = vm_vcpu(guest_add_vm(3), 0);
	pair.primary->vm->ffa_version = version;
	pair.receiver->vm->ffa_version = version;
	return pair;
}

static struct pair start(void)
{
	return start_with(FFA_VERSION_1_1);
}

static int32_t bind(struct vcpu *vcpu, uint64_t w1, uint64_t flags,
		    uint64_t bits)
{
	return mailbox_call(vcpu, CALL(FFA_NOTIFICATION_BIND, w1, flags,
				       (uint32_t)bits, bits >> 32));
}

static int32_t unbind(struct vcpu *vcpu, uint64_t w1, uint64_t bits)
{
	return mailbox_call(vcpu, CALL(FFA_NOTIFICATION_UNBIND, w1, 0,
				       (uint32_t)bits, bits >> 32));
}

static int32_t set(struct vcpu *vcpu, uint64_t w1, uint64_t flags,
		   uint64_t bits)
{
	return mailbox_call(vcpu, CALL(FFA_NOTIFICATION_SET, w1, flags,
				       (uint32_t)bits, bits >> 32));
}

/** Bits of VMs that `vcpu` gets for vCPU `idx`. */
static uint64_t get(struct vcpu *vcpu, uint64_t idx)
{
	const uint64_t *x = vcpu->regs.x;

	(void)machine_hvc(vcpu, CALL(FFA_NOTIFICATION_GET,
				     idx << 16 | vcpu->vm->id, 0xf));
	EXPECT_EQ(x[0], FFA_SUCCESS);
	EXPECT_EQ(x[1] | x[2] | x[3] | x[6], 0U);
	return x[4] | x[5] << 32;
}

static bool has_npi(const struct pair *pair, uint32_t idx)
{
	return (vm_vcpu(pair->receiver->vm, idx)->virq_pending &
		BIT(NOTIFICATION_PENDING_INTID)) != 0;
}

TEST(ffa_notification, global_bits_are_for_any_vcpu)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 0x8000000000000001), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 0x8000000000000001), 0);
	EXPECT_TRUE(has_npi(&pair, 0));
	EXPECT_TRUE(has_npi(&pair, 2));

	EXPECT_EQ(get(pair.receiver, 1), UINT64_C(0x8000000000000001));
	EXPECT_EQ(get(pair.receiver, 0), 0U);
	EXPECT_FALSE(has_npi(&pair, 0));
	EXPECT_FALSE(has_npi(&pair, 2));
}

TEST(ffa_notification, bits_of_a_vcpu_are_for_that_one)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, PER_VCPU, 6), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, PER_VCPU | 1U << 16, 2), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, PER_VCPU | 2U << 16, 4), 0);
	EXPECT_FALSE(has_npi(&pair, 0));
	EXPECT_TRUE(has_npi(&pair, 1));

	EXPECT_EQ(get(pair.receiver, 0), 0U);
	EXPECT_EQ(get(pair.receiver, 1), 2U);
	EXPECT_FALSE(has_npi(&pair, 1));
	EXPECT_TRUE(has_npi(&pair, 2));
	EXPECT_EQ(get(pair.receiver, 2), 4U);
}

TEST(ffa_notification, get_takes_only_what_is_asked_for)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	/* Secure partitions, the SPM and the hypervisor. */
	(void)machine_hvc(pair.receiver, CALL(FFA_NOTIFICATION_GET, 2, 0xd));
	EXPECT_EQ(guest_first_used(pair.receiver, 1), 8U);
	EXPECT_EQ(get(pair.receiver, 0), 1U);
}

TEST(ffa_notification, bitmaps_are_two_32_bit_halves)
{
	struct pair pair = start();
	uint64_t upper = UINT64_C(0xf0f0f0f000000000);

	ASSERT_EQ(mailbox_call(pair.receiver,
			       CALL(FFA_NOTIFICATION_BIND, upper | FROM_PRIMARY,
				    upper, upper | 1, upper | 2)),
		  0);
	EXPECT_EQ(mailbox_call(pair.primary,
			       CALL(FFA_NOTIFICATION_SET, upper | TO_VM2, upper,
				    upper | 1, upper | 2)),
		  0);
	EXPECT_EQ(mailbox_call(pair.receiver,
			       CALL(FFA_NOTIFICATION_GET, upper | 2, upper)),
		  0);
	EXPECT_EQ(get(pair.receiver, 0), UINT64_C(0x200000001));
	/* Nobody has bound more than that. */
	EXPECT_EQ(mailbox_call(pair.receiver, CALL(FFA_NOTIFICATION_UNBIND,
						   upper | FROM_PRIMARY, upper,
						   upper | 1, upper | 2)),
		  0);
}

TEST(ffa_notification, fetching_takes_the_interrupt_of_the_caller_back)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	ASSERT_EQ(guest_run(pair.primary, pair.receiver), pair.receiver);
	(void)guest_hvc(pair.receiver, CALL(HF_INTERRUPT_ENABLE, 5, 1));
	ASSERT_EQ(guest_irq(pair.receiver), pair.primary);
	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	ASSERT_EQ(guest_run(pair.primary, pair.receiver), pair.receiver);
	EXPECT_NE(sysreg_read(hcr_el2) & HCR_VI, 0U);
	EXPECT_EQ(get(pair.receiver, 0), 1U);
	EXPECT_EQ(sysreg_read(hcr_el2) & HCR_VI, 0U);
}

TEST(ffa_notification, setting_again_counts_once)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	EXPECT_EQ(get(pair.receiver, 0), 1U);
	EXPECT_EQ(get(pair.receiver, 0), 0U);
}

TEST(ffa_notification, bind_checks_who_and_what)
{
	struct vcpu *vcpu = start().receiver;
	int32_t invalid = FFA_INVALID_PARAMETERS;

	EXPECT_EQ(bind(vcpu, 0x10003, 0, 1), invalid);
	EXPECT_EQ(bind(vcpu, 0x20002, 0, 1), invalid);
	EXPECT_EQ(bind(vcpu, 0x70002, 0, 1), invalid);
	EXPECT_EQ(bind(vcpu, 0x80010002, 0, 1), invalid);
	EXPECT_EQ(bind(vcpu, FROM_PRIMARY, 2, 1), invalid);
	EXPECT_EQ(bind(vcpu, FROM_PRIMARY, 0, 0), invalid);
}

TEST(ffa_notification, bound_bits_are_not_bound_again)
{
	struct pair pair = start();

	(void)guest_add_vm(1);
	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 3), 0);
	EXPECT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), FFA_DENIED);
	EXPECT_EQ(bind(pair.receiver, 0x30002, 0, 6), FFA_DENIED);
	/* Nothing of it was done. */
	EXPECT_EQ(bind(pair.receiver, 0x30002, 0, 4), 0);
}

TEST(ffa_notification, unbind_needs_the_binding)
{
	struct pair pair = start();

	(void)guest_add_vm(1);
	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 3), 0);
	EXPECT_EQ(unbind(pair.receiver, 0x30002, 1), FFA_DENIED);
	EXPECT_EQ(unbind(pair.receiver, FROM_PRIMARY, 5), FFA_DENIED);
	EXPECT_EQ(unbind(pair.receiver, FROM_PRIMARY, 0),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_call(pair.receiver, CALL(FFA_NOTIFICATION_UNBIND,
						   FROM_PRIMARY, 1, 1)),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(unbind(pair.receiver, FROM_PRIMARY, 1), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 1), FFA_DENIED);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 2), 0);
}

TEST(ffa_notification, unbound_bit_may_be_bound_in_the_other_way)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, PER_VCPU, 1), 0);
	ASSERT_EQ(unbind(pair.receiver, FROM_PRIMARY, 1), 0);
	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, PER_VCPU, 1),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
}

TEST(ffa_notification, pending_bits_stay_bound)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, PER_VCPU, 2), 0);
	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	ASSERT_EQ(set(pair.primary, TO_VM2, PER_VCPU | 1U << 16, 2), 0);
	EXPECT_EQ(unbind(pair.receiver, FROM_PRIMARY, 1), FFA_DENIED);
	EXPECT_EQ(unbind(pair.receiver, FROM_PRIMARY, 2), FFA_DENIED);
	(void)get(pair.receiver, 1);
	EXPECT_EQ(unbind(pair.receiver, FROM_PRIMARY, 3), 0);
}

TEST(ffa_notification, set_checks_who_and_what)
{
	struct pair pair = start();
	int32_t invalid = FFA_INVALID_PARAMETERS;

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, PER_VCPU, 2), 0);
	EXPECT_EQ(set(pair.primary, 0x20001, 0, 1), invalid);
	EXPECT_EQ(set(pair.primary, 0x10001, 0, 1), invalid);
	EXPECT_EQ(set(pair.primary, 0x10007, 0, 1), invalid);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 0), invalid);
	EXPECT_EQ(set(pair.primary, TO_VM2, 4, 1), invalid);
	/* Delayed SRI is for secure senders. */
	EXPECT_EQ(set(pair.primary, TO_VM2, 2, 1), invalid);
	/* A vCPU for a global one, too large a vCPU, bound the other way. */
	EXPECT_EQ(set(pair.primary, TO_VM2, 1U << 16, 1), invalid);
	EXPECT_EQ(set(pair.primary, TO_VM2, PER_VCPU | 3U << 16, 2), invalid);
	EXPECT_EQ(set(pair.primary, TO_VM2, PER_VCPU, 1), invalid);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 2), invalid);
	EXPECT_EQ(get(pair.receiver, 0), 0U);
}

TEST(ffa_notification, set_needs_the_binding)
{
	struct pair pair = start();
	struct vcpu *third = vm_vcpu(guest_add_vm(1), 0);

	third->vm->ffa_version = FFA_VERSION_1_2;
	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 3), FFA_DENIED);
	EXPECT_EQ(set(third, 0x30002, 0, 1), FFA_DENIED);
	EXPECT_EQ(get(pair.receiver, 0), 0U);
	pair.receiver->vm->ffa_properties &= ~FFA_PROPERTY_NOTIFICATIONS;
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 1), FFA_DENIED);
}

TEST(ffa_notification, get_checks_who_and_what)
{
	struct vcpu *vcpu = start().receiver;

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_NOTIFICATION_GET, 1, 2)),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_NOTIFICATION_GET, 0x30002, 2)),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_NOTIFICATION_GET, 2, 0x10)),
		  FFA_INVALID_PARAMETERS);
}

TEST(ffa_notification, are_not_there_before_1_1_or_for_who_takes_no_part)
{
	struct pair pair = start_with(FFA_VERSION_1_0);

	EXPECT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), FFA_NOT_SUPPORTED);
	EXPECT_EQ(unbind(pair.receiver, FROM_PRIMARY, 1), FFA_NOT_SUPPORTED);
	EXPECT_EQ(set(pair.primary, TO_VM2, 0, 1), FFA_NOT_SUPPORTED);
	EXPECT_EQ(mailbox_call(pair.primary, CALL(FFA_NOTIFICATION_GET, 1, 2)),
		  FFA_NOT_SUPPORTED);
	pair = start();
	pair.receiver->vm->ffa_properties &= ~FFA_PROPERTY_NOTIFICATIONS;
	EXPECT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), FFA_NOT_SUPPORTED);
}

TEST(ffa_notification, setting_sends_the_primary_an_sgi)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1), 0U);
	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1),
		  (uint64_t)NOTIFICATION_SCHEDULE_INTID << 24 | 1);
}

TEST(ffa_notification, sgi_is_for_the_cpu_of_the_sender)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 1), 0);
	sysreg_write(mpidr_el1, UINT64_C(0x4480332215));
	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1),
		  UINT64_C(0x44) << 48 | UINT64_C(1) << 44 |
			  UINT64_C(0x33) << 32 | UINT64_C(8) << 24 |
			  UINT64_C(0x22) << 16 | UINT64_C(1) << 5);
}

TEST(ffa_notification, primary_that_does_not_know_gets_no_sgi)
{
	struct pair pair = start();
	struct vcpu *third = vm_vcpu(guest_add_vm(1), 0);

	third->vm->ffa_version = FFA_VERSION_1_1;
	ASSERT_EQ(bind(pair.receiver, 0x30002, 0, 1), 0);
	pair.primary->vm->ffa_version = FFA_VERSION_1_0;
	ASSERT_EQ(set(third, 0x30002, 0, 1), 0);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1), 0U);
	/* Nor is there one on another GIC. */
	pair.primary->vm->ffa_version = FFA_VERSION_1_1;
	sysreg_write(id_aa64pfr0_el1, 0);
	ASSERT_EQ(set(third, 0x30002, 0, 1), 0);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1), 0U);
}

/** FFA_FEATURES of a feature id: w2, or 0 for NOT_SUPPORTED. */
static uint64_t feature(struct vcpu *vcpu, uint64_t id)
{
	uint64_t x0 = machine_hvc(vcpu, CALL(FFA_FEATURES, id));

	return x0 == FFA_SUCCESS ? vcpu->regs.x[2] : 0;
}

TEST(ffa_notification, interrupts_are_features)
{
	struct pair pair = start();

	EXPECT_EQ(feature(pair.primary, FFA_FEATURE_NPI), 5U);
	EXPECT_EQ(feature(pair.receiver, FFA_FEATURE_NPI), 5U);
	EXPECT_EQ(feature(pair.primary, FFA_FEATURE_SRI), 8U);
	EXPECT_EQ(feature(pair.receiver, FFA_FEATURE_SRI), 0U);
	EXPECT_EQ(feature(pair.primary, FFA_FEATURE_MEI), 0U);
	EXPECT_EQ(feature(pair.primary, 0), 0U);
	EXPECT_EQ(feature(pair.primary, 4), 0U);
	EXPECT_EQ(feature(pair.primary, 0x101), 0U);
	(void)machine_hvc(pair.primary, CALL(FFA_FEATURES, 1, 1));
	EXPECT_FFA_ERROR(pair.primary, FFA_NOT_SUPPORTED);
	sysreg_write(id_aa64pfr0_el1, 0);
	EXPECT_EQ(feature(pair.primary, FFA_FEATURE_SRI), 0U);
	pair.receiver->vm->ffa_properties &= ~FFA_PROPERTY_NOTIFICATIONS;
	EXPECT_EQ(feature(pair.receiver, FFA_FEATURE_NPI), 0U);
}

TEST(ffa_notification, what_is_pending_already_signals_nobody)
{
	struct pair pair = start();

	ASSERT_EQ(bind(pair.receiver, FROM_PRIMARY, 0, 3), 0);
	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	sysreg_write(icc_sgi1r_el1, 0);
	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 1), 0);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1), 0U);

	ASSERT_EQ(set(pair.primary, TO_VM2, 0, 3), 0);
	EXPECT_NE(sysreg_read(icc_sgi1r_el1), 0U);
	EXPECT_EQ(get(pair.receiver, 0), 3U);
}

TEST(ffa_notification, primary_with_a_bitmap_has_the_sgi_only)
{
	struct pair pair = start();

	(void)machine_hvc(pair.primary,
			  CALL(FFA_NOTIFICATION_BITMAP_CREATE, 1, 1));
	EXPECT_EQ(feature(pair.primary, FFA_FEATURE_NPI), 0U);
	EXPECT_EQ(feature(pair.primary, FFA_FEATURE_SRI), 8U);
	EXPECT_EQ(feature(pair.receiver, FFA_FEATURE_NPI), 5U);
	(void)machine_hvc(pair.primary,
			  CALL(FFA_NOTIFICATION_BITMAP_DESTROY, 1));
	EXPECT_EQ(feature(pair.primary, FFA_FEATURE_NPI), 5U);
}
