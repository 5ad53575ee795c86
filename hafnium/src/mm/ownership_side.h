/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a step of ownership does in one map. Private to this folder. See
 * docs/memory.md.
 */
#pragma once

#include "hf/mm/ownership.h"

struct ownership_side {
	struct ptable *table; /* NULL: nothing */
	const struct range_list *ranges;
	mm_mode_t rights; /* of its pages with access */
	struct page_step step;
	bool is_known;	  /* no look at what it begins with */
	bool is_identity; /* IPA = PA, whatever the list says */
};

/** Is all as the step begins, where the list says? And all tables. */
must_check enum ownership_status ownership_side_prepare(
	const struct ownership_side *side);
void ownership_side_cancel(const struct ownership_side *side);

/** The step is done, for all CPUs. */
void ownership_side_commit(const struct ownership_side *side);
