/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/vm/fault_log.c: the first faults of a vCPU are logged,
 * later ones at a rate, and those left out are counted.
 */
#include "hf/vm/fault_log.h"

#include <string.h>

#include "fixture/guest.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define TICKS_PER_LINE (GUEST_FREQ_HZ / FAULT_LOG_PER_S + 1)
#define START UINT64_C(1000)
/* Translation fault at level 3 of a load. */
#define DATA_READ GUEST_ESR(0x24, 0x07)
#define SVE GUEST_ESR(0x19, 0)
#define SYSREG GUEST_ESR(0x18, 0)

/** A primary's vCPU at START, of which no fault was logged. */
static struct vcpu *fresh(void)
{
	struct vcpu *primary = machine_start();

	guest_clock_set(START);
	fake_console_clear();
	return primary;
}

/** How many of `count` faults are logged. */
static unsigned int logged(struct vcpu *vcpu, unsigned int count)
{
	unsigned int taken = 0;

	for (unsigned int i = 0; i < count; i++) {
		taken += fault_log_take(vcpu) ? 1 : 0;
	}
	return taken;
}

TEST(fault_log, first_ones_are_all_logged)
{
	EXPECT_EQ(logged(fresh(), FAULT_LOG_BURST), FAULT_LOG_BURST);
}

TEST(fault_log, those_behind_them_are_not)
{
	EXPECT_EQ(logged(fresh(), 100000), FAULT_LOG_BURST);
}

TEST(fault_log, one_more_after_the_time_of_one)
{
	struct vcpu *vcpu = fresh();

	(void)logged(vcpu, 1000);
	guest_clock_set(START + TICKS_PER_LINE - 1);
	EXPECT_EQ(logged(vcpu, 1000), 1U);
	guest_clock_set(START + 3 * TICKS_PER_LINE);
	EXPECT_EQ(logged(vcpu, 1000), 2U);
}

TEST(fault_log, long_rest_gives_the_first_ones_again_and_no_more)
{
	struct vcpu *vcpu = fresh();

	(void)logged(vcpu, 1000);
	guest_clock_set(START + 1000 * TICKS_PER_LINE);
	EXPECT_EQ(logged(vcpu, 1000), FAULT_LOG_BURST);
}

TEST(fault_log, those_left_out_are_counted)
{
	struct vcpu *vcpu = fresh();

	(void)logged(vcpu, FAULT_LOG_BURST + 5);
	EXPECT_STREQ(fake_console_text(), "");
	guest_clock_set(START + TICKS_PER_LINE);
	(void)logged(vcpu, 1);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: 5 faults of VM 0x1 vCPU 0 were not logged.\n");
}

TEST(fault_log, count_begins_anew)
{
	struct vcpu *vcpu = fresh();

	(void)logged(vcpu, FAULT_LOG_BURST + 5);
	guest_clock_set(START + TICKS_PER_LINE);
	(void)logged(vcpu, 2);
	fake_console_clear();
	guest_clock_set(START + 2 * TICKS_PER_LINE);
	(void)logged(vcpu, 1);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: 1 faults of VM 0x1 vCPU 0 were not logged.\n");
}

TEST(fault_log, each_vcpu_has_its_own)
{
	struct vcpu *primary = fresh();
	struct vcpu *other = vm_vcpu(guest_add_vm(1), 0);

	(void)logged(primary, 1000);
	EXPECT_EQ(logged(other, 1000), FAULT_LOG_BURST);
}

TEST(fault_log, without_a_frequency_it_still_ends)
{
	struct vcpu *vcpu = fresh();

	sysreg_write(cntfrq_el0, 0);
	EXPECT_EQ(logged(vcpu, 1000), FAULT_LOG_BURST);
}

/** Console lines after `count` exceptions of this kind. */
static unsigned int lines_of(uint64_t esr, unsigned int count)
{
	struct vcpu *primary = fresh();
	const char *text;
	unsigned int lines = 0;

	sysreg_write(far_el2, 0x80000000);
	sysreg_write(hpfar_el2, (0x80000000 >> 12) << 4);
	for (unsigned int i = 0; i < count; i++) {
		primary->regs.pc = GUEST_ENTRY;
		(void)guest_trap(primary, esr);
	}
	for (text = fake_console_text(); *text != '\0'; text++) {
		lines += *text == '\n' ? 1 : 0;
	}
	return lines;
}

TEST(fault_log, aborts_for_ever_are_so_many_lines)
{
	EXPECT_EQ(lines_of(DATA_READ, 1), 2U);
	EXPECT_EQ(lines_of(DATA_READ, 10000), 2U * FAULT_LOG_BURST);
}

TEST(fault_log, unknown_classes_for_ever_are_so_many_lines)
{
	EXPECT_EQ(lines_of(SVE, 1), 2U);
	EXPECT_EQ(lines_of(SVE, 10000), 2U * FAULT_LOG_BURST);
}

TEST(fault_log, refused_registers_for_ever_are_so_many_lines)
{
	EXPECT_EQ(lines_of(SYSREG, 1), 1U);
	EXPECT_EQ(lines_of(SYSREG, 10000), FAULT_LOG_BURST);
}

TEST(fault_log, unknown_debug_registers_for_ever_are_so_many_lines)
{
	/* S2_0_C0_C15_3: op0 2, op2 3, CRm 15. */
	uint64_t esr = GUEST_ESR(0x18, (UINT64_C(2) << 20) |
					       (UINT64_C(3) << 17) | (15 << 1));

	EXPECT_EQ(lines_of(esr, 1), 1U);
	EXPECT_EQ(lines_of(esr, 10000), FAULT_LOG_BURST);
}
