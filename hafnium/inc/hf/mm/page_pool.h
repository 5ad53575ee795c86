/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages for page tables: what boot gave, never more. A free page holds the
 * links, so the pool itself needs no memory. A pool may have a parent that
 * helps out when it is empty. Lock: LOCK_POOL. See docs/memory.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/base/spinlock.h"

struct pool_page;

struct page_pool {
	/* fixed after boot */
	struct page_pool *parent;
	bool is_shared;

	/* guarded by lock */
	struct spinlock lock;
	struct pool_page *rows; /* free: several in a row, or one */
};

/**
 * Pages set aside, so that what was checked cannot run out of memory later.
 * Belongs to one CPU; no lock.
 */
struct page_reservation {
	struct page_pool *pool;
	struct pool_page *pages;
};

/**
 * An empty pool; `parent` or NULL. It takes no lock until page_pool_share(),
 * because atomic accesses need the MMU on.
 */
void page_pool_init(struct page_pool *pool, struct page_pool *parent);

/** From now on several CPUs use it, with caches on. */
void page_pool_share(struct page_pool *pool);

/** Give it memory, cut to whole pages; pages stay as they are until used. */
void page_pool_add(struct page_pool *pool, struct pa_range range);

/** A page of zeros from this pool, else its parent; NULL when all are empty. */
must_check void *page_pool_alloc(struct page_pool *pool);

/**
 * `count` pages (a power of two) in a row, aligned to their size, zeros. Only
 * memory that was never cut into single pages is looked at.
 */
must_check void *page_pool_alloc_run(struct page_pool *pool, size_t count);

/** One page, to this pool. No TLB or walk refers to it any more. */
void page_pool_free(struct page_pool *pool, void *page);

/** A run goes back in one piece. */
void page_pool_free_run(struct page_pool *pool, void *first, size_t count);

/** Free pages of this pool alone, parents not counted. */
size_t page_pool_count(struct page_pool *pool);

/** All pages go to the parent, which there must be. */
void page_pool_fini(struct page_pool *pool);

/** All `count` pages, or none and false. */
must_check bool page_pool_reserve(struct page_pool *pool, size_t count,
				  struct page_reservation *reservation);

/** A page with anything in it; there must be one left. */
void *page_reservation_take(struct page_reservation *reservation);

/** What is left goes back to the pool. */
void page_reservation_release(struct page_reservation *reservation);
