/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Features of the CPU that are hidden from the primary, and ones that it has to
 * itself: exceptions and calls that do not concern EL2.
 */
#include "call.h"
#include "hft/arch.h"
#include "hft/fault.h"
#include "hft/mm.h"
#include "hftest.h"

#define EC_BRK 0x3c
#define EC_WATCHPOINT 0x35

/* DBGWCR: on, EL1 and EL0, loads and stores, eight bytes. */
#define WCR_ON UINT64_C(0x1fff)
#define MDSCR_KDE (UINT64_C(1) << 13)
#define MDSCR_MDE (UINT64_C(1) << 15)

/** EL1 traps neither FP nor SVE nor SME itself: what is refused, EL2 refuses. */
static void trap_nothing_at_el1(void)
{
	hft_sysreg_write(cpacr_el1, (UINT64_C(3) << 16) | (UINT64_C(3) << 20) |
					    (UINT64_C(3) << 24));
	hft_isb();
}

TEST(features, scalable_vectors_are_hidden_and_undefined)
{
	trap_nothing_at_el1();
	EXPECT_EQ((hft_sysreg_read(id_aa64pfr0_el1) >> 32) & 0xf, 0);
	EXPECT_UNDEFINED((void)hft_sysreg_read(S3_0_C1_C2_0)); /* ZCR_EL1 */
}

TEST(features, scalable_matrices_are_hidden_and_undefined)
{
	trap_nothing_at_el1();
	EXPECT_EQ((hft_sysreg_read(id_aa64pfr1_el1) >> 24) & 0xf, 0);
	EXPECT_UNDEFINED((void)hft_sysreg_read(S3_0_C1_C2_6)); /* SMCR_EL1 */
}

TEST(features, memory_tagging_is_hidden)
{
	EXPECT_EQ((hft_sysreg_read(id_aa64pfr1_el1) >> 8) & 0xf, 0);
}

TEST(features, virtualization_host_extensions_are_hidden)
{
	EXPECT_EQ((hft_sysreg_read(id_aa64mmfr1_el1) >> 8) & 0xf, 0);
}

TEST(features, pointer_authentication_is_direct)
{
	uint64_t isar1 = hft_sysreg_read(id_aa64isar1_el1);

	if ((isar1 & 0xff0) == 0) {
		SKIP("this CPU has no pointer authentication");
	}

	/* APIAKeyLo_EL1 and APIAKeyHi_EL1 */
	EXPECT_NO_FAULT(hft_sysreg_write(S3_0_C2_C1_0, 0x1234));
	EXPECT_EQ(hft_sysreg_read(S3_0_C2_C1_0), 0x1234);
	EXPECT_NO_FAULT((void)hft_sysreg_read(S3_0_C2_C1_1));
}

/** The fault of `stub` run at EL0. */
static struct hft_fault at_el0(const char *stub)
{
	uint64_t entry =
		hft_mm_view((uintptr_t)stub, HFT_VIEW_EXECUTE | HFT_VIEW_EL0);

	return HFT_FAULT_OF((void)hft_run_at_el0(entry, 0, false));
}

TEST(features, el0_can_not_call)
{
	struct hft_fault hvc = at_el0(el0_hvc);
	struct hft_fault smc = at_el0(el0_smc);

	EXPECT_EQ(hvc.count, 1);
	EXPECT_EQ(hvc.vector, HFT_VECTOR_EL0_64);
	EXPECT_EQ(hft_esr_class(hvc.esr), HFT_EC_UNKNOWN);
	EXPECT_EQ(smc.count, 1);
	EXPECT_EQ(hft_esr_class(smc.esr), HFT_EC_UNKNOWN);
}

TEST(debug, breakpoint_instruction_stays_at_el1)
{
	struct hft_fault fault = HFT_FAULT_OF(__asm__ volatile("brk #5"));

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), EC_BRK);
	EXPECT_EQ(fault.esr & 0xffff, 5);
}

TEST(debug, watchpoint_fires_at_el1)
{
	static volatile uint64_t watched;
	uint64_t mdscr = hft_sysreg_read(mdscr_el1);
	struct hft_fault fault;

	hft_sysreg_write(oslar_el1, 0);
	hft_sysreg_write(dbgwvr0_el1, (uintptr_t)&watched);
	hft_sysreg_write(dbgwcr0_el1, WCR_ON);
	hft_sysreg_write(mdscr_el1, mdscr | MDSCR_MDE | MDSCR_KDE);
	hft_isb();
	__asm__ volatile("msr daifclr, #8");
	fault = HFT_FAULT_OF(watched = 1);
	__asm__ volatile("msr daifset, #8");
	hft_sysreg_write(dbgwcr0_el1, 0);
	hft_sysreg_write(mdscr_el1, mdscr);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), EC_WATCHPOINT);
	EXPECT_EQ(fault.far, (uintptr_t)&watched);
}
