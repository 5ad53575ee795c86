/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that tries to make the interrupt controller write to memory:
 * by its ITS, and by the LPI tables of its redistributors. See
 * docs/interrupts.md.
 */
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hftest.h"

#define GICR_CTLR 0x000
#define GICR_TYPER 0x008
#define GICR_WAKER 0x014
#define GICR_SETLPIR 0x040
#define GICR_PROPBASER 0x070
#define GICR_PENDBASER 0x078
#define GICR_INVALLR 0x0b0
#define GICR_SYNCR 0x0c0
#define GICR_PIDR2 0xffe8
#define FRAME_SIZE 0x20000

#define ENABLE_LPIS 1U
#define DPG1NS (1U << 25)
#define TYPER_PLPIS (1U << 0)
#define TYPER_DIRECT_LPI (1U << 3)
#define TYPER_LAST (1U << 4)

/** What would be written, were a table put there. */
static uint64_t table[0x20000 / sizeof(uint64_t)]
	__attribute__((aligned(0x10000)));

static int node_of(const char *compatible)
{
	return fdt_node_offset_by_compatible(hft_fdt(), -1, compatible);
}

/** RD_base of the redistributor of a CPU. */
static uint64_t frame(uint32_t cpu_idx)
{
	struct hft_range range;

	ASSERT_TRUE(hft_fdt_reg(node_of("arm,gic-v3"), 0, 1, &range));
	return range.begin + (uint64_t)cpu_idx * FRAME_SIZE;
}

static uint32_t read32(uint64_t address)
{
	return *(volatile uint32_t *)address;
}

static uint64_t read64(uint64_t address)
{
	return *(volatile uint64_t *)address;
}

static void write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static void write64(uint64_t address, uint64_t value)
{
	*(volatile uint64_t *)address = value;
}

/** One access, a data abort, and the hypervisor goes on. */
#define EXPECT_REFUSED(statement)                                       \
	do {                                                            \
		struct hft_fault fault = HFT_FAULT_OF(statement);       \
		EXPECT_EQ(fault.count, 1);                              \
		EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_DATA_ABORT); \
	} while (0)

TEST(its, node_is_disabled)
{
	int node = node_of("arm,gic-v3-its");
	const char *status;

	ASSERT_LE(0, node);
	status = fdt_getprop(hft_fdt(), node, "status", NULL);
	ASSERT_TRUE(status != NULL);
	EXPECT_EQ(status[0], 'd');
}

TEST(its, no_page_of_it_is_ours)
{
	struct hft_range its;
	int node = node_of("arm,gic-v3-its");

	ASSERT_TRUE(hft_fdt_reg(node, node_of("arm,gic-v3"), 0, &its));
	for (uint64_t at = its.begin; at < its.end; at += HFT_PAGE_SIZE) {
		ASSERT_EQ(hft_fault_read(at).count, 1);
		ASSERT_EQ(hft_fault_write(at).count, 1);
	}
}

TEST(its, distributor_beside_it_is_ours)
{
	struct hft_range distributor;

	ASSERT_TRUE(hft_fdt_reg(node_of("arm,gic-v3"), 0, 0, &distributor));
	EXPECT_NO_FAULT((void)read32(distributor.begin));
	EXPECT_NO_FAULT((void)read32(distributor.end - 0x18));
}

TEST(lpi, no_redistributor_has_them)
{
	for (uint32_t i = 0; i < hft_cpu_count(); i++) {
		uint32_t typer = read32(frame(i) + GICR_TYPER);

		EXPECT_EQ(typer & (TYPER_PLPIS | TYPER_DIRECT_LPI), 0);
	}
}

TEST(lpi, rest_of_the_type_is_true)
{
	uint32_t last = hft_cpu_count() - 1;

	for (uint32_t i = 0; i <= last; i++) {
		uint64_t typer = read64(frame(i) + GICR_TYPER);

		EXPECT_EQ(typer >> 32, hft_cpu_mpidr(i));
		EXPECT_EQ(read32(frame(i) + GICR_TYPER + 4), typer >> 32);
		EXPECT_EQ((typer & TYPER_LAST) != 0, i == last);
	}
}

TEST(lpi, can_not_be_enabled)
{
	for (uint32_t i = 0; i < hft_cpu_count(); i++) {
		write32(frame(i) + GICR_CTLR, ENABLE_LPIS);
		EXPECT_EQ(read32(frame(i) + GICR_CTLR) & ENABLE_LPIS, 0);
	}
}

TEST(lpi, other_bits_of_the_control_register_can_be_set)
{
	uint64_t ctlr = frame(0) + GICR_CTLR;

	write32(ctlr, DPG1NS | ENABLE_LPIS);
	/* Not every GIC has the bit. */
	EXPECT_EQ(read32(ctlr) & ~DPG1NS & 1, 0);
	write32(ctlr, 0);
	EXPECT_EQ(read32(ctlr) & ENABLE_LPIS, 0);
}

TEST(lpi, tables_can_not_be_placed)
{
	for (uint32_t i = 0; i < hft_cpu_count(); i++) {
		uint64_t properties = read64(frame(i) + GICR_PROPBASER);
		uint64_t pending = read64(frame(i) + GICR_PENDBASER);

		write64(frame(i) + GICR_PROPBASER, (uintptr_t)table | 15);
		write64(frame(i) + GICR_PENDBASER, (uintptr_t)table);
		EXPECT_EQ(read64(frame(i) + GICR_PROPBASER), properties);
		EXPECT_EQ(read64(frame(i) + GICR_PENDBASER), pending);
	}
}

TEST(lpi, tables_can_not_be_placed_by_halves)
{
	uint64_t properties = frame(0) + GICR_PROPBASER;
	uint64_t pending = frame(0) + GICR_PENDBASER;
	uint64_t before[] = {read64(properties), read64(pending)};

	write32(properties, (uint32_t)(uintptr_t)table | 15);
	write32(properties + 4, 1);
	write32(pending, (uint32_t)(uintptr_t)table);
	write32(pending + 4, 1);
	EXPECT_EQ(read64(properties), before[0]);
	EXPECT_EQ(read64(pending), before[1]);
}

TEST(lpi, attempts_write_no_memory)
{
	uint64_t changed = 0;

	for (uint64_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		table[i] = UINT64_MAX;
	}
	hft_cache_clean(table, sizeof(table));
	write64(frame(0) + GICR_PROPBASER, (uintptr_t)table | 15);
	write64(frame(0) + GICR_PENDBASER, (uintptr_t)table);
	write32(frame(0) + GICR_CTLR, ENABLE_LPIS);
	write64(frame(0) + GICR_SETLPIR, 8192);
	write64(frame(0) + GICR_INVALLR, 0);
	EXPECT_EQ(read32(frame(0) + GICR_SYNCR), 0);
	write32(frame(0) + GICR_CTLR, 0);
	for (uint64_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		changed += table[i] != UINT64_MAX ? 1 : 0;
	}
	EXPECT_EQ(changed, 0);
}

TEST(gicr_page, loads_of_every_kind)
{
	uint64_t typer = frame(0) + GICR_TYPER;
	uint64_t value = 1;

	EXPECT_NO_FAULT(__asm__ volatile("ldrsw %0, [%1]"
					 : "=r"(value)
					 : "r"(typer)
					 : "memory"));
	EXPECT_EQ(value, (uint64_t)(int64_t)(int32_t)read32(typer));
	EXPECT_NO_FAULT(__asm__ volatile("ldar %w0, [%1]"
					 : "=r"(value)
					 : "r"(typer)
					 : "memory"));
	EXPECT_EQ(value, read32(typer));
	EXPECT_NO_FAULT(__asm__ volatile("ldr xzr, [%0]"
					 :
					 : "r"(typer)
					 : "memory"));
}

TEST(gicr_page, w_register_is_filled_with_zeros)
{
	uint64_t value = UINT64_MAX;

	EXPECT_NO_FAULT(__asm__ volatile("ldr %w0, [%1]"
					 : "+r"(value)
					 : "r"(frame(0) + GICR_TYPER + 4)
					 : "memory"));
	EXPECT_EQ(value >> 32, 0);
}

TEST(gicr_page, sizes_that_no_register_has_are_refused)
{
	uint64_t ctlr = frame(0) + GICR_CTLR;

	EXPECT_REFUSED((void)*(volatile uint8_t *)ctlr);
	EXPECT_REFUSED((void)*(volatile uint16_t *)ctlr);
	EXPECT_REFUSED((void)*(volatile uint64_t *)ctlr);
	EXPECT_REFUSED(*(volatile uint8_t *)ctlr = 1);
	EXPECT_REFUSED(*(volatile uint64_t *)ctlr = 1);
	EXPECT_EQ(read32(ctlr) & ENABLE_LPIS, 0);
}

TEST(gicr_page, accesses_without_a_syndrome_are_refused)
{
	uint64_t base = frame(0);
	uint64_t at = base;

	EXPECT_REFUSED(__asm__ volatile("stp %w1, %w1, [%0]"
					:
					: "r"(base), "r"(ENABLE_LPIS)
					: "memory"));
	EXPECT_REFUSED(__asm__ volatile("str %w1, [%0], #4"
					: "+r"(at)
					: "r"(ENABLE_LPIS)
					: "memory"));
	EXPECT_REFUSED(__asm__ volatile("ldxr w9, [%0]"
					:
					: "r"(base)
					: "x9", "memory"));
	EXPECT_EQ(read32(base) & ENABLE_LPIS, 0);
}

TEST(gicr_page, other_pages_of_the_frame_are_direct)
{
	EXPECT_EQ((read32(frame(0) + GICR_PIDR2) >> 4) & 0xf, 3);
	EXPECT_NO_FAULT((void)read32(frame(0) + 0x10100));
}

TEST(gicr_page, unknown_registers_are_zero)
{
	EXPECT_EQ(read32(frame(0) + 0xf00), 0);
	EXPECT_NO_FAULT(write32(frame(0) + 0xf00, UINT32_MAX));
	EXPECT_EQ(read32(frame(0) + 0xf00), 0);
}

TEST(gicr_page, waking_up_works)
{
	uint64_t waker = frame(0) + GICR_WAKER;

	hft_irq_init();
	EXPECT_EQ(read32(waker) & 6, 0);
	hft_irq_enable(5);
	hft_irq_send_sgi(0, 5);
	hft_irq_wait(5, 1);
	EXPECT_EQ(hft_irq_count(5), 1);
}

static void try_on_this_cpu(uint64_t arg)
{
	uint64_t own = frame(hft_cpu_index());

	(void)arg;
	for (int i = 0; i < 100; i++) {
		write32(own + GICR_CTLR, ENABLE_LPIS);
		write64(own + GICR_PENDBASER, (uintptr_t)table);
	}
}

TEST(lpi, can_not_be_enabled_by_any_cpu)
{
	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		ASSERT_EQ(hft_cpu_start(i, try_on_this_cpu, 0), 0);
	}
	try_on_this_cpu(0);
	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		hft_cpu_wait_off(i);
	}
	for (uint32_t i = 0; i < hft_cpu_count(); i++) {
		EXPECT_EQ(read32(frame(i) + GICR_CTLR) & ENABLE_LPIS, 0);
	}
}
