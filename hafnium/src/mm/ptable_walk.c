/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one walker of translation tables: it finds entries, visitors act on
 * them. The only recursion in the hypervisor, at most four levels deep, and
 * once more below a table that is taken out. See docs/memory.md.
 */
#include "ptable_walk.h"

#include "hf/arch/tlb.h"

static void walk_table(struct walk *walk, pte_t *table, unsigned int level,
		       uint64_t begin);

/** How many entries are done. */
static size_t walk_one(struct walk *walk, const struct walk_entry *entry)
{
	const struct walk_visitor *visitor = &walk->visitor;

	if (!pte_is_table(pte_read(entry->pte), entry->level)) {
		return visitor->leaf == NULL ? 1 : visitor->leaf(walk, entry);
	}
	if (visitor->table_pre == NULL || !visitor->table_pre(walk, entry)) {
		ptable_walk_below(walk, entry);
		if (visitor->table_post != NULL) {
			visitor->table_post(walk, entry);
		}
	}
	return 1;
}

void ptable_walk_below(struct walk *walk, const struct walk_entry *entry)
{
	unsigned int level = entry->level + 1;

	/* Pages are all that is there: spare the visits that do nothing. */
	if (level != PTE_LAST_LEVEL || walk->visitor.leaf != NULL) {
		walk_table(walk, walk_next_table(pte_read(entry->pte)), level,
			   entry->begin);
	}
}

/** `begin` is the input address of the first entry of `table`. */
static void walk_table(struct walk *walk, pte_t *table, unsigned int level,
		       uint64_t begin)
{
	unsigned int shift = pte_level_shift(level);
	bool root = level == walk->table->geometry.start_level;
	size_t tables = root ? walk->table->geometry.root_pages : 1;
	uint64_t from = max_u64(walk->begin, begin);
	size_t i = (from - begin) >> shift;
	struct walk_entry entry = {
		.pte = &table[i],
		.begin = begin + ((uint64_t)i << shift),
		.level = level,
		.room = tables * PTE_PER_TABLE - i,
	};

	while (entry.begin < walk->end && entry.room != 0) {
		size_t done = walk_one(walk, &entry);

		entry.pte += done;
		entry.begin += (uint64_t)done << shift;
		entry.room -= done;
	}
}

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

size_t ptable_row(const pte_t *entries, size_t count, unsigned int level)
{
	pte_t first = entries[0];
	bool is_absent = pte_is_absent(first);
	uint64_t step = is_absent ? 0 : pte_level_size(level);
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

void ptable_fill(pte_t *entries, size_t count, pte_t leaf, unsigned int level)
{
	uint64_t step = pte_is_absent(leaf) ? 0 : pte_level_size(level);
	pte_t *end = entries + count;

	for (; end - entries >= 4; entries += 4) {
		pte_write(&entries[0], leaf);
		pte_write(&entries[1], leaf + step);
		leaf += 2 * step;
		pte_write(&entries[2], leaf);
		pte_write(&entries[3], leaf + step);
		leaf += 2 * step;
	}
	for (; entries < end; entries++) {
		pte_write(entries, leaf);
		leaf += step;
	}
}

void ptable_walk(struct walk *walk)
{
	walk_table(walk, walk->table->root, walk->table->geometry.start_level,
		   0);
}

static void chain(struct table_list *list, pte_t *table)
{
	/* Page aligned, so bit 0 is clear: a walk that comes here faults. */
	pte_write(&table[0], pa_from_ptr(list->first).pa);
	list->first = table;
}

static void collect_table(struct walk *walk, const struct walk_entry *entry)
{
	chain(walk->context, walk_next_table(pte_read(entry->pte)));
}

void ptable_detach(struct ptable *table, const struct walk_entry *entry,
		   struct table_list *list)
{
	struct walk walk = {
		.table = table,
		.visitor = {.table_post = collect_table},
		.begin = entry->begin,
		.end = entry->begin + pte_level_size(entry->level),
		.context = list,
	};
	pte_t *below = walk_next_table(pte_read(entry->pte));

	ptable_walk_below(&walk, entry);
	pte_write(entry->pte, 0);
	chain(list, below);
}

void ptable_free_list(struct ptable *table, struct table_list *list)
{
	while (list->first != NULL) {
		pte_t *next = ptr_from_pa(pa_init(list->first[0]));

		page_pool_free(table->pool, list->first);
		list->first = next;
	}
}

void ptable_invalidate(const struct ptable *table, uint64_t begin, uint64_t end)
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
