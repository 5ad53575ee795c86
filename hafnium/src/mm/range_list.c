/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges are packed, so that a page has room for 256. Finding an overlap sorts
 * them where they are, if they are not sorted anyway, and puts them back by
 * the number that each got. See docs/memory.md.
 */
#include "hf/mm/range_list.h"

#include <string.h>

#include "hf/base/check.h"

#define LAST_OF_PAGE (RANGE_LIST_PER_PAGE - 1)
/* Of `pa`, while the list is sorted. */
#define NUMBER_SHIFT 48

static_assert(RANGE_LIST_MAX <= BIT(64 - NUMBER_SHIFT), "each has a number");
static_assert(RANGE_LIST_OWN <= RANGE_LIST_PER_PAGE, "they move to a page");

static struct packed_range *at(struct range_list *list, uint32_t i)
{
	return list->list_page_count == 0
		       ? &list->own[i]
		       : &list->pages[i / RANGE_LIST_PER_PAGE]
				     [i % RANGE_LIST_PER_PAGE];
}

/** Where a range has its last page, as a number. */
static uint64_t end_of(const struct packed_range *range)
{
	return range->ipa / PAGE_SIZE + range_unpack(range).page_count;
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
	uint64_t count = range.page_count;
	uint32_t i = list->count++;

	list->is_unordered |=
		i > 0 && range.ipa.ipa / PAGE_SIZE < end_of(at(list, i - 1));
	*at(list, i) = (struct packed_range){
		.ipa = range.ipa.ipa | (count & (PAGE_SIZE - 1)),
		.pa = range.pa.pa | count >> PAGE_BITS,
	};
}

struct page_range range_list_get(const struct range_list *list, uint32_t i)
{
	/* Only read. */
	return range_unpack(at((struct range_list *)list, i));
}

bool range_list_turn(struct range_iterator *ranges)
{
	if (ranges->i == ranges->end) {
		return false;
	}
	/* Only read. */
	ranges->next = at((struct range_list *)ranges->list, ranges->i);
	ranges->page_end =
		(uint32_t)min_u64((ranges->i | LAST_OF_PAGE) + 1, ranges->end);
	return true;
}

void range_list_join(struct range_iterator *ranges, struct page_range *range)
{
	for (; ranges->i < ranges->page_end; ranges->i++, ranges->next++) {
		struct page_range next = range_unpack(ranges->next);
		uint64_t size = range->page_count * PAGE_SIZE;

		if (next.ipa.ipa != range->ipa.ipa + size ||
		    next.pa.pa != range->pa.pa + size) {
			return;
		}
		range->page_count += next.page_count;
	}
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

		while ((number = (uint32_t)(at(list, i)->pa >> NUMBER_SHIFT)) !=
		       i) {
			swap(at(list, i), at(list, number));
		}
	}
	for (uint32_t i = 0; i < list->count; i++) {
		at(list, i)->pa &= BITS(NUMBER_SHIFT - 1, 0);
	}
}

bool range_list_overlaps(struct range_list *list)
{
	bool overlaps = false;

	if (!list->is_unordered) {
		return false;
	}
	for (uint32_t i = 0; i < list->count; i++) {
		at(list, i)->pa |= (uint64_t)i << NUMBER_SHIFT;
	}
	sort(list);
	for (uint32_t i = 1; i < list->count; i++) {
		overlaps |=
			at(list, i)->ipa / PAGE_SIZE < end_of(at(list, i - 1));
	}
	restore(list);
	return overlaps;
}
