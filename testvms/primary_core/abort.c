/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What becomes of an access to the hypervisor's memory: an abort as if stage 1
 * had refused it, on the vector of where it came from.
 */
#include "call.h"
#include "hft/arch.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/mm.h"
#include "hftest.h"

/* SPSR: mode bits; EL0t is 0. */
#define MODE_MASK UINT64_C(0x1f)
#define MODE_EL1T UINT64_C(0x4)
#define MODE_EL1H UINT64_C(0x5)
#define MODE_A32_USER UINT64_C(0x10)
#define DAIF_ALL UINT64_C(0x3c0)

/* Below 1 TiB, and no RAM or device of the machine. */
#define NOTHING_THERE UINT64_C(0x7000000000)
#define FSC_EXTERNAL 0x10
#define PA_RANGE_40 2

#define SCTLR_SPAN (UINT64_C(1) << 23)

/** A page of the hypervisor; 0 ends the test. */
static uint64_t hypervisor_page(void)
{
	struct hft_range range;

	ASSERT_TRUE(hft_fdt_reserved(0, &range));
	return range.begin;
}

TEST(abort, read_takes_a_data_abort)
{
	uint64_t address = hypervisor_page() + 0x128;
	struct hft_fault fault = hft_fault_read(address);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.esr & HFT_ESR_WNR, 0);
	EXPECT_TRUE(hft_esr_is_translation(fault.esr));
	EXPECT_TRUE((fault.esr & HFT_ESR_IL) != 0);
	EXPECT_EQ(fault.far, address);
}

TEST(abort, write_takes_a_data_abort_that_says_so)
{
	uint64_t address = hypervisor_page() + 0x208;
	struct hft_fault fault = hft_fault_write(address);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.esr & HFT_ESR_WNR, HFT_ESR_WNR);
	EXPECT_TRUE(hft_esr_is_translation(fault.esr));
	EXPECT_EQ(fault.far, address);
}

TEST(abort, execute_takes_an_instruction_abort)
{
	uint64_t address = hypervisor_page() + 0x40;
	struct hft_fault fault = hft_fault_execute(address);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_INSTRUCTION_ABORT);
	EXPECT_TRUE(hft_esr_is_translation(fault.esr));
	EXPECT_EQ(fault.far, address);
	EXPECT_EQ(fault.elr, address);
}

TEST(abort, every_page_of_the_hypervisor_is_out_of_reach)
{
	uint64_t readable = 0;
	struct hft_range range;

	ASSERT_TRUE(hft_fdt_reserved(0, &range));
	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		for (uint64_t at = range.begin; at < range.end;
		     at += 16 * HFT_PAGE_SIZE) {
			if (hft_fault_read(at).count != 1) {
				readable = at;
			}
		}
		if (hft_fault_read(range.end - 8).count != 1) {
			readable = range.end - 8;
		}
	}
	EXPECT_EQ(readable, 0);
}

TEST(abort, other_view_of_the_page_does_not_help)
{
	uint64_t view = hft_mm_view(hypervisor_page(),
				    HFT_VIEW_WRITE | HFT_VIEW_UNCACHED);

	EXPECT_EQ(hft_fault_read(view).far, view);
	EXPECT_EQ(hft_fault_write(view).count, 1);
}

TEST(abort, walk_through_hypervisor_memory_aborts_too)
{
	uint64_t address = hft_mm_view_through_table(hypervisor_page());
	struct hft_fault fault = hft_fault_read(address);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.far, address);
}

TEST(abort, from_el1h_comes_in_at_0x200)
{
	struct hft_fault fault = hft_fault_read(hypervisor_page());

	EXPECT_EQ(fault.vector, HFT_VECTOR_SPX);
	EXPECT_EQ(fault.spsr & MODE_MASK, MODE_EL1H);
	EXPECT_EQ(fault.spsr & DAIF_ALL, DAIF_ALL);
}

static void read_hypervisor(uint64_t address)
{
	__asm__ volatile("ldr xzr, [%0]" : : "r"(address) : "memory");
}

/* Linux relies on it: SCTLR_EL1.SPAN = 0 sets PAN at every exception. */
TEST(abort, sets_pan_as_an_exception_does)
{
	uint64_t sctlr = hft_sysreg_read(sctlr_el1);
	struct hft_fault fault;

	if (!hft_has_pan()) {
		SKIP("this CPU has no PAN");
	}
	hft_sysreg_write(sctlr_el1, sctlr & ~SCTLR_SPAN);
	hft_isb();

	fault = hft_fault_read(hypervisor_page());

	EXPECT_EQ(fault.count, 1);
	EXPECT_TRUE(fault.pan);
	hft_sysreg_write(sctlr_el1, sctlr);
}

TEST(abort, leaves_pan_when_told_so)
{
	uint64_t sctlr = hft_sysreg_read(sctlr_el1);

	if (!hft_has_pan()) {
		SKIP("this CPU has no PAN");
	}
	hft_sysreg_write(sctlr_el1, sctlr | SCTLR_SPAN);
	hft_isb();

	EXPECT_FALSE(hft_fault_read(hypervisor_page()).pan);
	hft_sysreg_write(sctlr_el1, sctlr);
}

TEST(abort, from_el1t_comes_in_at_0x000)
{
	uint64_t address = hypervisor_page();
	struct hft_fault fault =
		HFT_FAULT_OF(hft_run_on_sp0(read_hypervisor, address));

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(fault.vector, HFT_VECTOR_SP0);
	EXPECT_EQ(fault.spsr & MODE_MASK, MODE_EL1T);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.far, address);
}

/** The fault of `code` run at EL0 with the address of a hypervisor page. */
static struct hft_fault fault_at_el0(const char *code, uint64_t address,
				     bool is_aarch32)
{
	uint64_t entry =
		hft_mm_view((uintptr_t)code, HFT_VIEW_EXECUTE | HFT_VIEW_EL0);

	return HFT_FAULT_OF((void)hft_run_at_el0(entry, address, is_aarch32));
}

static uint64_t hypervisor_page_for_el0(void)
{
	return hft_mm_view(hypervisor_page(),
			   HFT_VIEW_WRITE | HFT_VIEW_EL0 | HFT_VIEW_EXECUTE);
}

TEST(abort, read_at_el0_comes_in_at_0x400)
{
	uint64_t address = hypervisor_page_for_el0();
	struct hft_fault fault = fault_at_el0(el0_read, address, false);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(fault.vector, HFT_VECTOR_EL0_64);
	EXPECT_EQ(fault.spsr & MODE_MASK, 0);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT_LOWER);
	EXPECT_EQ(fault.esr & HFT_ESR_WNR, 0);
	EXPECT_EQ(fault.far, address);
}

TEST(abort, write_at_el0_says_so)
{
	uint64_t address = hypervisor_page_for_el0();
	struct hft_fault fault = fault_at_el0(el0_write, address, false);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT_LOWER);
	EXPECT_EQ(fault.esr & HFT_ESR_WNR, HFT_ESR_WNR);
}

TEST(abort, execute_at_el0_is_an_instruction_abort)
{
	uint64_t address = hypervisor_page_for_el0();
	struct hft_fault fault = fault_at_el0(el0_execute, address, false);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(fault.vector, HFT_VECTOR_EL0_64);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_INSTRUCTION_ABORT_LOWER);
	EXPECT_EQ(fault.far, address);
}

TEST(abort, read_at_el0_in_aarch32_comes_in_at_0x600)
{
	uint64_t address = hypervisor_page_for_el0();
	struct hft_fault fault;

	if ((hft_sysreg_read(id_aa64pfr0_el1) & 0xf) != 2) {
		SKIP("this CPU has no AArch32 at EL0");
	}

	fault = fault_at_el0(el0_read_a32, address, true);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(fault.vector, HFT_VECTOR_EL0_32);
	EXPECT_EQ(fault.spsr & MODE_MASK, MODE_A32_USER);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT_LOWER);
	EXPECT_EQ(fault.far, address);
}

/* The walk of AT is the guest's, and so is the fault. */
TEST(abort, address_translation_through_hypervisor_memory)
{
	uint64_t address = hft_mm_view_through_table(hypervisor_page());
	struct hft_fault fault = HFT_FAULT_OF(__asm__ volatile("at s1e1r, %0"
							       :
							       : "r"(address)
							       : "memory"));

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(fault.far, address);
}

TEST(abort, where_nothing_answers_is_the_vms_own_affair)
{
	uint64_t view = hft_mm_view(NOTHING_THERE, HFT_VIEW_DEVICE);
	struct hft_fault fault = hft_fault_read(view);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT);
	EXPECT_EQ(hft_esr_fault_status(fault.esr), FSC_EXTERNAL);
	EXPECT_EQ(fault.far, view);
}

TEST(abort, beyond_the_first_tib_is_a_stage_2_fault)
{
	uint64_t view = hft_mm_view(UINT64_C(1) << 40, HFT_VIEW_DEVICE);
	struct hft_fault fault;

	if ((hft_sysreg_read(id_aa64mmfr0_el1) & 0xf) <= PA_RANGE_40) {
		SKIP("this CPU has no more than 1 TiB of addresses");
	}

	fault = hft_fault_read(view);

	EXPECT_EQ(fault.count, 1);
	EXPECT_TRUE(hft_esr_is_translation(fault.esr));
	EXPECT_EQ(fault.far, view);
}
