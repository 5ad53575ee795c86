/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/vm/vtimer.c: when a deadline counts, how far it is, and
 * that it becomes one virtual interrupt.
 */
#include "hf/vm/vtimer.h"

#include "fixture/guest.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hf/vm/virq.h"
#include "hftest.h"

#define ISTATUS UINT64_C(4)
#define NS_PER_S UINT64_C(1000000000)
/** Seconds of which the ns just fit into 64 bits, with .709551615 more. */
#define LAST_S UINT64_C(18446744073)

static bool is_armed(uint64_t ctl)
{
	return vtimer_is_armed((struct arch_vtimer){.ctl = ctl});
}

/** Time from `now` to `cval` at `freq_hz`. */
static uint64_t remaining_ns(uint64_t freq_hz, uint64_t now, uint64_t cval)
{
	fake_machine_reset();
	sysreg_write(cntfrq_el0, freq_hz);
	sysreg_write(cntpct_el0, now);
	return vtimer_remaining_ns(
		(struct arch_vtimer){.ctl = TIMER_ENABLE, .cval = cval});
}

/** A vCPU that does not run, with this timer, at count 1000, locked. */
static struct vcpu_locked vcpu_with_timer(uint64_t ctl, uint64_t cval)
{
	struct vcpu_locked vcpu;

	(void)machine_start();
	guest_clock_set(1000);
	vcpu = vcpu_lock(vm_vcpu(guest_add_vm(1), 0));
	virq_enable(vcpu, HF_VIRTUAL_TIMER_INTID, true);
	vcpu.vcpu->regs.sysreg[SLOT_CNTV_CTL_EL0] = ctl;
	vcpu.vcpu->regs.sysreg[SLOT_CNTV_CVAL_EL0] = cval;
	return vcpu;
}

static uint64_t saved_ctl(struct vcpu_locked vcpu)
{
	return vcpu.vcpu->regs.sysreg[SLOT_CNTV_CTL_EL0];
}

TEST(vtimer, enabled_and_not_masked_is_armed)
{
	EXPECT_TRUE(is_armed(TIMER_ENABLE));
}

TEST(vtimer, disabled_or_masked_is_not_armed)
{
	EXPECT_FALSE(is_armed(0));
	EXPECT_FALSE(is_armed(TIMER_IMASK));
	EXPECT_FALSE(is_armed(TIMER_ENABLE | TIMER_IMASK));
}

TEST(vtimer, status_bit_does_not_matter)
{
	EXPECT_TRUE(is_armed(TIMER_ENABLE | ISTATUS));
	EXPECT_FALSE(is_armed(ISTATUS));
	EXPECT_FALSE(is_armed(TIMER_ENABLE | TIMER_IMASK | ISTATUS));
}

TEST(vtimer_remaining, is_ticks_at_the_frequency)
{
	EXPECT_EQ(remaining_ns(62500000, 1000, 1001), 16U);
	EXPECT_EQ(remaining_ns(62500000, 1000, 62501000), NS_PER_S);
	EXPECT_EQ(remaining_ns(NS_PER_S, 5, 12), 7U);
}

TEST(vtimer_remaining, is_rounded_down)
{
	/* 1/3 of a second, and 2/3. */
	EXPECT_EQ(remaining_ns(3, 0, 1), 333333333U);
	EXPECT_EQ(remaining_ns(3, 0, 2), 666666666U);
	EXPECT_EQ(remaining_ns(24000000, 0, 1), 41U);
}

TEST(vtimer_remaining, is_nothing_at_the_deadline)
{
	EXPECT_EQ(remaining_ns(62500000, 1000, 1000), 0U);
}

TEST(vtimer_remaining, is_nothing_behind_the_deadline)
{
	EXPECT_EQ(remaining_ns(62500000, 1000, 999), 0U);
	EXPECT_EQ(remaining_ns(62500000, 1000, 0), 0U);
	EXPECT_EQ(remaining_ns(62500000, UINT64_MAX, 0), 0U);
	EXPECT_EQ(remaining_ns(62500000, UINT64_MAX, UINT64_MAX), 0U);
}

TEST(vtimer_remaining, product_beyond_64_bits_is_exact)
{
	/* 20 s at 1 GHz: ticks * 10^9 would not fit. */
	EXPECT_EQ(remaining_ns(NS_PER_S, 0, 20 * NS_PER_S), 20 * NS_PER_S);
	/* A year at 62.5 MHz. */
	EXPECT_EQ(remaining_ns(62500000, 0, 62500000 * UINT64_C(31536000)),
		  NS_PER_S * UINT64_C(31536000));
}

TEST(vtimer_remaining, of_the_last_count_is_all_of_it)
{
	EXPECT_EQ(remaining_ns(NS_PER_S, 0, UINT64_MAX), UINT64_MAX);
	EXPECT_EQ(remaining_ns(NS_PER_S, UINT64_MAX - 1, UINT64_MAX), 1U);
}

TEST(vtimer_remaining, of_ages_is_the_most_that_fits)
{
	EXPECT_EQ(remaining_ns(62500000, 0, UINT64_MAX), UINT64_MAX);
	EXPECT_EQ(remaining_ns(1, 0, UINT64_MAX), UINT64_MAX);
	EXPECT_EQ(remaining_ns(10, 0, (LAST_S + 1) * 10), UINT64_MAX);
}

TEST(vtimer_remaining, of_the_last_second_that_fits_does_not_wrap)
{
	EXPECT_EQ(remaining_ns(10, 0, LAST_S * 10 + 7),
		  LAST_S * NS_PER_S + 700000000);
	EXPECT_EQ(remaining_ns(10, 0, LAST_S * 10 + 8), UINT64_MAX);
}

TEST(vtimer_deliver, expired_one_becomes_interrupt_3)
{
	struct vcpu_locked vcpu = vcpu_with_timer(TIMER_ENABLE, 999);

	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(vcpu.vcpu->virq_pending, BIT(3));
	EXPECT_TRUE(virq_is_deliverable(vcpu.vcpu));
}

TEST(vtimer_deliver, deadline_itself_has_expired)
{
	struct vcpu_locked vcpu = vcpu_with_timer(TIMER_ENABLE, 1000);

	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(vcpu.vcpu->virq_pending, BIT(3));
}

TEST(vtimer_deliver, one_tick_before_the_deadline_nothing_happens)
{
	struct vcpu_locked vcpu = vcpu_with_timer(TIMER_ENABLE, 1001);

	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(vcpu.vcpu->virq_pending, 0U);
	EXPECT_EQ(saved_ctl(vcpu), TIMER_ENABLE);
}

TEST(vtimer_deliver, says_whether_it_did)
{
	struct vcpu_locked vcpu = vcpu_with_timer(TIMER_ENABLE, 1001);

	EXPECT_FALSE(vtimer_deliver(vcpu));
	guest_clock_set(1001);
	EXPECT_TRUE(vtimer_deliver(vcpu));
	EXPECT_FALSE(vtimer_deliver(vcpu));
}

TEST(vtimer_deliver, masks_it_and_leaves_it_enabled)
{
	struct vcpu_locked vcpu = vcpu_with_timer(TIMER_ENABLE | ISTATUS, 0);

	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(saved_ctl(vcpu), TIMER_ENABLE | TIMER_IMASK | ISTATUS);
}

TEST(vtimer_deliver, same_deadline_comes_once)
{
	struct vcpu_locked vcpu = vcpu_with_timer(TIMER_ENABLE, 999);

	(void)vtimer_deliver(vcpu);
	EXPECT_EQ(virq_take(vcpu), HF_VIRTUAL_TIMER_INTID);
	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(virq_take(vcpu), HF_INVALID_INTID);
}

TEST(vtimer_deliver, comes_again_when_the_guest_arms_it_again)
{
	struct vcpu_locked vcpu = vcpu_with_timer(TIMER_ENABLE, 999);

	(void)vtimer_deliver(vcpu);
	(void)virq_take(vcpu);
	vcpu.vcpu->regs.sysreg[SLOT_CNTV_CTL_EL0] = TIMER_ENABLE;
	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(virq_take(vcpu), HF_VIRTUAL_TIMER_INTID);
}

TEST(vtimer_deliver, masked_one_is_left_alone)
{
	struct vcpu_locked vcpu =
		vcpu_with_timer(TIMER_ENABLE | TIMER_IMASK, 999);

	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(vcpu.vcpu->virq_pending, 0U);
	EXPECT_EQ(saved_ctl(vcpu), TIMER_ENABLE | TIMER_IMASK);
}

TEST(vtimer_deliver, disabled_one_is_left_alone)
{
	struct vcpu_locked vcpu = vcpu_with_timer(0, 999);

	(void)vtimer_deliver(vcpu);

	EXPECT_EQ(vcpu.vcpu->virq_pending, 0U);
	EXPECT_EQ(saved_ctl(vcpu), 0U);
}
