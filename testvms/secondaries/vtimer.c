/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual timer of a secondary, running and not. */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/puppet.h"
#include "hftest.h"

#define MRS_CNTV_CTL WORD_MRS(3, 3, 14, 3, 1)
#define MSR_CNTV_CTL WORD_MSR(3, 3, 14, 3, 1)
#define MRS_CNTV_CVAL WORD_MRS(3, 3, 14, 3, 2)
#define MSR_CNTV_CVAL WORD_MSR(3, 3, 14, 3, 2)
#define MSR_CNTV_TVAL WORD_MSR(3, 3, 14, 3, 0)

#define CTL_ENABLE 1
#define CTL_IMASK 2
#define CTL_ISTATUS 4

#define TIMER HF_VIRTUAL_TIMER_INTID
#define SOON_TICKS UINT64_C(20000)
#define FAR_FUTURE (UINT64_MAX >> 1)

static uint64_t ns_of(uint64_t ticks)
{
	return ticks * UINT64_C(1000000000) / hft_sysreg_read(cntfrq_el0);
}

/** A puppet whose timer is interrupt 3, set to expire in `ticks`. */
static void start_timer(uint16_t vm, uint64_t ticks)
{
	puppet_start(vm);
	puppet_enable(vm, TIMER);
	puppet_msr(vm, MSR_CNTV_TVAL, ticks);
	puppet_msr(vm, MSR_CNTV_CTL, CTL_ENABLE);
}

/** Times that it has taken its timer. */
static uint64_t taken(uint16_t vm)
{
	return puppet_do(vm, order(ORDER_COUNTS, TIMER, 0, 0)).value[0];
}

/** Run it as long as it says how long it waits; then it has answered. */
static struct answer wait_out(uint16_t vm, struct smccc_value frame,
			      uint64_t func)
{
	uint64_t last_ns = frame.x[2];

	ASSERT_EQ(frame.x[0], func);
	ASSERT_EQ(frame.x[1], hft_vcpu(vm, 0));
	ASSERT_GT(last_ns, 0);
	ASSERT_LE(last_ns, ns_of(SOON_TICKS));
	frame = hft_run(vm, 0);
	while (frame.x[0] == func) {
		ASSERT_GT(frame.x[2], 0);
		ASSERT_LE(frame.x[2], last_ns);
		last_ns = frame.x[2];
		frame = hft_run(vm, 0);
	}
	/* It expired just when it was to be told how long it takes. */
	if (frame.x[0] == FFA_INTERRUPT) {
		EXPECT_EQ(frame.x[1], hft_vcpu(vm, 0));
		frame = hft_run(vm, 0);
	}
	return puppet_answer(vm, frame);
}

TEST(vtimer, ends_wfi)
{
	start_timer(VM_PLAIN, SOON_TICKS);
	(void)puppet_do(VM_PLAIN, order(ORDER_UNMASK, 1, 0, 0));
	(void)wait_out(VM_PLAIN,
		       puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0)),
		       HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(taken(VM_PLAIN), 1);
}

TEST(vtimer, ends_wfi_while_masked)
{
	start_timer(VM_PLAIN, SOON_TICKS);
	(void)wait_out(VM_PLAIN,
		       puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0)),
		       HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(taken(VM_PLAIN), 0);
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0), TIMER);
}

TEST(vtimer, ends_msg_wait)
{
	struct answer answer;

	start_timer(VM_PLAIN, SOON_TICKS);
	answer = wait_out(
		VM_PLAIN,
		puppet_begin(VM_PLAIN, order_call(FFA_MSG_WAIT, 0, 0, 0)),
		FFA_MSG_WAIT);
	EXPECT_EQ(answer.value[0], FFA_ERROR);
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_INTERRUPTED);
}

TEST(vtimer, ends_psci_suspend)
{
	struct answer answer;

	start_timer(VM_PLAIN, SOON_TICKS);
	answer = wait_out(
		VM_PLAIN,
		puppet_begin(VM_PLAIN,
			     order_call(PSCI_64(PSCI_CPU_SUSPEND), 0, 0, 0)),
		HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(answer.value[0], PSCI_SUCCESS);
}

TEST(vtimer, ends_a_busy_loop)
{
	struct smccc_value frame;

	hft_irq_init();
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	start_timer(VM_PLAIN, SOON_TICKS);
	(void)puppet_do(VM_PLAIN, order(ORDER_UNMASK, 1, 0, 0));
	frame = puppet_begin(VM_PLAIN, order_word(WORD_SPIN, 0, 0));
	EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
	EXPECT_EQ(frame.x[1], hft_vcpu(VM_PLAIN, 0));
	EXPECT_EQ(frame.x[2], 0);
	/* The primary's own timer is off: nothing is left for it to take. */
	EXPECT_FALSE(hft_irq_is_pending(HFT_PPI_VIRTUAL_TIMER));
	hft_irq_unmask();
	hft_irq_mask();
	EXPECT_EQ(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 0);

	(void)puppet_finish(VM_PLAIN, 0);
	EXPECT_EQ(taken(VM_PLAIN), 1);
}

TEST(vtimer, ends_a_polling_loop)
{
	struct smccc_value frame;

	start_timer(VM_PLAIN, SOON_TICKS);
	do {
		frame = puppet_begin(VM_PLAIN, order_call(FFA_YIELD, 0, 0, 0));
		ASSERT_EQ(frame.x[0], FFA_YIELD);
		(void)puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
	} while (puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0) != TIMER);
}

TEST(vtimer, is_told_once_and_masked)
{
	start_timer(VM_PLAIN, 0);
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0), TIMER);
	EXPECT_EQ(puppet_mrs(VM_PLAIN, MRS_CNTV_CTL),
		  CTL_ENABLE | CTL_IMASK | CTL_ISTATUS);
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0),
		  HF_INVALID_INTID);
}

TEST(vtimer, comes_again_when_set_again)
{
	start_timer(VM_PLAIN, 0);
	(void)puppet_do(VM_PLAIN, order(ORDER_UNMASK, 1, 0, 0));
	for (uint64_t i = 1; i <= 5; i++) {
		EXPECT_EQ(taken(VM_PLAIN), i);
		puppet_msr(VM_PLAIN, MSR_CNTV_TVAL, SOON_TICKS);
		puppet_msr(VM_PLAIN, MSR_CNTV_CTL, CTL_ENABLE);
		(void)wait_out(
			VM_PLAIN,
			puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0)),
			HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	}
}

TEST(vtimer, past_deadline_does_not_wait)
{
	struct smccc_value frame;

	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, TIMER);
	frame = puppet_begin(VM_PLAIN, order(ORDER_PAST_TIMER_WFI, 0, 0, 0));
	EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
	EXPECT_EQ(frame.x[1], hft_vcpu(VM_PLAIN, 0));
	EXPECT_EQ(frame.x[2], 0);
	(void)puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_GET, 0, 0), TIMER);
}

TEST(vtimer, masked_one_is_no_limit)
{
	struct smccc_value frame;

	start_timer(VM_PLAIN, SOON_TICKS);
	puppet_msr(VM_PLAIN, MSR_CNTV_CTL, CTL_ENABLE | CTL_IMASK);
	frame = puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(frame.x[2], HF_SLEEP_INDEFINITE);
}

TEST(vtimer, disabled_one_is_no_limit)
{
	struct smccc_value frame;

	start_timer(VM_PLAIN, SOON_TICKS);
	puppet_msr(VM_PLAIN, MSR_CNTV_CTL, 0);
	frame = puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(frame.x[2], HF_SLEEP_INDEFINITE);
}

TEST(vtimer, far_deadline_is_a_long_time)
{
	struct smccc_value frame;

	start_timer(VM_PLAIN, SOON_TICKS);
	puppet_msr(VM_PLAIN, MSR_CNTV_CVAL, FAR_FUTURE);
	frame = puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	/* More than a year. */
	EXPECT_GT(frame.x[2], UINT64_C(31536000000000000));
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
}

TEST(vtimer, last_moment_of_all_is_a_long_time)
{
	struct smccc_value frame;

	start_timer(VM_PLAIN, SOON_TICKS);
	puppet_msr(VM_PLAIN, MSR_CNTV_CVAL, UINT64_MAX);
	frame = puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_GT(frame.x[2], UINT64_C(31536000000000000));
}

TEST(vtimer, each_vm_has_its_own)
{
	start_timer(VM_PLAIN, SOON_TICKS);
	puppet_msr(VM_PLAIN, MSR_CNTV_CVAL, FAR_FUTURE);
	puppet_start(VM_FDT);
	EXPECT_EQ(puppet_mrs(VM_FDT, MRS_CNTV_CTL), 0);
	puppet_msr(VM_FDT, MSR_CNTV_CVAL, 1234);
	EXPECT_EQ(puppet_mrs(VM_PLAIN, MRS_CNTV_CVAL), FAR_FUTURE);
	EXPECT_EQ(puppet_mrs(VM_PLAIN, MRS_CNTV_CTL), CTL_ENABLE);
	EXPECT_EQ(puppet_mrs(VM_FDT, MRS_CNTV_CVAL), 1234);
}

TEST(vtimer, primarys_is_left_alone)
{
	hft_sysreg_write(cntv_cval_el0, FAR_FUTURE - 5);
	hft_sysreg_write(cntv_ctl_el0, CTL_ENABLE | CTL_IMASK);
	start_timer(VM_PLAIN, SOON_TICKS);
	(void)wait_out(VM_PLAIN,
		       puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0)),
		       HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(hft_sysreg_read(cntv_cval_el0), FAR_FUTURE - 5);
	EXPECT_EQ(hft_sysreg_read(cntv_ctl_el0), CTL_ENABLE | CTL_IMASK);
}

TEST(vtimer, counter_is_everybodys)
{
	uint64_t before = hft_sysreg_read(cntvct_el0);
	uint64_t inside;

	puppet_start(VM_PLAIN);
	inside = puppet_mrs(VM_PLAIN, WORD_MRS(3, 3, 14, 0, 2));
	hft_isb();
	EXPECT_LT(before, inside);
	EXPECT_LT(inside, hft_sysreg_read(cntvct_el0));
	/* The physical one, too, and how fast it is. */
	EXPECT_LT(inside, puppet_mrs(VM_PLAIN, WORD_MRS(3, 3, 14, 0, 1)));
	EXPECT_EQ(puppet_mrs(VM_PLAIN, WORD_MRS(3, 3, 14, 0, 0)),
		  hft_sysreg_read(cntfrq_el0));
}
