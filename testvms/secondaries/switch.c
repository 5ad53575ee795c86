/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers across switches: patterns in all of them on both sides, which find
 * them as they were, whatever the reason and the CPU.
 */
#include <string.h>

#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"

#define INTID 12
#define NO_CHANGE 31
#define NO_FP_CHANGE 66
#define TIMER_TICKS UINT64_C(5000)

/** FFA_RUN with a pattern, of which x8-x30 and FP must be left. */
static struct smccc_value run_with_pattern(uint16_t vm, uint8_t seed)
{
	struct hft_registers before = hft_registers_pattern(FFA_RUN, seed);
	struct hft_registers after;
	struct smccc_value frame;

	before.x[1] = hft_vcpu(vm, 0);
	after = before;
	hft_registers_hvc(&after);
	EXPECT_EQ(hft_registers_first_change(&before, &after, 8, 30),
		  NO_CHANGE);
	EXPECT_EQ(hft_registers_first_fp_change(&before, &after), NO_FP_CHANGE);
	memcpy(&frame, after.x, sizeof(frame));
	return frame;
}

/** The puppet leaves by `how`; both sides keep what they had. */
static struct smccc_value leave_with_patterns(uint16_t vm,
					      enum order_switch how)
{
	struct order order_registers = order(ORDER_REGISTERS, how, 0x5a, 0);

	puppet_tell(vm, &order_registers);
	return run_with_pattern(vm, 0xa1);
}

static struct answer return_with_patterns(uint16_t vm)
{
	struct answer answer = puppet_answer(vm, run_with_pattern(vm, 0x34));

	EXPECT_EQ(answer.first_change, NO_CHANGE);
	EXPECT_EQ(answer.first_fp_change, NO_FP_CHANGE);
	return answer;
}

TEST(switches, yield_keeps_registers)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(leave_with_patterns(VM_PLAIN, SWITCH_YIELD).x[0], FFA_YIELD);
	EXPECT_EQ(return_with_patterns(VM_PLAIN).value[0], FFA_SUCCESS);
}

TEST(switches, wfi_keeps_registers)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	EXPECT_EQ(leave_with_patterns(VM_PLAIN, SWITCH_WFI).x[0],
		  HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	(void)return_with_patterns(VM_PLAIN);
}

TEST(switches, msg_wait_keeps_registers)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	EXPECT_EQ(leave_with_patterns(VM_PLAIN, SWITCH_MSG_WAIT).x[0],
		  FFA_MSG_WAIT);
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	EXPECT_EQ(return_with_patterns(VM_PLAIN).value[0], FFA_ERROR);
}

static void stop_timer(uint32_t intid)
{
	(void)intid;
	hft_sysreg_write(cntp_ctl_el0, 0);
	hft_isb();
}

static void start_timer(void)
{
	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	hft_sysreg_write(cntp_tval_el0, TIMER_TICKS);
	hft_sysreg_write(cntp_ctl_el0, 1);
}

TEST(switches, preemption_keeps_registers)
{
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	(void)puppet_do(VM_PLAIN, order(ORDER_UNMASK, 1, 0, 0));
	start_timer();
	EXPECT_EQ(leave_with_patterns(VM_PLAIN, SWITCH_SPIN).x[0],
		  FFA_INTERRUPT);
	hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, 1);
	/* Out of the loop by an interrupt that it takes. */
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	(void)return_with_patterns(VM_PLAIN);
}

TEST(switches, two_secondaries_keep_theirs)
{
	puppet_start(VM_PLAIN);
	puppet_start(VM_FDT);
	(void)leave_with_patterns(VM_PLAIN, SWITCH_YIELD);
	(void)leave_with_patterns(VM_FDT, SWITCH_YIELD);
	(void)return_with_patterns(VM_PLAIN);
	(void)return_with_patterns(VM_FDT);
}

static void finish_elsewhere(uint64_t vm)
{
	(void)return_with_patterns((uint16_t)vm);
}

TEST(switches, registers_move_to_another_cpu)
{
	puppet_start(VM_PLAIN);
	for (uint32_t cpu = 1; cpu < hft_cpu_count(); cpu++) {
		EXPECT_EQ(leave_with_patterns(VM_PLAIN, SWITCH_YIELD).x[0],
			  FFA_YIELD);
		ASSERT_TRUE(hft_cpu_run(cpu, finish_elsewhere, VM_PLAIN));
	}
}

TEST(switches, preempted_vcpu_moves_to_another_cpu)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	(void)puppet_do(VM_PLAIN, order(ORDER_UNMASK, 1, 0, 0));
	start_timer();
	EXPECT_EQ(leave_with_patterns(VM_PLAIN, SWITCH_SPIN).x[0],
		  FFA_INTERRUPT);
	hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, 1);
	EXPECT_EQ(inject(VM_PLAIN, 0, INTID), 1);
	ASSERT_TRUE(hft_cpu_run(1, finish_elsewhere, VM_PLAIN));
}

TEST(switches, fresh_vm_sees_no_fp_of_the_primary)
{
	hft_mailbox_map();
	EXPECT_EQ(run_with_pattern(VM_PLAIN, 0x77).x[0], FFA_MSG_WAIT);
	memcpy(hft_tx, "puppet", 7);
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 7).x[0], FFA_SUCCESS);
	EXPECT_EQ(run_with_pattern(VM_PLAIN, 0x78).x[0], FFA_YIELD);
	EXPECT_EQ(run_with_pattern(VM_PLAIN, 0x79).x[0], FFA_MSG_WAIT);
	/* Nothing there uses FP but the patterns of an order. */
	EXPECT_EQ(puppet_do(VM_PLAIN, order(ORDER_FP_RESIDUE, 0, 0, 0))
			  .first_fp_change,
		  NO_FP_CHANGE);
}

TEST(switches, frames_hold_nothing_of_the_secondary)
{
	struct smccc_value frame;

	puppet_start(VM_PLAIN);
	frame = leave_with_patterns(VM_PLAIN, SWITCH_YIELD);
	for (unsigned int i = 2; i < 8; i++) {
		EXPECT_EQ(frame.x[i], 0);
	}
}

/* EL1 registers that a vCPU may set to anything without harm to itself. */
static const struct {
	const char *name;
	uint64_t mrs;
	uint64_t msr;
} own_registers[] = {
#define ROW(name, ...)                                             \
	{                                                          \
		name, WORD_MRS(__VA_ARGS__), WORD_MSR(__VA_ARGS__) \
	}
	ROW("TPIDR_EL0", 3, 3, 13, 0, 2),
	ROW("TPIDRRO_EL0", 3, 3, 13, 0, 3),
	ROW("AFSR0_EL1", 3, 0, 5, 1, 0),
	ROW("AFSR1_EL1", 3, 0, 5, 1, 1),
	ROW("FAR_EL1", 3, 0, 6, 0, 0),
	ROW("ESR_EL1", 3, 0, 5, 2, 0),
	ROW("ELR_EL1", 3, 0, 4, 0, 1),
	ROW("SPSR_EL1", 3, 0, 4, 0, 0),
	ROW("SP_EL0", 3, 0, 4, 1, 0),
	ROW("TTBR1_EL1", 3, 0, 2, 0, 1),
	ROW("CONTEXTIDR_EL1", 3, 0, 13, 0, 1),
	ROW("PAR_EL1", 3, 0, 7, 4, 0),
	ROW("CSSELR_EL1", 3, 2, 0, 0, 0),
	ROW("CNTKCTL_EL1", 3, 0, 14, 1, 0),
	ROW("CNTV_CVAL_EL0", 3, 3, 14, 3, 2),
#undef ROW
};

#define OWN_COUNT (sizeof(own_registers) / sizeof(own_registers[0]))

TEST(switches, el1_registers_are_each_vms_own)
{
	uint64_t plain[OWN_COUNT];
	uint64_t fdt[OWN_COUNT];

	puppet_start(VM_PLAIN);
	puppet_start(VM_FDT);
	for (size_t i = 0; i < OWN_COUNT; i++) {
		puppet_msr(VM_PLAIN, own_registers[i].msr, 0x1110 + 16 * i);
		plain[i] = puppet_mrs(VM_PLAIN, own_registers[i].mrs);
		puppet_msr(VM_FDT, own_registers[i].msr, 0x2222 + 16 * i);
		fdt[i] = puppet_mrs(VM_FDT, own_registers[i].mrs);
	}
	for (size_t i = 0; i < OWN_COUNT; i++) {
		if (puppet_mrs(VM_PLAIN, own_registers[i].mrs) != plain[i] ||
		    puppet_mrs(VM_FDT, own_registers[i].mrs) != fdt[i]) {
			FAIL("%s is not kept", own_registers[i].name);
		}
	}
}

TEST(switches, el1_registers_of_the_primary_stay)
{
	puppet_start(VM_PLAIN);
	hft_sysreg_write(tpidr_el0, 0x1234);
	hft_sysreg_write(contextidr_el1, 0x55);
	hft_sysreg_write(par_el1, 0x801);
	hft_sysreg_write(ttbr1_el1, 0x40000000);
	for (size_t i = 0; i < OWN_COUNT; i++) {
		puppet_msr(VM_PLAIN, own_registers[i].msr, 0x2222);
	}
	EXPECT_EQ(hft_sysreg_read(tpidr_el0), 0x1234);
	EXPECT_EQ(hft_sysreg_read(contextidr_el1), 0x55);
	EXPECT_EQ(hft_sysreg_read(par_el1), 0x801);
	EXPECT_EQ(hft_sysreg_read(ttbr1_el1), 0x40000000);
}
