/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Free pages are linked through themselves, as rows from which pages are cut at
 * the end; what was given back, one by one or not, comes first. Only one pool is ever
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
	first->next = pool->rows;
	first->count = count;
	pool->rows = first;
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

/** An aligned run of this pool, near the end of its row; NULL: there is none. */
static struct pool_page *take_locked(struct page_pool *pool, size_t count)
{
	uint64_t size = count * PAGE_SIZE;
	struct pool_page **link = &pool->rows;
	struct pool_page *row;

	for (; (row = *link) != NULL; link = &row->next) {
		uint64_t begin = pa_from_ptr(row).pa;
		uint64_t row_end = begin + row->count * PAGE_SIZE;
		uint64_t end = align_down(row_end, size);

		if (end < begin + size) {
			continue;
		}
		row->count = (end - size - begin) / PAGE_SIZE;
		if (row->count == 0) {
			*link = row->next;
		}
		if (end != row_end) {
			put_locked(pool, ptr_from_pa(pa_init(end)),
				   (row_end - end) / PAGE_SIZE);
		}
		return ptr_from_pa(pa_init(end - size));
	}
	return NULL;
}

/** The same of this pool or else of its parent. */
static struct pool_page *take(struct page_pool *pool, size_t count)
{
	struct pool_page *run = NULL;

	for (; run == NULL && pool != NULL; pool = pool->parent) {
		pool_lock(pool);
		run = take_locked(pool, count);
		pool_unlock(pool);
	}
	return run;
}

bool page_pool_reserve(struct page_pool *pool, size_t count,
		       struct page_reservation *reservation)
{
	*reservation = (struct page_reservation){.pool = pool};
	for (; count > 0; count--) {
		struct pool_page *page = take(pool, 1);

		if (page == NULL) {
			page_reservation_release(reservation);
			return false;
		}
		page->next = reservation->pages;
		reservation->pages = page;
	}
	return true;
}

void *page_reservation_take(struct page_reservation *reservation)
{
	struct pool_page *page = reservation->pages;

	CHECK(page != NULL);
	reservation->pages = page->next;
	return page;
}

void page_reservation_release(struct page_reservation *reservation)
{
	while (reservation->pages != NULL) {
		page_pool_free(reservation->pool,
			       page_reservation_take(reservation));
	}
}

void *page_pool_alloc(struct page_pool *pool)
{
	return page_pool_alloc_run(pool, 1);
}

void *page_pool_alloc_run(struct page_pool *pool, size_t count)
{
	void *run = take(pool, count);

	return run == NULL ? NULL : memset(run, 0, count * PAGE_SIZE);
}

size_t page_pool_count(struct page_pool *pool)
{
	size_t count = 0;

	pool_lock(pool);
	for (struct pool_page *row = pool->rows; row != NULL; row = row->next) {
		count += row->count;
	}
	pool_unlock(pool);
	return count;
}

void page_pool_fini(struct page_pool *pool)
{
	struct pool_page *rows;

	CHECK(pool->parent != NULL);
	pool_lock(pool);
	rows = pool->rows;
	pool->rows = NULL;
	pool_unlock(pool);
	while (rows != NULL) {
		struct pool_page *first = rows;

		rows = first->next;
		page_pool_free_run(pool->parent, first, first->count);
	}
}
