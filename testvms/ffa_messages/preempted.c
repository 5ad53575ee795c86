/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct requests that take their time, are interrupted, or never answered. */
#include "direct.h"
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/power.h"

#define PPI_HYPERVISOR_TIMER 26
#define TIMER_ON 1
#define SHORT_TICKS UINT64_C(2000)
#define LONG_SIZE UINT64_C(0x40000)
#define REQ_64 FFA_64(FFA_MSG_SEND_DIRECT_REQ)
#define RESP_64 FFA_64(FFA_MSG_SEND_DIRECT_RESP)

static void start_two(uint32_t version)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	hft_irq_init();
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
}

/** An order that takes longer than the timer. */
static struct ffa_frame long_request(void)
{
	uint64_t order = (uint64_t)ACTOR_FILL << ACTOR_OP_SHIFT;

	return FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A), 0,
		   order | vm_page(ACTOR_A, 0), LONG_SIZE, 5);
}

static void set_timer(void)
{
	hft_sysreg_write(cntv_tval_el0, SHORT_TICKS);
	hft_sysreg_write(cntv_ctl_el0, TIMER_ON);
	hft_isb();
}

static void stop_timer(uint32_t intid)
{
	(void)intid;
	hft_sysreg_write(cntv_ctl_el0, 0);
	hft_isb();
}

static void take_interrupt(void)
{
	hft_irq_set_handler(stop_timer);
	hft_irq_unmask();
	hft_irq_mask();
}

static void expect_interrupt(struct ffa_frame frame)
{
	EXPECT_FFA_FRAME(frame, FFA_INTERRUPT);
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, 0));
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
}

TEST_ALL(ffa_preempted, request_goes_on_with_run)
{
	struct ffa_frame frame;

	start_two(version);
	set_timer();
	expect_interrupt(hft_ffa_call(long_request()));
	take_interrupt();
	EXPECT_EQ(hft_irq_count(HFT_PPI_VIRTUAL_TIMER), 1);
	frame = vm_run(ACTOR_A);
	EXPECT_FFA_FRAME(frame, RESP_64);
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, PRIMARY));
	EXPECT_EQ(vm_check(ACTOR_A, vm_page(ACTOR_A, 0), LONG_SIZE, 5),
		  LONG_SIZE);
}

TEST_ALL(ffa_preempted, request_again_and_again)
{
	struct ffa_frame frame;
	unsigned int count = 0;

	start_two(version);
	set_timer();
	frame = hft_ffa_call(long_request());
	while (frame.x[0] == FFA_INTERRUPT) {
		count++;
		take_interrupt();
		set_timer();
		frame = vm_run(ACTOR_A);
	}
	stop_timer(0);
	EXPECT_FFA_FRAME(frame, RESP_64);
	EXPECT_GT(count, 5);
	EXPECT_EQ(vm_check(ACTOR_A, vm_page(ACTOR_A, 0), LONG_SIZE, 5),
		  LONG_SIZE);
}

TEST_ALL(ffa_preempted, receiver_is_busy_meanwhile)
{
	start_two(version);
	vm_start(ACTOR_B, version);
	set_timer();
	expect_interrupt(hft_ffa_call(long_request()));
	take_interrupt();
	EXPECT_FFA_ERROR(hft_ffa_call(long_request()), FFA_BUSY);
	/* Another VM is not. */
	EXPECT_EQ(vm_call(ACTOR_B, FFA(FFA_ID_GET)).x[2], ACTOR_B);
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), RESP_64);
}

static struct ffa_frame of_cpu_1;

static void run_on_cpu_1(uint64_t unused)
{
	(void)unused;
	of_cpu_1 = vm_run(ACTOR_A);
}

TEST_ALL(ffa_preempted, any_cpu_may_go_on_and_gets_the_answer)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	start_two(version);
	set_timer();
	expect_interrupt(hft_ffa_call(long_request()));
	take_interrupt();
	ASSERT_TRUE(hft_cpu_run(1, run_on_cpu_1, 0));
	EXPECT_FFA_FRAME(of_cpu_1, RESP_64);
	EXPECT_EQ(of_cpu_1.x[1], ffa_pair(ACTOR_A, PRIMARY));
	/* It waits for the next one, which anybody may send. */
	EXPECT_EQ(vm_call(ACTOR_A, FFA(FFA_ID_GET)).x[2], ACTOR_A);
}

/* The result of MSG_WAIT or DIRECT_RESP when an interrupt is all there is. */
TEST_ALL(ffa_preempted, idle_receiver_is_woken_by_an_interrupt)
{
	start_two(version);
	EXPECT_EQ(vm_call(ACTOR_A, FFA(FFA_ID_GET)).x[2], ACTOR_A);
	/* In DIRECT_RESP. */
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_EQ(vm_woken_by(ACTOR_A).x[0], FFA_INTERRUPT);
}

TEST_OLD(ffa_preempted, waiting_receiver_is_interrupted)
{
	struct ffa_frame frame;

	start_two(version);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	/* In MSG_WAIT. */
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	frame = vm_woken_by(ACTOR_A);
	EXPECT_FFA_ERROR(frame, FFA_INTERRUPTED);
}

TEST_NEW(ffa_preempted, waiting_receiver_sees_the_interrupt)
{
	start_two(version);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_EQ(vm_woken_by(ACTOR_A).x[0], FFA_INTERRUPT);
}

/* WFI in a request: the primary sees it and goes on with RUN. */
TEST_ALL(ffa_preempted, receiver_may_wait_for_an_interrupt)
{
	struct ffa_frame suspend = FFA(PSCI_CPU_SUSPEND);
	struct ffa_frame frame;

	start_two(version);
	vm_script_in_request(ACTOR_A, &suspend, 1);
	frame = hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A)));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, 0));
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), RESP_64);
}

/** By this frame the primary is told whom to wake: changed after 1.0. */
static uint64_t wake_up(uint32_t version)
{
	return version == LEGACY || version == FFA_VERSION_1_0
		       ? HF_FFA_RUN_WAKE_UP
		       : FFA_INTERRUPT;
}

/* The frame names the other vCPU; the request goes on with its own. */
TEST_ALL(ffa_preempted, receiver_may_start_another_vcpu)
{
	struct ffa_frame start = FFA(PSCI_CPU_ON, 1);
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	vm_start(ACTOR_SMP, version);
	start.x[2] = vm_memory(ACTOR_SMP).begin;
	vm_script_in_request(ACTOR_SMP, &start, 1);
	frame = hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_SMP)));
	EXPECT_EQ(frame.x[0], wake_up(version));
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_SMP, 1));
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 2, 7), 18);
	EXPECT_FFA_FRAME(vm_run(ACTOR_SMP), RESP_64);
}

/* --- who never answers ---------------------------------------------------- */

TEST_ALL(ffa_aborted, receiver_that_gives_up_is_told_to_the_sender)
{
	uint64_t order = (uint64_t)ACTOR_GIVE_UP << ACTOR_OP_SHIFT;

	start_two(version);
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A), 0, order)),
		FFA_ABORTED);
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A), 0, order)),
		FFA_ABORTED);
}

TEST(ffa_aborted, receiver_that_has_given_up_takes_no_request_of_1_2)
{
	uint64_t order = (uint64_t)ACTOR_GIVE_UP << ACTOR_OP_SHIFT;
	uint64_t pair = ffa_pair(PRIMARY, ACTOR_A);

	start_two(FFA_VERSION_1_2);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_64, pair, 0, order)),
			 FFA_ABORTED);
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(FFA_64(FFA_MSG_SEND_DIRECT_REQ2), pair)),
		FFA_ABORTED);
}

/* Legacy schedulers are told once. */
TEST_ALL(ffa_aborted, receiver_that_has_given_up_is_not_run)
{
	uint64_t order = (uint64_t)ACTOR_GIVE_UP << ACTOR_OP_SHIFT;
	struct ffa_frame frame;

	start_two(version);
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A), 0, order)),
		FFA_ABORTED);
	for (unsigned int i = 0; i < 2; i++) {
		frame = vm_run(ACTOR_A);
		EXPECT_EQ(frame.x[0], FFA_ERROR);
		EXPECT_EQ((int32_t)frame.x[2], version == LEGACY
						       ? FFA_INVALID_PARAMETERS
						       : FFA_ABORTED);
	}
}

TEST_ALL(ffa_aborted, others_go_on)
{
	uint64_t order = (uint64_t)ACTOR_GIVE_UP << ACTOR_OP_SHIFT;

	start_two(version);
	vm_start(ACTOR_B, version);
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A), 0, order)),
		FFA_ABORTED);
	EXPECT_EQ(vm_call(ACTOR_B, FFA(FFA_ID_GET)).x[2], ACTOR_B);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_MSG_SEND_DIRECT_REQ,
					  ffa_pair(PRIMARY, ACTOR_A))),
			 FFA_ABORTED);
	EXPECT_EQ(vm_call(ACTOR_B, FFA(FFA_ID_GET)).x[2], ACTOR_B);
}
