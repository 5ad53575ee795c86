/* SPDX-License-Identifier: BSD-3-Clause */
/* Timers and interrupts, which the primary has to itself. */
#include <stdatomic.h>

#include "hft/arch.h"
#include "hft/fault.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hftest.h"

#define TIMER_ON 1
#define TIMER_ON_MASKED 3
#define TIMER_FIRED 4
#define SOON_TICKS 1000
#define SGI 5

static void stop_timers(uint32_t intid)
{
	if (intid == HFT_PPI_VIRTUAL_TIMER) {
		hft_sysreg_write(cntv_ctl_el0, 0);
	} else if (intid == HFT_PPI_PHYSICAL_TIMER) {
		hft_sysreg_write(cntp_ctl_el0, 0);
	}
	hft_isb();
}

TEST(timer, virtual_counter_has_no_offset)
{
	uint64_t before = hft_sysreg_read(cntpct_el0);
	uint64_t between;
	uint64_t after;

	hft_isb();
	between = hft_sysreg_read(cntvct_el0);
	hft_isb();
	after = hft_sysreg_read(cntpct_el0);

	EXPECT_LE(before, between);
	EXPECT_LE(between, after);
}

TEST(timer, frequency_is_known)
{
	EXPECT_NE(hft_sysreg_read(cntfrq_el0), 0);
}

TEST(timer, physical_timer_registers_are_ours)
{
	EXPECT_NO_FAULT(hft_sysreg_write(cntp_cval_el0, UINT64_MAX >> 1));
	EXPECT_NO_FAULT(hft_sysreg_write(cntp_ctl_el0, TIMER_ON_MASKED));
	EXPECT_EQ(hft_sysreg_read(cntp_cval_el0), UINT64_MAX >> 1);
	EXPECT_EQ(hft_sysreg_read(cntp_ctl_el0), TIMER_ON_MASKED);
	hft_sysreg_write(cntp_ctl_el0, 0);
}

TEST(timer, condition_is_seen_without_an_interrupt)
{
	hft_sysreg_write(cntv_cval_el0, 0);
	hft_sysreg_write(cntv_ctl_el0, TIMER_ON_MASKED);
	hft_isb();
	EXPECT_EQ(hft_sysreg_read(cntv_ctl_el0) & TIMER_FIRED, TIMER_FIRED);
	hft_sysreg_write(cntv_ctl_el0, 0);
}

TEST(irq, gic_is_one_that_we_know)
{
	EXPECT_LE(2, hft_irq_gic_version());
	EXPECT_LE(hft_irq_gic_version(), 3);
}

TEST(irq, virtual_timer_comes_as_27)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timers);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_sysreg_write(cntv_tval_el0, SOON_TICKS);
	hft_sysreg_write(cntv_ctl_el0, TIMER_ON);

	hft_irq_wait(HFT_PPI_VIRTUAL_TIMER, 1);

	EXPECT_EQ(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 1);
	EXPECT_FALSE(hft_irq_is_pending(HFT_PPI_VIRTUAL_TIMER));
}

TEST(irq, physical_timer_comes_as_30)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timers);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	hft_sysreg_write(cntp_tval_el0, SOON_TICKS);
	hft_sysreg_write(cntp_ctl_el0, TIMER_ON);

	hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, 1);

	EXPECT_EQ(hft_irq_count(HFT_PPI_PHYSICAL_TIMER), 1);
	EXPECT_EQ(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 0);
}

TEST(irq, masked_interrupt_waits)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timers);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_sysreg_write(cntv_cval_el0, 0);
	hft_sysreg_write(cntv_ctl_el0, TIMER_ON);
	hft_isb();
	while (!hft_irq_is_pending(HFT_PPI_VIRTUAL_TIMER)) {
		/* The GIC has it soon. */
	}

	EXPECT_EQ(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 0);
	hft_irq_wait(HFT_PPI_VIRTUAL_TIMER, 1);
	EXPECT_EQ(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 1);
}

TEST(irq, sgi_to_oneself_arrives)
{
	hft_irq_init();
	hft_irq_enable(SGI);

	hft_irq_send_sgi(0, SGI);
	hft_irq_wait(SGI, 1);
	hft_irq_send_sgi(0, SGI);
	hft_irq_wait(SGI, 2);

	EXPECT_EQ(hft_irq_count(SGI), 2);
}

static atomic_uint cpu1_ready;
static atomic_uint cpu1_took;

static void take_one_sgi(uint64_t arg)
{
	(void)arg;
	hft_irq_init();
	hft_irq_enable(SGI);
	cpu1_ready = 1;
	hft_irq_wait(SGI, 1);
	cpu1_took = hft_irq_count(SGI);
}

TEST(irq, sgi_reaches_another_cpu)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	hft_irq_init();
	ASSERT_EQ(hft_cpu_start(1, take_one_sgi, 0), 0);
	while (cpu1_ready == 0) {
		__asm__ volatile("yield");
	}

	hft_irq_send_sgi(1, SGI);

	hft_cpu_wait_off(1);
	EXPECT_EQ(cpu1_took, 1);
	EXPECT_EQ(hft_irq_count(SGI), 0);
}

TEST(irq, gicv3_system_registers_are_direct)
{
	if (hft_irq_gic_version() != 3) {
		SKIP("GICv%u has none", hft_irq_gic_version());
	}

	EXPECT_NO_FAULT((void)hft_sysreg_read(icc_sre_el1));
	EXPECT_EQ(hft_sysreg_read(icc_sre_el1), 7);
	EXPECT_NO_FAULT(hft_sysreg_write(icc_pmr_el1, 0xf0));
	EXPECT_EQ(hft_sysreg_read(icc_pmr_el1), 0xf0);
}
