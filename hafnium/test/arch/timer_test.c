/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/timer.c, and of the timers in regs.c: whose is
 * in hardware when, and who may touch the physical one.
 */
#include "hf/arch/timer.h"

#include "hf/arch/context.h"
#include "hf/arch/fake/machine.h"
#include "hf/base/bits.h"
#include "hftest.h"

/* CNTHCTL_EL2: EL1PCTEN, EL1PCEN. */
#define EL1PCTEN BIT(0)
#define EL1PCEN BIT(1)

static struct arch_regs started(enum arch_role role)
{
	const struct arch_regs_start start = {.role = role};
	struct arch_regs regs;

	arch_regs_reset(&regs, &start);
	return regs;
}

/** A primary whose virtual timer is as given, at EL1 on this CPU. */
static struct arch_regs primary_with_timer(uint64_t ctl, uint64_t cval)
{
	struct arch_regs primary;

	fake_machine_reset();
	primary = started(ARCH_ROLE_PRIMARY);
	arch_regs_enter(&primary, NULL);
	sysreg_write(cntv_ctl_el0, ctl);
	sysreg_write(cntv_cval_el0, cval);
	return primary;
}

static void switch_over(struct arch_regs *from, struct arch_regs *to)
{
	arch_regs_leave(from);
	arch_regs_enter(to, from);
}

TEST(arch_timer, count_and_frequency_are_the_registers)
{
	fake_machine_reset();
	sysreg_write(cntpct_el0, UINT64_C(0x123456789abc));
	sysreg_write(cntfrq_el0, 62500000);

	EXPECT_EQ(arch_timer_count(), UINT64_C(0x123456789abc));
	EXPECT_EQ(arch_timer_freq_hz(), 62500000U);
}

TEST(arch_timer, live_one_is_in_hardware)
{
	fake_machine_reset();
	sysreg_write(cntv_ctl_el0, 5);
	sysreg_write(cntv_cval_el0, 777);

	EXPECT_EQ(arch_vtimer_live().ctl, 5U);
	EXPECT_EQ(arch_vtimer_live().cval, 777U);
}

TEST(arch_timer, saved_one_is_in_the_context)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	sysreg_write(cntv_ctl_el0, 5);
	regs.sysreg[SLOT_CNTV_CTL_EL0] = 1;
	regs.sysreg[SLOT_CNTV_CVAL_EL0] = 888;

	EXPECT_EQ(arch_vtimer_saved(&regs).ctl, 1U);
	EXPECT_EQ(arch_vtimer_saved(&regs).cval, 888U);
}

TEST(arch_timer, mask_is_of_the_context_only)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	sysreg_write(cntv_ctl_el0, 1);
	regs.sysreg[SLOT_CNTV_CTL_EL0] = 1;
	arch_vtimer_mask_saved(&regs);

	EXPECT_EQ(regs.sysreg[SLOT_CNTV_CTL_EL0], 3U);
	EXPECT_EQ(sysreg_read(cntv_ctl_el0), 1U);
}

TEST(arch_timer, start_has_no_deadline)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	EXPECT_EQ(arch_vtimer_saved(&regs).ctl, 0U);
	EXPECT_EQ(arch_vtimer_saved(&regs).cval, 0U);
}

TEST(arch_timer_trap, primary_has_counter_and_physical_timer)
{
	EXPECT_EQ(started(ARCH_ROLE_PRIMARY).cnthctl_el2, EL1PCTEN | EL1PCEN);
}

TEST(arch_timer_trap, secondary_has_the_counter_only)
{
	EXPECT_EQ(started(ARCH_ROLE_SECONDARY).cnthctl_el2, EL1PCTEN);
}

TEST(arch_timer_trap, enter_sets_what_the_role_may)
{
	struct arch_regs primary = primary_with_timer(0, 0);
	struct arch_regs secondary = started(ARCH_ROLE_SECONDARY);

	EXPECT_EQ(sysreg_read(cnthctl_el2), 3U);
	switch_over(&primary, &secondary);
	EXPECT_EQ(sysreg_read(cnthctl_el2), 1U);
	switch_over(&secondary, &primary);
	EXPECT_EQ(sysreg_read(cnthctl_el2), 3U);
}

TEST(arch_timer_mirror, primary_timer_goes_on_as_the_hypervisor_one)
{
	struct arch_regs primary = primary_with_timer(TIMER_ENABLE, 12345);
	struct arch_regs secondary = started(ARCH_ROLE_SECONDARY);

	switch_over(&primary, &secondary);

	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), TIMER_ENABLE);
	EXPECT_EQ(sysreg_read(cnthp_cval_el2), 12345U);
	EXPECT_EQ(sysreg_read(cntv_ctl_el0), 0U);
}

TEST(arch_timer_mirror, masked_timer_stays_masked)
{
	struct arch_regs primary =
		primary_with_timer(TIMER_ENABLE | TIMER_IMASK, 12345);
	struct arch_regs secondary = started(ARCH_ROLE_SECONDARY);

	switch_over(&primary, &secondary);

	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), TIMER_ENABLE | TIMER_IMASK);
}

TEST(arch_timer_mirror, disabled_timer_is_no_deadline)
{
	struct arch_regs primary = primary_with_timer(0, 12345);
	struct arch_regs secondary = started(ARCH_ROLE_SECONDARY);

	switch_over(&primary, &secondary);

	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), 0U);
}

TEST(arch_timer_mirror, primary_gets_its_own_back)
{
	struct arch_regs primary = primary_with_timer(TIMER_ENABLE, 12345);
	struct arch_regs secondary = started(ARCH_ROLE_SECONDARY);

	switch_over(&primary, &secondary);
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE | TIMER_IMASK);
	sysreg_write(cntv_cval_el0, 99);
	switch_over(&secondary, &primary);

	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), 0U);
	EXPECT_EQ(sysreg_read(cntv_ctl_el0), TIMER_ENABLE);
	EXPECT_EQ(sysreg_read(cntv_cval_el0), 12345U);
}

TEST(arch_timer_mirror, secondary_gets_its_own_back)
{
	struct arch_regs primary = primary_with_timer(TIMER_ENABLE, 12345);
	struct arch_regs secondary = started(ARCH_ROLE_SECONDARY);

	switch_over(&primary, &secondary);
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE);
	sysreg_write(cntv_cval_el0, 99);
	switch_over(&secondary, &primary);
	switch_over(&primary, &secondary);

	EXPECT_EQ(sysreg_read(cntv_ctl_el0), TIMER_ENABLE);
	EXPECT_EQ(sysreg_read(cntv_cval_el0), 99U);
	EXPECT_EQ(sysreg_read(cnthp_cval_el2), 12345U);
}

TEST(arch_timer_mirror, boot_leaves_no_hypervisor_timer)
{
	struct arch_regs primary;

	fake_machine_reset();
	sysreg_write(cnthp_ctl_el2, TIMER_ENABLE);
	primary = started(ARCH_ROLE_PRIMARY);
	arch_regs_enter(&primary, NULL);

	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), 0U);
}

TEST(arch_timer_mirror, secondary_from_nobody_has_none_to_mirror)
{
	struct arch_regs secondary;

	fake_machine_reset();
	sysreg_write(cnthp_ctl_el2, TIMER_ENABLE);
	secondary = started(ARCH_ROLE_SECONDARY);
	arch_regs_enter(&secondary, NULL);

	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), 0U);
}
