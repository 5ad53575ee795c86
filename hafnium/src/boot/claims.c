/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A short list, searched from the start: there are a dozen claims. See
 * docs/boot.md.
 */
#include "hf/boot/claims.h"

#include "hf/base/check.h"
#include "hf/base/log.h"

const struct claim *claims_find(const struct claims *claims,
				struct pa_range range)
{
	const struct claim *claim = claims->list;
	const struct claim *end = claim + claims->count;

	for (; claim < end && !pa_range_is_empty(range); claim++) {
		if (pa_ranges_overlap(claim->range, range)) {
			return claim;
		}
	}
	return NULL;
}

bool32 claims_add(struct claims *claims, struct pa_range range,
		  const char *name)
{
	const struct claim *other = claims_find(claims, range);
	struct claim *claim = &claims->list[claims->count];

	if (other != NULL) {
		log_error("%s (%#lx - %#lx) overlaps %s (%#lx - %#lx).", name,
			  range.begin.pa, range.end.pa - 1, other->name,
			  other->range.begin.pa, other->range.end.pa - 1);
		return false;
	}
	if (!pa_range_is_empty(range)) {
		CHECK(claims->count < MAX_CLAIMS);
		claims->count++;
		claim->range = range;
		claim->name = name;
	}
	return true;
}
