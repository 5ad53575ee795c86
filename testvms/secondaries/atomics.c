/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A secondary at addresses that are not its own, by instructions that later
 * architectures have and by exclusives and pairs: an abort each, and nothing is
 * read or written. On a CPU without them they are UNDEFINED.
 */
#include "accesses.h"
#include "hft/arch.h"
#include "hft/fdt.h"
#include "hft/puppet.h"
#include "hftest.h"

#define SECRET UINT64_C(0x5ec4e75ec4e75ec4)
/** x0 and x2-x5: never what is at the address. */
#define OWN UINT64_C(0x0101010101010101)
#define BEHIND_RAM UINT64_C(0x2000000000)

/** What became of it is an abort of stage 2, or UNDEFINED. */
static bool is_refused(const struct later_access *access,
		       const struct hft_fault *got, uint64_t address)
{
	if (got->count != 1) {
		return false;
	}
	if (!access_is_there(access)) {
		return got->esr == HFT_ESR_IL;
	}
	return hft_esr_class(got->esr) == HFT_EC_DATA_ABORT &&
	       hft_esr_is_translation(got->esr) && got->far == address;
}

static void expect_refused(uint64_t address)
{
	for (size_t i = 0; i < LATER_ACCESS_COUNT; i++) {
		struct answer answer =
			puppet_do(VM_PLAIN, order_word(later_accesses[i].word,
						       OWN, address));

		if (!is_refused(&later_accesses[i], &answer.fault, address) ||
		    answer.value[0] != OWN) {
			FAIL("%s at %#llx: %llu faults, esr %#llx, x0 %#llx",
			     later_accesses[i].name,
			     (unsigned long long)address,
			     (unsigned long long)answer.fault.count,
			     (unsigned long long)answer.fault.esr,
			     (unsigned long long)answer.value[0]);
		}
	}
}

static uint64_t secret[8] __attribute__((aligned(64)));

TEST(foreign_atomics, memory_of_the_primary)
{
	for (size_t i = 0; i < 8; i++) {
		secret[i] = SECRET;
	}
	puppet_start(VM_PLAIN);
	expect_refused((uintptr_t)secret);
	for (size_t i = 0; i < 8; i++) {
		EXPECT_EQ(secret[i], SECRET);
	}
}

TEST(foreign_atomics, memory_of_another_secondary)
{
	uint64_t word;

	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	word = puppet_memory(VM_FDT).end - 64;
	(void)puppet_do(VM_FDT, order(ORDER_ADD, word, SECRET, 0));
	expect_refused(word);
	EXPECT_EQ(puppet_do(VM_FDT, order(ORDER_ADD, word, 0, 0)).value[0],
		  SECRET);
}

TEST(foreign_atomics, memory_of_the_hypervisor)
{
	struct hft_range lowest = {UINT64_MAX, 0};
	struct hft_range range;

	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		lowest = range.begin < lowest.begin ? range : lowest;
	}
	ASSERT_LT(lowest.begin, lowest.end);
	puppet_start(VM_PLAIN);
	expect_refused(lowest.begin);
	expect_refused(lowest.end - 64);
}

TEST(foreign_atomics, behind_all_memory)
{
	puppet_start(VM_PLAIN);
	expect_refused(BEHIND_RAM);
}

/* With no monitor set they may fail before they get to memory, or fault. */
TEST(foreign_atomics, exclusive_stores_change_nothing)
{
	static const uint64_t words[] = {
		0xc8007c22, /* stxr w0, x2, [x1] */
		0xc800fc22, /* stlxr w0, x2, [x1] */
		0xc8200c22, /* stxp w0, x2, x3, [x1] */
	};

	secret[0] = SECRET;
	secret[1] = SECRET;
	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct answer answer = puppet_do(
			VM_PLAIN, order_word(words[i], OWN, (uintptr_t)secret));

		/* The status says that it failed, or there is none. */
		EXPECT_EQ(answer.value[0], answer.fault.count == 0 ? 1 : OWN);
	}
	EXPECT_EQ(secret[0], SECRET);
	EXPECT_EQ(secret[1], SECRET);
}

/* A monitor that was set at home does not help abroad. */
TEST(foreign_atomics, monitor_of_its_own_memory_opens_nothing)
{
	uint64_t own;

	secret[0] = SECRET;
	puppet_start(VM_PLAIN);
	own = puppet_memory(VM_PLAIN).end - 64;
	EXPECT_EQ(puppet_fault(VM_PLAIN, 0xc85f7c20, own).count, 0);
	(void)puppet_fault(VM_PLAIN, 0xc8007c22, (uintptr_t)secret);
	EXPECT_EQ(secret[0], SECRET);
}
