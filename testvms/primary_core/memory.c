/* SPDX-License-Identifier: BSD-3-Clause */
/* What memory the primary has, and what the FDT says about it. */
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/mm.h"
#include "hftest.h"

#define PL011_FLAGS UINT64_C(0x09000018)

static bool ranges_overlap(struct hft_range a, struct hft_range b)
{
	return a.begin < b.end && b.begin < a.end;
}

static bool is_reserved(uint64_t address)
{
	struct hft_range range;

	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		if (address >= range.begin && address < range.end) {
			return true;
		}
	}
	return false;
}

/** Read and write back: contents stay, whoever they belong to. */
static bool is_usable(uint64_t address)
{
	volatile uint64_t *word = (volatile uint64_t *)address;

	hft_fault_watch();
	*word = *word;
	return hft_fault_end().count == 0;
}

TEST(memory, hypervisor_is_reserved_with_no_map)
{
	struct hft_range hypervisor;
	struct hft_range ram;

	ASSERT_TRUE(hft_fdt_memory(0, &ram));
	ASSERT_TRUE(hft_fdt_reserved(0, &hypervisor));
	EXPECT_EQ(hypervisor.begin % HFT_PAGE_SIZE, 0);
	EXPECT_EQ(hypervisor.end % HFT_PAGE_SIZE, 0);
	EXPECT_LT(hypervisor.begin, hypervisor.end);
	EXPECT_LE(ram.begin, hypervisor.begin);
	EXPECT_LE(hypervisor.end, ram.end);
}

TEST(memory, reserved_node_can_be_read_by_linux)
{
	const void *fdt = hft_fdt();
	int node = fdt_path_offset(fdt, "/reserved-memory");

	ASSERT_LE(0, node);
	/* Linux ignores the node unless these are as in the root. */
	EXPECT_EQ(fdt_address_cells(fdt, node), fdt_address_cells(fdt, 0));
	EXPECT_EQ(fdt_size_cells(fdt, node), fdt_size_cells(fdt, 0));
	EXPECT_TRUE(fdt_getprop(fdt, node, "ranges", NULL) != NULL);
}

TEST(memory, reserved_is_not_in_memreserve_too)
{
	const void *fdt = hft_fdt();
	struct hft_range reserved;
	uint64_t begin;
	uint64_t size;

	ASSERT_TRUE(hft_fdt_reserved(0, &reserved));
	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		struct hft_range entry;

		ASSERT_EQ(fdt_get_mem_rsv(fdt, i, &begin, &size), 0);
		entry = (struct hft_range){begin, begin + size};
		for (int j = 0; hft_fdt_reserved(j, &reserved); j++) {
			EXPECT_FALSE(ranges_overlap(entry, reserved));
		}
	}
}

TEST(memory, own_image_and_fdt_are_outside_of_it)
{
	struct hft_range image = {(uintptr_t)hft_image_begin,
				  (uintptr_t)hft_image_end};
	struct hft_range fdt = {(uintptr_t)hft_fdt(), (uintptr_t)hft_fdt()};
	struct hft_range reserved;

	fdt.end += fdt_totalsize(hft_fdt());
	for (int i = 0; hft_fdt_reserved(i, &reserved); i++) {
		EXPECT_FALSE(ranges_overlap(image, reserved));
		EXPECT_FALSE(ranges_overlap(fdt, reserved));
	}
}

TEST(memory, first_and_last_word_of_ram_are_ours)
{
	struct hft_range ram;

	ASSERT_TRUE(hft_fdt_memory(0, &ram));
	EXPECT_TRUE(is_usable(ram.begin));
	EXPECT_TRUE(is_usable(ram.end - 8));
}

TEST(memory, every_page_is_ours_or_reserved)
{
	struct hft_range ram;
	uint64_t lost = 0;

	for (int i = 0; hft_fdt_memory(i, &ram); i++) {
		for (uint64_t at = ram.begin; at < ram.end;
		     at += HFT_PAGE_SIZE) {
			if (!is_reserved(at) && !is_usable(at)) {
				lost = at;
			}
		}
	}
	EXPECT_EQ(lost, 0);
}

TEST(memory, ends_exactly_where_the_reservation_begins)
{
	struct hft_range reserved;
	struct hft_range ram;

	ASSERT_TRUE(hft_fdt_memory(0, &ram));
	ASSERT_TRUE(hft_fdt_reserved(0, &reserved));
	if (reserved.begin > ram.begin) {
		EXPECT_TRUE(is_usable(reserved.begin - 8));
	}
	EXPECT_FALSE(is_usable(reserved.begin));
	EXPECT_FALSE(is_usable(reserved.end - 8));
	EXPECT_TRUE(is_usable(reserved.end));
}

TEST(memory, code_can_be_written_and_run)
{
	static uint32_t code[2] __attribute__((aligned(64)));
	uint64_t (*function)(void) = (uint64_t(*)(void))(uintptr_t)code;

	code[0] = 0xd2800540; /* mov x0, #42 */
	code[1] = 0xd65f03c0; /* ret */
	hft_cache_sync_code(code, sizeof(code));

	EXPECT_EQ(function(), 42);
}

TEST(memory, uart_is_ours)
{
	uint64_t view = hft_mm_view(PL011_FLAGS, HFT_VIEW_DEVICE);
	struct hft_fault fault = hft_fault_read(view & ~UINT64_C(7));

	EXPECT_EQ(fault.count, 0);
}

TEST(memory, device_page_can_not_be_executed)
{
	uint64_t view = hft_mm_view(PL011_FLAGS & ~(HFT_PAGE_SIZE - 1),
				    HFT_VIEW_EXECUTE | HFT_VIEW_UNCACHED);
	struct hft_fault fault = hft_fault_execute(view);

	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_INSTRUCTION_ABORT);
	EXPECT_TRUE(hft_esr_is_permission(fault.esr));
	EXPECT_EQ(fault.far, view);
}
