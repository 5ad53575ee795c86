/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finding an overlap sorts the ranges of a list where they are, if they are not
 * sorted anyway, and puts them back by the number that each got. See
 * docs/memory.md.
 */
#include "hf/mm/range_list.h"

/* Of `pa`, while the list is sorted. */
#define NUMBER_SHIFT 48

static_assert(RANGE_LIST_MAX <= BIT(64 - NUMBER_SHIFT), "each has a number");

static void swap(struct packed_range *a, struct packed_range *b)
{
	struct packed_range kept = *a;

	*a = *b;
	*b = kept;
}

/** The heap below `parent`, of which only `parent` may be out of place. */
static void sift_down(struct range_list *list, uint32_t parent, uint32_t count)
{
	uint32_t child;

	for (; (child = 2 * parent + 1) < count; parent = child) {
		struct packed_range *top = range_list_at(list, parent);
		struct packed_range *low = range_list_at(list, child);

		if (child + 1 < count &&
		    low->ipa < range_list_at(list, child + 1)->ipa) {
			low = range_list_at(list, ++child);
		}
		if (top->ipa >= low->ipa) {
			return;
		}
		swap(top, low);
	}
}

/**
 * Heap sort by IPA: no memory, and no bad case that a guest could choose. The
 * last one comes to its place first: does it overlap with the one behind it?
 */
static bool sort(struct range_list *list)
{
	bool overlaps = false;
	uint32_t count = list->count;

	for (uint32_t i = count / 2; i-- > 0;) {
		sift_down(list, i, count);
	}
	while (--count > 0) {
		struct packed_range *last = range_list_at(list, count);

		swap(range_list_at(list, 0), last);
		sift_down(list, 0, count);
		/* The largest of those in front of it. */
		overlaps |= last->ipa / PAGE_SIZE <
			    range_end(range_list_at(list, 0));
	}
	return overlaps;
}

bool range_list_overlaps(struct range_list *list)
{
	bool overlaps;

	if (!list->is_unordered) {
		return false;
	}
	for (uint32_t i = 0; i < list->count; i++) {
		range_list_at(list, i)->pa |= (uint64_t)i << NUMBER_SHIFT;
	}
	overlaps = sort(list);
	/* Each where its number says: every swap puts one in its place. */
	for (uint32_t i = 0; i < list->count; i++) {
		struct packed_range *range = range_list_at(list, i);
		uint64_t number;

		while ((number = range->pa >> NUMBER_SHIFT) != i) {
			swap(range, range_list_at(list, (uint32_t)number));
		}
		range->pa &= BITS(NUMBER_SHIFT - 1, 0);
	}
	return overlaps;
}
