/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one walker of translation tables: it finds entries, visitors act on
 * them. The only recursion in the hypervisor, at most four levels deep, and
 * once more below a table that is taken out. See docs/memory.md.
 */
#include "ptable_walk.h"

#include "hf/arch/tlb.h"

static bool walk_table(struct walk *walk, pte_t *table, unsigned int level,
		       uint64_t begin);

static enum walk_step visit(
	struct walk *walk, const struct walk_entry *entry,
	enum walk_step (*visitor)(struct walk *, const struct walk_entry *))
{
	return visitor == NULL ? WALK_ON : visitor(walk, entry);
}

/** How many entries are done; 0: stop. */
static size_t walk_one(struct walk *walk, const struct walk_entry *entry)
{
	const struct walk_visitor *visitor = &walk->visitor;
	bool was_table = pte_is_table(pte_read(entry->pte), entry->level);
	enum walk_step step;

	walk->handled = 1;
	step = visit(walk, entry,
		     was_table ? visitor->table_pre : visitor->leaf);
	if (step == WALK_STOP) {
		return 0;
	}
	if (step == WALK_SKIP ||
	    !pte_is_table(pte_read(entry->pte), entry->level)) {
		return walk->handled;
	}
	return ptable_walk_below(walk, entry) &&
			       visit(walk, entry, visitor->table_post) !=
				       WALK_STOP
		       ? 1
		       : 0;
}

bool ptable_walk_below(struct walk *walk, const struct walk_entry *entry)
{
	unsigned int level = entry->level + 1;

	/* Pages are all that is there: spare the visits that do nothing. */
	if (level == PTE_LAST_LEVEL && walk->visitor.leaf == NULL) {
		return true;
	}
	return walk_table(walk, walk_next_table(pte_read(entry->pte)), level,
			  entry->begin);
}

/** `begin` is the input address of the first entry of `table`. */
static bool walk_table(struct walk *walk, pte_t *table, unsigned int level,
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

		if (done == 0) {
			return false;
		}
		entry.pte += done;
		entry.begin += (uint64_t)done << shift;
		entry.room -= done;
	}
	return true;
}

struct walk_entry ptable_seek(const struct ptable *table, uint64_t address)
{
	unsigned int level = table->geometry.start_level;
	size_t count = table->geometry.root_pages * (size_t)PTE_PER_TABLE;
	size_t i = address >> pte_level_shift(level);
	pte_t *entry = &table->root[i];

	while (pte_is_table(pte_read(entry), level)) {
		level++;
		count = PTE_PER_TABLE;
		i = address >> pte_level_shift(level) & (PTE_PER_TABLE - 1);
		entry = walk_next_table(pte_read(entry)) + i;
	}
	return (struct walk_entry){
		.pte = entry,
		.begin = align_down(address, pte_level_size(level)),
		.level = level,
		.room = count - i,
	};
}

size_t ptable_row(const pte_t *entries, size_t count, unsigned int level)
{
	pte_t expected = entries[0];
	uint64_t step = pte_is_absent(expected) ? 0 : pte_level_size(level);
	size_t i = 0;

	for (; count - i >= 4; i += 4) {
		pte_t a = entries[i], b = entries[i + 1];
		pte_t c = entries[i + 2], d = entries[i + 3];

		if (a != expected || b != expected + step ||
		    c != expected + 2 * step || d != expected + 3 * step) {
			break;
		}
		expected += 4 * step;
	}
	while (i < count && entries[i] == expected) {
		expected += step;
		i++;
	}
	return i;
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

bool ptable_walk(struct walk *walk)
{
	return walk_table(walk, walk->table->root,
			  walk->table->geometry.start_level, 0);
}

static void chain(struct table_list *list, pte_t *table)
{
	/* Page aligned, so bit 0 is clear: a walk that comes here faults. */
	pte_write(&table[0], pa_from_ptr(list->first).pa);
	list->first = table;
}

static enum walk_step collect_table(struct walk *walk,
				    const struct walk_entry *entry)
{
	chain(walk->context, walk_next_table(pte_read(entry->pte)));
	return WALK_ON;
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

	(void)ptable_walk_below(&walk, entry);
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
