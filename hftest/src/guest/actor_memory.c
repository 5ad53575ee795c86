/* SPDX-License-Identifier: BSD-3-Clause */
/* Buffers of VMs, and what they may do with a page. */
#include "hft/actor.h"

#include "actor_order.h"
#include "hft/arch.h"

#define BUFFER_ROOM UINT64_C(0x40000)

uint64_t vm_tx(uint16_t vm)
{
	return vm_memory(vm).begin;
}

uint64_t vm_rx(uint16_t vm)
{
	return vm_memory(vm).begin + BUFFER_ROOM;
}

uint64_t vm_page(uint16_t vm, uint64_t n)
{
	return vm_memory(vm).begin + 2 * BUFFER_ROOM + n * HFT_PAGE_SIZE;
}

void vm_map_buffers(uint16_t vm, uint64_t page_count)
{
	ASSERT_FFA_DONE(vm_call(vm, FFA(FFA_64(FFA_RXTX_MAP), vm_tx(vm),
					vm_rx(vm), page_count)));
}

void vm_release_rx(uint16_t vm)
{
	ASSERT_FFA_DONE(vm_call(vm, FFA(FFA_RX_RELEASE)));
}

void vm_fill(uint16_t vm, uint64_t begin, uint64_t size, uint64_t seed)
{
	uint64_t x[5] = {begin, size, seed};

	if (vm == PRIMARY) {
		hft_fill(begin, size, seed);
	} else {
		actor_order(vm, ACTOR_FILL, x);
	}
}

uint64_t vm_check(uint16_t vm, uint64_t begin, uint64_t size, uint64_t seed)
{
	uint64_t x[5] = {begin, size, seed};

	if (vm == PRIMARY) {
		return hft_check(begin, size, seed);
	}
	actor_order(vm, ACTOR_CHECK, x);
	return x[1];
}

uint64_t vm_check_zero(uint16_t vm, uint64_t begin, uint64_t size)
{
	uint64_t x[5] = {begin, size};

	if (vm == PRIMARY) {
		return hft_check_zero(begin, size);
	}
	actor_order(vm, ACTOR_CHECK_ZERO, x);
	return x[1];
}

struct hft_fault vm_access(uint16_t vm, enum hft_access access,
			   uint64_t address)
{
	uint64_t x[5] = {address, access};
	uint64_t value;

	if (vm == PRIMARY) {
		return hft_access(access, address, &value);
	}
	actor_order(vm, ACTOR_ACCESS, x);
	return (struct hft_fault){.count = x[1], .esr = x[2], .far = x[3]};
}

/** An abort of stage 2, as it should be for `access`? */
static bool is_abort(struct hft_fault fault, enum hft_access access,
		     uint64_t address)
{
	unsigned int class = hft_esr_class(fault.esr);
	bool is_write = (fault.esr & HFT_ESR_WNR) != 0;

	if (fault.count != 1 || fault.far != address ||
	    (!hft_esr_is_translation(fault.esr) &&
	     !hft_esr_is_permission(fault.esr))) {
		return false;
	}
	if (access == ACCESS_FETCH) {
		return class == HFT_EC_INSTRUCTION_ABORT;
	}
	return class == HFT_EC_DATA_ABORT &&
	       is_write == (access == ACCESS_STORE);
}

const char *vm_rights(uint16_t vm, uint64_t address)
{
	static const char letters[] = "rwx";
	static char rights[4];
	unsigned int length = 0;

	for (unsigned int i = 0; i < 3; i++) {
		enum hft_access access = (enum hft_access)i;
		struct hft_fault fault = vm_access(vm, access, address);

		if (fault.count == 0) {
			rights[length++] = letters[i];
		} else if (!is_abort(fault, access, address)) {
			FAIL("VM %x at %#llx: %llu faults, esr %#llx far %#llx",
			     vm, HFT_NUMBER(address), HFT_NUMBER(fault.count),
			     HFT_NUMBER(fault.esr), HFT_NUMBER(fault.far));
		}
	}
	rights[length] = '\0';
	return rights;
}
