/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs that come and go: CPU_ON, CPU_OFF, CPU_SUSPEND. */
#include <stdatomic.h>

#include "hf/call.h"
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hftest.h"

#define DAIF_ALL UINT64_C(0x3c0)
#define SCTLR_M_C_I UINT64_C(0x1005)

static _Atomic uint64_t seen[HFT_MAX_CPUS];
static atomic_uint running;
static atomic_bool release;

static void need_second_cpu(void)
{
	running = 0;
	release = false;
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
}

static void note_mpidr(uint64_t slot)
{
	seen[slot] = hft_sysreg_read(mpidr_el1) & HFT_MPIDR_MASK;
}

static void stay_until_released(uint64_t arg)
{
	(void)arg;
	running++;
	while (!release) {
		__asm__ volatile("yield");
	}
}

static void wait_for_running(unsigned int count)
{
	while (running < count) {
		__asm__ volatile("yield");
	}
}

TEST(cpu_on, every_cpu_runs_what_it_is_given)
{
	need_second_cpu();

	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		ASSERT_TRUE(hft_cpu_run(i, note_mpidr, i));
		EXPECT_EQ(seen[i], hft_cpu_mpidr(i));
	}
}

TEST(cpu_on, new_cpu_is_in_the_state_of_a_reset)
{
	struct hft_cpu_entry entry;

	need_second_cpu();
	ASSERT_TRUE(hft_cpu_run(1, note_mpidr, 1));
	entry = hft_cpu_entry(1);

	EXPECT_EQ(entry.x0, hft_cpu_entry_context(1));
	EXPECT_EQ(entry.current_el, UINT64_C(1) << 2);
	EXPECT_EQ(entry.sp_sel, 1);
	EXPECT_EQ(entry.daif, DAIF_ALL);
	EXPECT_EQ(entry.sctlr & SCTLR_M_C_I, 0);
}

TEST(cpu_on, all_cpus_run_at_the_same_time)
{
	need_second_cpu();

	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		ASSERT_EQ(hft_cpu_start(i, stay_until_released, 0),
			  PSCI_SUCCESS);
	}
	wait_for_running(hft_cpu_count() - 1);
	release = true;
	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		hft_cpu_wait_off(i);
	}
	EXPECT_EQ(running, hft_cpu_count() - 1);
}

TEST(cpu_on, running_cpu_is_already_on)
{
	need_second_cpu();
	ASSERT_EQ(hft_cpu_start(1, stay_until_released, 0), PSCI_SUCCESS);
	wait_for_running(1);

	EXPECT_EQ(hft_psci(PSCI_64(PSCI_CPU_ON), hft_cpu_mpidr(1),
			   hft_cpu_entry_address(), 0),
		  PSCI_ALREADY_ON);
	EXPECT_EQ(hft_psci(PSCI_64(PSCI_AFFINITY_INFO), hft_cpu_mpidr(1), 0, 0),
		  PSCI_AFFINITY_ON);

	release = true;
	hft_cpu_wait_off(1);
}

TEST(cpu_on, cpu_goes_off_and_on_again)
{
	need_second_cpu();

	for (uint64_t round = 1; round <= 20; round++) {
		seen[1] = 0;
		ASSERT_TRUE(hft_cpu_run(1, note_mpidr, 1));
		EXPECT_EQ(seen[1], hft_cpu_mpidr(1));
	}
}

static void start_cpu_two(uint64_t arg)
{
	(void)arg;
	EXPECT_TRUE(hft_cpu_run(2, note_mpidr, 2));
}

TEST(cpu_on, any_cpu_may_start_another)
{
	if (hft_cpu_count() < 3) {
		SKIP("this machine has fewer than three CPUs");
	}

	ASSERT_TRUE(hft_cpu_run(1, start_cpu_two, 0));
	EXPECT_EQ(seen[2], hft_cpu_mpidr(2));
}

/* The entry of the 32-bit form has 32 bits: enough for RAM below 4 GiB. */
TEST(cpu_on, smc32_form_starts_a_cpu)
{
	need_second_cpu();
	hft_cpu_prepare(1, note_mpidr, 1);

	ASSERT_EQ(hf_call(PSCI_CPU_ON, hft_cpu_mpidr(1),
			  hft_cpu_entry_address(), hft_cpu_entry_context(1)),
		  PSCI_SUCCESS);
	hft_cpu_wait_off(1);
	EXPECT_EQ(seen[1], hft_cpu_mpidr(1));
}

static void note_registers(uint64_t slot)
{
	seen[slot] = hft_sysreg_read(tpidr_el0) + hft_sysreg_read(cntv_ctl_el0);
	hft_sysreg_write(tpidr_el0, 0xbad);
}

TEST(cpu_on, new_cpu_does_not_see_its_former_life)
{
	need_second_cpu();
	ASSERT_TRUE(hft_cpu_run(1, note_registers, 1));

	ASSERT_TRUE(hft_cpu_run(1, note_registers, 2));

	EXPECT_EQ(seen[2], 0);
}

TEST(cpu_suspend, standby_ends_with_an_interrupt)
{
	uint64_t due = hft_sysreg_read(cntvct_el0) + 10000;

	hft_irq_init();
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_sysreg_write(cntv_cval_el0, due);
	hft_sysreg_write(cntv_ctl_el0, 1);
	hft_isb();

	EXPECT_EQ(hft_psci(PSCI_64(PSCI_CPU_SUSPEND), 0, 0, 0), PSCI_SUCCESS);

	EXPECT_LE(due, hft_sysreg_read(cntvct_el0));
	hft_sysreg_write(cntv_ctl_el0, 0);
}

TEST(cpu_suspend, bad_power_state_is_refused)
{
	EXPECT_EQ(hft_psci(PSCI_CPU_SUSPEND, UINT32_C(0xfffe0000), 0, 0),
		  PSCI_INVALID_PARAMETERS);
}
