/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Free pages are linked through themselves: single ones in a list, rows of
 * them as chunks from which singles are cut at the end. Only one pool is ever
 * locked at a time, so a parent needs no rank of its own. Lock: LOCK_POOL.
 * See docs/memory.md.
 */
#include "hf/mm/page_pool.h"

#include <string.h>

#include "hf/base/check.h"

/** Start of a free page, or of the first page of a free row. */
struct pool_page {
	struct pool_page *next;
	size_t count;
};

static void pool_lock(struct page_pool *pool)
{
	if (pool->is_shared) {
		spinlock_acquire(&pool->lock);
	}
}

static void pool_unlock(struct page_pool *pool)
{
	if (pool->is_shared) {
		spinlock_release(&pool->lock);
	}
}

static void push(struct pool_page **list, struct pool_page *page, size_t count)
{
	page->next = *list;
	page->count = count;
	*list = page;
}

static struct pool_page *page_at(struct pool_page *first, size_t index)
{
	return (struct pool_page *)((uint8_t *)first + index * PAGE_SIZE);
}

static void *zeroed(struct pool_page *first, size_t count)
{
	return memset(first, 0, count * PAGE_SIZE);
}

void page_pool_init(struct page_pool *pool, struct page_pool *parent)
{
	*pool = (struct page_pool){.parent = parent};
	spinlock_init(&pool->lock, LOCK_POOL);
}

void page_pool_share(struct page_pool *pool)
{
	pool->is_shared = true;
}

static void put_locked(struct page_pool *pool, struct pool_page *first,
		       size_t count)
{
	push(count == 1 ? &pool->pages : &pool->chunks, first, count);
	pool->free_count += count;
}

void page_pool_free_run(struct page_pool *pool, void *first, size_t count)
{
	pool_lock(pool);
	put_locked(pool, first, count);
	pool_unlock(pool);
}

void page_pool_free(struct page_pool *pool, void *page)
{
	page_pool_free_run(pool, page, 1);
}

void page_pool_add(struct page_pool *pool, struct pa_range range)
{
	uint64_t begin = align_up(range.begin.pa, PAGE_SIZE);
	uint64_t end = align_down(range.end.pa, PAGE_SIZE);

	if (begin < end) {
		page_pool_free_run(pool, ptr_from_pa(pa_init(begin)),
				   (end - begin) / PAGE_SIZE);
	}
}

/** One free page of this pool, or NULL. */
static struct pool_page *take_locked(struct page_pool *pool)
{
	struct pool_page *page = pool->pages;

	if (page != NULL) {
		pool->pages = page->next;
		pool->free_count--;
		return page;
	}
	page = pool->chunks;
	if (page == NULL) {
		return NULL;
	}
	pool->free_count--;
	page->count--;
	if (page->count == 0) {
		pool->chunks = page->next;
		return page;
	}
	return page_at(page, page->count);
}

/** Moves up to `count` pages in front of `*list`; how many. */
static size_t take_list(struct page_pool *pool, size_t count,
			struct pool_page **list)
{
	size_t taken = 0;

	pool_lock(pool);
	while (taken < count) {
		struct pool_page *page = take_locked(pool);

		if (page == NULL) {
			break;
		}
		push(list, page, 1);
		taken++;
	}
	pool_unlock(pool);
	return taken;
}

bool page_pool_reserve(struct page_pool *pool, size_t count,
		       struct page_reservation *reservation)
{
	*reservation = (struct page_reservation){.pool = pool};
	for (; pool != NULL; pool = pool->parent) {
		reservation->count += take_list(
			pool, count - reservation->count, &reservation->pages);
	}
	if (reservation->count == count) {
		return true;
	}
	page_reservation_release(reservation);
	return false;
}

void *page_reservation_take(struct page_reservation *reservation)
{
	struct pool_page *page = reservation->pages;

	CHECK(page != NULL);
	reservation->pages = page->next;
	reservation->count--;
	return page;
}

void page_reservation_release(struct page_reservation *reservation)
{
	while (reservation->pages != NULL) {
		struct pool_page *page = reservation->pages;

		reservation->pages = page->next;
		page_pool_free(reservation->pool, page);
	}
	reservation->count = 0;
}

void *page_pool_alloc(struct page_pool *pool)
{
	struct page_reservation one;

	return page_pool_reserve(pool, 1, &one)
		       ? zeroed(page_reservation_take(&one), 1)
		       : NULL;
}

/** Index of an aligned run near the end of the row, or SIZE_MAX. */
static size_t run_index(struct pool_page *first, size_t count)
{
	uint64_t size = count * PAGE_SIZE;
	uint64_t begin = pa_from_ptr(first).pa;
	uint64_t end = align_down(begin + first->count * PAGE_SIZE, size);

	return end < begin + size ? SIZE_MAX
				  : (size_t)((end - size - begin) / PAGE_SIZE);
}

static struct pool_page *take_run_locked(struct page_pool *pool, size_t count)
{
	struct pool_page **link = &pool->chunks;
	struct pool_page *chunk;
	size_t index;
	size_t behind;

	while (*link != NULL && run_index(*link, count) == SIZE_MAX) {
		link = &(*link)->next;
	}
	chunk = *link;
	if (chunk == NULL) {
		return NULL;
	}
	index = run_index(chunk, count);
	behind = chunk->count - index - count;
	*link = chunk->next;
	pool->free_count -= chunk->count;
	if (behind != 0) {
		put_locked(pool, page_at(chunk, index + count), behind);
	}
	if (index != 0) {
		put_locked(pool, chunk, index);
	}
	return page_at(chunk, index);
}

static struct pool_page *take_run(struct page_pool *pool, size_t count)
{
	struct pool_page *run;

	pool_lock(pool);
	run = take_run_locked(pool, count);
	pool_unlock(pool);
	return run;
}

void *page_pool_alloc_run(struct page_pool *pool, size_t count)
{
	if (count == 1) {
		return page_pool_alloc(pool);
	}
	for (; pool != NULL; pool = pool->parent) {
		struct pool_page *run = take_run(pool, count);

		if (run != NULL) {
			return zeroed(run, count);
		}
	}
	return NULL;
}

size_t page_pool_count(struct page_pool *pool)
{
	size_t count;

	pool_lock(pool);
	count = pool->free_count;
	pool_unlock(pool);
	return count;
}

/** Everything of `pool` is chained in `*chain`. */
static void take_all(struct page_pool *pool, struct pool_page **chain)
{
	pool_lock(pool);
	*chain = pool->pages;
	while (pool->chunks != NULL) {
		struct pool_page *chunk = pool->chunks;

		pool->chunks = chunk->next;
		push(chain, chunk, chunk->count);
	}
	pool->pages = NULL;
	pool->free_count = 0;
	pool_unlock(pool);
}

void page_pool_fini(struct page_pool *pool)
{
	struct pool_page *chain;

	CHECK(pool->parent != NULL);
	take_all(pool, &chain);
	while (chain != NULL) {
		struct pool_page *first = chain;

		chain = first->next;
		page_pool_free_run(pool->parent, first, first->count);
	}
}
