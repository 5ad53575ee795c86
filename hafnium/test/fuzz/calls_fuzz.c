/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * See fuzz.h. After each call: no page has more than two VMs, as one of the
 * pairs that there are; and who runs is a vCPU that is running.
 */
#include <string.h>

#include "fuzz.h"
#include "hf/ffa.h"
#include "hf/smccc.h"
#include "model/descriptor.h"
#include "model/world.h"

#define NEAR_PAGES 16U
#define MOST_CALLS 256U

/** Bytes that are left; behind the end there are zeros. */
struct input {
	const uint8_t *bytes;
	size_t size;
};

static uint64_t take(struct input *input, unsigned int count)
{
	uint8_t word[8] = {0};
	unsigned int n =
		count < input->size ? count : (unsigned int)input->size;

	memcpy(word, input->bytes, n);
	input->bytes += n;
	input->size -= n;
	return descriptor_get(word, 8);
}

/** Who has what at a page, as counts of VMs; see docs/memory.md. */
static bool is_legal(const uint8_t counts[MODEL_STATES])
{
	unsigned int owners = 0U + counts[MODEL_OWNED] + counts[MODEL_SHARED] +
			      counts[MODEL_LENT] + counts[MODEL_GIVEN];
	unsigned int others =
		0U + counts[MODEL_BORROWED] + counts[MODEL_JOINED];

	if (owners == 0) {
		/* A buffer; its other side is the hypervisor. */
		return others <= 1 && counts[MODEL_BORROWED] == 0;
	}
	if (owners > 1 || others > 1) {
		return false;
	}
	return others == 0 ||
	       (counts[MODEL_SHARED] == 1 && counts[MODEL_JOINED] == 1) ||
	       (counts[MODEL_LENT] == 1 && counts[MODEL_BORROWED] == 1);
}

static void check_pages(void)
{
	for (uint32_t i = 0; i < MODEL_VMS * NEAR_PAGES; i++) {
		uint32_t page =
			i / NEAR_PAGES * MODEL_VM_PAGES + i % NEAR_PAGES;
		uint8_t counts[MODEL_STATES + 1] = {0};

		for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
			counts[world_view(vm, page).state]++;
		}
		if (counts[MODEL_STATES] != 0 || !is_legal(counts)) {
			fuzz_fail("a page has an impossible set of VMs");
		}
	}
}

/** A register: small, a page, an id of a VM, a pair, or anything. */
static uint64_t take_argument(struct input *input)
{
	uint8_t how = (uint8_t)take(input, 1);
	uint8_t value = (uint8_t)take(input, 1);

	switch (how % 8) {
	case 0:
	case 1:
		return 0;
	case 2:
		return value;
	case 3:
		return world_address(value % MODEL_PAGES);
	case 4:
		return (uint64_t)(value >> 4) << 16 | (value & 15);
	case 5:
		return value * UINT64_C(16);
	case 6:
		return UINT64_C(1) << 63 | value;
	default:
		return take(input, 8);
	}
}

void fuzz_calls(const uint8_t *bytes, size_t size)
{
	struct input input = {bytes, size};
	uint8_t versions[MODEL_VMS];
	struct vcpu *current;

	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		versions[vm] = take(&input, 1) & 3;
	}
	world_start(versions);
	current = world_vcpu(0);
	for (unsigned int i = 0; i < MOST_CALLS && input.size > 0; i++) {
		uint8_t id = (uint8_t)take(&input, 1);
		struct smccc_value args = {{FFA_FIRST + (id & 0x3f)}};

		args.x[0] |= id & 0x40 ? SMCCC_64_BIT : 0;
		for (unsigned int n = 1; n < 8; n++) {
			args.x[n] = take_argument(&input);
		}
		current = id & 0x80 ? guest_smc(current, args)
				    : guest_hvc(current, args);
		if (current->state != VCPU_RUNNING) {
			fuzz_fail("a vCPU runs that is not running");
		}
		check_pages();
	}
}

void fuzz_descriptor(const uint8_t *bytes, size_t size)
{
	static const uint32_t functions[] = {
		FFA_MEM_DONATE, FFA_MEM_LEND,	      FFA_MEM_SHARE,
		FFA_MEM_SHARE,	FFA_MEM_RETRIEVE_REQ, FFA_MEM_RELINQUISH,
		FFA_MSG_SEND2,	FFA_MEM_FRAG_TX,
	};
	struct input input = {bytes, size};
	uint8_t versions[MODEL_VMS];
	uint32_t first = (uint32_t)take(&input, 1);

	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		versions[vm] = (uint8_t)((first >> (2 * vm)) & 3);
	}
	world_start(versions);
	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		world_map_buffers(vm);
	}
	for (unsigned int i = 0; i < 16 && input.size > 0; i++) {
		uint8_t how = (uint8_t)take(&input, 1);
		uint32_t vm = (how >> 4) % MODEL_VMS;
		uint64_t length = take(&input, 2);
		size_t there = input.size < length ? input.size : length;
		uint8_t *tx = world_bytes(vm * MODEL_VM_PAGES);

		there = there < WORLD_PAGE_SIZE ? there : WORLD_PAGE_SIZE;
		memset(tx, 0, WORLD_PAGE_SIZE);
		memcpy(tx, input.bytes, there);
		input.bytes += there;
		input.size -= there;
		(void)world_call(vm, CALL(functions[how & 7], length, length));
		(void)world_call(vm, CALL(FFA_RX_RELEASE));
		check_pages();
	}
}
