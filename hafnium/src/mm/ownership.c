/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Steps of page ownership. Tables are cut when a page gets another state than
 * its neighbours, and merged when it is its owner's alone, or nobody's, again:
 * leaves of any other state are never merged, so that the way back needs no
 * memory. See docs/memory.md.
 */
#include "hf/mm/ownership.h"

#include "hf/arch/cache.h"
#include "hf/base/check.h"
#include "hf/mm/stage1.h"

#define STATE_BITS (MM_MODE_OWNED | MM_MODE_SHARED | MM_MODE_NO_ACCESS)

static const uint8_t state_bits[PAGE_STATE_COUNT] = {
	[PAGE_NONE] = MM_MODE_ABSENT,
	[PAGE_OWNED] = MM_MODE_OWNED,
	[PAGE_SHARED] = MM_MODE_OWNED | MM_MODE_SHARED,
	[PAGE_LENT] = MM_MODE_OWNED | MM_MODE_NO_ACCESS,
	[PAGE_DONATED] = MM_MODE_NO_ACCESS,
	[PAGE_BORROWED] = 0,
	[PAGE_JOINED] = MM_MODE_SHARED,
};

#define OWNERSHIP(name, from, to, other_from, other_to)                  \
	[OWNERSHIP_##name] = {PAGE_##from, PAGE_##to, PAGE_##other_from, \
			      PAGE_##other_to},
static const struct ownership_rule rules[OWNERSHIP_STEP_COUNT] = {
#include "hf/mm/ownership.def"
};
#undef OWNERSHIP

struct ownership_rule ownership_rule_of(enum ownership_step step)
{
	return rules[step];
}

mm_mode_t ownership_mode(enum page_state state, mm_mode_t rights)
{
	return state == PAGE_NONE ? MM_MODE_ABSENT : state_bits[state] | rights;
}

enum page_state ownership_state(mm_mode_t mode)
{
	enum page_state state = PAGE_NONE;

	if (mode == MM_MODE_ABSENT) {
		return state;
	}
	do {
		state++;
	} while (state < PAGE_STATE_COUNT &&
		 state_bits[state] != (mode & STATE_BITS));
	return state;
}

/** What is done in one map. */
struct side {
	struct stage2 *stage2; /* NULL: nothing */
	mm_mode_t mode;
	bool is_identity;
	bool was_whole; /* before: its leaves may be merged */
	bool is_whole;	/* and afterwards */
};

static bool is_whole(enum page_state state)
{
	return state == PAGE_OWNED || state == PAGE_NONE;
}

static struct side owner_side(const struct ownership_change *change)
{
	const struct ownership_rule *rule = &rules[change->step];

	if (rule->owner_to == PAGE_KEPT) {
		return (struct side){.stage2 = NULL};
	}
	return (struct side){
		.stage2 = change->owner,
		.mode = ownership_mode(rule->owner_to, change->owner_rights),
		.was_whole = is_whole(rule->owner_from),
		.is_whole = is_whole(rule->owner_to),
	};
}

static struct side other_side(const struct ownership_change *change)
{
	const struct ownership_rule *rule = &rules[change->step];

	if (rule->other_to == PAGE_KEPT) {
		return (struct side){.stage2 = NULL};
	}
	return (struct side){
		.stage2 = change->other,
		.mode = ownership_mode(rule->other_to, change->other_rights),
		.is_identity = true,
		.was_whole = is_whole(rule->other_from),
		.is_whole = is_whole(rule->other_to),
	};
}

static struct stage2_map map_of(const struct side *side,
				const struct page_range *range)
{
	ipaddr_t begin =
		side->is_identity ? ipa_from_pa(range->pa) : range->ipa;

	return (struct stage2_map){
		.begin = begin,
		.end = ipa_init(begin.ipa + range->page_count * PAGE_SIZE),
		.pa = range->pa,
		.mode = side->mode,
	};
}

static struct pa_range pages_of(const struct page_range *range)
{
	return (struct pa_range){
		.begin = range->pa,
		.end = pa_init(range->pa.pa + range->page_count * PAGE_SIZE),
	};
}

bool ownership_owner_is_ready(const struct ownership_change *change)
{
	mm_mode_t mode = ownership_mode(rules[change->step].owner_from,
					change->owner_rights);
	struct side side = {.stage2 = change->owner};
	struct page_range range;
	uint32_t i = 0;

	while (range_list_next(change->ranges, &i, &range)) {
		struct stage2_map map = map_of(&side, &range);

		if (!stage2_translate(change->owner, &map) ||
		    map.mode != mode || map.pa.pa != range.pa.pa) {
			return false;
		}
	}
	return true;
}

/** Of the other VM; false also for addresses that it cannot have. */
static bool other_is_ready(const struct ownership_change *change)
{
	enum page_state from = rules[change->step].other_from;
	struct side side = {.stage2 = change->other, .is_identity = true};
	struct page_range range;
	uint32_t i = 0;

	while (from != PAGE_KEPT &&
	       range_list_next(change->ranges, &i, &range)) {
		struct stage2_map map = map_of(&side, &range);
		mm_mode_t mode;

		if (!stage2_query(change->other, map.begin, map.end, &mode) ||
		    mode != ownership_mode(from, change->other_rights)) {
			return false;
		}
	}
	return true;
}

/** Merge what can be, in the ranges before `end`. */
static void merge(const struct side *side, const struct range_list *ranges,
		  uint32_t end)
{
	struct page_range range;
	uint32_t i = 0;

	while (i < end && range_list_next(ranges, &i, &range)) {
		struct stage2_map map = map_of(side, &range);

		stage2_defragment(side->stage2, map.begin, map.end);
	}
}

static void cancel_side(const struct side *side,
			const struct range_list *ranges, uint32_t end)
{
	if (side->stage2 != NULL && side->was_whole) {
		merge(side, ranges, end);
	}
}

static bool prepare_side(const struct side *side,
			 const struct range_list *ranges)
{
	struct page_range range;
	uint32_t i = 0;

	while (side->stage2 != NULL && range_list_next(ranges, &i, &range)) {
		struct stage2_map map = map_of(side, &range);

		if (stage2_prepare(side->stage2, &map) != MM_OK) {
			cancel_side(side, ranges, i);
			return false;
		}
	}
	return true;
}

enum ownership_status ownership_prepare(const struct ownership_change *change)
{
	struct side owner = owner_side(change);
	struct side other = other_side(change);

	if (!other_is_ready(change)) {
		return OWNERSHIP_WRONG_STATE;
	}
	if (!prepare_side(&owner, change->ranges)) {
		return OWNERSHIP_NO_MEMORY;
	}
	if (!prepare_side(&other, change->ranges)) {
		cancel_side(&owner, change->ranges, change->ranges->count);
		return OWNERSHIP_NO_MEMORY;
	}
	return OWNERSHIP_OK;
}

void ownership_cancel(const struct ownership_change *change)
{
	struct side owner = owner_side(change);
	struct side other = other_side(change);

	cancel_side(&owner, change->ranges, change->ranges->count);
	cancel_side(&other, change->ranges, change->ranges->count);
}

static void commit_side(const struct side *side,
			const struct range_list *ranges)
{
	struct page_range range;
	uint32_t i = 0;

	while (side->stage2 != NULL && range_list_next(ranges, &i, &range)) {
		struct stage2_map map = map_of(side, &range);

		stage2_commit(side->stage2, &map);
	}
	if (side->stage2 != NULL && side->is_whole) {
		merge(side, ranges, ranges->count);
	}
}

void ownership_commit(const struct ownership_change *change)
{
	struct side owner = owner_side(change);
	struct side other = other_side(change);

	/* The owner first: a page has never three VMs that get at it. */
	commit_side(&owner, change->ranges);
	commit_side(&other, change->ranges);
}

static void unmap_own(const struct range_list *ranges, uint32_t end)
{
	struct page_range range;
	uint32_t i = 0;

	while (i < end && range_list_next(ranges, &i, &range)) {
		/* Was mapped in the same pieces: no table is needed. */
		CHECK(stage1_unmap(pages_of(&range)) == MM_OK);
	}
}

bool ownership_clear_prepare(const struct range_list *ranges)
{
	struct page_range range;
	uint32_t begin = 0;
	uint32_t i = 0;

	while (range_list_next(ranges, &i, &range)) {
		if (stage1_map(pages_of(&range), MM_MODE_R | MM_MODE_W) !=
		    MM_OK) {
			unmap_own(ranges, begin);
			return false;
		}
		begin = i;
	}
	return true;
}

void ownership_clear_cancel(const struct range_list *ranges)
{
	unmap_own(ranges, ranges->count);
}

void ownership_clear_commit(const struct range_list *ranges)
{
	struct page_range range;
	uint32_t i = 0;

	while (range_list_next(ranges, &i, &range)) {
		/* Nobody executes what was there, or reads it from memory. */
		arch_cache_zero_pages(va_from_pa(range.pa),
				      range.page_count * PAGE_SIZE);
	}
	unmap_own(ranges, ranges->count);
}
