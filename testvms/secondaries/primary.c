/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The primary at addresses that it has given away, or never had, by everything
 * that goes to memory: it takes an abort, and they are as they were.
 */
#include "accesses.h"
#include "hft/arch.h"
#include "hft/code.h"
#include "hft/fdt.h"
#include "hft/mm.h"
#include "hft/puppet.h"
#include "hftest.h"

#define SECRET UINT64_C(0x5ec4e75ec4e75ec4)
/** x0: never what is at the address. */
#define OWN UINT64_C(0x0101010101010101)

/** The instruction was not carried out: one abort of stage 2 at `address`. */
static void expect_abort(const char *name, uint32_t word, uint64_t address)
{
	uint64_t x0 = OWN;
	struct hft_fault fault =
		HFT_FAULT_OF(x0 = hft_code_run(word, OWN, address));

	if (fault.count != 1 || hft_esr_class(fault.esr) != HFT_EC_DATA_ABORT ||
	    !hft_esr_is_translation(fault.esr) || fault.far != address ||
	    x0 != OWN) {
		FAIL("%s at %#llx: %llu faults, esr %#llx, far %#llx", name,
		     (unsigned long long)address,
		     (unsigned long long)fault.count,
		     (unsigned long long)fault.esr,
		     (unsigned long long)fault.far);
	}
}

static void expect_aborts(uint64_t address)
{
	for (size_t i = 0; i < ACCESS_COUNT; i++) {
		expect_abort(accesses[i].name, accesses[i].word, address);
	}
	for (size_t i = 0; i < LATER_ACCESS_COUNT; i++) {
		const struct later_access *access = &later_accesses[i];

		if (access_is_there(access)) {
			expect_abort(access->name, access->word, address);
		}
	}
	EXPECT_EQ(hft_esr_class(hft_fault_execute(address).esr),
		  HFT_EC_INSTRUCTION_ABORT);
}

TEST(primary_abroad, every_access_to_what_is_reserved_aborts)
{
	struct hft_range range;
	int count = 0;

	/* The hypervisor and three secondaries. */
	for (; hft_fdt_reserved(count, &range); count++) {
		expect_aborts(range.begin);
		expect_aborts(range.end - 64);
	}
	EXPECT_EQ(count, 4);
}

/** A word of VM_PLAIN with a secret in it. */
static uint64_t hide_secret(void)
{
	uint64_t word;

	puppet_start(VM_PLAIN);
	word = puppet_memory(VM_PLAIN).end - 64;
	(void)puppet_do(VM_PLAIN, order(ORDER_ADD, word, SECRET, 0));
	return word;
}

static void expect_secret(uint64_t word)
{
	EXPECT_EQ(puppet_do(VM_PLAIN, order(ORDER_ADD, word, 0, 0)).value[0],
		  SECRET);
}

TEST(primary_abroad, secondary_in_the_middle_of_its_work_does_not_notice)
{
	uint64_t word = hide_secret();

	expect_aborts(word);
	expect_secret(word);
}

/* Of the victim's line, by address and as a whole; none is dropped. */
TEST(primary_abroad, maintenance_changes_nothing_of_a_secondary)
{
	static const uint32_t words[] = {
		0xd5087621, /* dc ivac, x1 */
		0xd50b7e21, /* dc civac, x1 */
		0xd50b7a21, /* dc cvac, x1 */
		0xd50b7b21, /* dc cvau, x1 */
		0xd50b7521, /* ic ivau, x1 */
		0xd5087640, /* dc isw, x0 */
		0xd5087e40, /* dc cisw, x0 */
		0xd508751f, /* ic iallu */
		0xd508831f, /* tlbi vmalle1is */
	};
	uint64_t word = hide_secret();

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct hft_fault fault =
			HFT_FAULT_OF((void)hft_code_run(words[i], 0, word));

		EXPECT_LE(fault.count, 1);
	}
	expect_secret(word);
}

TEST(primary_abroad, second_view_does_not_help)
{
	uint64_t word = hide_secret();

	expect_aborts(hft_mm_view(word, HFT_VIEW_WRITE | HFT_VIEW_EXECUTE));
	expect_secret(word);
}

TEST(primary_abroad, walk_through_a_secondarys_memory_aborts)
{
	uint64_t word = hide_secret();
	uint64_t view = hft_mm_view_through_table(word & ~UINT64_C(0xfff));
	struct hft_fault fault = hft_fault_read(view);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.far, view);
	expect_secret(word);
}
