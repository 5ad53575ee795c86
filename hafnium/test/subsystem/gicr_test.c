/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of irq/gicr.c and irq/its.c. See docs/interrupts.md. */
#include "hf/irq/gicr.h"

#include <string.h>

#include "fixture/gic.h"
#include "hf/arch/fake/machine.h"
#include "hf/irq/its.h"
#include "hf/mm/stage1.h"
#include "hftest.h"

#define ALL_ONES UINT64_MAX
#define REGISTERS (MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE)

static bool log_has(const char *text)
{
	return strstr(fake_console_text(), text) != NULL;
}

static mm_mode_t mode_of_page(paddr_t page)
{
	mm_mode_t mode = 0x8000;

	EXPECT_TRUE(stage1_query(
		(struct pa_range){page, pa_init(page.pa + PAGE_SIZE)}, &mode));
	return mode;
}

static uint32_t denied_count(void)
{
	struct pa_range range;
	uint32_t count = 0;

	while (gicr_denied(count, &range)) {
		count++;
	}
	return count;
}

/** Two redistributors of a GICv3, all registers of the first one ones. */
static void begin(void)
{
	gic_begin(32);
	gic_set(1, GICR_TYPER, TYPER_LAST);
	ASSERT_TRUE(gicr_add_region(gic_region(4), 0));
	for (uint64_t at = 0; at < PAGE_SIZE; at += 8) {
		gic_set(0, at, ALL_ONES);
	}
}

static bool gicr_read(paddr_t address, size_t size, uint64_t *value)
{
	return gicr_access(address, size, false, value);
}

static bool gicr_write(paddr_t address, size_t size, uint64_t value)
{
	return gicr_access(address, size, true, &value);
}

static uint64_t read(uint64_t offset, size_t size)
{
	uint64_t value = 0x5a5a;

	EXPECT_TRUE(gicr_read(gic_register(0, offset), size, &value));
	return value;
}

static bool refuses(uint64_t offset, size_t size)
{
	paddr_t address = gic_register(0, offset);
	uint64_t value = 0x5a5a;
	bool is_read = gicr_read(address, size, &value);

	EXPECT_EQ(value, 0x5a5aU);
	return !is_read && !gicr_write(address, size, 0);
}

TEST(gicr, none_has_no_pages)
{
	struct pa_range range;
	uint64_t value;

	gic_begin(8);

	EXPECT_FALSE(gicr_denied(0, &range));
	EXPECT_FALSE(gicr_read(gic_register(0, 0), 4, &value));
	EXPECT_FALSE(gicr_write(gic_register(0, 0), 4, 1));
}

TEST(gicr, search_ends_with_the_last)
{
	struct pa_range range;

	begin();

	ASSERT_EQ(denied_count(), 2U);
	ASSERT_TRUE(gicr_denied(1, &range));
	EXPECT_EQ(range.begin.pa, gic_register(1, 0).pa);
	EXPECT_EQ(range.end.pa, gic_register(1, PAGE_SIZE).pa);
}

TEST(gicr, one_page_of_each_is_mapped)
{
	begin();

	EXPECT_EQ(mode_of_page(gic_register(0, 0)), REGISTERS);
	EXPECT_EQ(mode_of_page(gic_register(0, PAGE_SIZE)), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of_page(gic_register(0, 0x10000)), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of_page(gic_register(1, 0)), REGISTERS);
	EXPECT_EQ(mode_of_page(gic_register(2, 0)), MM_MODE_ABSENT);
}

TEST(gicr, region_without_a_last_one_ends_it_too)
{
	gic_begin(32);

	ASSERT_TRUE(gicr_add_region(gic_region(3), 0));
	EXPECT_EQ(denied_count(), 3U);
}

TEST(gicr, stride_leaves_frames_out)
{
	struct pa_range range;

	gic_begin(32);
	gic_set(0, 0, 1);
	gic_set(2, GICR_TYPER, TYPER_LAST);
	gic_set(2, 0, 1);
	ASSERT_TRUE(gicr_add_region(gic_region(4), 2 * GIC_FRAME_SIZE));

	/* The second one's registers are at the third frame. */
	EXPECT_EQ(mode_of_page(gic_register(0, 0)), REGISTERS);
	EXPECT_EQ(mode_of_page(gic_register(1, 0)), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of_page(gic_register(2, 0)), REGISTERS);
	EXPECT_EQ(gic_get(0, 0) & 1, 0U);
	EXPECT_EQ(gic_get(2, 0) & 1, 0U);

	/* Its page, the padding; the same again. */
	ASSERT_EQ(denied_count(), 4U);
	ASSERT_TRUE(gicr_denied(1, &range));
	EXPECT_EQ(range.begin.pa, gic_register(1, 0).pa);
	EXPECT_EQ(range.end.pa, gic_register(2, 0).pa);
	ASSERT_TRUE(gicr_denied(3, &range));
	EXPECT_EQ(range.begin.pa, gic_register(3, 0).pa);
	EXPECT_EQ(range.end.pa, gic_region(4).end.pa);
}

TEST(gicr, stride_without_room_for_the_frames_is_an_error)
{
	gic_begin(32);
	EXPECT_FALSE(gicr_add_region(gic_region(4), GIC_FRAME_SIZE / 2));
	EXPECT_TRUE(log_has("stride of 0x10000 is too small"));
	gic_begin(32);
	gic_set(0, GICR_TYPER, TYPER_VLPIS);
	EXPECT_FALSE(gicr_add_region(gic_region(4), GIC_FRAME_SIZE));
}

TEST(gicr, stride_beyond_the_region_ends_it)
{
	struct pa_range range;

	gic_begin(32);
	ASSERT_TRUE(gicr_add_region(gic_region(4), UINT64_MAX & ~0xffffU));
	ASSERT_EQ(denied_count(), 2U);
	ASSERT_TRUE(gicr_denied(1, &range));
	EXPECT_EQ(range.end.pa, gic_region(4).end.pa);
}

TEST(gicr, part_of_a_frame_is_denied)
{
	struct pa_range region = gic_region(2);
	struct pa_range range;

	gic_begin(32);
	region.end.pa -= PAGE_SIZE;

	ASSERT_TRUE(gicr_add_region(region, 0));
	ASSERT_EQ(denied_count(), 2U);
	ASSERT_TRUE(gicr_denied(1, &range));
	EXPECT_EQ(range.begin.pa, gic_register(1, 0).pa);
	EXPECT_EQ(range.end.pa, region.end.pa);
}

TEST(gicr, several_regions_add_up)
{
	struct pa_range second = gic_region(3);
	uint64_t value;

	gic_begin(32);
	second.begin = gic_register(2, 0);
	gic_set(0, GICR_TYPER, TYPER_LAST);

	ASSERT_TRUE(gicr_add_region(gic_region(2), 0));
	ASSERT_TRUE(gicr_add_region(second, 0));
	EXPECT_EQ(denied_count(), 2U);
	EXPECT_FALSE(gicr_read(gic_register(1, 0), 4, &value));
	EXPECT_TRUE(gicr_read(gic_register(2, 0), 4, &value));
}

TEST(gicr, gicv4_has_frames_of_twice_the_size)
{
	struct pa_range range;

	gic_begin(32);
	gic_set(0, GICR_TYPER, TYPER_VLPIS);
	gic_set(2, GICR_TYPER, TYPER_VLPIS | TYPER_LAST);

	ASSERT_TRUE(gicr_add_region(gic_region(8), 0));
	ASSERT_EQ(denied_count(), 4U);
	ASSERT_TRUE(gicr_denied(1, &range));
	EXPECT_EQ(range.begin.pa, gic_register(1, 0).pa);
	EXPECT_EQ(range.end.pa, gic_register(2, 0).pa);
}

TEST(gicr, what_is_behind_the_last_cpu_is_denied)
{
	struct pa_range range;

	gic_begin(32);

	ASSERT_TRUE(gicr_add_region(gic_region(GIC_FRAMES), 0));
	ASSERT_EQ(denied_count(), MAX_CPUS + 1U);
	ASSERT_TRUE(gicr_denied(MAX_CPUS, &range));
	EXPECT_EQ(range.begin.pa, gic_register(MAX_CPUS, 0).pa);
	EXPECT_EQ(range.end.pa, gic_region(GIC_FRAMES).end.pa);
}

TEST(gicr, lpis_that_are_on_are_turned_off)
{
	gic_begin(32);
	gic_set(0, GICR_CTLR, 0x02000001);
	gic_set(0, GICR_TYPER, TYPER_LAST);

	ASSERT_TRUE(gicr_add_region(gic_region(1), 0));
	EXPECT_EQ(gic_get(0, GICR_CTLR), 0x02000000U);
}

TEST(gicr, no_page_tables_is_an_error)
{
	gic_begin(1);

	EXPECT_FALSE(gicr_add_region(gic_region(1), 0));
	EXPECT_TRUE(log_has("ERROR: GIC: unable to map 0x"));
}

TEST(gicr_read, control_register_is_passed_on)
{
	begin();
	EXPECT_EQ(read(GICR_CTLR, 4), 0xffffffffU);
}

TEST(gicr_read, type_has_no_lpis)
{
	begin();
	EXPECT_EQ(read(GICR_TYPER, 8),
		  ALL_ONES & ~(TYPER_PLPIS | TYPER_DIRECT_LPI));
	EXPECT_EQ(read(GICR_TYPER, 4),
		  0xffffffffU & ~(TYPER_PLPIS | TYPER_DIRECT_LPI));
	EXPECT_EQ(read(GICR_TYPER + 4, 4), 0xffffffffU);
}

TEST(gicr_read, table_registers_can_be_read)
{
	begin();
	EXPECT_EQ(read(GICR_PROPBASER, 8), ALL_ONES);
	EXPECT_EQ(read(GICR_PENDBASER, 8), ALL_ONES);
	EXPECT_EQ(read(GICR_PENDBASER + 4, 4), 0xffffffffU);
}

TEST(gicr_read, unknown_registers_are_zero)
{
	begin();
	EXPECT_EQ(read(GICR_SETLPIR, 8), 0U);
	EXPECT_EQ(read(0x200, 4), 0U);
	EXPECT_EQ(read(0xff8, 8), 0U);
}

TEST(gicr_write, lpis_stay_off)
{
	begin();
	gic_set(0, GICR_CTLR, 0);

	EXPECT_TRUE(gicr_write(gic_register(0, GICR_CTLR), 4, 0x07000001));
	EXPECT_EQ(gic_get(0, GICR_CTLR), 0x07000000U);
}

TEST(gicr_write, waker_is_passed_on)
{
	begin();

	EXPECT_TRUE(gicr_write(gic_register(0, GICR_WAKER), 4, 0x12345678));
	EXPECT_EQ(read(GICR_WAKER, 4), 0x12345678U);
	EXPECT_EQ(read(GICR_WAKER - 4, 4), 0xffffffffU);
}

TEST(gicr_write, registers_of_the_implementation_are_passed_on)
{
	begin();

	EXPECT_TRUE(gicr_write(gic_register(0, 0x24), 4, 1));
	EXPECT_EQ(read(0x24, 4), 1U);
}

/** Every other word of the page, and both halves of wide registers. */
TEST(gicr_write, nothing_else_is_written)
{
	begin();
	for (uint64_t at = 0; at < PAGE_SIZE; at += 4) {
		bool is_passed = at <= 4 || (at >= 0x10 && at < 0x40);

		ASSERT_TRUE(gicr_write(gic_register(0, at), 4, 0));
		EXPECT_EQ(gic_get(0, at & ~UINT64_C(7)) >> (at & 4 ? 32 : 0) &
				  0xffffffff,
			  is_passed ? 0U : 0xffffffffU);
	}
}

TEST(gicr_write, wide_registers_are_not_written)
{
	static const uint64_t offsets[] = {
		GICR_TYPER,	GICR_SETLPIR, 0x48, GICR_PROPBASER,
		GICR_PENDBASER, 0xa0,	      0xb0, 0x100,
	};

	begin();
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		EXPECT_TRUE(gicr_write(gic_register(0, offsets[i]), 8, 0));
		EXPECT_EQ(gic_get(0, offsets[i]), ALL_ONES);
	}
}

TEST(gicr_access, bytes_and_half_words_are_refused)
{
	begin();
	EXPECT_TRUE(refuses(GICR_CTLR, 1));
	EXPECT_TRUE(refuses(GICR_CTLR, 2));
	EXPECT_TRUE(refuses(GICR_PROPBASER, 2));
}

TEST(gicr_access, two_registers_at_once_are_refused)
{
	begin();
	EXPECT_TRUE(refuses(GICR_CTLR, 8));
	EXPECT_TRUE(refuses(0x10, 8));
	EXPECT_TRUE(refuses(GICR_SYNCR, 8));
}

TEST(gicr_access, unaligned_is_refused)
{
	begin();
	EXPECT_TRUE(refuses(GICR_CTLR + 2, 4));
	EXPECT_TRUE(refuses(GICR_TYPER + 4, 8));
	EXPECT_TRUE(refuses(0xffe, 4));
}

TEST(gicr_access, other_pages_are_refused)
{
	begin();
	EXPECT_TRUE(refuses(PAGE_SIZE, 4));
	EXPECT_TRUE(refuses(0x10000, 4));
	EXPECT_TRUE(refuses(2 * GIC_FRAME_SIZE, 4));
}

/* GITS_CTLR is where GICR_CTLR is. */
TEST(its, one_that_is_off_stays_so)
{
	gic_begin(32);

	EXPECT_TRUE(its_disable(gic_region(1)));
	EXPECT_EQ(gic_get(0, 0), 0U);
	EXPECT_EQ(mode_of_page(gic_register(0, 0)), MM_MODE_ABSENT);
}

TEST(its, one_that_is_on_is_turned_off)
{
	gic_begin(32);
	gic_set(0, 0, BIT(31) | BIT(0));

	EXPECT_TRUE(its_disable(gic_region(1)));
	EXPECT_EQ(gic_get(0, 0), BIT(31));
}

TEST(its, one_that_does_not_become_quiet_is_an_error)
{
	gic_begin(32);
	gic_set(0, 0, BIT(0));

	EXPECT_FALSE(its_disable(gic_region(1)));
	EXPECT_TRUE(log_has("stays on."));
	EXPECT_EQ(mode_of_page(gic_register(0, 0)), MM_MODE_ABSENT);
}

TEST(its, no_page_tables_is_an_error)
{
	gic_begin(1);

	EXPECT_FALSE(its_disable(gic_region(1)));
	EXPECT_TRUE(log_has("ERROR: GIC: unable to map the ITS at 0x"));
}
