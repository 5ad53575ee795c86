/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role of this image: the hypervisor's arch and mm floors alone at EL2, checked
 * against hardware. Here: tables around the image, and the machine that the
 * base floor asks for.
 */
#include "el2.h"

#include "hf/arch/mmu.h"
#include "hf/base/sink.h"
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/fdt.h"
#include "hft/mm.h"
#include "hft/power.h"
#include "hftest.h"

#include "guest/cpu.h"

#define POOL_PAGES 64
#define SLOT_BYTES 0x4000
#define HCR_VM BIT(0)
#define HCR_RW BIT(31)
#define UART UINT64_C(0x09000000)

extern char hft_rodata_begin[];
extern char hft_data_begin[];

static uint8_t pool_pages[POOL_PAGES][PAGE_SIZE] aligned_to(PAGE_SIZE);
static uint8_t slots[2][SLOT_BYTES] aligned_to(PAGE_SIZE);
static struct page_pool pool;

void sink_put(char c)
{
	hft_console_put(c);
}

void sink_flush(void)
{
}

void sink_backtrace(void)
{
}

noreturn void sink_halt(void)
{
	FAIL("the hypervisor's code gave up");
	hft_power_off();
}

uint32_t sink_cpu_slot(void)
{
	return hft_cpu_index();
}

struct page_pool *el2_pool(void)
{
	page_pool_init(&pool, NULL);
	page_pool_add(&pool,
		      (struct pa_range){pa_from_ptr(pool_pages),
					pa_from_ptr(pool_pages + POOL_PAGES)});
	return &pool;
}

uint64_t el2_scratch(void)
{
	struct hft_range ram;

	ASSERT_TRUE(hft_fdt_memory(0, &ram));
	return align_down(ram.end, BLOCK_SIZE) - 2 * BLOCK_SIZE;
}

static struct pa_range range_of(const void *begin, const void *end)
{
	return (struct pa_range){pa_from_ptr(begin), pa_from_ptr(end)};
}

struct stage1_image el2_image(void)
{
	return (struct stage1_image){
		.text = range_of(hft_image_begin, hft_rodata_begin),
		.rodata = range_of(hft_rodata_begin, hft_data_begin),
		.data = range_of(hft_data_begin, hft_image_end),
		.stacks = range_of(slots, slots + 2),
		.stack_slot_bytes = SLOT_BYTES,
	};
}

/** Nothing of ours is dirty in a cache while translation is off. */
static void clean_image(void)
{
	hft_cache_clean(hft_image_begin,
			(uint64_t)(hft_image_end - hft_image_begin));
}

void el2_stage1_on(void)
{
	struct stage1_image image = el2_image();
	struct pa_range uart = {{UART}, {UART + PAGE_SIZE}};

	ASSERT_EQ(stage1_init(el2_pool()), MM_OK);
	ASSERT_EQ(stage1_map_image(&image), MM_OK);
	ASSERT_EQ(stage1_map(uart, MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE),
		  MM_OK);
	clean_image();
	hft_mm_disable();
	stage1_enable();
}

void el2_stage1_off(void)
{
	clean_image();
	hft_mm_disable();
	hft_mm_enable();
}

#define AT(operation, address)                        \
	__asm__ volatile("at " #operation ", %0; isb" \
			 :                            \
			 : "r"(address)               \
			 : "memory")

uint64_t el2_at_read(uint64_t va)
{
	AT(s1e2r, va);
	return hft_sysreg_read(par_el1);
}

uint64_t el2_at_write(uint64_t va)
{
	AT(s1e2w, va);
	return hft_sysreg_read(par_el1);
}

/** EL1 with its MMU off, behind stage 2. */
static void select_stage2(void)
{
	hft_sysreg_write(sctlr_el1, UINT64_C(0x30d00800));
	hft_sysreg_write(hcr_el2, HCR_RW | HCR_VM);
	hft_isb();
}

static uint64_t stage2_result(void)
{
	uint64_t par = hft_sysreg_read(par_el1);

	hft_sysreg_write(hcr_el2, HCR_RW);
	hft_isb();
	return par;
}

uint64_t el2_at_s12_read(uint64_t ipa)
{
	select_stage2();
	AT(s12e1r, ipa);
	return stage2_result();
}

uint64_t el2_at_s12_write(uint64_t ipa)
{
	select_stage2();
	AT(s12e1w, ipa);
	return stage2_result();
}
