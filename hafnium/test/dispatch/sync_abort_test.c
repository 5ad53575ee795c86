/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/dispatch/sync.c and irq.c: each class of exception, what
 * is told of it, and what the guest gets back.
 */
#include <string.h>

#include "fixture/machine.h"
#include "hf/arch/entry.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define ESR(ec, iss) (((uint64_t)(ec) << 26) | BIT(25) | (uint64_t)(iss))
#define EC_WFX 0x01
#define EC_PAUTH 0x09
#define EC_SYSREG 0x18
#define EC_INSTR_LOWER 0x20
#define EC_DATA_LOWER 0x24

#define TRANSLATION_L3 0x07
#define PERMISSION_L3 0x0f
#define EXTERNAL 0x10
#define ISS_WNR BIT(6)
#define ISS_S1PTW BIT(7)

/** The pages that the VM has: to read and execute, and to read and write. */
#define TEXT UINT64_C(0x40000000)
#define DATA UINT64_C(0x40001000)
#define ABSENT UINT64_C(0x40002000)

#define PC UINT64_C(0x80123)

/** The primary at PC, its vectors at 0xf0000, its map as above. */
static struct vcpu *guest(void)
{
	struct vcpu *vcpu = machine_start();
	struct stage2 *stage2 = &vcpu->vm->stage2;
	struct pa_range text = {pa_init(TEXT), pa_init(DATA)};
	struct pa_range data = {pa_init(DATA), pa_init(ABSENT)};

	if (stage2_map_identity(stage2, text, MM_MODE_R | MM_MODE_X) != MM_OK ||
	    stage2_map_identity(stage2, data, MM_MODE_R | MM_MODE_W) != MM_OK) {
		return NULL;
	}
	vcpu->regs.pc = PC;
	sysreg_write(vbar_el1, 0xf0000);
	return vcpu;
}

/** Hardware's part of an exception: then the dispatcher's. */
static struct arch_regs *take(struct vcpu *vcpu, uint64_t esr)
{
	sysreg_write(esr_el2, esr);
	return dispatch_lower_sync(&vcpu->regs, esr);
}

/** An abort at `ipa`, whose VA is 0xffff000000000000 higher. */
static struct vcpu *abort_at(uint64_t ipa, uint64_t esr)
{
	struct vcpu *vcpu = guest();

	sysreg_write(far_el2, ipa | UINT64_C(0xffff000000000000));
	if (bits_get(esr, 5, 2) == 3 && (esr & ISS_S1PTW) == 0) {
		/* A permission fault leaves HPFAR_EL2 as it was. */
		sysreg_write(hpfar_el2, DATA >> 12 << 4);
		fake_sysreg_set("at_s1e1r", align_down(ipa, PAGE_SIZE));
	} else {
		sysreg_write(hpfar_el2, ipa >> 12 << 4);
	}
	(void)take(vcpu, esr);
	return vcpu;
}

/** Was the access let through: nothing changed and nobody was told? */
static bool is_retried(const struct vcpu *vcpu)
{
	return vcpu->regs.pc == PC && fake_console_text()[0] == '\0' &&
	       sysreg_read(esr_el1) == 0;
}

TEST(sync_abort, data_fault_is_injected)
{
	struct vcpu *vcpu =
		abort_at(ABSENT, ESR(EC_DATA_LOWER, TRANSLATION_L3));

	EXPECT_EQ(vcpu->regs.pc, 0xf0200U);
	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x25, TRANSLATION_L3));
	EXPECT_EQ(sysreg_read(far_el1), UINT64_C(0xffff000040002000));
	EXPECT_EQ(sysreg_read(elr_el1), PC);
}

TEST(sync_abort, data_fault_is_told)
{
	(void)abort_at(ABSENT, ESR(EC_DATA_LOWER, TRANSLATION_L3 | ISS_WNR));

	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Stage-2 page fault: pc=0x80123, vmid=0x1, "
		     "vcpu=0, vaddr=0xffff000040002000, ipaddr=0x40002000, "
		     "mode=write\n"
		     "NOTICE: Injecting Data Abort exception into VM1.\n");
}

TEST(sync_abort, instruction_fault_is_injected_and_told)
{
	(void)abort_at(ABSENT, ESR(EC_INSTR_LOWER, TRANSLATION_L3));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x21, TRANSLATION_L3));
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Stage-2 page fault: pc=0x80123, vmid=0x1, "
		     "vcpu=0, vaddr=0xffff000040002000, ipaddr=0x40002000, "
		     "mode=execute\n"
		     "NOTICE: Injecting Instruction Abort exception into "
		     "VM1.\n");
}

TEST(sync_abort, fault_of_el0_is_one_of_a_lower_level)
{
	struct vcpu *vcpu = guest();

	vcpu->regs.pstate = 0;
	sysreg_write(hpfar_el2, ABSENT >> 12 << 4);
	(void)take(vcpu, ESR(EC_DATA_LOWER, TRANSLATION_L3));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(EC_DATA_LOWER, TRANSLATION_L3));
	EXPECT_EQ(vcpu->regs.pc, 0xf0400U);
}

TEST(sync_abort, general_registers_stay)
{
	struct vcpu *vcpu = guest();

	machine_mark_registers(vcpu);
	sysreg_write(hpfar_el2, ABSENT >> 12 << 4);
	(void)take(vcpu, ESR(EC_DATA_LOWER, TRANSLATION_L3));

	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
}

TEST(sync_abort, write_to_what_is_read_only_is_injected)
{
	(void)abort_at(TEXT, ESR(EC_DATA_LOWER, PERMISSION_L3 | ISS_WNR));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x25, PERMISSION_L3 | ISS_WNR));
}

TEST(sync_abort, execution_of_data_is_injected)
{
	(void)abort_at(DATA, ESR(EC_INSTR_LOWER, PERMISSION_L3));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x21, PERMISSION_L3));
}

TEST(sync_abort, table_that_can_not_be_written_is_injected)
{
	uint64_t iss = PERMISSION_L3 | ISS_S1PTW | ISS_WNR;

	(void)abort_at(TEXT, ESR(EC_INSTR_LOWER, iss));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x21, iss));
}

TEST(sync_stale, read_that_is_allowed_now_is_retried)
{
	EXPECT_TRUE(
		is_retried(abort_at(TEXT, ESR(EC_DATA_LOWER, TRANSLATION_L3))));
}

TEST(sync_stale, write_that_is_allowed_now_is_retried)
{
	EXPECT_TRUE(is_retried(
		abort_at(DATA, ESR(EC_DATA_LOWER, PERMISSION_L3 | ISS_WNR))));
}

TEST(sync_stale, execution_that_is_allowed_now_is_retried)
{
	EXPECT_TRUE(is_retried(
		abort_at(TEXT, ESR(EC_INSTR_LOWER, TRANSLATION_L3))));
}

TEST(sync_stale, walk_over_data_is_retried_even_for_a_fetch)
{
	uint64_t iss = TRANSLATION_L3 | ISS_S1PTW;

	EXPECT_TRUE(is_retried(abort_at(DATA, ESR(EC_INSTR_LOWER, iss))));
}

TEST(sync_stale, last_byte_of_a_page_is_its_page)
{
	EXPECT_TRUE(is_retried(
		abort_at(ABSENT - 1, ESR(EC_DATA_LOWER, TRANSLATION_L3))));
}

TEST(sync_stale, address_that_stage_1_lost_is_retried)
{
	struct vcpu *vcpu = guest();

	fake_sysreg_set("at_s1e1r", 1);
	sysreg_write(par_el1, 0x1234);
	(void)take(vcpu, ESR(EC_DATA_LOWER, PERMISSION_L3));

	EXPECT_TRUE(is_retried(vcpu));
	EXPECT_EQ(sysreg_read(par_el1), 0x1234U);
}

TEST(sync_abort, external_abort_is_told_as_one)
{
	(void)abort_at(DATA, ESR(EC_DATA_LOWER, EXTERNAL));

	EXPECT_NE(strstr(fake_console_text(), "External abort: pc=0x80123"),
		  NULL);
}

TEST(sync_stale, external_abort_is_never_retried)
{
	(void)abort_at(DATA, ESR(EC_DATA_LOWER, EXTERNAL));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x25, EXTERNAL));
}

TEST(sync_stale, map_of_another_vm_does_not_count)
{
	struct vcpu *secondary;

	ASSERT_NE(guest(), NULL);
	secondary = machine_add_secondary();
	sysreg_write(hpfar_el2, DATA >> 12 << 4);
	(void)take(secondary, ESR(EC_DATA_LOWER, TRANSLATION_L3));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x25, TRANSLATION_L3));
}

TEST(sync_unknown, class_is_told_and_injected)
{
	struct vcpu *vcpu = guest();

	(void)take(vcpu, ESR(0x07, 0x55));

	EXPECT_EQ(sysreg_read(esr_el1), BIT(25));
	EXPECT_EQ(vcpu->regs.pc, 0xf0200U);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Unknown lower sync exception pc=0x80123, "
		     "esr=0x1e000055, ec=0x7\n"
		     "NOTICE: Injecting Unknown Reason exception into VM1.\n");
}

TEST(sync_unknown, vm_is_named_in_hexadecimal)
{
	struct vcpu *vcpu;

	(void)machine_start();
	for (unsigned int i = 0; i < 9; i++) {
		vcpu = machine_add_secondary();
	}
	(void)take(vcpu, ESR(EC_PAUTH, 0));

	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Injecting Unknown Reason exception into VMa.\n");
}

TEST(sync_pauth, is_undefined)
{
	struct vcpu *vcpu = guest();

	(void)take(vcpu, ESR(EC_PAUTH, 0));

	EXPECT_EQ(sysreg_read(esr_el1), BIT(25));
	EXPECT_EQ(vcpu->regs.pc, 0xf0200U);
}

TEST(sync_wfx, goes_on_behind_it)
{
	struct vcpu *vcpu = guest();

	(void)take(vcpu, ESR(EC_WFX, 0));

	EXPECT_EQ(vcpu->regs.pc, PC + 4);
	EXPECT_STREQ(fake_console_text(), "");
}

TEST(sync_sysreg, refused_one_is_undefined)
{
	struct vcpu *vcpu = guest();

	/* MRS x0, S3_0_C10_C4_3 (LORC_EL1). */
	(void)take(vcpu, ESR(EC_SYSREG, (3 << 20) | (3 << 17) | (10 << 10) |
						(4 << 1) | 1));

	EXPECT_EQ(sysreg_read(esr_el1), BIT(25));
	EXPECT_EQ(vcpu->regs.pc, 0xf0200U);
}

TEST(sync_sysreg, emulated_one_goes_on_behind_it)
{
	struct vcpu *vcpu = guest();

	/* MRS x7, ID_AA64MMFR0_EL1. */
	sysreg_write(S3_0_C0_C7_0, 0x1122);
	(void)take(vcpu, ESR(EC_SYSREG, (3 << 20) | (7 << 5) | (7 << 1) | 1));

	EXPECT_EQ(vcpu->regs.x[7], 0x1122U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
}

TEST(sync, caller_is_resumed)
{
	struct vcpu *vcpu = guest();

	EXPECT_EQ(take(vcpu, ESR(EC_WFX, 0)), &vcpu->regs);
	EXPECT_EQ(take(vcpu, ESR(0x3f, 0)), &vcpu->regs);
}
