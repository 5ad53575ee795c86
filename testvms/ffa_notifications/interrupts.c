/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts of notifications: NPI for the receiver, SRI for the scheduler. */
#include "notification.h"

#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/power.h"

#define FEATURE_SRI 2

static void take(void)
{
	hft_irq_unmask();
	hft_irq_mask();
}

TEST_NEW(ffa_notification_interrupt, receiver_takes_one)
{
	start_all(version);
	vm_enable_interrupt(ACTOR_A, NPI_INTID);
	EXPECT_EQ(vm_take_interrupts(ACTOR_A, NPI_INTID), 0);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_EQ(vm_take_interrupts(ACTOR_A, NPI_INTID), 0);
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	EXPECT_EQ(vm_take_interrupts(ACTOR_A, NPI_INTID), 1);
	/* Others are not concerned. */
	vm_enable_interrupt(ACTOR_B, NPI_INTID);
	EXPECT_EQ(vm_take_interrupts(ACTOR_B, NPI_INTID), 0);
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 1, 0);
	EXPECT_EQ(vm_take_interrupts(ACTOR_A, NPI_INTID), 1);
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	EXPECT_EQ(vm_take_interrupts(ACTOR_A, NPI_INTID), 2);
}

TEST_NEW(ffa_notification_interrupt, receiver_that_waits_is_woken)
{
	start_all(version);
	vm_enable_interrupt(ACTOR_A, NPI_INTID);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	/* It runs, sees why, and waits again. */
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_EQ(vm_woken_by(ACTOR_A).x[0], FFA_INTERRUPT);
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 1, 0);
}

TEST_NEW(ffa_notification_interrupt, receiver_that_does_not_want_it)
{
	start_all(version);
	EXPECT_FFA_DONE(bind(ACTOR_A, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_A, 0, 1));
	EXPECT_EQ(vm_take_interrupts(ACTOR_A, NPI_INTID), 0);
	expect_pending(get(ACTOR_A, 0, FROM_VMS), 1, 0);
}

/* The vCPU that is named, not its siblings. */
TEST_NEW(ffa_notification_interrupt, of_one_vcpu)
{
	start_all(version);
	vm_enable_interrupt(ACTOR_SMP, NPI_INTID);
	EXPECT_FFA_DONE(bind(ACTOR_SMP, PRIMARY, PER_VCPU, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, for_vcpu(2), 1));
	EXPECT_EQ(vm_take_interrupts(ACTOR_SMP, NPI_INTID), 0);
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_SMP, for_vcpu(0), 1));
	EXPECT_EQ(vm_take_interrupts(ACTOR_SMP, NPI_INTID), 1);
}

/* --- SRI ------------------------------------------------------------------ */

/** The interrupt as FEATURES says; it may be missing with GICv2 only. */
static void enable_sri(void)
{
	struct ffa_frame frame = hft_ffa_call(FFA(FFA_FEATURES, FEATURE_SRI));

	hft_irq_init();
	if (frame.x[0] == FFA_ERROR) {
		EXPECT_FFA_ERROR(frame, FFA_NOT_SUPPORTED);
		ASSERT_EQ(hft_irq_gic_version(), 2);
		SKIP("no interrupt of the scheduler is offered with GICv2");
	}
	EXPECT_EQ(frame.x[2], SRI_INTID);
	hft_irq_enable(SRI_INTID);
}

TEST_NEW(ffa_notification_interrupt, scheduler_takes_one)
{
	start_all(version);
	enable_sri();
	EXPECT_FFA_DONE(bind(ACTOR_B, ACTOR_A, 0, 1));
	take();
	EXPECT_EQ(hft_irq_count(SRI_INTID), 0);
	EXPECT_FFA_DONE(set(ACTOR_A, ACTOR_B, 0, 1));
	take();
	EXPECT_EQ(hft_irq_count(SRI_INTID), 1);
	EXPECT_FFA_FRAME(info_get(), FFA_64(FFA_SUCCESS));
	take();
	EXPECT_EQ(hft_irq_count(SRI_INTID), 1);
	expect_pending(get(ACTOR_B, 0, FROM_VMS), 1, 0);
	EXPECT_FFA_DONE(set(ACTOR_A, ACTOR_B, 0, 1));
	take();
	EXPECT_EQ(hft_irq_count(SRI_INTID), 2);
}

/* The primary's own calls may do without: it knows. Never more than one. */
TEST_NEW(ffa_notification_interrupt, scheduler_that_sets_itself)
{
	start_all(version);
	enable_sri();
	EXPECT_FFA_DONE(bind(ACTOR_B, PRIMARY, 0, 1));
	EXPECT_FFA_DONE(set(PRIMARY, ACTOR_B, 0, 1));
	take();
	EXPECT_LE(hft_irq_count(SRI_INTID), 1);
	EXPECT_FFA_FRAME(info_get(), FFA_64(FFA_SUCCESS));
	take();
	EXPECT_LE(hft_irq_count(SRI_INTID), 1);
}

TEST_NEW(ffa_notification_interrupt, refused_call_raises_none)
{
	start_all(version);
	enable_sri();
	EXPECT_FFA_ERROR(set(ACTOR_A, ACTOR_B, 0, 1), FFA_DENIED);
	take();
	EXPECT_EQ(hft_irq_count(SRI_INTID), 0);
	EXPECT_FFA_ERROR(info_get(), FFA_NO_DATA);
}

/* To the primary: its interrupt is the NPI or the SRI, and GET has the bit. */
TEST_NEW(ffa_notification_interrupt, primary_as_receiver)
{
	start_all(version);
	enable_sri();
	hft_irq_enable(NPI_INTID);
	EXPECT_FFA_DONE(bind(PRIMARY, ACTOR_A, 0, BIT(40)));
	EXPECT_FFA_DONE(set(ACTOR_A, PRIMARY, 0, BIT(40)));
	take();
	EXPECT_GE(hft_irq_count(SRI_INTID) + hft_irq_count(NPI_INTID), 1);
	expect_pending(get(PRIMARY, 0, FROM_ALL), BIT(40), 0);
}
