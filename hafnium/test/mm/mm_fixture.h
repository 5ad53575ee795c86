/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of floor 3 share: memory for pools, a table walk written
 * after the manual and not after our walker, and a judge of the order of
 * stores and TLB operations. See docs/memory.md.
 */
#pragma once

#include "hf/arch/fake/mmu.h"
#include "hf/mm/ptable.h"

#define KIB UINT64_C(0x400)
#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)
#define TIB (1024 * GIB)

#define RW (MM_MODE_R | MM_MODE_W)
#define RX (MM_MODE_R | MM_MODE_X)
#define RWX MM_MODE_RWX
#define RW_DEVICE (RW | MM_MODE_DEVICE)

/** Pages that fixture_range() can give out. */
#define FIXTURE_PAGES 1024U

/** Pages [first, first + count) of the memory, which is 64 KiB aligned. */
struct pa_range fixture_range(size_t first, size_t count);

/** Made empty, then given the first `count` pages. */
void fixture_pool(struct page_pool *pool, size_t count);

/** A set of tables with `bits` of address width and a pool of `pages`. */
struct fixture {
	struct page_pool pool;
	struct ptable table;
};

void fixture_init(struct fixture *f, enum pte_stage stage, unsigned int bits,
		  size_t pages);

/** Identity; what came of it. */
enum mm_status fixture_map(struct fixture *f, uint64_t begin, uint64_t end,
			   mm_mode_t mode);

/** Mode of the page at `address`. */
mm_mode_t fixture_mode(struct fixture *f, uint64_t address);

/** How a CPU translates: from the registers alone (DDI0487 D8.2). */
struct translation {
	bool is_valid;
	unsigned int level; /* where the walk ended */
	uint64_t pa;
	pte_t pte; /* the entry it ended at */
};

struct translation fixture_translate(const struct fixture *f, uint64_t address);

/** A CPU gets to `address` itself, with this mode, by a leaf of `level`. */
bool fixture_is_identity(const struct fixture *f, uint64_t address,
			 mm_mode_t mode, unsigned int level);
bool fixture_is_unmapped(const struct fixture *f, uint64_t address);

/** A number that differs if the entry of any page or the tree differs. */
uint64_t fixture_digest(const struct fixture *f);

/**
 * "" if each valid entry among the events was replaced by another only as
 * the architecture allows; else what is wrong.
 */
const char *fixture_order_error(void);

/** Index of the first event of this kind from `from` on, or SIZE_MAX. */
size_t fixture_find(enum fake_mmu_op op, size_t from);

/** xorshift64: the same numbers for the same seed. */
uint64_t fixture_random(uint64_t *state);
