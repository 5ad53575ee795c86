/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A secondary at addresses that are not its own, by everything that goes to
 * memory: it takes an abort and learns nothing.
 */
#include "accesses.h"
#include "hft/arch.h"
#include "hft/fdt.h"
#include "hft/mm.h"
#include "hft/puppet.h"
#include "hftest.h"

#define UART UINT64_C(0x09000000)
#define GIC UINT64_C(0x08000000)
#define PCIE UINT64_C(0x10000000)
#define BEHIND_RAM UINT64_C(0x2000000000)
#define SECRET UINT64_C(0x5ec4e75ec4e75ec4)

/** Every kind of access at `address`: a stage-2 abort each. */
static void expect_aborts(uint64_t address)
{
	for (size_t i = 0; i < ACCESS_COUNT; i++) {
		struct answer answer = puppet_do(
			VM_PLAIN, order_word(accesses[i].word, 0, address));
		const struct hft_fault *fault = &answer.fault;

		if (fault->count != 1 ||
		    hft_esr_class(fault->esr) != HFT_EC_DATA_ABORT ||
		    !hft_esr_is_translation(fault->esr) ||
		    fault->far != address ||
		    ((fault->esr & HFT_ESR_WNR) != 0) != accesses[i].is_write ||
		    answer.value[0] != 0) {
			FAIL("%s at %#llx: %llu faults, esr %#llx, far %#llx",
			     accesses[i].name, (unsigned long long)address,
			     (unsigned long long)fault->count,
			     (unsigned long long)fault->esr,
			     (unsigned long long)fault->far);
		}
	}
}

static uint64_t secret __attribute__((aligned(64))) = SECRET;

/** The hypervisor's reservation: it lies below all others. */
static struct hft_range hypervisor(void)
{
	struct hft_range lowest = {UINT64_MAX, 0};
	struct hft_range range;

	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		lowest = range.begin < lowest.begin ? range : lowest;
	}
	ASSERT_LT(lowest.begin, lowest.end);
	return lowest;
}

TEST(foreign, memory_of_the_primary)
{
	puppet_start(VM_PLAIN);
	expect_aborts((uintptr_t)&secret);
	EXPECT_EQ(secret, SECRET);
}

TEST(foreign, memory_of_another_secondary)
{
	struct hft_range memory;

	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	memory = puppet_memory(VM_FDT);
	expect_aborts(memory.begin);
	expect_aborts(memory.end - 64);
	/* It goes on as if nothing had happened. */
	EXPECT_EQ(puppet_do(VM_FDT, order(ORDER_IDENTITY, 0, 0, 0)).value[4],
		  VM_FDT);
}

TEST(foreign, memory_of_the_hypervisor)
{
	struct hft_range range = hypervisor();

	puppet_start(VM_PLAIN);
	expect_aborts(range.begin);
	expect_aborts(range.end - 64);
}

TEST(foreign, devices)
{
	static const uint64_t devices[] = {0, UART, GIC, PCIE};

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		/* As normal memory, which takes every kind of access. */
		expect_aborts(puppet_do(VM_PLAIN, order(ORDER_VIEW, devices[i],
							HFT_VIEW_WRITE, 0))
				      .value[0]);
		EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_LDR, devices[i]).count,
			  1);
	}
}

TEST(foreign, what_is_behind_all_memory)
{
	struct hft_range ram;

	ASSERT_TRUE(hft_fdt_memory(0, &ram));
	puppet_start(VM_PLAIN);
	expect_aborts(ram.end);
	expect_aborts(BEHIND_RAM);
}

TEST(foreign, bytes_around_its_own_memory)
{
	struct hft_range memory;

	puppet_start(VM_PLAIN);
	memory = puppet_memory(VM_PLAIN);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_LDRB, memory.begin).count, 0);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_LDRB, memory.end - 1).count, 0);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_STRB, memory.end - 1).count, 0);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_LDRB, memory.begin - 1).count, 1);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_STRB, memory.begin - 1).count, 1);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_LDRB, memory.end).count, 1);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_STRB, memory.end).count, 1);
}

TEST(foreign, pair_across_the_end_of_its_memory)
{
	struct hft_range memory;
	struct hft_fault fault;

	puppet_start(VM_PLAIN);
	memory = puppet_memory(VM_PLAIN);
	fault = puppet_fault(VM_PLAIN, 0xa9400820, memory.end - 8);
	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(fault.far, memory.end);
}

TEST(foreign, every_page_of_its_own_is_there)
{
	struct hft_range memory;

	puppet_start(VM_PLAIN);
	memory = puppet_memory(VM_PLAIN);
	for (uint64_t at = memory.begin; at < memory.end; at += HFT_PAGE_SIZE) {
		if (puppet_fault(VM_PLAIN, WORD_LDRB, at).count != 0) {
			FAIL("%#llx is missing", (unsigned long long)at);
		}
	}
}

static void expect_no_fetch(uint64_t address)
{
	struct hft_fault fault = puppet_fault(VM_PLAIN, WORD_CALL, address);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_INSTRUCTION_ABORT);
	EXPECT_TRUE(hft_esr_is_translation(fault.esr));
	EXPECT_EQ(fault.far, address);
	EXPECT_EQ(fault.elr, address);
}

TEST(foreign, code_can_not_be_fetched)
{
	struct hft_range range = hypervisor();

	puppet_start(VM_PLAIN);
	expect_no_fetch(range.begin);
	expect_no_fetch((uintptr_t)&expect_no_fetch & ~UINT64_C(3));
	expect_no_fetch(BEHIND_RAM);
	expect_no_fetch(UINT64_C(0x40000000));
}

/* Instructions that do something to memory but tell nothing about it. */
TEST(foreign, maintenance_and_prefetch_are_harmless)
{
	static const uint64_t words[] = {
		0xd50b7e21, /* dc civac, x1 */
		0xd5087621, /* dc ivac, x1 */
		0xd50b7a21, /* dc cvac, x1 */
		0xd50b7b21, /* dc cvau, x1 */
		0xd50b7521, /* ic ivau, x1 */
		0xf9800020, /* prfm pldl1keep, [x1] */
		0xf9800030, /* prfm pstl1keep, [x1] */
	};

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct hft_fault fault =
			puppet_fault(VM_PLAIN, words[i], (uintptr_t)&secret);

		EXPECT_LE(fault.count, 1);
	}
	EXPECT_EQ(secret, SECRET);
}

/* AT S1E1R, S1E1W, S1E0R: stage 1 is its own, stage 2 does not show. */
TEST(foreign, address_translation_tells_stage_1_only)
{
	static const uint64_t words[] = {0xd5087801, 0xd5087821, 0xd5087841};
	uint64_t own;
	uint64_t other;

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < 2; i++) {
		EXPECT_EQ(puppet_fault(VM_PLAIN, words[i], (uintptr_t)&secret)
				  .count,
			  0);
		other = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 7, 4, 0));
		(void)puppet_fault(VM_PLAIN, words[i], BEHIND_RAM);
		own = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 7, 4, 0));
		/* Same attributes, same verdict: only the address differs. */
		EXPECT_EQ(other & UINT64_C(0xff00000000000fff),
			  own & UINT64_C(0xff00000000000fff));
	}
	/* AT S12E1R is not for EL1. */
	EXPECT_EQ(puppet_fault(VM_PLAIN, 0xd50c7881, (uintptr_t)&secret).esr,
		  HFT_ESR_IL);
}

TEST(foreign, second_view_does_not_help)
{
	uint64_t view;
	struct hft_fault fault;

	puppet_start(VM_PLAIN);
	view = puppet_do(VM_PLAIN, order(ORDER_VIEW, (uintptr_t)&secret,
					 HFT_VIEW_WRITE | HFT_VIEW_UNCACHED, 0))
		       .value[0];
	fault = puppet_fault(VM_PLAIN, WORD_LDR, view);
	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(fault.far, view);
	EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_STR, view).count, 1);
	EXPECT_EQ(secret, SECRET);
}

TEST(foreign, walk_through_foreign_tables_aborts)
{
	static uint64_t tables[512] __attribute__((aligned(4096)));
	uint64_t view;
	struct hft_fault fault;

	/* What a walker would take for a page of the secret. */
	tables[0] = ((uintptr_t)&secret & ~UINT64_C(0xfff)) | UINT64_C(0x703);
	puppet_start(VM_PLAIN);
	view = puppet_do(VM_PLAIN, order(ORDER_VIEW_THROUGH_TABLE,
					 (uintptr_t)tables, 0, 0))
		       .value[0];
	fault = puppet_fault(VM_PLAIN, WORD_LDR, view);
	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.far, view);
}

TEST(foreign, el0_does_not_reach_further)
{
	uint64_t view;
	struct answer answer;

	puppet_start(VM_PLAIN);
	view = puppet_do(VM_PLAIN, order(ORDER_VIEW, (uintptr_t)&secret,
					 HFT_VIEW_WRITE | HFT_VIEW_EL0, 0))
		       .value[0];
	answer = puppet_do(VM_PLAIN,
			   order(ORDER_INSTRUCTION_EL0, WORD_LDR, 0, view));
	EXPECT_EQ(answer.fault.count, 1);
	EXPECT_EQ(answer.fault.vector, HFT_VECTOR_EL0_64);
	EXPECT_EQ(hft_esr_class(answer.fault.esr), HFT_EC_DATA_ABORT_LOWER);
	EXPECT_EQ(answer.fault.far, view);
	answer = puppet_do(VM_PLAIN,
			   order(ORDER_INSTRUCTION_EL0, WORD_STR, 0, view));
	EXPECT_EQ(answer.fault.count, 1);
	EXPECT_EQ(secret, SECRET);
}

/* TLBI VMALLE1IS, ALLE1IS (EL2's), IC IALLUIS: the others do not notice. */
TEST(foreign, maintenance_of_everything_is_harmless)
{
	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_fault(VM_PLAIN, 0xd508831f, 0).count, 0);
	EXPECT_EQ(puppet_fault(VM_PLAIN, 0xd508871f, 0).count, 0);
	EXPECT_EQ(puppet_fault(VM_PLAIN, 0xd508711f, 0).count, 0);
	EXPECT_EQ(puppet_fault(VM_PLAIN, 0xd50c839f, 0).esr, HFT_ESR_IL);
	EXPECT_EQ(puppet_fault(VM_PLAIN, 0xd50c80df, 0).esr, HFT_ESR_IL);
	EXPECT_EQ(puppet_do(VM_FDT, order(ORDER_IDENTITY, 0, 0, 0)).value[4],
		  VM_FDT);
}

TEST(foreign, primary_does_not_reach_a_running_secondary)
{
	struct hft_range memory;

	puppet_start(VM_PLAIN);
	memory = puppet_memory(VM_PLAIN);
	for (uint64_t at = memory.begin; at < memory.end; at += HFT_PAGE_SIZE) {
		if (hft_fault_read(at).count != 1 ||
		    hft_fault_write(at).count != 1) {
			FAIL("%#llx is readable", (unsigned long long)at);
		}
	}
	EXPECT_EQ(hft_esr_class(hft_fault_execute(memory.begin).esr),
		  HFT_EC_INSTRUCTION_ABORT);
	EXPECT_EQ(puppet_do(VM_PLAIN, order(ORDER_IDENTITY, 0, 0, 0)).value[4],
		  VM_PLAIN);
}
