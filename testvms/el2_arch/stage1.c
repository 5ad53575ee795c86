/* SPDX-License-Identifier: BSD-3-Clause */
/* The hypervisor's own map, with the MMU of a real EL2 behind it. */
#include "el2.h"

#include "hf/arch/cache.h"
#include "hf/arch/feature.h"
#include "hf/arch/mmu.h"
#include "hft/arch.h"
#include "hft/fault.h"
#include "hftest.h"

#define UART_FLAGS UINT64_C(0x09000018)

static const uint64_t constant = 0x600d;
static uint64_t variable = 0x600d;

static uint64_t forty_two(void)
{
	return 42;
}

static struct pa_range page_at(uint64_t address)
{
	return (struct pa_range){pa_init(address),
				 pa_init(address + PAGE_SIZE)};
}

static bool is_permission_fault(struct hft_fault fault, unsigned int class)
{
	return fault.count == 1 && hft_esr_class(fault.esr) == class &&
	       hft_esr_is_permission(fault.esr);
}

static bool is_translation_fault(struct hft_fault fault, unsigned int class)
{
	return fault.count == 1 && hft_esr_class(fault.esr) == class &&
	       hft_esr_is_translation(fault.esr);
}

TEST(stage1, registers_are_as_computed)
{
	el2_stage1_on();

	EXPECT_EQ(hft_sysreg_read(sctlr_el2),
		  mmu_sctlr_el2(arch_feature_has_ras()));
	EXPECT_EQ(hft_sysreg_read(mair_el2), MMU_MAIR_EL2);
	EXPECT_EQ(hft_sysreg_read(tcr_el2), mmu_tcr_el2(mmu_pa_bits()));
	el2_stage1_off();
}

TEST(stage1, text_runs_and_can_not_be_written)
{
	uint64_t (*volatile function)(void) = forty_two;

	el2_stage1_on();

	EXPECT_EQ(function(), 42);
	EXPECT_TRUE(is_permission_fault(hft_fault_write((uintptr_t)function),
					HFT_EC_DATA_ABORT));
	el2_stage1_off();
}

TEST(stage1, rodata_is_read_only)
{
	el2_stage1_on();

	EXPECT_EQ(*(const volatile uint64_t *)&constant, 0x600d);
	EXPECT_TRUE(is_permission_fault(hft_fault_write((uintptr_t)&constant),
					HFT_EC_DATA_ABORT));
	el2_stage1_off();
}

TEST(stage1, rodata_can_not_be_executed)
{
	el2_stage1_on();

	EXPECT_TRUE(is_permission_fault(hft_fault_execute((uintptr_t)&constant),
					HFT_EC_INSTRUCTION_ABORT));
	el2_stage1_off();
}

TEST(stage1, data_is_writable_and_can_not_be_executed)
{
	el2_stage1_on();

	*(volatile uint64_t *)&variable = 0xd65f03c0; /* ret */
	EXPECT_EQ(variable, 0xd65f03c0);
	EXPECT_TRUE(is_permission_fault(hft_fault_execute((uintptr_t)&variable),
					HFT_EC_INSTRUCTION_ABORT));
	el2_stage1_off();
}

TEST(stage1, guard_page_below_each_stack_faults)
{
	struct stage1_image image = el2_image();
	uint64_t slot = image.stacks.begin.pa;

	el2_stage1_on();

	for (; slot < image.stacks.end.pa; slot += image.stack_slot_bytes) {
		EXPECT_TRUE(is_translation_fault(
			hft_fault_write(slot + PAGE_SIZE - 8),
			HFT_EC_DATA_ABORT));
		EXPECT_EQ(hft_fault_write(slot + PAGE_SIZE).count, 0);
	}
	el2_stage1_off();
}

TEST(stage1, what_is_not_mapped_faults)
{
	uint64_t address = el2_scratch();

	el2_stage1_on();

	EXPECT_TRUE(is_translation_fault(hft_fault_read(address),
					 HFT_EC_DATA_ABORT));
	EXPECT_TRUE(is_translation_fault(hft_fault_read(0), HFT_EC_DATA_ABORT));
	EXPECT_TRUE(is_translation_fault(hft_fault_execute(address),
					 HFT_EC_INSTRUCTION_ABORT));
	el2_stage1_off();
}

TEST(stage1, device_registers_can_be_read_not_executed)
{
	el2_stage1_on();

	EXPECT_EQ(hft_fault_read(UART_FLAGS).count, 0);
	EXPECT_TRUE(is_permission_fault(
		hft_fault_execute(align_down(UART_FLAGS, PAGE_SIZE)),
		HFT_EC_INSTRUCTION_ABORT));
	el2_stage1_off();
}

TEST(stage1, page_that_is_unmapped_faults_at_once)
{
	uint64_t address = el2_scratch();

	el2_stage1_on();
	ASSERT_EQ(stage1_map(page_at(address), MM_MODE_R | MM_MODE_W), MM_OK);
	ASSERT_EQ(hft_fault_write(address).count, 0);

	ASSERT_EQ(stage1_unmap(page_at(address)), MM_OK);

	EXPECT_EQ(hft_fault_write(address).count, 1);
	el2_stage1_off();
}

TEST(stage1, page_made_read_only_is_so_at_once)
{
	uint64_t address = el2_scratch();

	el2_stage1_on();
	ASSERT_EQ(stage1_map(page_at(address), MM_MODE_R | MM_MODE_W), MM_OK);
	ASSERT_EQ(hft_fault_write(address).count, 0);

	ASSERT_EQ(stage1_map(page_at(address), MM_MODE_R), MM_OK);

	EXPECT_EQ(hft_fault_read(address).count, 0);
	EXPECT_TRUE(is_permission_fault(hft_fault_write(address),
					HFT_EC_DATA_ABORT));
	el2_stage1_off();
}

TEST(stage1, block_is_split_for_one_page)
{
	uint64_t address = el2_scratch();
	struct pa_range block = {pa_init(address),
				 pa_init(address + BLOCK_SIZE)};

	el2_stage1_on();
	ASSERT_EQ(stage1_map(block, MM_MODE_R | MM_MODE_W), MM_OK);
	ASSERT_EQ(hft_fault_write(address + 3 * PAGE_SIZE).count, 0);

	ASSERT_EQ(stage1_unmap(page_at(address + 3 * PAGE_SIZE)), MM_OK);

	EXPECT_EQ(hft_fault_write(address + 3 * PAGE_SIZE - 8).count, 0);
	EXPECT_EQ(hft_fault_write(address + 3 * PAGE_SIZE).count, 1);
	EXPECT_EQ(hft_fault_write(address + 4 * PAGE_SIZE).count, 0);
	EXPECT_EQ(hft_fault_write(address + BLOCK_SIZE - 8).count, 0);
	el2_stage1_off();
}

TEST(stage1, code_that_was_written_runs)
{
	uint64_t address = el2_scratch();
	volatile uint32_t *code = ptr_from_pa(pa_init(address));
	uint64_t (*function)(void) = (uint64_t(*)(void))address;

	el2_stage1_on();
	ASSERT_EQ(stage1_map(page_at(address), MM_MODE_R | MM_MODE_W), MM_OK);
	code[0] = 0xd28000e0; /* mov x0, #7 */
	code[1] = 0xd65f03c0; /* ret */
	arch_cache_sync_code((vaddr_t){address}, 8);
	ASSERT_EQ(stage1_map(page_at(address), MM_MODE_R | MM_MODE_X), MM_OK);

	EXPECT_EQ(function(), 7);
	EXPECT_EQ(hft_fault_write(address).count, 1);
	el2_stage1_off();
}
