/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What holds on the boot CPU holds on the others: EL2 is set up for each. And
 * what happens when several want the same thing.
 */
#include <stdatomic.h>

#include "call.h"
#include "hf/call.h"
#include "hft/arch.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hftest.h"

#define ROUNDS 20

/** `check` on each CPU but the first, one after the other. */
static void on_every_cpu(void (*check)(uint64_t arg), uint64_t arg)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		ASSERT_TRUE(hft_cpu_run(i, check, arg));
	}
}

static void check_traps(uint64_t arg)
{
	(void)arg;
	EXPECT_UNDEFINED((void)hft_sysreg_read(actlr_el1));
	EXPECT_UNDEFINED((void)hft_sysreg_read(S3_0_C10_C4_3)); /* LORC_EL1 */
	EXPECT_UNDEFINED((void)hft_sysreg_read(S3_0_C1_C2_1));	/* TRFCR_EL1 */
	EXPECT_EQ((hft_sysreg_read(id_aa64mmfr1_el1) >> 16) & 0xf, 0);
	EXPECT_NO_FAULT((void)hft_sysreg_read(mdccint_el1));
}

TEST(every_cpu, traps_as_the_first_does)
{
	on_every_cpu(check_traps, 0);
}

static void check_abort(uint64_t address)
{
	struct hft_fault fault = hft_fault_write(address);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.far, address);
}

TEST(every_cpu, hypervisor_is_out_of_reach)
{
	struct hft_range hypervisor;

	ASSERT_TRUE(hft_fdt_reserved(0, &hypervisor));
	on_every_cpu(check_abort, hypervisor.begin);
}

static void check_calls(uint64_t arg)
{
	(void)arg;
	EXPECT_EQ(call_changes_x0_only(call_hvc, PSCI_VERSION, 0),
		  PSCI_VERSION_1_1);
	EXPECT_EQ(call_changes_x0_only(call_smc, SMCCC_VERSION, 0),
		  SMCCC_VERSION_1_2);
	EXPECT_EQ(call_changes_x0_only(call_smc, 0x3000f00d, 0),
		  SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(hf_hvc((struct smccc_value){{FFA_ID_GET}}).x[2],
		  HF_PRIMARY_VM_ID);
}

TEST(every_cpu, calls_are_answered)
{
	on_every_cpu(check_calls, 0);
}

static void stop_timers(uint32_t intid)
{
	(void)intid;
	hft_sysreg_write(cntv_ctl_el0, 0);
	hft_sysreg_write(cntp_ctl_el0, 0);
	hft_isb();
}

static void check_timers(uint64_t arg)
{
	uint64_t before = hft_sysreg_read(cntpct_el0);

	(void)arg;
	hft_isb();
	EXPECT_LE(before, hft_sysreg_read(cntvct_el0));
	hft_irq_init();
	hft_irq_set_handler(stop_timers);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	hft_sysreg_write(cntv_tval_el0, 1000);
	hft_sysreg_write(cntv_ctl_el0, 1);
	hft_irq_wait(HFT_PPI_VIRTUAL_TIMER, 1);
	hft_sysreg_write(cntp_tval_el0, 1000);
	hft_sysreg_write(cntp_ctl_el0, 1);
	hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, 1);
}

TEST(every_cpu, timers_interrupt_it)
{
	hft_irq_init();
	on_every_cpu(check_timers, 0);
}

static void check_mpidr(uint64_t arg)
{
	(void)arg;
	EXPECT_EQ(hft_sysreg_read(mpidr_el1) & HFT_MPIDR_MASK,
		  hft_cpu_mpidr(hft_cpu_index()));
	EXPECT_NE(hft_sysreg_read(midr_el1), 0);
}

TEST(every_cpu, mpidr_is_that_of_the_fdt)
{
	on_every_cpu(check_mpidr, 0);
}

static atomic_uint won;
static atomic_uint lost;
static atomic_uint at_line;

/** Both go for CPU 3 at the same moment; its orders are there already. */
static void race_for_cpu3(uint64_t arg)
{
	int64_t result;

	(void)arg;
	at_line++;
	while (at_line < 2) {
		__asm__ volatile("yield");
	}
	result = hft_psci(PSCI_64(PSCI_CPU_ON), hft_cpu_mpidr(3),
			  hft_cpu_entry_address(), hft_cpu_entry_context(3));
	if (result == PSCI_SUCCESS) {
		won++;
	} else if (result == PSCI_ALREADY_ON) {
		lost++;
	}
}

static void do_nothing(uint64_t arg)
{
	/* Long enough to be seen running by the one who comes second. */
	while (won + lost < arg) {
		__asm__ volatile("yield");
	}
}

TEST(every_cpu, of_two_that_start_a_third_one_succeeds)
{
	if (hft_cpu_count() < 4) {
		SKIP("this machine has fewer than four CPUs");
	}
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		at_line = 0;
		hft_cpu_prepare(3, do_nothing, 2 * round);
		ASSERT_EQ(hft_cpu_start(1, race_for_cpu3, 0), PSCI_SUCCESS);
		ASSERT_EQ(hft_cpu_start(2, race_for_cpu3, 0), PSCI_SUCCESS);
		hft_cpu_wait_off(1);
		hft_cpu_wait_off(2);
		hft_cpu_wait_off(3);
		ASSERT_EQ(won, round);
		ASSERT_EQ(lost, round);
	}
}
