/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RUN: what it refuses, and what it returns. */
#include "hft/puppet.h"
#include "hftest.h"

#define RUNS 20
#define INTID 5

static void expect_frame(struct smccc_value frame, uint64_t func, uint64_t w1,
			 uint64_t w2)
{
	EXPECT_EQ(frame.x[0], func);
	EXPECT_EQ(frame.x[1], w1);
	EXPECT_EQ(frame.x[2], w2);
	for (unsigned int i = 3; i < 8; i++) {
		EXPECT_EQ(frame.x[i], 0);
	}
}

static void expect_refused(uint16_t vm, uint16_t vcpu, int32_t code)
{
	expect_frame(hft_run_any(vm, vcpu), FFA_ERROR, 0, (uint32_t)code);
}

TEST(run, primary_itself_is_invalid)
{
	expect_refused(HF_PRIMARY_VM_ID, 0, FFA_INVALID_PARAMETERS);
	expect_refused(HF_PRIMARY_VM_ID, 1, FFA_INVALID_PARAMETERS);
}

TEST(run, unknown_vm_is_invalid)
{
	expect_refused(0, 0, FFA_INVALID_PARAMETERS);
	expect_refused(VM_SMP + 1, 0, FFA_INVALID_PARAMETERS);
	expect_refused(HF_TEE_VM_ID, 0, FFA_INVALID_PARAMETERS);
	expect_refused(0xffff, 0, FFA_INVALID_PARAMETERS);
}

TEST(run, unknown_vcpu_is_invalid)
{
	expect_refused(VM_PLAIN, 1, FFA_INVALID_PARAMETERS);
	expect_refused(VM_SMP, 4, FFA_INVALID_PARAMETERS);
	expect_refused(VM_SMP, 0xffff, FFA_INVALID_PARAMETERS);
}

TEST(run, vcpu_that_is_off_is_invalid)
{
	expect_refused(VM_SMP, 1, FFA_INVALID_PARAMETERS);
	expect_refused(VM_SMP, 3, FFA_INVALID_PARAMETERS);
}

TEST(run, secondary_is_denied)
{
	struct answer answer;

	puppet_start(VM_FDT);
	answer = puppet_do(VM_FDT,
			   order_call(FFA_RUN, hft_vcpu(VM_PLAIN, 0), 0, 0));
	EXPECT_EQ(answer.value[0], FFA_ERROR);
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_DENIED);
	answer = puppet_do(VM_FDT, order_call(FFA_RUN, hft_vcpu(99, 0), 0, 0));
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_DENIED);
}

TEST(run, works_by_smc_as_well)
{
	struct smccc_value args = {{FFA_RUN, hft_vcpu(VM_PLAIN, 0)}};

	expect_frame(hf_smc(args), FFA_MSG_WAIT, hft_vcpu(VM_PLAIN, 0), 0);
}

TEST(run, yield_is_told_and_succeeds)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	expect_frame(puppet_begin(VM_PLAIN, order_call(FFA_YIELD, 0, 0, 0)),
		     FFA_YIELD, hft_vcpu(VM_PLAIN, 0), 0);
	answer = puppet_finish(VM_PLAIN, 0);
	EXPECT_EQ(answer.value[0], FFA_SUCCESS);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(answer.value[i], 0);
	}
}

TEST(run, yield_of_the_primary_does_nothing)
{
	expect_frame(hft_ffa(FFA_YIELD, 0, 0, 0), FFA_SUCCESS, 0, 0);
}

/* An event may be there already, and emulators do not trap WFE at all. */
TEST(run, wfe_is_a_yield_at_most)
{
	struct smccc_value frame;

	puppet_start(VM_PLAIN);
	frame = puppet_begin(VM_PLAIN, order_word(WORD_WFE, 0, 0));
	if (frame.x[0] == FFA_YIELD) {
		EXPECT_EQ(frame.x[1], hft_vcpu(VM_PLAIN, 0));
		frame = hft_run(VM_PLAIN, 0);
	}
	EXPECT_EQ(puppet_answer(VM_PLAIN, frame).fault.count, 0);
}

TEST(run, wfi_waits_without_limit)
{
	puppet_start(VM_PLAIN);
	expect_frame(puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0)),
		     HF_FFA_RUN_WAIT_FOR_INTERRUPT, hft_vcpu(VM_PLAIN, 0),
		     HF_SLEEP_INDEFINITE);
}

TEST(run, wfi_very_long)
{
	puppet_start(VM_PLAIN);
	(void)puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	for (unsigned int i = 1; i < RUNS; i++) {
		expect_frame(hft_run(VM_PLAIN, 0),
			     HF_FFA_RUN_WAIT_FOR_INTERRUPT,
			     hft_vcpu(VM_PLAIN, 0), HF_SLEEP_INDEFINITE);
	}
}

TEST(run, wfi_with_an_interrupt_pending_goes_on_at_once)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	ASSERT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	/* It answers in the same run. */
	EXPECT_EQ(puppet_do(VM_PLAIN, order_word(WORD_WFI, 0, 0)).fault.count,
		  0);
}

TEST(run, wfi_ends_with_an_injected_interrupt)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	(void)puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	(void)puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
}

TEST(run, wfi_does_not_end_with_one_that_is_disabled)
{
	puppet_start(VM_PLAIN);
	(void)puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 0);
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
}

TEST(run, wfi_does_not_end_with_a_message)
{
	puppet_start(VM_PLAIN);
	(void)puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 0).x[0], FFA_SUCCESS);
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
}

TEST(run, msg_wait_waits_without_limit)
{
	puppet_start(VM_PLAIN);
	for (unsigned int i = 0; i < RUNS; i++) {
		expect_frame(hft_run(VM_PLAIN, 0), FFA_MSG_WAIT,
			     hft_vcpu(VM_PLAIN, 0), HF_SLEEP_INDEFINITE);
	}
}

TEST(run, msg_wait_is_interrupted)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	EXPECT_EQ(
		puppet_begin(VM_PLAIN, order_call(FFA_MSG_WAIT, 0, 0, 0)).x[0],
		FFA_MSG_WAIT);
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	answer = puppet_finish(VM_PLAIN, 0);
	EXPECT_EQ(answer.value[0], FFA_ERROR);
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_INTERRUPTED);
}

TEST(run, msg_wait_with_an_interrupt_pending_is_interrupted_at_once)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	answer = puppet_do(VM_PLAIN, order_call(FFA_MSG_WAIT, 0, 0, 0));
	EXPECT_EQ(answer.value[0], FFA_ERROR);
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_INTERRUPTED);
}

TEST(run, msg_wait_gets_the_message_before_the_interrupt)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	(void)puppet_begin(VM_PLAIN, order_call(FFA_MSG_WAIT, 0, 0, 0));
	ASSERT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 22).x[0], FFA_SUCCESS);
	answer = puppet_finish(VM_PLAIN, 0);
	EXPECT_EQ(answer.value[0], FFA_MSG_SEND);
	EXPECT_EQ(answer.value[1],
		  ((uint64_t)HF_PRIMARY_VM_ID << 16) | VM_PLAIN);
	EXPECT_EQ(answer.value[3], 22);
}

TEST(run, primary_can_not_wait_or_poll)
{
	EXPECT_TRUE(hft_is_error(hft_ffa(FFA_MSG_WAIT, 0, 0, 0),
				 FFA_NOT_SUPPORTED));
	EXPECT_TRUE(hft_is_error(hft_ffa(FFA_MSG_POLL, 0, 0, 0),
				 FFA_NOT_SUPPORTED));
}

TEST(run, poll_without_a_message_is_retry)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	answer = puppet_do(VM_PLAIN, order_call(FFA_MSG_POLL, 0, 0, 0));
	EXPECT_EQ(answer.value[0], FFA_ERROR);
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_RETRY);
}

TEST(run, poll_finds_a_message)
{
	struct smccc_value frame;

	hft_service_start(VM_PLAIN, "poll_echo");
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_YIELD);
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_YIELD);
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 13).x[0], FFA_SUCCESS);
	frame = hft_run(VM_PLAIN, 0);
	EXPECT_EQ(frame.x[0], FFA_MSG_SEND);
	EXPECT_EQ(frame.x[3], 13);
}
