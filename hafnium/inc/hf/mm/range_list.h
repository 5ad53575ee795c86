/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges of pages in the order in which somebody named them: where a VM has
 * them and where they are. A few have room in the list itself, more lie in
 * pages that its owner gives. Whoever owns the list has a lock. See
 * docs/memory.md.
 */
#pragma once

#include "hf/base/addr.h"

/** Pages that follow one another in both spaces. */
struct page_range {
	ipaddr_t ipa;
	paddr_t pa;
	uint64_t page_count;
};

/** The same in 16 bytes. Any `ipa` that is a multiple of a page will do. */
struct packed_range {
	uint64_t ipa; /* 63:12 of `ipa`, 11:0 of the count */
	uint64_t pa;  /* 47:12 of `pa`, 11:0 the rest of the count */
};

/** Most pages in a range; what is longer are several. */
#define RANGE_MAX_PAGES (BIT(24) - 1)

/** Ranges with no page given. */
#define RANGE_LIST_OWN 12
/** Pages that can be given, and ranges in each. */
#define RANGE_LIST_PAGES 24
#define RANGE_LIST_PER_PAGE (PAGE_SIZE / sizeof(struct packed_range))
#define RANGE_LIST_MAX (RANGE_LIST_PAGES * RANGE_LIST_PER_PAGE)

struct range_list {
	uint32_t count;
	uint32_t list_page_count;
	bool is_unordered; /* else each IPA range lies behind the one before */
	union {
		struct packed_range own[RANGE_LIST_OWN];
		struct packed_range *pages[RANGE_LIST_PAGES];
	};
};

/** Empty and without pages: all zeros. */
static inline void range_list_init(struct range_list *list)
{
	list->count = 0;
	list->list_page_count = 0;
	list->is_unordered = false;
}

/** How many ranges it can have with the pages that it was given. */
static inline uint32_t range_list_room(const struct range_list *list)
{
	return list->list_page_count == 0
		       ? RANGE_LIST_OWN
		       : list->list_page_count * (uint32_t)RANGE_LIST_PER_PAGE;
}

/** One more page of room; not beyond RANGE_LIST_PAGES. */
void range_list_add_page(struct range_list *list, void *page);

/** A page that was given, or NULL when there is none left; `list` is empty. */
void *range_list_take_page(struct range_list *list);

/** To the end, where there is room. */
void range_list_append(struct range_list *list, ipaddr_t ipa, paddr_t pa,
		       uint64_t page_count);

struct packed_range *range_list_at(struct range_list *list, uint32_t i);
struct page_range range_list_get(const struct range_list *list, uint32_t i);

/** The ranges that are still to come. */
struct range_iterator {
	const struct range_list *list;
	const struct packed_range *next;
	uint32_t i;	   /* of `next` */
	uint32_t page_end; /* as many are in reach of it */
	uint32_t end;
};

/** Those in front of the one with index `end`. */
static inline struct range_iterator range_list_until(
	const struct range_list *list, uint32_t end)
{
	return (struct range_iterator){.list = list, .end = end};
}

static inline struct range_iterator range_list_begin(
	const struct range_list *list)
{
	return range_list_until(list, list->count);
}

/** To the next page of the list; false at the end. */
must_check bool range_list_turn(struct range_iterator *ranges);

/** Those that continue `range` in both spaces; `next` does so in one. */
void range_list_join(struct range_iterator *ranges, struct page_range *range);

static always_inline uint64_t range_page_count(const struct packed_range *range)
{
	return (range->ipa & (PAGE_SIZE - 1)) | (range->pa & (PAGE_SIZE - 1))
							<< PAGE_BITS;
}

static always_inline struct page_range range_unpack(
	const struct packed_range *range)
{
	return (struct page_range){
		.ipa = ipa_init(range->ipa & ~(PAGE_SIZE - 1)),
		.pa = pa_init(range->pa & BITS(47, PAGE_BITS)),
		.page_count = range_page_count(range),
	};
}

/** Behind its last page, as a number of pages. */
static inline uint64_t range_end(const struct packed_range *range)
{
	return range->ipa / PAGE_SIZE + range_page_count(range);
}

/**
 * The next range with those behind it that continue it in both spaces, as far
 * as they lie in one page of the list. False at the end.
 */
must_check bool range_list_next(struct range_iterator *ranges,
				struct page_range *range);

/** The same, inline: for who goes through long lists again and again. */
must_check static inline bool range_list_next_inline(
	struct range_iterator *ranges, struct page_range *range)
{
	if (ranges->i == ranges->page_end && !range_list_turn(ranges)) {
		return false;
	}
	*range = range_unpack(ranges->next++);
	/* Mostly the one behind lies elsewhere: its first address says so. */
	if (++ranges->i != ranges->page_end &&
	    (ranges->next->ipa & ~(PAGE_SIZE - 1)) ==
		    range->ipa.ipa + range->page_count * PAGE_SIZE) {
		range_list_join(ranges, range);
	}
	return true;
}

/** Is there an IPA in two of the ranges? Their order stays as it is. */
must_check bool range_list_overlaps(struct range_list *list);
