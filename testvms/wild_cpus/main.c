/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that sends its CPUs to places where nothing is, or nothing of
 * its own. Such a CPU faults for ever, which is its own affair: nobody else
 * notices, and the log stays short. See docs/psci.md.
 */
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/fdt.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"

#define VICTIM VM_FDT
#define SECRET UINT64_C(0x5ec4e75ec4e75ec4)
#define GIC UINT64_C(0x08000000)
#define BEHIND_RAM UINT64_C(0x2000000000)
#define NON_CANONICAL UINT64_C(0xdead000040000000)
#define CONTEXT UINT64_C(0x1234)
#define SOON_TICKS 10000
/** Eighths of a second. */
#define LONG_PER_S 8
#define TURNS 50

/** Last double word of the victim's memory. */
static uint64_t victim_word(void)
{
	return puppet_memory(VICTIM).end - 8;
}

static void victim_start(void)
{
	puppet_start(VICTIM);
	ASSERT_EQ(puppet_do(VICTIM, order(ORDER_ADD, victim_word(), SECRET, 0))
			  .value[0],
		  SECRET);
}

static void expect_victim_well(void)
{
	EXPECT_EQ(puppet_do(VICTIM, order(ORDER_ADD, victim_word(), 0, 0))
			  .value[0],
		  SECRET);
}

static int64_t turn_on(uint32_t cpu_idx, uint64_t entry)
{
	return hft_psci(PSCI_64(PSCI_CPU_ON), hft_cpu_mpidr(cpu_idx), entry,
			CONTEXT);
}

static int64_t affinity_info(uint32_t cpu_idx)
{
	return hft_psci(PSCI_64(PSCI_AFFINITY_INFO), hft_cpu_mpidr(cpu_idx), 0,
			0);
}

/** All CPUs but this one go to `entry`; the rest of the machine goes on. */
static void send_all_to(uint64_t entry)
{
	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		ASSERT_EQ(turn_on(i, entry), PSCI_SUCCESS);
		EXPECT_EQ(affinity_info(i), PSCI_AFFINITY_ON);
		EXPECT_EQ(turn_on(i, entry), PSCI_ALREADY_ON);
	}
	for (unsigned int i = 0; i < TURNS; i++) {
		expect_victim_well();
	}
}

TEST(wild_cpu, in_the_hypervisor)
{
	struct hft_range lowest = {UINT64_MAX, 0};
	struct hft_range range;

	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		lowest = range.begin < lowest.begin ? range : lowest;
	}
	ASSERT_LT(lowest.begin, lowest.end);
	victim_start();
	send_all_to(lowest.begin);
}

TEST(wild_cpu, in_the_victims_code)
{
	victim_start();
	send_all_to(puppet_memory(VICTIM).begin);
}

TEST(wild_cpu, in_a_device)
{
	victim_start();
	send_all_to(GIC);
}

TEST(wild_cpu, behind_all_memory)
{
	victim_start();
	send_all_to(BEHIND_RAM);
}

TEST(wild_cpu, at_an_odd_address)
{
	victim_start();
	send_all_to((uintptr_t)hft_image_begin + 1);
}

TEST(wild_cpu, at_an_address_that_is_none)
{
	victim_start();
	send_all_to(NON_CANONICAL);
}

TEST(wild_cpu, at_all_ones)
{
	victim_start();
	send_all_to(UINT64_MAX);
}

/* No state in which the context is lost, or the entry would be taken. */
TEST(wild_cpu, suspend_with_a_wild_entry_comes_back)
{
	victim_start();
	hft_irq_init();
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_sysreg_write(cntv_tval_el0, SOON_TICKS);
	hft_sysreg_write(cntv_ctl_el0, 1);
	EXPECT_EQ(hft_psci(PSCI_64(PSCI_CPU_SUSPEND), 0, BEHIND_RAM, CONTEXT),
		  PSCI_SUCCESS);
	hft_sysreg_write(cntv_ctl_el0, 0);
	expect_victim_well();
}

/* The rate of lines: what was left out is said when one comes again. */
TEST(wild_cpu, that_faults_for_long_fills_no_log)
{
	uint64_t end;

	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	victim_start();
	ASSERT_EQ(turn_on(1, BEHIND_RAM), PSCI_SUCCESS);
	end = hft_sysreg_read(cntvct_el0) +
	      hft_sysreg_read(cntfrq_el0) / LONG_PER_S;
	while (hft_sysreg_read(cntvct_el0) < end) {
		hft_isb();
	}
	expect_victim_well();
}
