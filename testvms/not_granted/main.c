/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary on a production build, whose manifest asks for performance
 * monitors and debug registers for VM 3 (harness/scenarios/not_granted.toml): it
 * has none. The primary's own counters count what the primary does.
 */
#include "../granted/monitor.h"

#include "hft/arch.h"
#include "hft/irq.h"
#include "hftest.h"

#define SOON_TICKS 62500 /* a millisecond */
/** Cycles that are not one: a tenth of that millisecond. */
#define FEW 100000

TEST(production, vm_that_asks_gets_nothing)
{
	static const uint64_t words[] = {
		MRS(PMCR),    MSR(PMCR),    MRS(PMCCNTR), MSR(PMCNTENSET),
		MRS(DBGBVR0), MSR(DBGBVR0), MRS(MDSCR),	  MSR(OSLAR)};

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct hft_fault fault = puppet_fault(VM_PLAIN, words[i], 0);

		EXPECT_EQ(fault.count, 1);
		EXPECT_EQ(fault.esr, HFT_ESR_IL);
	}
	EXPECT_EQ(pmu_version(puppet_mrs(VM_PLAIN, MRS(ID_DFR0))), 0);
}

static void stop_timer(uint32_t intid)
{
	(void)intid;
	hft_sysreg_write(cntp_ctl_el0, 0);
	hft_isb();
}

/** Cycles of this VM, of which the secondary runs a millisecond. */
static uint64_t cycles_of_a_long_turn(void)
{
	struct order to_spin = order_word(WORD_SPIN, 0, 0);
	uint64_t before;

	puppet_start(VM_PLAIN);
	puppet_tell(VM_PLAIN, &to_spin);
	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	hft_sysreg_write(cntp_tval_el0, SOON_TICKS);
	hft_sysreg_write(cntp_ctl_el0, 1);
	before = hft_sysreg_read(pmccntr_el0);
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_INTERRUPT);
	return hft_sysreg_read(pmccntr_el0) - before;
}

TEST(production, primarys_counters_do_not_count_a_secondary)
{
	uint64_t cycles;

	hft_sysreg_write(pmccfiltr_el0, 0);
	hft_sysreg_write(pmcntenset_el0, CYCLES);
	hft_sysreg_write(pmcr_el0, PMCR_E | PMCR_LC);
	cycles = cycles_of_a_long_turn();
	EXPECT_GT(cycles, 0);
	EXPECT_LT(cycles, FEW);
	/* They go on. */
	EXPECT_EQ(hft_sysreg_read(pmcr_el0) & (PMCR_E | PMCR_LC),
		  PMCR_E | PMCR_LC);
}

TEST(production, counters_that_stand_still_stay_so)
{
	hft_sysreg_write(pmcr_el0, PMCR_LC);
	hft_sysreg_write(pmccntr_el0, 0x1234);
	EXPECT_EQ(cycles_of_a_long_turn(), 0);
	EXPECT_EQ(hft_sysreg_read(pmccntr_el0), 0x1234);
}
