/* SPDX-License-Identifier: BSD-3-Clause */
/* Regions of a secondary: mapped into it, and away from the primary. */
#include "hf/boot/load_regions.h"

#include <string.h>

#include "boot/cpio_builder.h"
#include "boot/load_fixture.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

#define DEVICE (MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE | MM_MODE_OWNED)
#define READ_ONLY_DEVICE (MM_MODE_R | MM_MODE_DEVICE | MM_MODE_OWNED)
#define RTC UINT64_C(0x9010000)
#define GPIO UINT64_C(0x9030000)

static mm_mode_t mode_of(uint16_t vm_id, uint64_t begin)
{
	mm_mode_t mode = 0x8000;

	EXPECT_TRUE(stage2_query(&vm_set_find(vm_id)->stage2, ipa_init(begin),
				 ipa_init(begin + PAGE_SIZE), &mode));
	return mode;
}

/** A second VM; service.bin is there. */
static struct manifest_vm *add_vm(void)
{
	cpio_add_text("service.bin", "service code");
	return load_fixture_add_vm("owner");
}

static struct region *add_device(struct manifest_vm *vm, uint64_t base,
				 uint32_t attributes)
{
	struct ffa_partition *regions = &vm->partition;
	struct region *region = &regions->regions[regions->region_count];

	regions->region_count++;
	*region = (struct region){
		.is_device = true,
		.base_address = base,
		.page_count = 1,
		.attributes = attributes,
	};
	return region;
}

/** Two pages at `base`. */
static void add_memory(struct manifest_vm *vm, uint64_t base,
		       uint32_t attributes)
{
	struct ffa_partition *regions = &vm->partition;

	regions->regions[regions->region_count] = (struct region){
		.base_address = base,
		.load_relative_offset = PARTITION_ANY_ADDRESS,
		.page_count = 2,
		.attributes = attributes,
	};
	regions->region_count++;
}

TEST(load_regions, device_is_the_vms_alone)
{
	(void)load_fixture();
	add_device(add_vm(), RTC, 3);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_of(2, RTC), DEVICE);
	EXPECT_EQ(mode_of(2, RTC - PAGE_SIZE), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of(2, RTC + PAGE_SIZE), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of(1, RTC), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of(1, RTC - PAGE_SIZE), DEVICE);
	EXPECT_EQ(mode_of(1, RTC + PAGE_SIZE), DEVICE);
}

TEST(load_regions, device_may_be_read_only)
{
	(void)load_fixture();
	add_device(add_vm(), RTC, 1);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_of(2, RTC), READ_ONLY_DEVICE);
}

TEST(load_regions, devices_are_noted_for_the_fdt)
{
	struct load_fixture *f = load_fixture();
	struct manifest_vm *vm = add_vm();

	add_device(vm, RTC, 3);
	add_device(vm, GPIO, 3);

	ASSERT_TRUE(load_fixture_run());
	ASSERT_EQ(f->load.device_count, 2U);
	EXPECT_EQ(f->load.devices[1].begin.pa, GPIO);
	EXPECT_EQ(f->load.devices[1].end.pa, GPIO + PAGE_SIZE);
	/* They are no memory. */
	EXPECT_EQ(f->load.reserved_count, 2U);
}

TEST(load_regions, interrupts_are_noted)
{
	struct manifest_vm *vm;
	const struct vm *owner;

	(void)load_fixture();
	vm = add_vm();
	add_device(vm, RTC, 3)->interrupts =
		(struct interrupt_list){4, {34, 0x900, 35, 0x901}};
	add_device(vm, GPIO, 3)->interrupts =
		(struct interrupt_list){2, {39, 0}};
	ASSERT_TRUE(load_fixture_run());
	owner = vm_set_find(2);

	ASSERT_EQ(owner->interrupt_count, 3);
	EXPECT_EQ(owner->interrupts[1].id, 35U);
	EXPECT_EQ(owner->interrupts[1].attributes, 0x901U);
	EXPECT_EQ(owner->interrupts[2].id, 39U);
	EXPECT_EQ(vm_set_find(1)->interrupt_count, 0);
}

TEST(load_regions, vm_that_is_left_out_takes_nothing)
{
	struct load_fixture *f = load_fixture();

	add_device(load_fixture_add_vm("no kernel"), RTC, 3);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_of(1, RTC), DEVICE);
	EXPECT_EQ(f->load.device_count, 0U);
}

TEST(load_regions, device_beyond_all_addresses_leaves_the_vm_out)
{
	struct load_fixture *f = load_fixture();

	add_device(add_vm(), BIT(48) - PAGE_SIZE, 3)->page_count = 2;

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("owner: unable to map its regions."));
	EXPECT_EQ(vm_vcpu(vm_set_find(2), 0)->state, VCPU_OFF);
	EXPECT_EQ(f->load.device_count, 0U);
}

TEST(load_regions, memory_elsewhere_is_the_vms_alone)
{
	uint64_t at;
	struct load_fixture *f = load_fixture();

	at = arena_pa(ARENA_FREE_AT).pa;
	add_memory(add_vm(), at, 5);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_of(2, at), MM_MODE_R | MM_MODE_X | MM_MODE_OWNED);
	EXPECT_EQ(mode_of(2, at + PAGE_SIZE),
		  MM_MODE_R | MM_MODE_X | MM_MODE_OWNED);
	EXPECT_EQ(mode_of(2, at + 2 * PAGE_SIZE), MM_MODE_ABSENT);
	EXPECT_EQ(mode_of(1, at), MM_MODE_ABSENT);
	ASSERT_EQ(f->load.reserved_count, 3U);
	EXPECT_EQ(f->load.reserved[2].range.begin.pa, at);
	EXPECT_EQ(f->load.reserved[2].vm_id, 2);
}

TEST(load_regions, memory_elsewhere_is_cleared)
{
	struct load_fixture *f = load_fixture();

	add_memory(add_vm(), arena_pa(ARENA_FREE_AT).pa, 3);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(f->arena[ARENA_FREE_AT - 1], 0xa5);
	EXPECT_EQ(f->arena[ARENA_FREE_AT], 0);
	EXPECT_EQ(f->arena[ARENA_FREE_AT + 2 * PAGE_SIZE - 1], 0);
	EXPECT_EQ(f->arena[ARENA_FREE_AT + 2 * PAGE_SIZE], 0xa5);
}

TEST(load_regions, memory_inside_is_memory_as_before)
{
	struct load_fixture *f = load_fixture();
	uint64_t own = arena_pa(ARENA_SIZE - 0x10000).pa;
	struct manifest_vm *vm = add_vm();

	add_memory(vm, own + 0x4000, 1);
	add_memory(vm, PARTITION_ANY_ADDRESS, 1);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_EQ(mode_of(2, own + 0x4000), MM_MODE_RWX | MM_MODE_OWNED);
	EXPECT_EQ(f->load.reserved_count, 2U);
}

TEST(load_regions, memory_that_is_in_use_leaves_the_vm_out)
{
	(void)load_fixture();
	add_memory(add_vm(), arena_pa(ARENA_KERNEL_AT).pa, 3);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: owner (0x"));
	EXPECT_TRUE(load_log_has("overlaps the primary VM's kernel"));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_regions, memory_that_is_half_inside_leaves_the_vm_out)
{
	(void)load_fixture();
	add_memory(add_vm(), arena_pa(ARENA_SIZE - 0x11000).pa, 3);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has("overlaps owner (0x"));
	EXPECT_EQ(vm_set_count(), 1);
}

TEST(load_regions, memory_that_is_none_leaves_the_vm_out)
{
	(void)load_fixture();
	add_memory(add_vm(), RTC, 3);

	ASSERT_TRUE(load_fixture_run());
	EXPECT_TRUE(load_log_has(
		"ERROR: owner: 0x9010000 - 0x9011fff is not memory."));
	EXPECT_EQ(vm_set_count(), 1);
}

/** The primary's tables are split, and there are none: it would keep it. */
TEST(load_regions, primary_that_keeps_a_region_is_fatal)
{
	struct load_fixture *f = load_fixture();
	struct manifest_vm vm = {.mem_size = PAGE_SIZE};
	struct manifest_vm memory = {.mem_size = PAGE_SIZE};

	add_device(&vm, RTC, 3);
	add_memory(&memory, arena_pa(ARENA_FREE_AT).pa, 3);
	ASSERT_TRUE(load_fixture_run());
	while (page_pool_alloc(&f->pool) != NULL) {
	}

	EXPECT_FALSE(load_regions_take(&f->load, &vm, vm_set_find(1)));
	EXPECT_FALSE(load_regions_take(&f->load, &memory, vm_set_find(1)));
	EXPECT_FALSE(load_regions_map(&memory, vm_set_find(1)));
}
