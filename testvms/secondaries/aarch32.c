/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A secondary's EL0 in AArch32, of which it has no less and no more than in
 * AArch64.
 */
#include "hft/arch.h"
#include "hft/mm.h"
#include "hft/puppet.h"
#include "hftest.h"

#define SECRET UINT64_C(0x5ec4e75ec4e75ec4)

/* A32: r0 in and out, r1 in. */
#define A32_LDR 0xe5910000  /* ldr r0, [r1] */
#define A32_STR 0xe5810000  /* str r0, [r1] */
#define A32_LDRD 0xe1c120d0 /* ldrd r2, r3, [r1] */
#define A32_BLX 0xe12fff31  /* blx r1: a fetch that fails returns */
#define A32_HVC 0xe1400070
#define A32_SMC 0xe1600070
#define A32_NOP 0xe320f000
#define A32_READ_DBGDIDR 0xee100e10
#define A32_READ_PMCCNTR 0xee190f1d
#define A32_READ_MIDR 0xee100f10
#define A32_READ_CNTPCT 0xec510f0e   /* mrrc p15, 0, r0, r1, c14 */
#define A32_READ_ICC_IAR1 0xee1c0f1c /* mrc p15, 0, r0, c12, c12, 0 */

static bool has_aarch32(void)
{
	return (hft_sysreg_read(id_aa64pfr0_el1) & 0xf) == 2;
}

static void start(void)
{
	if (!has_aarch32()) {
		SKIP("EL0 of this CPU has no AArch32");
	}
	puppet_start(VM_PLAIN);
}

static struct hft_fault run(uint64_t word, uint64_t arg)
{
	return puppet_do(VM_PLAIN,
			 order(ORDER_INSTRUCTION_EL0_32, word, 0, arg))
		.fault;
}

static uint64_t view(const void *pa)
{
	return puppet_do(VM_PLAIN, order(ORDER_VIEW, (uintptr_t)pa,
					 HFT_VIEW_WRITE | HFT_VIEW_EL0, 0))
		.value[0];
}

TEST(aarch32, code_runs)
{
	start();
	EXPECT_EQ(run(A32_NOP, 0).count, 0);
}

TEST(aarch32, foreign_memory_aborts)
{
	static uint64_t secret = SECRET;
	static const uint64_t words[] = {A32_LDR, A32_STR, A32_LDRD};
	uint64_t address;

	start();
	address = view(&secret);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct hft_fault fault = run(words[i], address);

		EXPECT_EQ(fault.count, 1);
		EXPECT_EQ(fault.vector, HFT_VECTOR_EL0_32);
		EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT_LOWER);
		EXPECT_TRUE(hft_esr_is_translation(fault.esr));
		EXPECT_EQ(fault.far, address);
	}
	EXPECT_EQ(secret, SECRET);
}

TEST(aarch32, foreign_code_aborts)
{
	struct hft_fault fault;
	uint64_t address;

	start();
	address = puppet_do(VM_PLAIN, order(ORDER_VIEW, (uintptr_t)&has_aarch32,
					    HFT_VIEW_EXECUTE | HFT_VIEW_EL0, 0))
			  .value[0] &
		  ~UINT64_C(3);
	fault = run(A32_BLX, address);
	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(fault.vector, HFT_VECTOR_EL0_32);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_INSTRUCTION_ABORT_LOWER);
	EXPECT_EQ(fault.far, address);
}

/* What EL1 allows its EL0, EL2 still refuses: one exception, at EL1. */
TEST(aarch32, coprocessor_registers_are_refused)
{
	static const uint64_t words[] = {A32_HVC,	   A32_SMC,
					 A32_READ_DBGDIDR, A32_READ_PMCCNTR,
					 A32_READ_MIDR,	   A32_READ_CNTPCT,
					 A32_READ_ICC_IAR1};

	start();
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct hft_fault fault = run(words[i], 0);

		EXPECT_EQ(fault.count, 1);
		EXPECT_EQ(fault.vector, HFT_VECTOR_EL0_32);
	}
}
