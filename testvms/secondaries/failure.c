/* SPDX-License-Identifier: BSD-3-Clause */
/* Secondaries that can not go on: the primary learns it, the others do not. */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/puppet.h"
#include "hftest.h"

#define NOWHERE (UINT64_C(1) << 37)
#define MSR_VBAR_EL1 WORD_MSR(3, 0, 12, 0, 0)
#define MSR_TTBR0_EL1 WORD_MSR(3, 0, 2, 0, 0)
#define MSR_SCTLR_EL1 WORD_MSR(3, 0, 1, 0, 0)
#define MMU_OFF UINT64_C(0x30d00800)
#define WORD_TLBI_VMALLE1 UINT64_C(0xd508871f)
#define WORD_MOV_SP UINT64_C(0x9100001f)
#define SHORT_TICKS UINT64_C(300)

static struct smccc_value run_order(uint16_t vm, struct order order)
{
	puppet_tell(vm, &order);
	return hft_run_any(vm, 0);
}

/** Aborted, which is told once; from then on there is no such vCPU. */
static void expect_end(uint16_t vm, struct smccc_value frame)
{
	EXPECT_EQ(frame.x[0], FFA_ERROR);
	EXPECT_EQ(frame.x[1], 0);
	EXPECT_EQ(frame.x[2], (uint32_t)FFA_ABORTED);
	for (unsigned int i = 3; i < 8; i++) {
		EXPECT_EQ(frame.x[i], 0);
	}
	EXPECT_TRUE(hft_is_error(hft_run_any(vm, 0), FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(hft_is_error(hft_run_any(vm, 0), FFA_INVALID_PARAMETERS));
}

/** Another VM does not notice. */
static void expect_well(uint16_t vm)
{
	EXPECT_EQ(puppet_do(vm, order(ORDER_IDENTITY, 0, 0, 0)).value[4], vm);
}

TEST(failure, failed_check_of_a_service_ends_it)
{
	puppet_start(VM_PLAIN);
	expect_end(VM_PLAIN, run_order(VM_PLAIN, order(ORDER_FAIL, 0, 0, 0)));
}

TEST(failure, unknown_service_gives_up)
{
	hft_mailbox_map();
	ASSERT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_MSG_WAIT);
	hft_tx[0] = '?';
	hft_tx[1] = '\0';
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 2).x[0], FFA_SUCCESS);
	expect_end(VM_PLAIN, hft_run_any(VM_PLAIN, 0));
}

TEST(failure, vectors_in_nobodys_memory_end_it)
{
	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	puppet_msr(VM_PLAIN, MSR_VBAR_EL1, NOWHERE);
	expect_end(VM_PLAIN,
		   run_order(VM_PLAIN, order_word(WORD_LDR, 0, NOWHERE)));
	expect_well(VM_FDT);
}

TEST(failure, trapped_register_with_no_vectors_ends_it)
{
	puppet_start(VM_PLAIN);
	puppet_msr(VM_PLAIN, MSR_VBAR_EL1, NOWHERE);
	expect_end(
		VM_PLAIN,
		run_order(VM_PLAIN, order_word(WORD_MRS(2, 0, 0, 2, 2), 0, 0)));
}

TEST(failure, tables_in_foreign_memory_end_it)
{
	static uint64_t tables[512] __attribute__((aligned(4096)));
	struct smccc_value frame;

	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	frame = run_order(VM_PLAIN,
			  order_word(MSR_TTBR0_EL1, (uintptr_t)tables, 0));
	/* A walk may have been kept; without it there is nothing left. */
	if (frame.x[0] == FFA_MSG_SEND) {
		(void)puppet_answer(VM_PLAIN, frame);
		frame = run_order(VM_PLAIN,
				  order_word(WORD_TLBI_VMALLE1, 0, 0));
	}
	expect_end(VM_PLAIN, frame);
	expect_well(VM_FDT);
}

TEST(failure, other_vcpus_end_with_it)
{
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	puppet_start_vcpu(VM_SMP, 2);
	(void)run_order(VM_SMP, order(ORDER_FAIL, 0, 0, 0));
	/* The last one has never been on. */
	for (uint16_t i = 1; i <= 3; i++) {
		EXPECT_TRUE(hft_is_error(hft_run_any(VM_SMP, i), FFA_ABORTED));
		EXPECT_TRUE(hft_is_error(hft_run_any(VM_SMP, i),
					 FFA_INVALID_PARAMETERS));
	}
}

TEST(failure, what_is_sent_to_it_has_no_effect)
{
	puppet_start(VM_PLAIN);
	expect_end(VM_PLAIN, run_order(VM_PLAIN, order(ORDER_FAIL, 0, 0, 0)));
	(void)hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 0);
	(void)inject(VM_PLAIN, 0, 5);
	EXPECT_TRUE(
		hft_is_error(hft_run_any(VM_PLAIN, 0), FFA_INVALID_PARAMETERS));
}

TEST(failure, all_secondaries_may_end)
{
	for (uint16_t vm = VM_FDT; vm <= VM_SMP; vm++) {
		puppet_start(vm);
		expect_end(vm, run_order(vm, order(ORDER_FAIL, 0, 0, 0)));
	}
	EXPECT_EQ(hft_ffa(FFA_ID_GET, 0, 0, 0).x[2], HF_PRIMARY_VM_ID);
}

static void stop_timer(uint32_t intid)
{
	(void)intid;
	hft_sysreg_write(cntp_ctl_el0, 0);
	hft_isb();
}

/** It never comes back by itself: the timer ends its turn, each time. */
static void expect_preempted(uint16_t vm, struct order order)
{
	puppet_tell(vm, &order);
	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	for (uint32_t i = 1; i <= 3; i++) {
		hft_sysreg_write(cntp_tval_el0, SHORT_TICKS);
		hft_sysreg_write(cntp_ctl_el0, 1);
		EXPECT_EQ(hft_run_any(vm, 0).x[0], FFA_INTERRUPT);
		hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, i);
	}
}

/* Each fault of its handler is a fault again: its own time is what it wastes. */
TEST(failure, stack_that_is_gone_hurts_nobody_else)
{
	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	expect_preempted(VM_PLAIN, order_word(WORD_MOV_SP, NOWHERE, 0));
	expect_well(VM_FDT);
}

TEST(failure, mmu_off_hurts_nobody_else)
{
	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	/* Identity map: it may well go on. */
	(void)puppet_do(VM_PLAIN, order_word(MSR_SCTLR_EL1, MMU_OFF, 0));
	expect_well(VM_FDT);
}

TEST(failure, illegal_return_is_its_own_exception)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	/* To EL2h: illegal, so PSTATE.IL is set and the next one faults. */
	answer = puppet_do(VM_PLAIN, order(ORDER_ILLEGAL_RETURN, 0x3c9, 0, 0));
	EXPECT_EQ(answer.fault.count, 1);
	EXPECT_EQ(hft_esr_class(answer.fault.esr), 0x0e);
	/* To EL3h. */
	answer = puppet_do(VM_PLAIN, order(ORDER_ILLEGAL_RETURN, 0x3cd, 0, 0));
	EXPECT_EQ(answer.fault.count, 1);
	EXPECT_EQ(hft_esr_class(answer.fault.esr), 0x0e);
}

/* Its own code, changed and run at once, 64 times. */
TEST(failure, self_modifying_code_is_its_own_business)
{
	puppet_start(VM_PLAIN);
	for (uint64_t i = 0; i < 64; i++) {
		/* movz x0, #i */
		ASSERT_EQ(puppet_do(VM_PLAIN,
				    order_word(UINT64_C(0xd2800000) | (i << 5),
					       0, 0))
				  .value[0],
			  i);
	}
}
