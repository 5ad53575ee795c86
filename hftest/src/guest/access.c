/* SPDX-License-Identifier: BSD-3-Clause */
/* What an actor does with memory, and the primary as one of them. */
#include "hft/actor.h"

#include "hft/arch.h"

#define WORD_RET UINT64_C(0xd65f03c0)
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

uint64_t hft_pattern(uint64_t address, uint64_t seed)
{
	uint64_t value = (address + seed) * GOLDEN;

	if (address % HFT_PAGE_SIZE == 0) {
		return (value << 32) | WORD_RET;
	}
	return value;
}

void hft_fill(uint64_t begin, uint64_t size, uint64_t seed)
{
	for (uint64_t at = begin; at < begin + size; at += 8) {
		*(volatile uint64_t *)at = hft_pattern(at, seed);
	}
	hft_cache_sync_code((const void *)begin, size);
}

uint64_t hft_check(uint64_t begin, uint64_t size, uint64_t seed)
{
	uint64_t at = begin;

	while (at < begin + size &&
	       *(volatile uint64_t *)at == hft_pattern(at, seed)) {
		at += 8;
	}
	return at - begin;
}

uint64_t hft_check_zero(uint64_t begin, uint64_t size)
{
	uint64_t at = begin;

	while (at < begin + size && *(volatile uint64_t *)at == 0) {
		at += 8;
	}
	return at - begin;
}

static struct hft_fault load(uint64_t address, uint64_t *value)
{
	*value = 0;
	return HFT_FAULT_OF(__asm__ volatile("ldr %0, [%1]"
					     : "+r"(*value)
					     : "r"(address)
					     : "memory"));
}

struct hft_fault hft_access(enum hft_access access, uint64_t address,
			    uint64_t *value)
{
	struct hft_fault fault = load(address, value);

	if (access == ACCESS_LOAD) {
		return fault;
	}
	if (access == ACCESS_STORE) {
		return HFT_FAULT_OF(__asm__ volatile("str %0, [%1]"
						     :
						     : "r"(*value), "r"(address)
						     : "memory"));
	}
	if (fault.count == 0 && (uint32_t)*value != WORD_RET) {
		/* Nobody knows where that would go. */
		FAIL("%#llx does not hold a return instruction",
		     HFT_NUMBER(address));
	}
	return hft_fault_execute(address);
}
