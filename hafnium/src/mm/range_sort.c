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
	for (;;) {
		uint32_t child = 2 * parent + 1;

		if (child >= count) {
			return;
		}
		if (child + 1 < count &&
		    range_list_at(list, child)->ipa <
			    range_list_at(list, child + 1)->ipa) {
			child++;
		}
		if (range_list_at(list, parent)->ipa >=
		    range_list_at(list, child)->ipa) {
			return;
		}
		swap(range_list_at(list, parent), range_list_at(list, child));
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
		swap(range_list_at(list, 0), range_list_at(list, i));
		sift_down(list, 0, i);
	}
}

/** Each where its number says: every swap puts one in its place. */
static void restore(struct range_list *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t number;

		while ((number = (uint32_t)(range_list_at(list, i)->pa >>
					    NUMBER_SHIFT)) != i) {
			swap(range_list_at(list, i),
			     range_list_at(list, number));
		}
	}
	for (uint32_t i = 0; i < list->count; i++) {
		range_list_at(list, i)->pa &= BITS(NUMBER_SHIFT - 1, 0);
	}
}

bool range_list_overlaps(struct range_list *list)
{
	bool overlaps = false;

	if (!list->is_unordered) {
		return false;
	}
	for (uint32_t i = 0; i < list->count; i++) {
		range_list_at(list, i)->pa |= (uint64_t)i << NUMBER_SHIFT;
	}
	sort(list);
	for (uint32_t i = 1; i < list->count; i++) {
		overlaps |= range_list_at(list, i)->ipa / PAGE_SIZE <
			    range_end(range_list_at(list, i - 1));
	}
	restore(list);
	return overlaps;
}
