/* SPDX-License-Identifier: BSD-3-Clause */
/* How a secondary begins: registers, memory, FDT. */
#include "hft/arch.h"
#include "hft/fdt.h"
#include "hft/puppet.h"
#include "hftest.h"

#define EL1 (UINT64_C(1) << 2)
#define DAIF_ALL UINT64_C(0x3c0)
#define SCTLR_M_C_I UINT64_C(0x1005)

static struct hft_boot_state state_of(uint16_t vm)
{
	puppet_start(vm);
	return puppet_do(vm, order(ORDER_BOOT_STATE, 0, 0, 0)).boot_state;
}

TEST(start, runs_at_el1h_masked_and_without_mmu)
{
	struct hft_boot_state state = state_of(VM_PLAIN);

	EXPECT_EQ(state.current_el, EL1);
	EXPECT_EQ(state.daif, DAIF_ALL);
	EXPECT_EQ(state.sp_sel, 1);
	EXPECT_EQ(state.sctlr & SCTLR_M_C_I, 0);
}

TEST(start, registers_are_zero)
{
	struct hft_boot_state state = state_of(VM_PLAIN);

	for (unsigned int i = 1; i < 31; i++) {
		/* x29 is not recorded. */
		if (i != 29 && state.x[i] != 0) {
			FAIL("x%u is %#llx", i, (unsigned long long)state.x[i]);
		}
	}
}

TEST(start, without_fdt_x0_is_the_size)
{
	EXPECT_EQ(state_of(VM_PLAIN).x[0], SERVICE_MEM_SIZE);
}

TEST(start, with_fdt_x0_is_its_address)
{
	uint64_t address = state_of(VM_FDT).x[0];
	struct answer identity =
		puppet_do(VM_FDT, order(ORDER_IDENTITY, 0, 0, 0));

	EXPECT_EQ(identity.value[2], address);
	EXPECT_EQ(address % HFT_PAGE_SIZE, 0);
	EXPECT_LE(identity.value[1], address);
	EXPECT_LT(address, identity.value[0] + SERVICE_MEM_SIZE);
}

TEST(start, image_is_at_the_start_of_the_reservation)
{
	struct hft_range range;
	uint64_t begin;

	puppet_start(VM_FDT);
	begin = puppet_memory(VM_FDT).begin;
	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		if (range.begin <= begin && begin < range.end) {
			EXPECT_EQ((begin - range.begin) % SERVICE_MEM_SIZE, 0);
			return;
		}
	}
	FAIL("%#llx is not reserved", (unsigned long long)begin);
}

TEST(start, memory_behind_the_image_is_cleared)
{
	struct answer identity;
	uint64_t end;

	puppet_start(VM_PLAIN);
	identity = puppet_do(VM_PLAIN, order(ORDER_IDENTITY, 0, 0, 0));
	end = identity.value[0] + SERVICE_MEM_SIZE;
	EXPECT_EQ(puppet_do(VM_PLAIN, order(ORDER_FIND_NONZERO,
					    identity.value[1], end, 0))
			  .value[0],
		  end);
}

TEST(start, vms_know_their_ids)
{
	for (uint16_t vm = VM_FDT; vm <= VM_SMP; vm++) {
		puppet_start(vm);
		EXPECT_EQ(
			puppet_do(vm, order(ORDER_IDENTITY, 0, 0, 0)).value[4],
			vm);
	}
}

TEST(start, fdt_has_the_memory)
{
	struct answer memory;

	puppet_start(VM_FDT);
	memory = puppet_do(VM_FDT, order(ORDER_FDT_MEMORY, 0, 0, 0));
	EXPECT_EQ(memory.value[0], puppet_memory(VM_FDT).begin);
	EXPECT_EQ(memory.value[1] - memory.value[0], SERVICE_MEM_SIZE);
}

TEST(start, memories_are_at_the_end_of_ram_in_order)
{
	struct hft_range ram;
	uint64_t end;

	ASSERT_TRUE(hft_fdt_memory(0, &ram));
	end = ram.end;
	for (uint16_t vm = VM_FDT; vm <= VM_SMP; vm++) {
		puppet_start(vm);
		EXPECT_EQ(puppet_memory(vm).end, end);
		end = puppet_memory(vm).begin;
	}
}
