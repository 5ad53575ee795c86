/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary with a secondary (echo) next to it: what the secondary's
 * memory looks like from here.
 */
#include "hft/arch.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/power.h"
#include "hftest.h"

/* testvms/echo/vm.dts */
#define ECHO_MEM_SIZE UINT64_C(0x100000)

/** The reservation of echo's size; ends the test if there is none. */
static struct hft_range secondary_memory(void)
{
	struct hft_range range;

	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		if (range.end - range.begin == ECHO_MEM_SIZE) {
			return range;
		}
	}
	FAIL("no reservation has the size of echo's memory");
	return (struct hft_range){0, 0};
}

TEST(neighbour, memory_is_at_the_end_of_ram)
{
	struct hft_range echo = secondary_memory();
	struct hft_range ram;

	ASSERT_TRUE(hft_fdt_memory(0, &ram));
	EXPECT_EQ(echo.end, ram.end);
}

TEST(neighbour, memory_is_not_in_memreserve_too)
{
	struct hft_range echo = secondary_memory();

	for (int i = 0; i < fdt_num_mem_rsv(hft_fdt()); i++) {
		uint64_t begin;
		uint64_t size;

		ASSERT_EQ(fdt_get_mem_rsv(hft_fdt(), i, &begin, &size), 0);
		EXPECT_FALSE(begin < echo.end && echo.begin < begin + size);
	}
}

TEST(neighbour, every_page_is_out_of_reach)
{
	struct hft_range echo = secondary_memory();
	uint64_t readable = 0;

	for (uint64_t at = echo.begin; at < echo.end; at += HFT_PAGE_SIZE) {
		if (hft_fault_read(at).count != 1 ||
		    hft_fault_write(at).count != 1) {
			readable = at;
		}
	}
	EXPECT_EQ(readable, 0);
}

TEST(neighbour, page_before_it_is_ours)
{
	struct hft_range echo = secondary_memory();

	EXPECT_EQ(hft_fault_read(echo.begin - 8).count, 0);
	EXPECT_EQ(hft_fault_read(echo.begin).count, 1);
}

TEST(neighbour, code_can_not_be_executed)
{
	struct hft_range echo = secondary_memory();
	struct hft_fault fault = hft_fault_execute(echo.begin);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_INSTRUCTION_ABORT);
}

static void read_it(uint64_t address)
{
	EXPECT_EQ(hft_fault_read(address).count, 1);
}

TEST(neighbour, is_out_of_reach_from_every_cpu)
{
	struct hft_range echo = secondary_memory();

	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		ASSERT_TRUE(hft_cpu_run(i, read_it, echo.begin));
	}
}
