/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CPUs that the primary turns off, on again, or suspends, while vCPUs of
 * secondaries live on: what was on such a CPU is not lost, and nothing old is
 * left there.
 */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/mm.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"

#define INTID 12
#define SGI 5
#define SOON_TICKS UINT64_C(100000)
#define MSR_CNTV_TVAL WORD_MSR(3, 3, 14, 3, 0)
#define MSR_CNTV_CTL WORD_MSR(3, 3, 14, 3, 1)

static void need_two_cpus(void)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
}

static struct smccc_value frame_of_cpu1;

/** CPU 1 is on for one FFA_RUN of `vm`, and off again. */
static void run_on_cpu1(uint64_t vm)
{
	frame_of_cpu1 = hft_run((uint16_t)vm, 0);
}

static struct smccc_value run_elsewhere(uint16_t vm)
{
	ASSERT_TRUE(hft_cpu_run(1, run_on_cpu1, vm));
	return frame_of_cpu1;
}

TEST(hotplug, vcpu_that_waits_outlives_its_cpu)
{
	struct order wfi = order_word(WORD_WFI, 0, 0);

	need_two_cpus();
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	puppet_tell(VM_PLAIN, &wfi);
	EXPECT_EQ(run_elsewhere(VM_PLAIN).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	(void)puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0), INTID);
}

TEST(hotplug, timer_set_on_a_cpu_that_is_gone_still_expires)
{
	struct order wfi = order_word(WORD_WFI, 0, 0);
	struct smccc_value frame;

	need_two_cpus();
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, HF_VIRTUAL_TIMER_INTID);
	puppet_msr(VM_PLAIN, MSR_CNTV_TVAL, SOON_TICKS);
	puppet_msr(VM_PLAIN, MSR_CNTV_CTL, 1);
	puppet_tell(VM_PLAIN, &wfi);
	frame = run_elsewhere(VM_PLAIN);
	while (frame.x[0] == HF_FFA_RUN_WAIT_FOR_INTERRUPT) {
		ASSERT_GT(frame.x[2], 0);
		frame = hft_run(VM_PLAIN, 0);
	}
	if (frame.x[0] == FFA_INTERRUPT) {
		frame = hft_run(VM_PLAIN, 0);
	}
	(void)puppet_answer(VM_PLAIN, frame);
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0),
		  HF_VIRTUAL_TIMER_INTID);
}

TEST(hotplug, cpu_comes_and_goes_under_one_vcpu)
{
	struct order yield = order_call(FFA_YIELD, 0, 0, 0);

	need_two_cpus();
	puppet_start(VM_PLAIN);
	for (unsigned int i = 0; i < 20; i++) {
		puppet_tell(VM_PLAIN, &yield);
		ASSERT_EQ(run_elsewhere(VM_PLAIN).x[0], FFA_YIELD);
		(void)puppet_answer(VM_PLAIN,
				    i % 2 == 0 ? hft_run(VM_PLAIN, 0)
					       : run_elsewhere(VM_PLAIN));
	}
}

/** The puppet reads a word through `view`; how often that faulted. */
static uint64_t faults_at(uint64_t view, bool is_elsewhere)
{
	struct order load = order_word(WORD_LDR, 0, view);

	puppet_tell(VM_PLAIN, &load);
	return puppet_answer(VM_PLAIN, is_elsewhere ? run_elsewhere(VM_PLAIN)
						    : hft_run(VM_PLAIN, 0))
		.fault.count;
}

/** A page of the puppet's own, at one more address. */
static uint64_t own_view(void)
{
	return puppet_do(VM_PLAIN,
			 order(ORDER_VIEW,
			       puppet_memory(VM_PLAIN).end - HFT_PAGE_SIZE,
			       HFT_VIEW_WRITE, 0))
		.value[0];
}

static void drop(uint64_t view)
{
	(void)puppet_do(VM_PLAIN, order(ORDER_DROP_VIEW, view, 0, 0));
}

TEST(hotplug, cpu_that_comes_back_has_no_old_translation)
{
	uint64_t view;

	need_two_cpus();
	puppet_start(VM_PLAIN);
	view = own_view();
	EXPECT_EQ(faults_at(view, true), 0);
	drop(view);
	EXPECT_EQ(faults_at(view, true), 1);
	EXPECT_EQ(faults_at(view, false), 1);
}

static uint64_t stage;
static uint64_t view_of_both;
static uint64_t faults_of_cpu1[2];

/** CPU 1 stays on: its TLB is as it was. */
static void look_twice(uint64_t unused)
{
	volatile uint64_t *now = &stage;

	(void)unused;
	faults_of_cpu1[0] = faults_at(view_of_both, false);
	*now = 1;
	while (*now != 2) {
		__asm__ volatile("yield");
	}
	faults_of_cpu1[1] = faults_at(view_of_both, false);
}

/* HCR_EL2.FB: a vCPU that moves takes its TLBI along. */
TEST(hotplug, invalidation_is_known_where_the_vcpu_was_before)
{
	volatile uint64_t *now = &stage;

	need_two_cpus();
	puppet_start(VM_PLAIN);
	view_of_both = own_view();
	ASSERT_EQ(hft_cpu_start(1, look_twice, 0), PSCI_SUCCESS);
	while (*now != 1) {
		__asm__ volatile("yield");
	}
	drop(view_of_both);
	*now = 2;
	hft_cpu_wait_off(1);
	EXPECT_EQ(faults_of_cpu1[0], 0);
	EXPECT_EQ(faults_of_cpu1[1], 1);
}

static void stop_timer(uint32_t intid)
{
	(void)intid;
	hft_sysreg_write(cntv_ctl_el0, 0);
	hft_isb();
}

/** CPU_SUSPEND until this VM's virtual timer has fired. */
static void suspend(uint32_t times)
{
	hft_sysreg_write(cntv_tval_el0, SOON_TICKS / 10);
	hft_sysreg_write(cntv_ctl_el0, 1);
	EXPECT_EQ(hft_psci(PSCI_64(PSCI_CPU_SUSPEND), 0,
			   hft_cpu_entry_address(), 0),
		  PSCI_SUCCESS);
	hft_irq_wait(HFT_PPI_VIRTUAL_TIMER, times);
}

TEST(hotplug, primary_sleeps_between_two_turns)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	puppet_start(VM_PLAIN);
	for (uint32_t i = 1; i <= 5; i++) {
		struct order yield = order(ORDER_REGISTERS, SWITCH_YIELD, i, 0);
		struct answer answer;

		puppet_tell(VM_PLAIN, &yield);
		ASSERT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_YIELD);
		suspend(i);
		answer = puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
		EXPECT_EQ(answer.first_change, 31);
		EXPECT_EQ(answer.first_fp_change, 66);
	}
}

TEST(hotplug, sleep_of_the_primary_is_time_for_a_secondarys_timer)
{
	struct order wfi = order_word(WORD_WFI, 0, 0);

	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, HF_VIRTUAL_TIMER_INTID);
	puppet_msr(VM_PLAIN, MSR_CNTV_TVAL, SOON_TICKS / 20);
	puppet_msr(VM_PLAIN, MSR_CNTV_CTL, 1);
	puppet_tell(VM_PLAIN, &wfi);
	suspend(1);
	(void)puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0),
		  HF_VIRTUAL_TIMER_INTID);
}

static void sleep_until_kicked(uint64_t unused)
{
	(void)unused;
	hft_irq_init();
	hft_irq_enable(SGI);
	EXPECT_EQ(hft_psci(PSCI_64(PSCI_CPU_SUSPEND), 0,
			   hft_cpu_entry_address(), 0),
		  PSCI_SUCCESS);
	hft_irq_wait(SGI, 1);
	/* It runs what ran on the other CPU meanwhile. */
	frame_of_cpu1 = hft_run(VM_PLAIN, 0);
}

TEST(hotplug, one_cpu_sleeps_while_another_runs_the_vcpu)
{
	struct order yield = order_call(FFA_YIELD, 0, 0, 0);

	need_two_cpus();
	hft_irq_init();
	puppet_start(VM_PLAIN);
	ASSERT_EQ(hft_cpu_start(1, sleep_until_kicked, 0), PSCI_SUCCESS);
	for (unsigned int i = 0; i < 10; i++) {
		puppet_tell(VM_PLAIN, &yield);
		ASSERT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_YIELD);
		(void)puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
	}
	puppet_tell(VM_PLAIN, &yield);
	ASSERT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_YIELD);
	hft_irq_send_sgi(1, SGI);
	hft_cpu_wait_off(1);
	(void)puppet_answer(VM_PLAIN, frame_of_cpu1);
}
