/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hypervisor's own map, VA = PA. As long as the MMU is off there is one
 * CPU and no lock is taken: atomic accesses need normal memory.
 * Lock: LOCK_STAGE1. See docs/memory.md.
 */
#include "hf/mm/stage1.h"

#include "hf/base/check.h"
#include "hf/mm/ptable.h"

struct stage1_state {
	/* fixed after boot */
	bool is_shared;

	/* guarded by lock */
	struct spinlock lock;
	struct ptable table;
};

static struct stage1_state stage1;

static void stage1_lock(void)
{
	if (stage1.is_shared) {
		spinlock_acquire(&stage1.lock);
	}
}

static void stage1_unlock(void)
{
	if (stage1.is_shared) {
		spinlock_release(&stage1.lock);
	}
}

void stage1_reset(void)
{
	stage1 = (struct stage1_state){.is_shared = false};
}

enum mm_status stage1_init(struct page_pool *pool)
{
	stage1_reset();
	spinlock_init(&stage1.lock, LOCK_STAGE1);
	return ptable_init(&stage1.table, PTE_STAGE1, 0, pool);
}

/** Widened to whole pages; false when there is no such range. */
static bool whole_pages(struct pa_range *range)
{
	uint64_t end;

	if (pa_range_is_empty(*range) ||
	    add_overflows(range->end.pa, PAGE_SIZE - 1, &end)) {
		return false;
	}
	range->begin.pa = align_down(range->begin.pa, PAGE_SIZE);
	range->end.pa = align_down(end, PAGE_SIZE);
	return true;
}

static enum mm_status change_locked(const struct ptable_map *map)
{
	enum mm_status status = ptable_change(&stage1.table, map);

	/*
	 * Guests come here: they must not leave tables behind. Those that lead
	 * to the range have an entry that is absent now, so they can only go,
	 * and none with anything in it does.
	 */
	if (status == MM_OK && map->mode == MM_MODE_ABSENT) {
		ptable_defragment(&stage1.table, map->begin, map->end);
	}
	return status;
}

static enum mm_status change(struct pa_range range, mm_mode_t mode)
{
	struct ptable_map map = {.mode = mode};
	enum mm_status status;

	if (!whole_pages(&range)) {
		return MM_BAD_RANGE;
	}
	map.begin = range.begin.pa;
	map.end = range.end.pa;
	map.pa = range.begin;
	stage1_lock();
	status = change_locked(&map);
	stage1_unlock();
	return status;
}

enum mm_status stage1_map(struct pa_range range, mm_mode_t mode)
{
	/* SCTLR_EL2.WXN would take the X away, and reading is always there. */
	CHECK((mode & MM_MODE_R) != 0);
	CHECK((mode & (MM_MODE_W | MM_MODE_X)) != (MM_MODE_W | MM_MODE_X));
	return change(range, mode);
}

never_inline enum mm_status stage1_unmap(struct pa_range range)
{
	return change(range, MM_MODE_ABSENT);
}

bool stage1_query(struct pa_range range, mm_mode_t *mode)
{
	bool is_uniform;

	stage1_lock();
	is_uniform =
		ptable_query(&stage1.table, range.begin.pa, range.end.pa, mode);
	stage1_unlock();
	return is_uniform;
}

/** The lowest page of each stack: running over faults at once. */
static enum mm_status unmap_guards(const struct stage1_image *image)
{
	enum mm_status status = MM_OK;
	struct pa_range guard = {.begin = image->stacks.begin};

	while (status == MM_OK && guard.begin.pa < image->stacks.end.pa) {
		guard.end = pa_init(guard.begin.pa + PAGE_SIZE);
		status = stage1_unmap(guard);
		guard.begin.pa += image->stack_slot_bytes;
	}
	return status;
}

enum mm_status stage1_map_image(const struct stage1_image *image)
{
	enum mm_status status;

	status = stage1_map(image->text, MM_MODE_R | MM_MODE_X);
	if (status == MM_OK) {
		status = stage1_map(image->rodata, MM_MODE_R);
	}
	if (status == MM_OK) {
		status = stage1_map(image->data, MM_MODE_R | MM_MODE_W);
	}
	return status == MM_OK ? unmap_guards(image) : status;
}

void stage1_enable(void)
{
	mmu_stage1_enable(ptable_root(&stage1.table));
	if (!stage1.is_shared) {
		page_pool_share(stage1.table.pool);
		stage1.is_shared = true;
	}
}
