/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/vm/virq.c: enabled and pending ids of a vCPU, and the
 * virtual IRQ line, HCR_EL2.VI, that follows from them.
 */
#include "hf/vm/virq.h"

#include "fixture/guest.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hftest.h"

#define HCR_VF BIT(6)
#define HCR_VI BIT(7)

/** A secondary's vCPU with nothing enabled or pending, locked. */
static struct vcpu_locked quiet_vcpu(void)
{
	(void)machine_start();
	return vcpu_lock(vm_vcpu(guest_add_vm(1), 0));
}

static bool line_is_up(struct vcpu_locked vcpu)
{
	return (vcpu.vcpu->regs.hcr_el2 & HCR_VI) != 0;
}

TEST(virq, none_is_enabled_or_pending_at_first)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	EXPECT_EQ(vcpu.vcpu->virq_enabled, 0U);
	EXPECT_EQ(vcpu.vcpu->virq_pending, 0U);
	EXPECT_FALSE(virq_is_deliverable(vcpu.vcpu));
	EXPECT_FALSE(line_is_up(vcpu));
}

TEST(virq, take_of_none_is_the_invalid_id)
{
	EXPECT_EQ(virq_take(quiet_vcpu()), HF_INVALID_INTID);
}

TEST(virq, pending_but_not_enabled_is_not_delivered)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	EXPECT_FALSE(virq_inject(vcpu, 7));

	EXPECT_FALSE(virq_is_deliverable(vcpu.vcpu));
	EXPECT_FALSE(line_is_up(vcpu));
	EXPECT_EQ(virq_take(vcpu), HF_INVALID_INTID);
}

TEST(virq, enabled_but_not_pending_is_not_delivered)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);

	EXPECT_FALSE(virq_is_deliverable(vcpu.vcpu));
	EXPECT_FALSE(line_is_up(vcpu));
	EXPECT_EQ(virq_take(vcpu), HF_INVALID_INTID);
}

TEST(virq, enabled_then_pending_is_delivered)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	EXPECT_TRUE(virq_inject(vcpu, 7));

	EXPECT_TRUE(virq_is_deliverable(vcpu.vcpu));
	EXPECT_TRUE(line_is_up(vcpu));
}

TEST(virq, pending_then_enabled_is_delivered)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	(void)virq_inject(vcpu, 7);
	virq_enable(vcpu, 7, true);

	EXPECT_TRUE(virq_is_deliverable(vcpu.vcpu));
	EXPECT_TRUE(line_is_up(vcpu));
}

TEST(virq, enabling_another_does_not_deliver_it)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	(void)virq_inject(vcpu, 7);
	virq_enable(vcpu, 8, true);

	EXPECT_FALSE(virq_is_deliverable(vcpu.vcpu));
	EXPECT_FALSE(line_is_up(vcpu));
}

TEST(virq, disabling_lowers_the_line_and_keeps_it_pending)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	(void)virq_inject(vcpu, 7);
	virq_enable(vcpu, 7, false);

	EXPECT_FALSE(line_is_up(vcpu));
	EXPECT_EQ(virq_take(vcpu), HF_INVALID_INTID);
	EXPECT_EQ(vcpu.vcpu->virq_pending, BIT(7));
}

TEST(virq, disabling_one_keeps_the_line_up_for_another)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	virq_enable(vcpu, 9, true);
	(void)virq_inject(vcpu, 7);
	(void)virq_inject(vcpu, 9);
	virq_enable(vcpu, 7, false);

	EXPECT_TRUE(line_is_up(vcpu));
	EXPECT_EQ(virq_take(vcpu), 9U);
}

TEST(virq, enabling_twice_is_enabling_once)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	virq_enable(vcpu, 7, true);
	EXPECT_EQ(vcpu.vcpu->virq_enabled, BIT(7));

	virq_enable(vcpu, 7, false);
	EXPECT_EQ(vcpu.vcpu->virq_enabled, 0U);
}

TEST(virq_take, makes_it_not_pending_and_lowers_the_line)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	(void)virq_inject(vcpu, 7);

	EXPECT_EQ(virq_take(vcpu), 7U);
	EXPECT_FALSE(line_is_up(vcpu));
	EXPECT_EQ(virq_take(vcpu), HF_INVALID_INTID);
	EXPECT_EQ(vcpu.vcpu->virq_enabled, BIT(7));
}

TEST(virq_take, lowest_comes_first_whatever_came_first)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	vcpu.vcpu->virq_enabled = UINT64_MAX;
	(void)virq_inject(vcpu, 63);
	(void)virq_inject(vcpu, 0);
	(void)virq_inject(vcpu, 31);
	(void)virq_inject(vcpu, 32);

	EXPECT_EQ(virq_take(vcpu), 0U);
	EXPECT_EQ(virq_take(vcpu), 31U);
	EXPECT_EQ(virq_take(vcpu), 32U);
	EXPECT_EQ(virq_take(vcpu), 63U);
	EXPECT_EQ(virq_take(vcpu), HF_INVALID_INTID);
}

TEST(virq_take, skips_what_is_not_enabled)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 40, true);
	(void)virq_inject(vcpu, 3);
	(void)virq_inject(vcpu, 40);

	EXPECT_EQ(virq_take(vcpu), 40U);
	EXPECT_EQ(vcpu.vcpu->virq_pending, BIT(3));
}

TEST(virq_take, line_stays_up_until_the_last)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	vcpu.vcpu->virq_enabled = UINT64_MAX;
	(void)virq_inject(vcpu, 1);
	(void)virq_inject(vcpu, 2);

	EXPECT_EQ(virq_take(vcpu), 1U);
	EXPECT_TRUE(line_is_up(vcpu));
	EXPECT_EQ(virq_take(vcpu), 2U);
	EXPECT_FALSE(line_is_up(vcpu));
}

TEST(virq_inject, second_time_of_one_id_is_not_the_first)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);

	EXPECT_TRUE(virq_inject(vcpu, 7));
	EXPECT_FALSE(virq_inject(vcpu, 7));
	EXPECT_EQ(virq_take(vcpu), 7U);
	EXPECT_EQ(virq_take(vcpu), HF_INVALID_INTID);
}

TEST(virq_inject, another_id_behind_the_first_is_not_the_first)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	virq_enable(vcpu, 3, true);

	EXPECT_TRUE(virq_inject(vcpu, 7));
	EXPECT_FALSE(virq_inject(vcpu, 3));
}

TEST(virq_inject, first_again_after_it_was_taken)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	(void)virq_inject(vcpu, 7);
	(void)virq_take(vcpu);

	EXPECT_TRUE(virq_inject(vcpu, 7));
}

TEST(virq_inject, pending_ones_that_are_off_do_not_count)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	(void)virq_inject(vcpu, 5);
	virq_enable(vcpu, 7, true);

	EXPECT_TRUE(virq_inject(vcpu, 7));
}

/** The first id that does not pass through on its own; 64 when all do. */
static uint32_t first_lost_id(struct vcpu_locked vcpu)
{
	for (uint32_t id = 0; id < HF_NUM_INTIDS; id++) {
		virq_enable(vcpu, id, true);
		if (!virq_inject(vcpu, id) || !line_is_up(vcpu) ||
		    virq_take(vcpu) != id || line_is_up(vcpu)) {
			return id;
		}
		virq_enable(vcpu, id, false);
	}
	return HF_NUM_INTIDS;
}

TEST(virq, each_of_64_ids_passes_on_its_own)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	EXPECT_EQ(first_lost_id(vcpu), 64U);
	EXPECT_EQ(vcpu.vcpu->virq_enabled, 0U);
	EXPECT_EQ(vcpu.vcpu->virq_pending, 0U);
}

/** How many come back, each the next one, when all are pending. */
static uint32_t take_in_order(struct vcpu_locked vcpu)
{
	uint32_t count = 0;

	while (virq_take(vcpu) == count) {
		count++;
	}
	return count;
}

TEST(virq, all_64_at_once_come_in_order)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	vcpu.vcpu->virq_enabled = UINT64_MAX;
	for (uint32_t id = HF_NUM_INTIDS; id-- > 0;) {
		(void)virq_inject(vcpu, id);
	}

	EXPECT_EQ(take_in_order(vcpu), 64U);
	EXPECT_FALSE(line_is_up(vcpu));
}

TEST(virq, line_is_all_of_hcr_that_changes)
{
	struct vcpu_locked vcpu = quiet_vcpu();
	uint64_t before = vcpu.vcpu->regs.hcr_el2;

	virq_enable(vcpu, 7, true);
	(void)virq_inject(vcpu, 7);
	EXPECT_EQ(vcpu.vcpu->regs.hcr_el2, before | HCR_VI);

	(void)virq_take(vcpu);
	EXPECT_EQ(vcpu.vcpu->regs.hcr_el2, before);
}

static bool fiq_line_is_up(struct vcpu_locked vcpu)
{
	return (vcpu.vcpu->regs.hcr_el2 & HCR_VF) != 0;
}

TEST(virq_type, fiq_raises_the_other_line)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	virq_set_type(vcpu, 7, true);
	EXPECT_TRUE(virq_inject(vcpu, 7));
	EXPECT_FALSE(line_is_up(vcpu));
	EXPECT_TRUE(fiq_line_is_up(vcpu));
	EXPECT_EQ(virq_take(vcpu), 7U);
	EXPECT_FALSE(fiq_line_is_up(vcpu));
}

TEST(virq_type, both_lines_may_be_up)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	virq_enable(vcpu, 63, true);
	virq_set_type(vcpu, 63, true);
	EXPECT_TRUE(virq_inject(vcpu, 63));
	/* Something was there already, whichever way it comes. */
	EXPECT_FALSE(virq_inject(vcpu, 7));
	EXPECT_TRUE(line_is_up(vcpu));
	EXPECT_TRUE(fiq_line_is_up(vcpu));
	/* The lowest one first, whatever its type. */
	EXPECT_EQ(virq_take(vcpu), 7U);
	EXPECT_FALSE(line_is_up(vcpu));
	EXPECT_TRUE(fiq_line_is_up(vcpu));
}

TEST(virq_type, pending_one_changes_lines)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_enable(vcpu, 7, true);
	(void)virq_inject(vcpu, 7);
	virq_set_type(vcpu, 7, true);
	EXPECT_FALSE(line_is_up(vcpu));
	EXPECT_TRUE(fiq_line_is_up(vcpu));
	virq_set_type(vcpu, 7, false);
	EXPECT_TRUE(line_is_up(vcpu));
	EXPECT_FALSE(fiq_line_is_up(vcpu));
}

TEST(virq_type, reset_makes_all_disabled_irqs)
{
	struct vcpu_locked vcpu = quiet_vcpu();

	virq_set_type(vcpu, 7, true);
	virq_enable(vcpu, 7, true);
	(void)virq_inject(vcpu, 9);
	virq_reset(vcpu);
	EXPECT_EQ(vcpu.vcpu->virq_enabled, 0U);
	EXPECT_EQ(vcpu.vcpu->virq_pending, BIT(9));
	EXPECT_EQ(vcpu.vcpu->virq_fiqs, 0U);
}
