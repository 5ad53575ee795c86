/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts without an end: of a secondary that raises its own again and again,
 * and of the primary, whose secondary gets on in between all the same.
 */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/puppet.h"
#include "hftest.h"

#define ATTACKER VM_PLAIN
#define VICTIM VM_FDT
#define SGI 5
#define INTID 9
#define TURN_TICKS UINT64_C(2000)
#define TURNS 20
#define ROUNDS 200

static uint16_t own_id;

static void raise_again(uint32_t intid)
{
	(void)hf_call(HF_INTERRUPT_INJECT, own_id, 0, intid);
}

/** Never out of its handler for longer than an instruction. */
SERVICE(self_stormer)
{
	own_id = hft_own_id();
	hft_irq_set_handler(raise_again);
	(void)hf_call(HF_INTERRUPT_ENABLE, INTID, 1, 0);
	raise_again(INTID);
	hft_irq_unmask();
	for (;;) {
	}
}

static void stop_timer(uint32_t intid)
{
	if (intid == HFT_PPI_PHYSICAL_TIMER) {
		hft_sysreg_write(cntp_ctl_el0, 0);
		hft_isb();
	}
}

static void expect_victim_well(void)
{
	EXPECT_EQ(puppet_do(VICTIM, order(ORDER_IDENTITY, 0, 0, 0)).value[4],
		  VICTIM);
}

TEST(storm, secondary_that_interrupts_itself_keeps_no_cpu)
{
	puppet_start(VICTIM);
	hft_service_start(ATTACKER, "self_stormer");
	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	for (uint32_t i = 1; i <= TURNS; i++) {
		hft_sysreg_write(cntp_tval_el0, TURN_TICKS);
		hft_sysreg_write(cntp_ctl_el0, 1);
		EXPECT_EQ(hft_run_any(ATTACKER, 0).x[0], FFA_INTERRUPT);
		hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, i);
		expect_victim_well();
	}
	/* Nothing of it is the primary's. */
	EXPECT_EQ(hft_irq_count(INTID), 0);
}

/* Each time it is to run, an interrupt is there first. */
TEST(storm, interrupts_of_the_primary_leave_a_secondary_as_it_was)
{
	struct order call = order_call(FFA_YIELD, 0, 0, 0);
	struct answer answer;

	puppet_start(VICTIM);
	hft_irq_init();
	hft_irq_enable(SGI);
	puppet_tell(VICTIM, &call);
	for (uint32_t i = 1; i <= ROUNDS; i++) {
		struct smccc_value frame;

		hft_irq_send_sgi(0, SGI);
		frame = hft_run(VICTIM, 0);
		EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
		EXPECT_EQ(frame.x[1], hft_vcpu(VICTIM, 0));
		hft_irq_wait(SGI, i);
	}
	EXPECT_EQ(hft_run(VICTIM, 0).x[0], FFA_YIELD);
	answer = puppet_finish(VICTIM, 0);
	EXPECT_EQ(answer.value[0], FFA_SUCCESS);
	expect_victim_well();
}
