/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges are packed, so that a page has room for 256. See docs/memory.md.
 */
#include "hf/mm/range_list.h"

#include <string.h>

#include "hf/base/check.h"

#define LAST_OF_PAGE (RANGE_LIST_PER_PAGE - 1)

static_assert(RANGE_LIST_OWN <= RANGE_LIST_PER_PAGE, "they move to a page");

never_inline struct packed_range *range_list_at(struct range_list *list,
						uint32_t i)
{
	return list->list_page_count == 0
		       ? &list->own[i]
		       : &list->pages[i / RANGE_LIST_PER_PAGE]
				     [i % RANGE_LIST_PER_PAGE];
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

void range_list_append(struct range_list *list, ipaddr_t ipa, paddr_t pa,
		       uint64_t page_count)
{
	uint32_t i = list->count++;

	list->is_unordered |=
		i > 0 &&
		ipa.ipa / PAGE_SIZE < range_end(range_list_at(list, i - 1));
	*range_list_at(list, i) = (struct packed_range){
		.ipa = ipa.ipa | (page_count & (PAGE_SIZE - 1)),
		.pa = pa.pa | page_count >> PAGE_BITS,
	};
}

struct page_range range_list_get(const struct range_list *list, uint32_t i)
{
	/* Only read. */
	return range_unpack(range_list_at((struct range_list *)list, i));
}

bool range_list_turn(struct range_iterator *ranges)
{
	if (ranges->i == ranges->end) {
		return false;
	}
	/* Only read. */
	ranges->next =
		range_list_at((struct range_list *)ranges->list, ranges->i);
	ranges->page_end =
		(uint32_t)min_u64((ranges->i | LAST_OF_PAGE) + 1, ranges->end);
	return true;
}

never_inline bool range_list_next(struct range_iterator *ranges,
				  struct page_range *range)
{
	return range_list_next_inline(ranges, range);
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
