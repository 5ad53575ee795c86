/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random changes against an array with one element a page: after each, a CPU
 * finds what the array says, and the order of events was right. The seed is in
 * the message. See docs/memory.md.
 */
#include "hftest.h"
#include "mm_fixture.h"

/* The window lies across a 1 GiB boundary, so that all levels take part. */
#define WINDOW_PAGES 2048U
#define WINDOW_BEGIN (512 * GIB - WINDOW_PAGES / 2 * PAGE_SIZE)
#define STEPS 250U

struct model {
	struct fixture f;
	mm_mode_t mode[WINDOW_PAGES];
	uint64_t pa[WINDOW_PAGES];
	uint64_t seed;
};

static struct model model;

static const mm_mode_t modes[] = {
	MM_MODE_ABSENT,
	MM_MODE_ABSENT,
	RW,
	RWX,
	RW_DEVICE,
	MM_MODE_R | MM_MODE_OWNED,
	RWX | MM_MODE_OWNED | MM_MODE_SHARED,
	RWX | MM_MODE_OWNED | MM_MODE_NO_ACCESS,
};

/** Stage 1 cannot take reading away. */
static mm_mode_t readable(mm_mode_t mode)
{
	return mode == MM_MODE_ABSENT ? mode : mode | MM_MODE_R;
}

static uint64_t address_of(size_t page)
{
	return WINDOW_BEGIN + page * PAGE_SIZE;
}

/** Page or 2 MiB boundary, so that whole blocks come up often. */
static size_t random_boundary(void)
{
	size_t page = fixture_random(&model.seed) % (WINDOW_PAGES + 1);

	return fixture_random(&model.seed) % 3 == 0
		       ? (size_t)align_down(page + 256, 512)
		       : page;
}

static struct ptable_map random_map(size_t *first, size_t *count)
{
	static const uint64_t offsets[] = {0, 0, 0, 0x1000, 2 * MIB, GIB};
	size_t a = random_boundary();
	size_t b = random_boundary();
	uint64_t offset =
		offsets[fixture_random(&model.seed) % ARRAY_SIZE(offsets)];

	*first = a < b ? a : b;
	*count = (a < b ? b - a : a - b);
	return (struct ptable_map){
		.begin = address_of(*first),
		.end = address_of(*first + *count),
		.pa = pa_init(address_of(*first) + offset),
		.mode = readable(
			modes[fixture_random(&model.seed) % ARRAY_SIZE(modes)]),
	};
}

static void model_apply(const struct ptable_map *map, size_t first,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		model.mode[first + i] = map->mode;
		model.pa[first + i] = map->pa.pa + i * PAGE_SIZE;
	}
}

/** First page where a CPU finds something else, or WINDOW_PAGES. */
static size_t first_difference(void)
{
	for (size_t i = 0; i < WINDOW_PAGES; i++) {
		struct translation t =
			fixture_translate(&model.f, address_of(i));
		bool is_valid = mm_mode_is_valid(model.mode[i]);

		if (t.is_valid != is_valid ||
		    (is_valid && t.pa != model.pa[i]) ||
		    pte_mode(model.f.table.stage, t.pte) != model.mode[i]) {
			return i;
		}
	}
	return WINDOW_PAGES;
}

static void check_query(void)
{
	size_t first = fixture_random(&model.seed) % WINDOW_PAGES;
	size_t count = 1 + fixture_random(&model.seed) % 4;
	mm_mode_t mode = 0;
	bool is_uniform = true;

	count = count > WINDOW_PAGES - first ? WINDOW_PAGES - first : count;
	for (size_t i = 1; i < count; i++) {
		is_uniform &= model.mode[first + i] == model.mode[first];
	}
	ASSERT_EQ(ptable_query(&model.f.table, address_of(first),
			       address_of(first + count), &mode),
		  is_uniform);
	ASSERT_EQ(mode, is_uniform ? model.mode[first] : 0);
}

static void one_step(size_t step, uint64_t case_seed)
{
	size_t first;
	size_t count;
	struct ptable_map map = random_map(&first, &count);
	enum mm_status status;

	fake_mmu_clear();
	status = ptable_change(&model.f.table, &map);
	if (status != (count == 0 ? MM_BAD_RANGE : MM_OK)) {
		FAIL("seed %#lx step %zu: status %d", case_seed, step, status);
	}
	model_apply(&map, first, count);
	if (fixture_random(&model.seed) % 8 == 0) {
		ptable_defragment(&model.f.table, map.begin, map.end);
	}
	if (fixture_order_error()[0] != '\0') {
		FAIL("seed %#lx step %zu: %s", case_seed, step,
		     fixture_order_error());
	}
	if (first_difference() != WINDOW_PAGES) {
		FAIL("seed %#lx step %zu: page %zu differs", case_seed, step,
		     first_difference());
	}
	check_query();
}

static void random_case(enum pte_stage stage, unsigned int bits, uint64_t seed)
{
	size_t root_pages;

	fixture_init(&model.f, stage, bits, 64);
	root_pages = model.f.table.geometry.root_pages;
	model.seed = seed;
	for (size_t step = 0; step < STEPS; step++) {
		one_step(step, seed);
	}

	/* Unmapped and merged, all that is left is the root. */
	ASSERT_EQ(fixture_map(&model.f, address_of(0), address_of(WINDOW_PAGES),
			      0),
		  MM_OK);
	ptable_defragment(&model.f.table, 0, BIT(bits));
	EXPECT_EQ(page_pool_count(&model.f.pool), 64 - root_pages);
}

TEST(ptable_model, stage2_40_bits_does_what_an_array_does)
{
	random_case(PTE_STAGE2, 40, 0x1234567);
}

TEST(ptable_model, stage2_42_bits_does_what_an_array_does)
{
	random_case(PTE_STAGE2, 42, 0xfeedface);
}

TEST(ptable_model, stage2_48_bits_does_what_an_array_does)
{
	random_case(PTE_STAGE2, 48, 0x8badf00d);
}

TEST(ptable_model, stage1_48_bits_does_what_an_array_does)
{
	random_case(PTE_STAGE1, 48, 0xc0ffee);
}
