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
	uint64_t ipa; /* 63:12 page number of `ipa`, 11:0 of the count */
	uint64_t pa;  /* 63:28 page number of `pa`, 27:15 rest of the count */
};

/** Most pages in a range; what is longer are several. */
#define RANGE_MAX_PAGES (BIT(25) - 1)

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
void range_list_append(struct range_list *list, struct page_range range);

struct page_range range_list_get(const struct range_list *list, uint32_t i);

/**
 * The range at `*i` with those behind it that continue it in both spaces; `*i`
 * is then behind them. False at the end.
 */
must_check bool range_list_next(const struct range_list *list, uint32_t *i,
				struct page_range *range);

/** Is there an IPA in two of the ranges? Their order stays as it is. */
must_check bool range_list_overlaps(struct range_list *list);
