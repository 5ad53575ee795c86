/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A VM's map in the types of its address spaces: everything else is ptable's.
 * Guarded by the VM's lock. See docs/memory.md.
 */
#include "hf/mm/stage2.h"

static struct ptable_map as_ptable_map(const struct stage2_map *map)
{
	return (struct ptable_map){
		.begin = map->begin.ipa,
		.end = map->end.ipa,
		.pa = map->pa,
		.mode = map->mode,
	};
}

enum mm_status stage2_init(struct stage2 *stage2, uint16_t vmid,
			   struct page_pool *pool)
{
	return ptable_init(&stage2->table, PTE_STAGE2, vmid, pool);
}

void stage2_fini(struct stage2 *stage2)
{
	ptable_fini(&stage2->table);
}

uint64_t stage2_vttbr(const struct stage2 *stage2)
{
	return stage2->table.vttbr;
}

enum mm_status stage2_prepare(struct stage2 *stage2,
			      const struct stage2_map *map)
{
	struct ptable_map change = as_ptable_map(map);

	return ptable_prepare(&stage2->table, &change);
}

void stage2_commit(struct stage2 *stage2, const struct stage2_map *map)
{
	struct ptable_map change = as_ptable_map(map);

	ptable_commit(&stage2->table, &change);
}

enum mm_status stage2_map_identity(struct stage2 *stage2, struct pa_range range,
				   mm_mode_t mode)
{
	struct ptable_map change = {
		.begin = range.begin.pa,
		.end = range.end.pa,
		.pa = range.begin,
		.mode = mode,
	};

	return ptable_change(&stage2->table, &change);
}

enum mm_status stage2_unmap(struct stage2 *stage2, ipaddr_t begin, ipaddr_t end)
{
	struct ptable_map change = {
		.begin = begin.ipa,
		.end = end.ipa,
		.mode = MM_MODE_ABSENT,
	};

	return ptable_change(&stage2->table, &change);
}

bool stage2_query(const struct stage2 *stage2, ipaddr_t begin, ipaddr_t end,
		  mm_mode_t *mode)
{
	return ptable_query(&stage2->table, begin.ipa, end.ipa, mode);
}

bool stage2_allows(const struct stage2 *stage2, ipaddr_t ipa, mm_mode_t access)
{
	mm_mode_t mode;
	uint64_t end;

	return !add_overflows(ipa.ipa, 1, &end) &&
	       ptable_query(&stage2->table, ipa.ipa, end, &mode) &&
	       mm_mode_is_valid(mode) && (mode & access) == access;
}

void stage2_defragment(struct stage2 *stage2, ipaddr_t begin, ipaddr_t end)
{
	ptable_defragment(&stage2->table, begin.ipa, end.ipa);
}
