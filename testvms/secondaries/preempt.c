/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical interrupts while a secondary runs: they end its turn, and are the
 * primary's to take.
 */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/puppet.h"
#include "hftest.h"

#define PPI_HYPERVISOR_TIMER 26
#define SGI 5
/** Of no device of the machine. */
#define SHARED 45
#define SOON_TICKS UINT64_C(10000)
#define TIMER_ON 1
#define TIMER_ON_FIRED 5

static void stop_timers(uint32_t intid)
{
	if (intid == HFT_PPI_VIRTUAL_TIMER) {
		hft_sysreg_write(cntv_ctl_el0, 0);
	} else if (intid == HFT_PPI_PHYSICAL_TIMER) {
		hft_sysreg_write(cntp_ctl_el0, 0);
	}
	hft_isb();
}

/** A puppet that never comes back by itself; what its run returned. */
static struct smccc_value spin(uint16_t vm)
{
	return puppet_begin(vm, order_word(WORD_SPIN, 0, 0));
}

static void expect_interrupt(struct smccc_value frame, uint16_t vm)
{
	EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
	EXPECT_EQ(frame.x[1], hft_vcpu(vm, 0));
	for (unsigned int i = 2; i < 8; i++) {
		EXPECT_EQ(frame.x[i], 0);
	}
}

TEST(preempt, virtual_timer_of_the_primary)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timers);
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	puppet_start(VM_PLAIN);
	hft_sysreg_write(cntv_tval_el0, SOON_TICKS);
	hft_sysreg_write(cntv_ctl_el0, TIMER_ON);

	expect_interrupt(spin(VM_PLAIN), VM_PLAIN);

	EXPECT_EQ(hft_sysreg_read(cntv_ctl_el0), TIMER_ON_FIRED);
	EXPECT_FALSE(hft_irq_is_pending(PPI_HYPERVISOR_TIMER));
	hft_irq_wait(HFT_PPI_VIRTUAL_TIMER, 1);
	EXPECT_EQ(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 1);
	EXPECT_EQ(hft_irq_count(PPI_HYPERVISOR_TIMER), 0);
}

TEST(preempt, virtual_timer_of_the_primary_again_and_again)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timers);
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	puppet_start(VM_PLAIN);
	for (uint32_t i = 1; i <= 10; i++) {
		hft_sysreg_write(cntv_tval_el0, SOON_TICKS);
		hft_sysreg_write(cntv_ctl_el0, TIMER_ON);
		expect_interrupt(i == 1 ? spin(VM_PLAIN) : hft_run(VM_PLAIN, 0),
				 VM_PLAIN);
		hft_irq_wait(HFT_PPI_VIRTUAL_TIMER, i);
	}
	EXPECT_EQ(hft_irq_count(PPI_HYPERVISOR_TIMER), 0);
}

TEST(preempt, masked_timer_of_the_primary_does_not)
{
	hft_irq_init();
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	puppet_start(VM_PLAIN);
	hft_sysreg_write(cntv_cval_el0, 0);
	hft_sysreg_write(cntv_ctl_el0, 3);
	EXPECT_EQ(puppet_begin(VM_PLAIN, order_call(FFA_YIELD, 0, 0, 0)).x[0],
		  FFA_YIELD);
}

TEST(preempt, physical_timer_of_the_primary)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timers);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	puppet_start(VM_PLAIN);
	hft_sysreg_write(cntp_tval_el0, SOON_TICKS);
	hft_sysreg_write(cntp_ctl_el0, TIMER_ON);

	expect_interrupt(spin(VM_PLAIN), VM_PLAIN);

	EXPECT_EQ(hft_sysreg_read(cntp_ctl_el0), TIMER_ON_FIRED);
	EXPECT_EQ(hft_irq_private_pending(), UINT32_C(1)
						     << HFT_PPI_PHYSICAL_TIMER);
	EXPECT_EQ(hft_irq_private_active(), 0);
	hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, 1);
	EXPECT_EQ(hft_irq_private_pending(), 0);
	EXPECT_EQ(hft_irq_private_active(), 0);
}

TEST(preempt, interrupt_that_is_pending_already)
{
	hft_irq_init();
	hft_irq_enable(SGI);
	puppet_start(VM_PLAIN);
	hft_irq_send_sgi(0, SGI);
	expect_interrupt(spin(VM_PLAIN), VM_PLAIN);
	/* As long as nobody takes it. */
	expect_interrupt(hft_run(VM_PLAIN, 0), VM_PLAIN);
	hft_irq_wait(SGI, 1);
}

TEST(preempt, disabled_interrupt_does_not)
{
	hft_irq_init();
	hft_irq_disable(HFT_PPI_PHYSICAL_TIMER);
	puppet_start(VM_PLAIN);
	hft_sysreg_write(cntp_tval_el0, 0);
	hft_sysreg_write(cntp_ctl_el0, TIMER_ON);
	(void)puppet_do(VM_PLAIN, order(ORDER_COUNTS, 0, 0, 0));
}

TEST(preempt, blocked_vcpu_is_not_entered_for_it)
{
	hft_irq_init();
	hft_irq_enable(SGI);
	puppet_start(VM_PLAIN);
	(void)puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	hft_irq_send_sgi(0, SGI);
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
}

TEST(preempt, shared_interrupt)
{
	hft_irq_init();
	hft_irq_enable(SHARED);
	puppet_start(VM_PLAIN);
	hft_irq_set_pending(SHARED);
	expect_interrupt(spin(VM_PLAIN), VM_PLAIN);
	/* Nobody has acknowledged it. */
	EXPECT_TRUE(hft_irq_is_pending(SHARED));
	hft_irq_wait(SHARED, 1);
	EXPECT_EQ(hft_irq_count(SHARED), 1);
	EXPECT_FALSE(hft_irq_is_pending(SHARED));
}

TEST(preempt, fiq_of_the_primary)
{
	hft_irq_init();
	hft_irq_enable_as_fiq(SHARED);
	puppet_start(VM_PLAIN);
	hft_irq_set_pending(SHARED);
	expect_interrupt(spin(VM_PLAIN), VM_PLAIN);
	EXPECT_EQ(hft_fiq_count(), 0);
	hft_fiq_unmask();
	hft_fiq_mask();
	EXPECT_EQ(hft_fiq_count(), 1);
	EXPECT_EQ(hft_irq_count(SHARED), 1);
}

TEST(preempt, fiq_is_nothing_to_the_secondary)
{
	struct answer answer;

	hft_irq_init();
	hft_irq_enable_as_fiq(SHARED);
	puppet_start(VM_PLAIN);
	puppet_tell(VM_PLAIN,
		    &(struct order){.op = ORDER_TAKE_FIQ, .args = {SHARED}});
	hft_irq_set_pending(SHARED);
	expect_interrupt(hft_run(VM_PLAIN, 0), VM_PLAIN);
	hft_fiq_unmask();
	hft_fiq_mask();
	answer = puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
	EXPECT_EQ(answer.value[0], 0);
	EXPECT_EQ(hft_fiq_count(), 1);
}
