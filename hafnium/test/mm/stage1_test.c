/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of mm/stage1.c. See docs/memory.md. */
#include "hf/mm/stage1.h"

#include <pthread.h>

#include "hf/arch/fake/machine.h"
#include "hftest.h"
#include "mm_fixture.h"

#define SLOT_BYTES (4 * PAGE_SIZE)

static struct page_pool pool;

static struct pa_range range(uint64_t begin, uint64_t end)
{
	return (struct pa_range){.begin = pa_init(begin), .end = pa_init(end)};
}

static void begin(size_t pages)
{
	fake_mmu_reset();
	stage1_reset();
	fixture_pool(&pool, pages);
	ASSERT_EQ(stage1_init(&pool), MM_OK);
}

/** Mode of the page at `pa`. */
static mm_mode_t mode_at(uint64_t pa)
{
	mm_mode_t mode = (mm_mode_t)-1;

	(void)!stage1_query(range(pa, pa + 1), &mode);
	return mode;
}

static const struct stage1_image image = {
	.text = {{0x40001000}, {0x40010000}},
	.rodata = {{0x40010000}, {0x40014000}},
	.data = {{0x40014000}, {0x40060000}},
	.stacks = {{0x40020000}, {0x40020000 + 2 * SLOT_BYTES}},
	.stack_slot_bytes = SLOT_BYTES,
};

TEST(stage1, image_has_exact_permissions)
{
	begin(16);

	ASSERT_EQ(stage1_map_image(&image), MM_OK);

	EXPECT_EQ(mode_at(0x40000fff), MM_MODE_ABSENT);
	EXPECT_EQ(mode_at(0x40001000), RX);
	EXPECT_EQ(mode_at(0x4000ffff), RX);
	EXPECT_EQ(mode_at(0x40010000), MM_MODE_R);
	EXPECT_EQ(mode_at(0x40013fff), MM_MODE_R);
	EXPECT_EQ(mode_at(0x40014000), RW);
	EXPECT_EQ(mode_at(0x4005ffff), RW);
	EXPECT_EQ(mode_at(0x40060000), MM_MODE_ABSENT);
}

TEST(stage1, each_stack_has_an_unmapped_page_below)
{
	begin(16);

	ASSERT_EQ(stage1_map_image(&image), MM_OK);

	EXPECT_EQ(mode_at(0x4001ffff), RW);
	EXPECT_EQ(mode_at(0x40020000), MM_MODE_ABSENT);
	EXPECT_EQ(mode_at(0x40020fff), MM_MODE_ABSENT);
	EXPECT_EQ(mode_at(0x40021000), RW);
	EXPECT_EQ(mode_at(0x40023fff), RW);
	EXPECT_EQ(mode_at(0x40024000), MM_MODE_ABSENT);
	EXPECT_EQ(mode_at(0x40025000), RW);
	EXPECT_EQ(mode_at(0x40028000), RW);
}

TEST(stage1, image_is_refused_when_pages_run_out)
{
	for (size_t pages = 1; pages < 4; pages++) {
		begin(pages);
		if (stage1_map_image(&image) != MM_NO_MEMORY) {
			FAIL("%zu pages were enough", pages);
		}
	}
	begin(4);
	EXPECT_EQ(stage1_map_image(&image), MM_OK);
}

TEST(stage1, a_bad_part_of_the_image_is_refused)
{
	struct stage1_image bad = image;

	begin(16);
	bad.rodata.end = bad.rodata.begin;
	EXPECT_EQ(stage1_map_image(&bad), MM_BAD_RANGE);
	bad = image;
	bad.data.end = pa_init(UINT64_MAX);
	EXPECT_EQ(stage1_map_image(&bad), MM_BAD_RANGE);
}

TEST(stage1, init_is_refused_without_a_page)
{
	fake_mmu_reset();
	fixture_pool(&pool, 0);

	EXPECT_EQ(stage1_init(&pool), MM_NO_MEMORY);
}

TEST(stage1, unaligned_range_is_widened_to_pages)
{
	begin(16);

	ASSERT_EQ(stage1_map(range(0x48000123, 0x48001001), MM_MODE_R), MM_OK);

	EXPECT_EQ(mode_at(0x47ffffff), MM_MODE_ABSENT);
	EXPECT_EQ(mode_at(0x48000000), MM_MODE_R);
	EXPECT_EQ(mode_at(0x48001fff), MM_MODE_R);
	EXPECT_EQ(mode_at(0x48002000), MM_MODE_ABSENT);
}

TEST(stage1, device_is_mapped_as_device)
{
	begin(16);

	ASSERT_EQ(stage1_map(range(0x9000000, 0x9001000), RW_DEVICE), MM_OK);

	EXPECT_EQ(mode_at(0x9000000), RW_DEVICE);
}

TEST(stage1, unmapped_range_is_gone_from_tlbs)
{
	begin(16);
	ASSERT_EQ(stage1_map(range(0x5000, 0x8000), RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(stage1_unmap(range(0x6001, 0x6002)), MM_OK);

	EXPECT_EQ(mode_at(0x5000), RW);
	EXPECT_EQ(mode_at(0x6000), MM_MODE_ABSENT);
	EXPECT_EQ(mode_at(0x7000), RW);
	ASSERT_EQ(fake_mmu_count(FAKE_MMU_TLBI_EL2_VA), 1U);
	EXPECT_EQ(fake_mmu_event(fixture_find(FAKE_MMU_TLBI_EL2_VA, 0))->where,
		  0x6000U);
}

TEST(stage1, empty_and_wrapping_ranges_are_refused)
{
	mm_mode_t mode;

	begin(16);

	EXPECT_EQ(stage1_map(range(0x1000, 0x1000), RW), MM_BAD_RANGE);
	EXPECT_EQ(stage1_map(range(0x2000, 0x1000), RW), MM_BAD_RANGE);
	EXPECT_EQ(stage1_map(range(0x2000, UINT64_MAX), RW), MM_BAD_RANGE);
	EXPECT_EQ(stage1_unmap(range(0x1000, 0x1000)), MM_BAD_RANGE);
	EXPECT_FALSE(stage1_query(range(0x1000, 0x1000), &mode));
}

TEST(stage1, writable_and_executable_is_our_bug)
{
	begin(16);

	EXPECT_PANIC("MM_MODE_W | MM_MODE_X",
		     (void)!stage1_map(range(0, 0x1000), RWX));
}

TEST(stage1, unreadable_is_our_bug)
{
	begin(16);

	EXPECT_PANIC("MM_MODE_R",
		     (void)!stage1_map(range(0, 0x1000), MM_MODE_W));
}

TEST(stage1, enabling_uses_the_root_on_each_cpu)
{
	begin(16);
	fake_mmu_clear();

	stage1_enable();
	stage1_enable();

	ASSERT_EQ(fake_mmu_count(FAKE_MMU_STAGE1_ENABLE), 2U);
	EXPECT_NE(fake_mmu_event(0)->where, 0U);
	EXPECT_EQ(fake_mmu_event(0)->where, fake_mmu_event(1)->where);
}

TEST(stage1, takes_its_locks_once_it_is_enabled)
{
	struct spinlock above;

	begin(16);
	spinlock_init(&above, LOCK_LOG);

	/* A lock of a higher rank is held: only taking ours is an error. */
	spinlock_acquire(&above);
	EXPECT_EQ(stage1_map(range(0, 0x1000), RW), MM_OK);
	spinlock_release(&above);
	stage1_enable();

	EXPECT_PANIC("lock of rank",
		     (spinlock_acquire(&above),
		      (void)!stage1_map(range(0x1000, 0x2000), RW)));
	EXPECT_EQ(stage1_map(range(0x1000, 0x2000), RW), MM_OK);
	EXPECT_TRUE(pool.is_shared);
}

/* Threads: each a CPU with ranges of its own in tables that they share. */

#define THREADS 4U
#define ROUNDS 60U

struct worker {
	pthread_t thread;
	uint32_t cpu_idx;
	unsigned int errors;
};

static void *map_and_unmap(void *argument)
{
	struct worker *worker = argument;
	/* Neighbours in one 2 MiB, so tables are split and freed together. */
	uint64_t first = GIB + worker->cpu_idx * 0x10000;

	fake_cpu_set(worker->cpu_idx);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct pa_range mine = range(first, first + 0x8000);
		mm_mode_t mode = 0;

		worker->errors += stage1_map(mine, RW) != MM_OK;
		worker->errors += !stage1_query(mine, &mode) || mode != RW;
		worker->errors += stage1_unmap(mine) != MM_OK;
		worker->errors += !stage1_query(mine, &mode) || mode != 0;
	}
	worker->errors += stage1_map(range(first, first + 1), RW) != MM_OK;
	return NULL;
}

TEST(stage1_threads, disjoint_ranges_do_not_disturb_each_other)
{
	struct worker workers[THREADS] = {0};

	begin(16);
	stage1_enable();
	for (uint32_t i = 0; i < THREADS; i++) {
		workers[i].cpu_idx = i;
		ASSERT_EQ(pthread_create(&workers[i].thread, NULL,
					 map_and_unmap, &workers[i]),
			  0);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		ASSERT_EQ(pthread_join(workers[i].thread, NULL), 0);
	}

	for (uint32_t i = 0; i < THREADS; i++) {
		EXPECT_EQ(workers[i].errors, 0U);
		EXPECT_EQ(mode_at(GIB + i * 0x10000), RW);
		EXPECT_EQ(mode_at(GIB + i * 0x10000 + 0x1000), 0U);
	}
}

static void *alloc_and_free(void *argument)
{
	struct worker *worker = argument;
	struct page_reservation reservation;

	fake_cpu_set(worker->cpu_idx);
	for (unsigned int round = 0; round < 10 * ROUNDS; round++) {
		uint64_t *page = page_pool_alloc(&pool);

		if (page == NULL || *page != 0) {
			worker->errors++;
			continue;
		}
		*page = worker->cpu_idx + 1;
		worker->errors += !page_pool_reserve(&pool, 2, &reservation);
		page_reservation_release(&reservation);
		worker->errors += *page != worker->cpu_idx + 1;
		page_pool_free(&pool, page);
	}
	return NULL;
}

TEST(page_pool_threads, each_page_has_one_user_at_a_time)
{
	struct worker workers[THREADS] = {0};

	fixture_pool(&pool, 3 * THREADS);
	page_pool_share(&pool);
	for (uint32_t i = 0; i < THREADS; i++) {
		workers[i].cpu_idx = i;
		ASSERT_EQ(pthread_create(&workers[i].thread, NULL,
					 alloc_and_free, &workers[i]),
			  0);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		ASSERT_EQ(pthread_join(workers[i].thread, NULL), 0);
		EXPECT_EQ(workers[i].errors, 0U);
	}

	EXPECT_EQ(page_pool_count(&pool), 3 * THREADS);
}
