/* SPDX-License-Identifier: BSD-3-Clause */
/* See world.h. The walk is of DDI0487 D8.2, 4 KiB granule. */
#include "world.h"

#include <string.h>

#include "fixture/mailbox.h"
#include "hf/base/check.h"
#include "hf/smccc.h"

#define BLOCK_SIZE (MODEL_VM_PAGES * WORLD_PAGE_SIZE)
#define ADDRESS_MASK BITS(47, 12)
/** Of stage 1, to map buffers and what is cleared: at most these. */
#define OWN_TABLES 8U

static _Alignas(BLOCK_SIZE) uint8_t memory[MODEL_VMS * BLOCK_SIZE];

static struct {
	struct vcpu *vcpus[MODEL_VMS];
	size_t pages;
} world;

static const uint32_t numbers[] = {
	[MODEL_1_0] = FFA_VERSION_1_0,
	[MODEL_1_1] = FFA_VERSION_1_1,
	[MODEL_1_2] = FFA_VERSION_1_2,
};

uint64_t world_address(uint32_t page)
{
	return (uintptr_t)&memory[(size_t)page * WORLD_PAGE_SIZE];
}

uint8_t *world_bytes(uint32_t page)
{
	return &memory[(size_t)page * WORLD_PAGE_SIZE];
}

uint32_t world_page(uint64_t address)
{
	uint64_t offset = address - (uintptr_t)memory;

	return offset < sizeof(memory) && offset % WORLD_PAGE_SIZE == 0
		       ? (uint32_t)(offset / WORLD_PAGE_SIZE)
		       : MODEL_PAGES;
}

static void give_block(struct vm *vm, uint32_t i)
{
	struct pa_range range = {
		.begin = pa_init(world_address(i * MODEL_VM_PAGES)),
		.end = pa_init(world_address(i * MODEL_VM_PAGES) + BLOCK_SIZE),
	};
	struct vm_locked locked = vm_lock(vm);

	CHECK(stage2_map_identity(&vm->stage2, range, MAILBOX_OWN) == MM_OK);
	vm_unlock(&locked);
}

/** Tables below one of `level`. */
static size_t count_tables(uint64_t table, unsigned int level)
{
	const uint64_t *entries = (const uint64_t *)(uintptr_t)table;
	size_t count = 0;

	for (unsigned int i = 0; i < 512 && level < 3; i++) {
		if ((entries[i] & 3) == 3) {
			count += 1 + count_tables(entries[i] & ADDRESS_MASK,
						  level + 1);
		}
	}
	return count;
}

static size_t all_pages(void)
{
	size_t count = page_pool_count(machine_pool());

	for (uint32_t i = 0; i < MODEL_VMS; i++) {
		const struct stage2 *stage2 = &world.vcpus[i]->vm->stage2;

		count += count_tables(ptable_root(&stage2->table).pa, 0);
	}
	return count;
}

void world_start(const uint8_t versions[MODEL_VMS])
{
	memset(memory, 0, sizeof(memory));
	world.vcpus[0] = mailbox_machine();
	for (uint32_t i = 1; i < MODEL_VMS; i++) {
		world.vcpus[i] = vm_vcpu(guest_add_vm(1), 0);
	}
	for (uint32_t i = 0; i < MODEL_VMS; i++) {
		give_block(world.vcpus[i]->vm, i);
	}
	world.pages = all_pages();
	for (uint32_t i = 0; i < MODEL_VMS; i++) {
		if (versions[i] != MODEL_LEGACY) {
			uint32_t version = numbers[versions[i]];

			(void)world_call(i, CALL(FFA_VERSION, version));
			CHECK(world.vcpus[i]->vm->ffa_version == version);
		}
	}
}

struct vcpu *world_vcpu(uint32_t vm)
{
	return world.vcpus[vm];
}

void world_map_buffers(uint32_t vm)
{
	uint64_t tx = world_address(vm * MODEL_VM_PAGES);

	(void)world_call(
		vm, CALL(FFA_64(FFA_RXTX_MAP), tx, tx + WORLD_PAGE_SIZE, 1));
}

const struct arch_regs *world_call(uint32_t vm, struct smccc_value args)
{
	static struct arch_regs answer;
	struct vcpu *primary = world.vcpus[0];
	struct vcpu *vcpu = world.vcpus[vm];

	if (vcpu == primary) {
		CHECK(guest_hvc(primary, args) == primary);
		return &primary->regs;
	}
	CHECK(guest_run(primary, vcpu) == vcpu);
	if (guest_hvc(vcpu, args) != vcpu) {
		/* It gave the CPU back: told, answered when it runs again. */
		CHECK(guest_run(primary, vcpu) == vcpu);
	}
	answer = vcpu->regs;
	CHECK(guest_hvc(vcpu, CALL(FFA_YIELD)) == primary);
	return &answer;
}

/** The entry that decides about `address`; 0 when there is none. */
static uint64_t walk(const struct stage2 *stage2, uint64_t address)
{
	unsigned int shift = 39;
	const uint64_t *table =
		(const uint64_t *)(uintptr_t)ptable_root(&stage2->table).pa;

	/* 48 bits of address, from level 0. */
	for (;; shift -= 9) {
		uint64_t entry = table[(address >> shift) & 511];
		uint64_t offset = (UINT64_C(1) << shift) - 1;

		if (shift == 12 || (entry & 3) != 3) {
			/* Identity, whatever the size of the leaf. */
			CHECK(entry == 0 || ((entry ^ address) & ADDRESS_MASK &
					     ~offset) == 0);
			return entry;
		}
		table = (const uint64_t *)(uintptr_t)(entry & ADDRESS_MASK);
	}
}

struct model_view world_view(uint32_t vm, uint32_t page)
{
	/* Owned in bit 55, shared in bit 56; see docs/memory.md. */
	static const uint8_t states[2][4] = {
		{MODEL_GIVEN, MODEL_LENT, MODEL_STATES, MODEL_STATES},
		{MODEL_BORROWED, MODEL_OWNED, MODEL_JOINED, MODEL_SHARED},
	};
	uint64_t entry =
		walk(&world.vcpus[vm]->vm->stage2, world_address(page));
	struct model_view view = {MODEL_NONE, 0};

	if (entry == 0) {
		return view;
	}
	view.state = states[entry & 1][(entry >> 55) & 3];
	if ((entry & 1) != 0) {
		view.rights = (uint8_t)((entry >> 6) & 3);
		view.rights |= (entry >> 54) & 1 ? 0 : MODEL_X;
	}
	return view;
}

bool world_pages_are_there(void)
{
	size_t now = all_pages();

	return now <= world.pages && now + OWN_TABLES >= world.pages;
}
