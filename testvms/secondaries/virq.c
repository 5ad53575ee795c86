/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual interrupts of a secondary. */
#include "hft/puppet.h"
#include "hftest.h"

#define LOW 3
#define HIGH 40
#define REFUSED UINT64_MAX

/** Take what is pending; how often `intid` was among it. */
static uint64_t take(uint16_t vm, uint32_t intid)
{
	return puppet_do(vm, order(ORDER_TAKE, intid, 0, 0)).value[0];
}

/** HF_INTERRUPT_GET by the puppet. */
static uint64_t get(uint16_t vm)
{
	return puppet_call(vm, HF_INTERRUPT_GET, 0, 0);
}

TEST(virq, injected_one_is_taken_once)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, HIGH);
	EXPECT_EQ(inject(VM_PLAIN, 0, HIGH), 1);
	EXPECT_EQ(take(VM_PLAIN, HIGH), 1);
	EXPECT_EQ(take(VM_PLAIN, HIGH), 0);
}

TEST(virq, masked_one_waits)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, HIGH);
	ASSERT_EQ(inject(VM_PLAIN, 0, HIGH), 1);
	EXPECT_EQ(puppet_do(VM_PLAIN, order(ORDER_COUNTS, HIGH, 0, 0)).value[0],
		  0);
	EXPECT_EQ(take(VM_PLAIN, HIGH), 1);
}

TEST(virq, disabled_one_stays_pending)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(inject(VM_PLAIN, 0, HIGH), 0);
	EXPECT_EQ(take(VM_PLAIN, HIGH), 0);
	puppet_enable(VM_PLAIN, HIGH);
	EXPECT_EQ(take(VM_PLAIN, HIGH), 1);
}

TEST(virq, disabling_keeps_it_pending)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, HIGH);
	ASSERT_EQ(inject(VM_PLAIN, 0, HIGH), 1);
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_ENABLE, HIGH, 0), 0);
	EXPECT_EQ(get(VM_PLAIN), HF_INVALID_INTID);
	EXPECT_EQ(take(VM_PLAIN, HIGH), 0);
	puppet_enable(VM_PLAIN, HIGH);
	EXPECT_EQ(get(VM_PLAIN), HIGH);
}

TEST(virq, get_without_one_is_none)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(get(VM_PLAIN), HF_INVALID_INTID);
}

TEST(virq, get_is_ascending)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, LOW);
	puppet_enable(VM_PLAIN, HIGH);
	EXPECT_EQ(inject(VM_PLAIN, 0, HIGH), 1);
	/* Only the first one is worth a run. */
	EXPECT_EQ(inject(VM_PLAIN, 0, LOW), 0);
	EXPECT_EQ(get(VM_PLAIN), LOW);
	EXPECT_EQ(get(VM_PLAIN), HIGH);
	EXPECT_EQ(get(VM_PLAIN), HF_INVALID_INTID);
}

TEST(virq, same_one_twice_is_one)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, LOW);
	EXPECT_EQ(inject(VM_PLAIN, 0, LOW), 1);
	EXPECT_EQ(inject(VM_PLAIN, 0, LOW), 0);
	EXPECT_EQ(get(VM_PLAIN), LOW);
	EXPECT_EQ(get(VM_PLAIN), HF_INVALID_INTID);
}

TEST(virq, all_ids_work)
{
	puppet_start(VM_PLAIN);
	for (uint32_t id = 0; id < HF_NUM_INTIDS; id++) {
		puppet_enable(VM_PLAIN, id);
		ASSERT_EQ(inject(VM_PLAIN, 0, id), 1);
		ASSERT_EQ(get(VM_PLAIN), id);
	}
}

TEST(virq, enable_refuses_unknown_ids)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_INTERRUPT_ENABLE, HF_NUM_INTIDS, 1),
		  REFUSED);
	EXPECT_EQ(
		puppet_call(VM_PLAIN, HF_INTERRUPT_ENABLE, HF_INVALID_INTID, 1),
		REFUSED);
}

TEST(virq, inject_refuses_what_is_not_there)
{
	EXPECT_EQ(inject(VM_PLAIN, 0, HF_NUM_INTIDS), -1);
	EXPECT_EQ(inject(VM_PLAIN, 0, HF_INVALID_INTID), -1);
	EXPECT_EQ(inject(VM_PLAIN, 1, LOW), -1);
	EXPECT_EQ(inject(VM_SMP, 4, LOW), -1);
	EXPECT_EQ(inject(0, 0, LOW), -1);
	EXPECT_EQ(inject(VM_SMP + 1, 0, LOW), -1);
	EXPECT_EQ(inject(HF_TEE_VM_ID, 0, LOW), -1);
}

TEST(virq, secondary_injects_into_itself_only)
{
	puppet_start(VM_PLAIN);
	puppet_start(VM_FDT);
	puppet_enable(VM_FDT, LOW);
	puppet_enable(VM_PLAIN, LOW);
	EXPECT_EQ(puppet_do(VM_PLAIN,
			    order_call(HF_INTERRUPT_INJECT, VM_FDT, 0, LOW))
			  .value[0],
		  REFUSED);
	EXPECT_EQ(puppet_do(VM_PLAIN, order_call(HF_INTERRUPT_INJECT,
						 HF_PRIMARY_VM_ID, 0, LOW))
			  .value[0],
		  REFUSED);
	EXPECT_EQ(get(VM_FDT), HF_INVALID_INTID);
	EXPECT_EQ(puppet_do(VM_PLAIN,
			    order_call(HF_INTERRUPT_INJECT, VM_PLAIN, 0, LOW))
			  .value[0],
		  0);
	EXPECT_EQ(take(VM_PLAIN, LOW), 1);
}

TEST(virq, injection_by_a_secondary_is_taken_at_once_when_unmasked)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, LOW);
	(void)puppet_do(VM_PLAIN, order(ORDER_UNMASK, 1, 0, 0));
	(void)puppet_do(VM_PLAIN,
			order_call(HF_INTERRUPT_INJECT, VM_PLAIN, 0, LOW));
	EXPECT_EQ(puppet_do(VM_PLAIN, order(ORDER_COUNTS, LOW, 0, 0)).value[0],
		  1);
}

TEST(virq, other_vcpu_is_to_be_woken)
{
	struct smccc_value frame;

	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	(void)puppet_do_on(VM_SMP, 1, order(ORDER_ENABLE, LOW, 1, 0));
	frame = puppet_begin(VM_SMP,
			     order_call(HF_INTERRUPT_INJECT, VM_SMP, 1, LOW));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAKE_UP);
	EXPECT_EQ(frame.x[1], hft_vcpu(VM_SMP, 1));
	EXPECT_EQ(frame.x[2], 0);
	EXPECT_EQ(puppet_finish(VM_SMP, 0).value[0], 0);
	EXPECT_EQ(
		puppet_do_on(VM_SMP, 1, order(ORDER_TAKE, LOW, 0, 0)).value[0],
		1);
}

TEST(virq, other_vcpu_is_not_woken_for_one_that_is_disabled)
{
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	EXPECT_EQ(puppet_do(VM_SMP,
			    order_call(HF_INTERRUPT_INJECT, VM_SMP, 1, LOW))
			  .value[0],
		  0);
}

TEST(virq, each_vcpu_has_its_own)
{
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	puppet_enable(VM_SMP, LOW);
	ASSERT_EQ(inject(VM_SMP, 0, LOW), 1);
	EXPECT_EQ(inject(VM_SMP, 1, LOW), 0);
	EXPECT_EQ(puppet_do_on(VM_SMP, 1, order_call(HF_INTERRUPT_GET, 0, 0, 0))
			  .value[0],
		  HF_INVALID_INTID);
	EXPECT_EQ(get(VM_SMP), LOW);
}

TEST(virq, one_for_a_vcpu_that_is_off_waits_until_it_is_enabled)
{
	EXPECT_EQ(inject(VM_SMP, 3, LOW), 0);
	EXPECT_TRUE(
		hft_is_error(hft_run_any(VM_SMP, 3), FFA_INVALID_PARAMETERS));
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 3);
	EXPECT_EQ(
		puppet_do_on(VM_SMP, 3, order(ORDER_TAKE, LOW, 0, 0)).value[0],
		0);
	(void)puppet_do_on(VM_SMP, 3, order(ORDER_ENABLE, LOW, 1, 0));
	EXPECT_EQ(
		puppet_do_on(VM_SMP, 3, order(ORDER_TAKE, LOW, 0, 0)).value[0],
		1);
}

/* It had it enabled while it was on: that is over. */
TEST(virq, one_for_a_vcpu_that_has_gone_off_is_nobodys_business)
{
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	(void)puppet_do_on(VM_SMP, 1, order(ORDER_ENABLE, LOW, 1, 0));
	(void)puppet_do_on(VM_SMP, 1, order(ORDER_LEAVE, 0, 0, 0));
	ASSERT_EQ(hft_run(VM_SMP, 1).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(inject(VM_SMP, 1, LOW), 0);
	EXPECT_EQ(puppet_do(VM_SMP,
			    order_call(HF_INTERRUPT_INJECT, VM_SMP, 1, LOW))
			  .value[0],
		  0);
}

TEST(virq, primary_may_have_its_own)
{
	EXPECT_EQ(inject(HF_PRIMARY_VM_ID, 0, LOW), 0);
	EXPECT_EQ(hf_call(HF_INTERRUPT_GET, 0, 0, 0), HF_INVALID_INTID);
	EXPECT_EQ(hf_call(HF_INTERRUPT_ENABLE, LOW, 1, 0), 0);
	EXPECT_EQ(hf_call(HF_INTERRUPT_GET, 0, 0, 0), LOW);
	EXPECT_EQ(hf_call(HF_INTERRUPT_GET, 0, 0, 0), HF_INVALID_INTID);
	/* Enabled, and the first to be pending: its scheduler is told. */
	EXPECT_EQ(inject(HF_PRIMARY_VM_ID, 0, LOW), 1);
	EXPECT_EQ(inject(HF_PRIMARY_VM_ID, 0, LOW), 0);
}

static void enable_fiq(uint16_t vm, uint32_t intid)
{
	ASSERT_EQ(puppet_do(vm, order_call(HF_INTERRUPT_ENABLE, intid, 1,
					   HF_INTERRUPT_TYPE_FIQ))
			  .value[0],
		  0);
}

TEST(vfiq, is_taken_as_such)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	enable_fiq(VM_PLAIN, HIGH);
	EXPECT_EQ(inject(VM_PLAIN, 0, HIGH), 1);
	/* No IRQ. */
	EXPECT_EQ(take(VM_PLAIN, HIGH), 0);
	answer = puppet_do(VM_PLAIN, order(ORDER_TAKE_FIQ, HIGH, 0, 0));
	EXPECT_EQ(answer.value[0], 1);
	EXPECT_EQ(answer.value[1], 1);
	answer = puppet_do(VM_PLAIN, order(ORDER_TAKE_FIQ, HIGH, 0, 0));
	EXPECT_EQ(answer.value[0], 0);
}

TEST(vfiq, irq_beside_it_is_still_an_irq)
{
	puppet_start(VM_PLAIN);
	enable_fiq(VM_PLAIN, HIGH);
	puppet_enable(VM_PLAIN, LOW);
	ASSERT_EQ(inject(VM_PLAIN, 0, LOW), 1);
	EXPECT_EQ(
		puppet_do(VM_PLAIN, order(ORDER_TAKE_FIQ, LOW, 0, 0)).value[0],
		0);
	EXPECT_EQ(take(VM_PLAIN, LOW), 1);
}

TEST(vfiq, ends_wfi)
{
	puppet_start(VM_PLAIN);
	enable_fiq(VM_PLAIN, HIGH);
	(void)puppet_begin(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_EQ(inject(VM_PLAIN, 0, HIGH), 1);
	(void)puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0));
	EXPECT_EQ(get(VM_PLAIN), HIGH);
}

TEST(vfiq, can_be_made_an_irq_again)
{
	puppet_start(VM_PLAIN);
	enable_fiq(VM_PLAIN, HIGH);
	ASSERT_EQ(inject(VM_PLAIN, 0, HIGH), 1);
	puppet_enable(VM_PLAIN, HIGH);
	EXPECT_EQ(
		puppet_do(VM_PLAIN, order(ORDER_TAKE_FIQ, HIGH, 0, 0)).value[0],
		0);
	EXPECT_EQ(take(VM_PLAIN, HIGH), 1);
}
