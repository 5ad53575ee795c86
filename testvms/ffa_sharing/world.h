/* SPDX-License-Identifier: BSD-3-Clause */
/* Three VMs with a version, pairs of them, and a page in its stages. */
#pragma once

#include "hft/arch.h"
#include "hft/ffa_memory.h"

#define PAGE HFT_PAGE_SIZE

struct pair {
	uint16_t from;
	uint16_t to;
	/* Sees nothing, ever. */
	uint16_t third;
};

#define PAIR_COUNT 4
extern const struct pair pairs[PAIR_COUNT];

/** The primary and two actors, their buffers mapped. */
void start_all(uint32_t version);

/** `count` pages of pair.from, filled with `seed`, in one transaction. */
struct mem_transaction pages_of(uint64_t call, struct pair pair,
				const struct mem_range *ranges, uint32_t count);

/** One page of it. */
struct mem_transaction page_of(uint64_t call, struct pair pair,
			       uint64_t address);

/** RETRIEVE_REQ with these permissions and flags besides the type; released. */
struct ffa_frame retrieve_as(const struct mem_transaction *sent,
			     uint64_t handle, uint8_t permissions,
			     uint32_t flags);

/** Relinquish with CLEAR or without. */
struct ffa_frame relinquish_with(uint16_t vm, uint64_t handle, uint32_t flags);

#define EXPECT_CONTENT(vm, address, seed) \
	EXPECT_EQ(vm_check(vm, address, PAGE, seed), PAGE)
#define EXPECT_ZEROS(vm, address) \
	EXPECT_EQ(vm_check_zero(vm, address, PAGE), PAGE)
