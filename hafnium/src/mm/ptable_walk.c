/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entries of translation tables are found, compared and filled here, and tables
 * taken out: the only recursion in the hypervisor, at most three levels deep. See docs/memory.md.
 */
#include "ptable_walk.h"

#include "hf/arch/tlb.h"

struct walk_entry ptable_seek(const struct ptable *table, uint64_t address,
			      unsigned int last_level)
{
	unsigned int level = table->geometry.start_level;
	unsigned int shift = pte_level_shift(level);
	size_t count = table->geometry.root_pages * (size_t)PTE_PER_TABLE;
	size_t i = address >> shift;
	pte_t *entries = table->root;

	for (; level < last_level; level++) {
		pte_t pte = pte_read(&entries[i]);

		if (!pte_is_table(pte, level)) {
			break;
		}
		entries = walk_next_table(pte);
		count = PTE_PER_TABLE;
		shift -= PTE_INDEX_BITS;
		i = address >> shift & (PTE_PER_TABLE - 1);
	}
	return (struct walk_entry){
		.pte = &entries[i],
		.begin = align_down(address, BIT(shift)),
		.level = level,
		.shift = shift,
		.room = count - i,
	};
}

/** Eight entries at a time: how many of them say nothing, and so on. */
static const pte_t *absent_row(const pte_t *at, const pte_t *end)
{
	while (at < end && (at[0] | at[1] | at[2] | at[3] | at[4] | at[5] |
			    at[6] | at[7]) == 0) {
		at += 8;
	}
	return at;
}

/** Two entries are loaded and compared as one. */
static inline bool is_pair(const pte_t *at, pte_t even, pte_t odd)
{
	return (at[0] == even) & (at[1] == odd);
}

/** The same of those that follow one another. */
static const pte_t *leaf_row(const pte_t *at, const pte_t *end, uint64_t step)
{
	pte_t even = at[0];
	pte_t odd = even + step;

	for (step *= 2; at < end; at += 8) {
		if (!is_pair(at, even, odd)) {
			break;
		}
		even += step;
		odd += step;
		if (!is_pair(at + 2, even, odd)) {
			break;
		}
		even += step;
		odd += step;
		if (!is_pair(at + 4, even, odd)) {
			break;
		}
		even += step;
		odd += step;
		if (!is_pair(at + 6, even, odd)) {
			break;
		}
		even += step;
		odd += step;
	}
	return at;
}

size_t ptable_row(const pte_t *entries, size_t count, uint64_t size)
{
	pte_t first = entries[0];
	bool is_absent = pte_is_absent(first);
	uint64_t step = is_absent ? 0 : size;
	const pte_t *eights = entries + align_down(count, 8);
	const pte_t *end = entries + count;
	const pte_t *at = is_absent ? absent_row(entries, eights)
				    : leaf_row(entries, eights, step);

	first += (size_t)(at - entries) * step;
	for (; at < end && *at == first; at++) {
		first += step;
	}
	return (size_t)(at - entries);
}

void ptable_fill(pte_t *entries, size_t count, pte_t leaf, uint64_t size)
{
	uint64_t step = pte_is_absent(leaf) ? 0 : size;
	pte_t *end = entries + count;
	pte_t odd = leaf + step;

	for (size_t fours = count / 4; fours > 0; fours--) {
		pte_write(&entries[0], leaf);
		pte_write(&entries[1], odd);
		leaf += 2 * step;
		odd += 2 * step;
		pte_write(&entries[2], leaf);
		pte_write(&entries[3], odd);
		leaf += 2 * step;
		odd += 2 * step;
		entries += 4;
	}
	for (; entries < end; entries++) {
		pte_write(entries, leaf);
		leaf += step;
	}
}

/** `entries`, a table of `level`, and all that it leads to. */
static void chain(struct table_list *list, pte_t *entries, unsigned int level)
{
	if (level < PTE_LAST_LEVEL) {
		for (size_t i = 0; i < PTE_PER_TABLE; i++) {
			pte_t pte = pte_read(&entries[i]);

			if (pte_is_table(pte, level)) {
				chain(list, walk_next_table(pte), level + 1);
			}
		}
	}
	/* Page aligned, so bit 0 is clear: a walk that comes here faults. */
	pte_write(&entries[0], pa_from_ptr(list->first).pa);
	list->first = entries;
}

void ptable_detach(const struct walk_entry *entry, struct table_list *list)
{
	pte_t *below = walk_next_table(pte_read(entry->pte));

	pte_write(entry->pte, 0);
	chain(list, below, entry->level + 1);
}

void ptable_free_list(struct ptable *table, struct table_list *list)
{
	while (list->first != NULL) {
		pte_t *next = ptr_from_pa(pa_init(list->first[0]));

		page_pool_free(table->pool, list->first);
		list->first = next;
	}
}

never_inline pte_t ptable_page(mm_mode_t mode)
{
	return pte_make_leaf(PTE_STAGE2, PTE_LAST_LEVEL, pa_init(0), mode);
}

never_inline void ptable_invalidate(const struct ptable *table, uint64_t begin,
				    uint64_t end)
{
	if (table->stage == PTE_STAGE1) {
		tlb_invalidate_el2((vaddr_t){.va = begin},
				   (vaddr_t){.va = end});
		return;
	}
	tlb_invalidate_ipa(table->vttbr, ipa_init(begin), ipa_init(end));
}

bool ptable_has_range(const struct ptable *table, uint64_t begin, uint64_t end)
{
	return begin < end && end <= BIT(table->geometry.bits);
}
