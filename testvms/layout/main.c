/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary whose secondaries have files and memory where their manifest
 * says (harness/scenarios/layout.toml): each has all of its own and reaches
 * nothing else. See docs/manifest.md.
 */
#include <string.h>

#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/fdt.h"
#include "hft/puppet.h"
#include "hftest.h"

/* VMs of the scenario: what they are, and where they have their memory. */
#define VM_FAR UINT16_C(2)
#define FAR UINT64_C(0x2000000000)
/** The same addresses, two vCPUs, no FDT. */
#define VM_FAR_TOO UINT16_C(3)
/** At the addresses of our own image. */
#define VM_OURS UINT16_C(4)
#define OURS UINT64_C(0x40200000)
/** IPA = PA, with FDT, RAM disk and bootargs. */
#define VM_IDENTITY UINT16_C(5)

#define MIB UINT64_C(0x100000)
#define UART UINT64_C(0x09000000)
#define GIC UINT64_C(0x08000000)

/** Of the scenario. */
static const char ramdisk_text[] = "RAM disk of a secondary";

struct chosen {
	struct hft_range ramdisk;
	char bootargs[48];
};

static struct chosen chosen_of(uint16_t vm)
{
	struct answer answer = puppet_do(vm, order(ORDER_FDT_CHOSEN, 0, 0, 0));
	struct chosen chosen = {.ramdisk = {answer.value[0], answer.value[1]}};

	memcpy(chosen.bootargs, &answer.value[2], sizeof(chosen.bootargs));
	return chosen;
}

static uint64_t fdt_of(uint16_t vm)
{
	return puppet_do(vm, order(ORDER_IDENTITY, 0, 0, 0)).value[2];
}

static uint64_t read_of(uint16_t vm, uint64_t address)
{
	struct answer answer = puppet_do(vm, order_word(WORD_LDR, 0, address));

	EXPECT_EQ(answer.fault.count, 0);
	return answer.value[0];
}

static void write_of(uint16_t vm, uint64_t address, uint64_t value)
{
	EXPECT_EQ(
		puppet_do(vm, order_word(WORD_STR, value, address)).fault.count,
		0);
}

static bool faults(struct hft_fault fault, uint64_t address)
{
	return fault.count == 1 &&
	       hft_esr_class(fault.esr) == HFT_EC_DATA_ABORT &&
	       hft_esr_is_translation(fault.esr) && fault.far == address;
}

static void expect_foreign(uint16_t vm, uint64_t address)
{
	if (!faults(puppet_fault(vm, WORD_LDR, address), address) ||
	    !faults(puppet_fault(vm, WORD_STR, address), address)) {
		FAIL("VM %u gets to %#llx", vm, (unsigned long long)address);
	}
}

/** Where the machine has the memory of that VM: our FDT says so. */
static struct hft_range pages_of(uint16_t vm)
{
	int parent = fdt_path_offset(hft_fdt(), "/reserved-memory");
	struct hft_range range = {0, 0};
	const char name[] = {'v', 'm', (char)('0' + vm), '@', '\0'};
	int node;

	fdt_for_each_subnode(node, hft_fdt(), parent)
	{
		if (strncmp(fdt_get_name(hft_fdt(), node, NULL), name, 4) ==
		    0) {
			ASSERT_TRUE(hft_fdt_reg(node, parent, 0, &range));
		}
	}
	ASSERT_LT(range.begin, range.end);
	return range;
}

/** The file is there, byte by byte, and nothing behind it. */
static void expect_ramdisk(uint16_t vm, struct hft_range ramdisk)
{
	uint64_t page_end = (ramdisk.end | (HFT_PAGE_SIZE - 1)) + 1;

	ASSERT_EQ(ramdisk.end - ramdisk.begin, sizeof(ramdisk_text) - 1);
	for (uint64_t i = 0; i < sizeof(ramdisk_text) - 1; i++) {
		EXPECT_EQ(puppet_do(vm,
				    order_word(WORD_LDRB, 0, ramdisk.begin + i))
				  .value[0],
			  (uint64_t)ramdisk_text[i]);
	}
	EXPECT_EQ(puppet_do(vm,
			    order(ORDER_FIND_NONZERO, ramdisk.end, page_end, 0))
			  .value[0],
		  page_end);
}

TEST(layout, image_is_where_the_kernel_shall_be)
{
	puppet_start(VM_FAR);
	EXPECT_EQ(puppet_memory(VM_FAR).begin, FAR);
	puppet_start(VM_OURS);
	EXPECT_EQ(puppet_memory(VM_OURS).begin, OURS);
}

TEST(layout, x0_is_where_the_fdt_shall_be)
{
	puppet_start(VM_FAR);
	EXPECT_EQ(fdt_of(VM_FAR), FAR + 0xc0000);
	EXPECT_EQ(puppet_do(VM_FAR, order(ORDER_BOOT_STATE, 0, 0, 0))
			  .boot_state.x[0],
		  FAR + 0xc0000);
}

TEST(layout, fdt_has_the_addresses_of_the_vm)
{
	struct answer memory;

	puppet_start(VM_FAR);
	memory = puppet_do(VM_FAR, order(ORDER_FDT_MEMORY, 0, 0, 0));
	EXPECT_EQ(memory.value[0], FAR);
	EXPECT_EQ(memory.value[1], FAR + MIB);
	EXPECT_STREQ(chosen_of(VM_FAR).bootargs, "far away");
}

TEST(layout, ramdisk_is_where_it_shall_be)
{
	struct hft_range ramdisk;

	puppet_start(VM_FAR);
	ramdisk = chosen_of(VM_FAR).ramdisk;
	EXPECT_EQ(ramdisk.begin, FAR + 0xe0000);
	expect_ramdisk(VM_FAR, ramdisk);
}

TEST(layout, files_lie_at_the_end_unless_told_otherwise)
{
	struct hft_range ramdisk;
	uint64_t end = OURS + 2 * MIB;

	puppet_start(VM_OURS);
	ramdisk = chosen_of(VM_OURS).ramdisk;
	EXPECT_EQ(fdt_of(VM_OURS), end - 2 * HFT_PAGE_SIZE);
	EXPECT_EQ(ramdisk.begin, end - 3 * HFT_PAGE_SIZE);
	expect_ramdisk(VM_OURS, ramdisk);
	EXPECT_STREQ(chosen_of(VM_OURS).bootargs, "ours");
}

TEST(identity, has_files_and_bootargs_as_well)
{
	struct hft_range pages = pages_of(VM_IDENTITY);
	struct hft_range ramdisk;

	puppet_start(VM_IDENTITY);
	ramdisk = chosen_of(VM_IDENTITY).ramdisk;
	EXPECT_EQ(puppet_memory(VM_IDENTITY).begin, pages.begin);
	EXPECT_EQ(fdt_of(VM_IDENTITY), pages.end - 2 * HFT_PAGE_SIZE);
	EXPECT_EQ(ramdisk.begin, pages.end - 3 * HFT_PAGE_SIZE);
	expect_ramdisk(VM_IDENTITY, ramdisk);
	EXPECT_STREQ(chosen_of(VM_IDENTITY).bootargs, "at home");
}

/** Behind its image, where nothing is in use. */
TEST(layout, every_page_is_there_and_is_another)
{
	uint64_t begin;
	uint64_t end = FAR + 0xc0000;

	puppet_start(VM_FAR);
	begin = puppet_do(VM_FAR, order(ORDER_IDENTITY, 0, 0, 0)).value[1];
	begin = (begin + HFT_PAGE_SIZE - 1) & ~(HFT_PAGE_SIZE - 1);
	ASSERT_LT(begin, end);
	EXPECT_EQ(puppet_do(VM_FAR, order(ORDER_FIND_NONZERO, begin, end, 0))
			  .value[0],
		  end);
	for (uint64_t at = begin; at < end; at += HFT_PAGE_SIZE) {
		write_of(VM_FAR, at, ~at);
	}
	for (uint64_t at = begin; at < end; at += HFT_PAGE_SIZE) {
		ASSERT_EQ(read_of(VM_FAR, at), ~at);
	}
}

TEST(layout, there_is_nothing_around_it)
{
	puppet_start(VM_FAR);
	expect_foreign(VM_FAR, FAR - 8);
	expect_foreign(VM_FAR, FAR + MIB);
	EXPECT_EQ(puppet_fault(VM_FAR, WORD_LDR, FAR + MIB - 8).count, 0);
	puppet_start(VM_OURS);
	expect_foreign(VM_OURS, OURS - 8);
	expect_foreign(VM_OURS, OURS + 2 * MIB);
	EXPECT_EQ(puppet_fault(VM_OURS, WORD_LDR, OURS + 2 * MIB - 8).count, 0);
}

TEST(layout, physical_addresses_are_nothing_to_it)
{
	puppet_start(VM_FAR);
	for (uint16_t vm = VM_FAR; vm <= VM_IDENTITY; vm++) {
		struct hft_range pages = pages_of(vm);

		expect_foreign(VM_FAR, pages.begin);
		expect_foreign(VM_FAR, pages.end - 8);
	}
	expect_foreign(VM_FAR, (uintptr_t)hft_image_begin);
	expect_foreign(VM_FAR, UART);
	expect_foreign(VM_FAR, GIC);
	expect_foreign(VM_FAR, 0);
}

TEST(layout, primary_does_not_reach_the_pages)
{
	struct hft_range pages = pages_of(VM_FAR);

	puppet_start(VM_FAR);
	EXPECT_TRUE(faults(hft_fault_read(pages.begin), pages.begin));
	EXPECT_TRUE(faults(hft_fault_write(pages.end - 8), pages.end - 8));
}

TEST(layout, two_vms_with_one_address_have_two_memories)
{
	uint64_t at = FAR + 0xb0000;

	puppet_start(VM_FAR);
	puppet_start(VM_FAR_TOO);
	write_of(VM_FAR, at, 2);
	write_of(VM_FAR_TOO, at, 3);
	for (uint64_t i = 0; i < 4; i++) {
		EXPECT_EQ(read_of(VM_FAR, at), 2 + 16 * i);
		EXPECT_EQ(read_of(VM_FAR_TOO, at), 3 + 16 * i);
		write_of(VM_FAR, at, 2 + 16 * (i + 1));
		write_of(VM_FAR_TOO, at, 3 + 16 * (i + 1));
	}
}

/** Behind both images, in the memory of both. */
TEST(layout, primary_has_another_memory_at_the_same_address)
{
	volatile uint64_t *ours = (volatile uint64_t *)(OURS + MIB);

	ASSERT_LT((uintptr_t)hft_image_end, OURS + MIB);
	*ours = 1;
	puppet_start(VM_OURS);
	EXPECT_EQ(read_of(VM_OURS, OURS + MIB), 0);
	write_of(VM_OURS, OURS + MIB, 2);
	EXPECT_EQ(*ours, 1);
	*ours = 3;
	hft_cache_clean((const void *)ours, sizeof(*ours));
	EXPECT_EQ(read_of(VM_OURS, OURS + MIB), 2);
	EXPECT_EQ(*ours, 3);
}

TEST(layout, second_vcpu_starts_at_its_address)
{
	struct answer answer;

	puppet_start(VM_FAR_TOO);
	puppet_start_vcpu(VM_FAR_TOO, 1);
	answer = puppet_do_on(VM_FAR_TOO, 1, order(ORDER_IDENTITY, 0, 0, 0));
	EXPECT_EQ(answer.value[0], FAR);
	EXPECT_EQ(answer.value[3] & HFT_MPIDR_MASK, 1);
}

/** FFA_RXTX_MAP of these addresses; 0 or the code. */
static int32_t map_mailbox(uint16_t vm, uint64_t tx, uint64_t rx)
{
	struct answer answer =
		puppet_do(vm, order(ORDER_MAP_MAILBOX, tx, rx, 0));

	if (answer.value[0] == FFA_SUCCESS) {
		return 0;
	}
	EXPECT_EQ(answer.value[0], FFA_ERROR);
	return (int32_t)answer.value[1];
}

TEST(mailbox, pages_are_named_by_the_vms_addresses)
{
	puppet_start(VM_FAR);
	EXPECT_EQ(map_mailbox(VM_FAR, FAR + 0xb0000, FAR + 0xb1000), 0);
	EXPECT_EQ(map_mailbox(VM_FAR, FAR + 0xb1000, FAR + 0xb0000), 0);
}

TEST(mailbox, physical_addresses_are_refused)
{
	struct hft_range pages = pages_of(VM_FAR);
	uint64_t image = (uintptr_t)hft_image_begin;

	puppet_start(VM_FAR);
	EXPECT_EQ(map_mailbox(VM_FAR, pages.begin + 0xb0000, FAR + 0xb1000),
		  FFA_DENIED);
	EXPECT_EQ(map_mailbox(VM_FAR, FAR + 0xb0000, pages.begin + 0xb1000),
		  FFA_DENIED);
	EXPECT_EQ(map_mailbox(VM_FAR, image, image + HFT_PAGE_SIZE),
		  FFA_DENIED);
}

TEST(mailbox, ends_of_the_memory)
{
	puppet_start(VM_FAR);
	EXPECT_EQ(map_mailbox(VM_FAR, FAR + MIB, FAR + 0xb1000), FFA_DENIED);
	EXPECT_EQ(map_mailbox(VM_FAR, FAR - HFT_PAGE_SIZE, FAR + 0xb1000),
		  FFA_DENIED);
	EXPECT_EQ(map_mailbox(VM_FAR, FAR + MIB - HFT_PAGE_SIZE, FAR + 0xb1000),
		  0);
}
