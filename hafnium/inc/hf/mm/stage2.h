/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a VM finds at its intermediate physical addresses. Guarded by the VM's
 * lock, which the caller holds for each call. See docs/memory.md.
 */
#pragma once

#include "hf/mm/ptable.h"

struct stage2 {
	struct ptable table;
};

/** What shall be: [begin, end) leads to `pa` onwards. */
struct stage2_map {
	ipaddr_t begin;
	ipaddr_t end;
	paddr_t pa;
	mm_mode_t mode; /* MM_MODE_ABSENT: unmapped */
};

/** An empty map. `vmid` is used by no other VM. MM_NO_MEMORY is possible. */
must_check enum mm_status stage2_init(struct stage2 *stage2, uint16_t vmid,
				      struct page_pool *pool);

/** Give back all tables; none of the VM's vCPUs runs any more. */
void stage2_fini(struct stage2 *stage2);

/** VTTBR_EL2 while a vCPU of the VM runs. */
uint64_t stage2_vttbr(const struct stage2 *stage2);

/** The same two verbs as ptable_prepare() and ptable_commit(). */
must_check enum mm_status stage2_prepare(struct stage2 *stage2,
					 const struct stage2_map *map);
void stage2_commit(struct stage2 *stage2, const struct stage2_map *map);

/** Boot: IPA = PA; page aligned, else MM_BAD_RANGE. */
must_check enum mm_status stage2_map_identity(struct stage2 *stage2,
					      struct pa_range range,
					      mm_mode_t mode);

/** The VM has no access and we remember nothing; page aligned. */
must_check enum mm_status stage2_unmap(struct stage2 *stage2, ipaddr_t begin,
				       ipaddr_t end);

/** True when all of [begin, end) has one mode, which is stored. */
must_check bool stage2_query(const struct stage2 *stage2, ipaddr_t begin,
			     ipaddr_t end, mm_mode_t *mode);

/** For whoever looks at many ranges of a map that is locked: nothing changes. */
static inline struct ptable_cursor stage2_cursor_init(
	const struct stage2 *stage2)
{
	return ptable_cursor_init(&stage2->table);
}

/** ptable_look(): not every VM is mapped IPA = PA. */
must_check static inline enum ptable_look stage2_look(
	struct ptable_cursor *cursor, ipaddr_t begin, ipaddr_t end)
{
	return ptable_look(cursor, begin.ipa, end.ipa);
}

/**
 * Would an access at `ipa` that needs all of `access` (MM_MODE_R, W, X) be let
 * through now? After a fault: then somebody changed the map meanwhile, retry.
 */
must_check bool stage2_allows(const struct stage2 *stage2, ipaddr_t ipa,
			      mm_mode_t access);

/** Merge tables around [begin, end) into blocks and free empty ones. */
void stage2_defragment(struct stage2 *stage2, ipaddr_t begin, ipaddr_t end);
