/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges are packed, so that a page has room for 256. Finding an overlap sorts
 * them where they are, if they are not sorted anyway, and puts them back by
 * the number that each got. See docs/memory.md.
 */
#include "hf/mm/range_list.h"

#include <string.h>

#include "hf/base/check.h"

#define COUNT_LOW_BITS 12
#define COUNT_LOW_MASK BITS(11, 0)
#define COUNT_HIGH_SHIFT 15
#define PA_SHIFT 28
/* of `pa`, while the list is sorted */
#define NUMBER_MASK BITS(14, 0)

static_assert(RANGE_LIST_MAX <= NUMBER_MASK, "each has a number");
static_assert(RANGE_LIST_OWN <= RANGE_LIST_PER_PAGE, "they move to a page");

static struct packed_range *at(struct range_list *list, uint32_t i)
{
	return list->list_page_count == 0
		       ? &list->own[i]
		       : &list->pages[i / RANGE_LIST_PER_PAGE]
				     [i % RANGE_LIST_PER_PAGE];
}

static uint64_t page_number(const struct packed_range *range)
{
	return range->ipa >> COUNT_LOW_BITS;
}

static uint64_t page_count(const struct packed_range *range)
{
	return (range->ipa & COUNT_LOW_MASK) |
	       bits_get(range->pa, PA_SHIFT - 1, COUNT_HIGH_SHIFT)
		       << COUNT_LOW_BITS;
}

void range_list_add_page(struct range_list *list, void *page)
{
	CHECK(list->list_page_count < RANGE_LIST_PAGES);
	if (list->list_page_count == 0) {
		memcpy(page, list->own, list->count * sizeof(list->own[0]));
	}
	list->pages[list->list_page_count++] = page;
}

void *range_list_take_page(struct range_list *list)
{
	return list->list_page_count == 0
		       ? NULL
		       : list->pages[--list->list_page_count];
}

void range_list_append(struct range_list *list, struct page_range range)
{
	uint64_t begin = range.ipa.ipa / PAGE_SIZE;
	uint64_t count = range.page_count;

	if (list->count > 0) {
		const struct packed_range *last = at(list, list->count - 1);

		list->is_unordered |=
			begin < page_number(last) + page_count(last);
	}
	*at(list, list->count++) = (struct packed_range){
		.ipa = begin << COUNT_LOW_BITS | (count & COUNT_LOW_MASK),
		.pa = range.pa.pa / PAGE_SIZE << PA_SHIFT |
		      count >> COUNT_LOW_BITS << COUNT_HIGH_SHIFT,
	};
}

struct page_range range_list_get(const struct range_list *list, uint32_t i)
{
	/* Only read. */
	const struct packed_range *range = at((struct range_list *)list, i);

	return (struct page_range){
		.ipa = ipa_init(page_number(range) * PAGE_SIZE),
		.pa = pa_init((range->pa >> PA_SHIFT) * PAGE_SIZE),
		.page_count = page_count(range),
	};
}

bool range_list_next(const struct range_list *list, uint32_t *i,
		     struct page_range *range)
{
	if (*i == list->count) {
		return false;
	}
	*range = range_list_get(list, (*i)++);
	for (; *i < list->count; (*i)++) {
		struct page_range next = range_list_get(list, *i);
		uint64_t size = range->page_count * PAGE_SIZE;

		if (next.ipa.ipa != range->ipa.ipa + size ||
		    next.pa.pa != range->pa.pa + size) {
			break;
		}
		range->page_count += next.page_count;
	}
	return true;
}

static void swap(struct packed_range *a, struct packed_range *b)
{
	struct packed_range kept = *a;

	*a = *b;
	*b = kept;
}

/** The heap below `parent`, of which only `parent` may be out of place. */
static void sift_down(struct range_list *list, uint32_t parent, uint32_t count)
{
	for (;;) {
		uint32_t child = 2 * parent + 1;

		if (child >= count) {
			return;
		}
		if (child + 1 < count &&
		    at(list, child)->ipa < at(list, child + 1)->ipa) {
			child++;
		}
		if (at(list, parent)->ipa >= at(list, child)->ipa) {
			return;
		}
		swap(at(list, parent), at(list, child));
		parent = child;
	}
}

/** Heap sort by IPA: no memory, and no bad case that a guest could choose. */
static void sort(struct range_list *list)
{
	for (uint32_t i = list->count / 2; i-- > 0;) {
		sift_down(list, i, list->count);
	}
	for (uint32_t i = list->count; i-- > 1;) {
		swap(at(list, 0), at(list, i));
		sift_down(list, 0, i);
	}
}

/** Each where its number says: every swap puts one in its place. */
static void restore(struct range_list *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t number;

		while ((number = at(list, i)->pa & NUMBER_MASK) != i) {
			swap(at(list, i), at(list, number));
		}
	}
	for (uint32_t i = 0; i < list->count; i++) {
		at(list, i)->pa &= ~NUMBER_MASK;
	}
}

bool range_list_overlaps(struct range_list *list)
{
	bool overlaps = false;

	if (!list->is_unordered) {
		return false;
	}
	for (uint32_t i = 0; i < list->count; i++) {
		at(list, i)->pa |= i;
	}
	sort(list);
	for (uint32_t i = 1; i < list->count; i++) {
		const struct packed_range *last = at(list, i - 1);

		overlaps |= page_number(at(list, i)) <
			    page_number(last) + page_count(last);
	}
	restore(list);
	return overlaps;
}
