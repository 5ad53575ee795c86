/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers at their extremes: by a secondary, which must not keep the CPU or touch
 * the primary's, and by the primary under a secondary.
 */
#include <string.h>

#include "calls.h"
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/puppet.h"
#include "hftest.h"

#define ATTACKER VM_PLAIN
#define VICTIM VM_FDT
#define PPI_HYPERVISOR_TIMER 26
#define TURN_TICKS UINT64_C(2000)
#define LATE_TICKS UINT64_C(500)
#define TURNS 300
#define ON 1

static uint64_t extreme(struct calls *calls)
{
	static const uint64_t values[] = {
		0,
		1,
		UINT64_C(0x7fffffff),
		UINT64_C(0x80000000),
		UINT64_C(0xffffffff),
		UINT64_MAX >> 1,
		UINT64_C(1) << 63,
		UINT64_MAX,
	};

	if (calls_random(calls, 4) == 0) {
		return hft_sysreg_read(cntvct_el0) + calls_random(calls, 4096);
	}
	return values[calls_random(calls, sizeof(values) / sizeof(values[0]))];
}

static void set_timer(struct calls *calls)
{
	if (calls_random(calls, 2) == 0) {
		hft_sysreg_write(cntv_tval_el0, extreme(calls));
	} else {
		hft_sysreg_write(cntv_cval_el0, extreme(calls));
	}
	hft_sysreg_write(cntv_ctl_el0, calls_random(calls, 8));
	hft_sysreg_write(cntkctl_el1, extreme(calls) & 0xffff);
	hft_isb();
}

/** Sets its timer to anything, for ever; in between it leaves or does not. */
SERVICE(clock_breaker)
{
	struct calls calls = {1};

	(void)hf_call(HF_INTERRUPT_ENABLE, HF_VIRTUAL_TIMER_INTID, 1, 0);
	for (;;) {
		set_timer(&calls);
		switch (calls_random(&calls, 4)) {
		case 0:
			(void)hft_ffa(FFA_YIELD, 0, 0, 0);
			break;
		case 1:
			__asm__ volatile("wfi" : : : "memory");
			break;
		case 2:
			(void)hf_call(HF_INTERRUPT_GET, 0, 0, 0);
			break;
		default:
			/* On and on, until somebody else's timer ends it. */
			for (volatile int i = 0; i < 10000; i++) {
			}
			break;
		}
	}
}

static void stop_timer(uint32_t intid)
{
	if (intid == HFT_PPI_VIRTUAL_TIMER) {
		hft_sysreg_write(cntv_ctl_el0, 0);
		hft_isb();
	}
}

static void expect_turn_to_end_in_time(void)
{
	uint64_t deadline = hft_sysreg_read(cntvct_el0) + TURN_TICKS;
	struct smccc_value frame;

	hft_sysreg_write(cntv_cval_el0, deadline);
	hft_sysreg_write(cntv_ctl_el0, ON);
	frame = hft_run_any(ATTACKER, 0);
	EXPECT_NE(frame.x[0], FFA_ERROR);
	EXPECT_LT(hft_sysreg_read(cntvct_el0), deadline + LATE_TICKS);
	/* The timer is as it was, but for what time does to it. */
	EXPECT_EQ(hft_sysreg_read(cntv_cval_el0), deadline);
	EXPECT_EQ(hft_sysreg_read(cntv_ctl_el0) & 3, ON);
	hft_irq_unmask();
	hft_irq_mask();
	hft_sysreg_write(cntv_ctl_el0, 0);
	if (frame.x[0] == HF_FFA_RUN_WAIT_FOR_INTERRUPT) {
		/* It may wait for ever: that is no reason not to run it. */
		(void)hf_call(HF_INTERRUPT_INJECT, ATTACKER, 0,
			      HF_VIRTUAL_TIMER_INTID);
	}
}

TEST(timers, secondary_with_extremes_keeps_no_cpu)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_service_start(ATTACKER, "clock_breaker");
	for (unsigned int i = 0; i < TURNS; i++) {
		expect_turn_to_end_in_time();
	}
	/* Taken as the primary's own, and never as the hypervisor's. */
	EXPECT_GT(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 0);
	EXPECT_EQ(hft_irq_count(PPI_HYPERVISOR_TIMER), 0);
}

TEST(timers, extremes_of_one_vm_are_nothing_to_another)
{
	uint64_t cval = UINT64_C(0x123456789abc);
	uint64_t mrs_cval = WORD_MRS(3, 3, 14, 3, 2);
	uint64_t mrs_cntkctl = WORD_MRS(3, 0, 14, 1, 0);

	puppet_start(VICTIM);
	puppet_msr(VICTIM, WORD_MSR(3, 3, 14, 3, 2), cval);
	puppet_msr(VICTIM, WORD_MSR(3, 0, 14, 1, 0), 3);
	hft_service_start(ATTACKER, "clock_breaker");
	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	for (unsigned int i = 0; i < TURNS / 10; i++) {
		expect_turn_to_end_in_time();
		ASSERT_EQ(puppet_mrs(VICTIM, mrs_cval), cval);
		ASSERT_EQ(puppet_mrs(VICTIM, mrs_cntkctl), 3);
	}
}

/** CNTV and CNTP of this VM, and a turn of the victim. */
static void run_under(uint64_t cval, uint64_t ctl)
{
	struct order yield = order_call(FFA_YIELD, 0, 0, 0);
	struct smccc_value frame;

	hft_sysreg_write(cntv_cval_el0, cval);
	hft_sysreg_write(cntv_ctl_el0, ctl);
	hft_sysreg_write(cntp_cval_el0, cval);
	hft_sysreg_write(cntp_ctl_el0, ctl);
	puppet_tell(VICTIM, &yield);
	frame = hft_run(VICTIM, 0);
	EXPECT_TRUE(frame.x[0] == FFA_INTERRUPT || frame.x[0] == FFA_YIELD);
	EXPECT_EQ(hft_sysreg_read(cntv_cval_el0), cval);
	EXPECT_EQ(hft_sysreg_read(cntv_ctl_el0) & 3, ctl & 3);
	EXPECT_EQ(hft_sysreg_read(cntp_cval_el0), cval);
	EXPECT_FALSE(hft_irq_is_pending(PPI_HYPERVISOR_TIMER));
	hft_sysreg_write(cntv_ctl_el0, 0);
	hft_sysreg_write(cntp_ctl_el0, 0);
	(void)puppet_finish(VICTIM, 0);
}

TEST(timers, primary_with_extremes_harms_itself_at_most)
{
	static const uint64_t values[] = {0, 1, UINT64_MAX >> 1,
					  UINT64_C(1) << 63, UINT64_MAX};

	hft_irq_init();
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	puppet_start(VICTIM);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		for (uint64_t ctl = 0; ctl < 4; ctl++) {
			run_under(values[i], ctl);
		}
	}
}
