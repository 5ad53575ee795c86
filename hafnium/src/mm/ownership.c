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

#include "ownership_side.h"

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

#define OWNERSHIP(name, from, to, other_from, other_to) \
	[OWNERSHIP_##name] = {{PAGE_##from, PAGE_##to}, \
			      {PAGE_##other_from, PAGE_##other_to}},
static const struct ownership_rule rules[OWNERSHIP_STEP_COUNT] = {
#include "hf/mm/ownership.def"
};
#undef OWNERSHIP

struct ownership_rule ownership_rule_of(enum ownership_step step)
{
	return rules[step];
}

never_inline mm_mode_t ownership_mode(enum page_state state, mm_mode_t rights)
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

static struct ownership_side side_of(const struct ownership_change *change,
				     const struct ownership_party *party)
{
	const struct ownership_rule *rule = &rules[change->step];
	bool is_owner = party == &change->owner;
	struct page_step step = is_owner ? rule->owner : rule->other;

	return (struct ownership_side){
		.table = step.to == PAGE_KEPT ? NULL : &party->stage2->table,
		.ranges = change->ranges,
		.rights = party->rights,
		.step = step,
		.is_known = is_owner && change->owner_is_known,
		.is_identity = !is_owner,
	};
}

enum ownership_status ownership_prepare(const struct ownership_change *change)
{
	struct ownership_side owner = side_of(change, &change->owner);
	struct ownership_side other = side_of(change, &change->other);
	enum ownership_status status = ownership_side_prepare(&owner);

	if (status == OWNERSHIP_OK) {
		/* Refuses also addresses that the other VM cannot have. */
		status = ownership_side_prepare(&other);
		if (status != OWNERSHIP_OK) {
			ownership_side_cancel(&owner);
		}
	}
	return status;
}

void ownership_cancel(const struct ownership_change *change)
{
	struct ownership_side owner = side_of(change, &change->owner);
	struct ownership_side other = side_of(change, &change->other);

	ownership_side_cancel(&owner);
	ownership_side_cancel(&other);
}

void ownership_commit(const struct ownership_change *change)
{
	struct ownership_side owner = side_of(change, &change->owner);
	struct ownership_side other = side_of(change, &change->other);

	/* The owner first: a page has never three VMs that get at it. */
	ownership_side_commit(&owner);
	ownership_side_commit(&other);
}

static struct pa_range pages_of(const struct page_range *range)
{
	return (struct pa_range){
		.begin = range->pa,
		.end = pa_init(range->pa.pa + range->page_count * PAGE_SIZE),
	};
}

/** What is in front of `end`. */
static void unmap_own(const struct range_list *list, uint32_t end)
{
	struct range_iterator ranges = range_list_until(list, end);
	struct page_range range;

	while (range_list_next(&ranges, &range)) {
		/* Was mapped in the same pieces: no table is needed. */
		CHECK(stage1_unmap(pages_of(&range)) == MM_OK);
	}
}

bool ownership_clear_prepare(const struct range_list *list)
{
	struct range_iterator ranges = range_list_begin(list);
	uint32_t done = 0;
	struct page_range range;

	while (range_list_next(&ranges, &range)) {
		if (stage1_map(pages_of(&range), MM_MODE_R | MM_MODE_W) !=
		    MM_OK) {
			unmap_own(list, done);
			return false;
		}
		done = ranges.i;
	}
	return true;
}

void ownership_clear_cancel(const struct range_list *list)
{
	unmap_own(list, list->count);
}

void ownership_clear_commit(const struct range_list *list)
{
	struct range_iterator ranges = range_list_begin(list);
	struct page_range range;

	while (range_list_next(&ranges, &range)) {
		/* Nobody executes what was there, or reads it from memory. */
		arch_cache_zero_pages(va_from_pa(range.pa),
				      range.page_count * PAGE_SIZE);
	}
	unmap_own(list, list->count);
}
