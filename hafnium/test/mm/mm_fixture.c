/* SPDX-License-Identifier: BSD-3-Clause */
/* See mm_fixture.h and docs/memory.md. */
#include "mm_fixture.h"

static _Alignas(0x10000) uint8_t memory[FIXTURE_PAGES * PAGE_SIZE];

struct pa_range fixture_range(size_t first, size_t count)
{
	return (struct pa_range){
		.begin = pa_from_ptr(&memory[first * PAGE_SIZE]),
		.end = pa_init(pa_from_ptr(memory).pa +
			       (first + count) * PAGE_SIZE),
	};
}

void fixture_pool(struct page_pool *pool, size_t count)
{
	page_pool_init(pool, NULL);
	page_pool_add(pool, fixture_range(0, count));
}

void fixture_init(struct fixture *f, enum pte_stage stage, unsigned int bits,
		  size_t pages)
{
	fake_mmu_reset();
	fake_mmu_set_pa_bits(bits);
	fixture_pool(&f->pool, pages);
	if (ptable_init(&f->table, stage, 7, &f->pool) != MM_OK) {
		f->table.root = NULL;
	}
	fake_mmu_clear();
}

enum mm_status fixture_map(struct fixture *f, uint64_t begin, uint64_t end,
			   mm_mode_t mode)
{
	struct ptable_map map = {
		.begin = begin,
		.end = end,
		.pa = pa_init(begin),
		.mode = mode,
	};

	return ptable_change(&f->table, &map);
}

mm_mode_t fixture_mode(struct fixture *f, uint64_t address)
{
	mm_mode_t mode = (mm_mode_t)-1;

	(void)!ptable_query(&f->table, address, address + 1, &mode);
	return mode;
}

/** First level of the walk, from TCR_EL2.T0SZ or VTCR_EL2.{T0SZ,SL0}. */
static unsigned int start_level(enum pte_stage stage, unsigned int bits)
{
	if (stage == PTE_STAGE2) {
		return 2 - (unsigned int)bits_get(mmu_vtcr_el2(bits), 7, 6);
	}
	/* 4 KiB granule: 9 bits a level, above the 12 of the page. */
	return 4 - (bits - 12 + 8) / 9;
}

struct translation fixture_translate(const struct fixture *f, uint64_t address)
{
	enum pte_stage stage = f->table.stage;
	unsigned int bits = mmu_pa_bits();
	uint64_t table = stage == PTE_STAGE2
				 ? bits_get(f->table.vttbr, 47, 1) << 1
				 : ptable_root(&f->table).pa;
	struct translation t = {.level = start_level(stage, bits)};
	/* The first index takes all bits that are left: concatenation. */
	unsigned int high = bits - 1;

	for (;; t.level++) {
		unsigned int low = 39 - 9 * t.level;
		const pte_t *entries = ptr_from_pa(pa_init(table));

		t.pte = entries[bits_get(address, high, low)];
		if ((t.pte & 1) == 0) {
			return t;
		}
		table = t.pte & UINT64_C(0xfffffffff000);
		if (t.level == 3 || (t.pte & 2) == 0) {
			t.is_valid =
				t.level == 3 ? (t.pte & 2) != 0 : t.level != 0;
			t.pa = table | bits_get(address, low - 1, 0);
			return t;
		}
		high = low - 1;
	}
}

bool fixture_is_identity(const struct fixture *f, uint64_t address,
			 mm_mode_t mode, unsigned int level)
{
	struct translation t = fixture_translate(f, address);

	return t.is_valid && t.pa == address && t.level == level &&
	       pte_mode(f->table.stage, t.pte) == mode;
}

bool fixture_is_unmapped(const struct fixture *f, uint64_t address)
{
	return !fixture_translate(f, address).is_valid;
}

static uint64_t digest_table(const pte_t *table, size_t count,
			     unsigned int level, uint64_t digest)
{
	for (size_t i = 0; i < count; i++) {
		pte_t pte = table[i];

		digest = (digest ^ pte ^ level) * UINT64_C(0x100000001b3);
		digest ^= digest >> 29;
		if (level < 3 && (pte & 3) == 3) {
			digest = digest_table(ptr_from_pa(pte_addr(pte)),
					      PTE_PER_TABLE, level + 1, digest);
		}
	}
	return digest;
}

uint64_t fixture_digest(const struct fixture *f)
{
	return digest_table(f->table.root,
			    f->table.geometry.root_pages * PTE_PER_TABLE,
			    f->table.geometry.start_level, 1);
}

static bool is_tlbi(enum fake_mmu_op op)
{
	return op == FAKE_MMU_TLBI_VMID || op == FAKE_MMU_TLBI_EL2_VA ||
	       op == FAKE_MMU_TLBI_EL2_ALL || op == FAKE_MMU_TLBI_VMID_STAGE1;
}

/** Bits in which two valid entries may differ without a break. */
static uint64_t soft_and_permissions(enum pte_stage stage)
{
	uint64_t read_write = stage == PTE_STAGE1 ? 0x80 : 0xc0;

	return UINT64_C(0x0780000000000000) | UINT64_C(1) << 54 | read_write;
}

/** Was the entry made invalid before, and no TLB emptied since? */
static bool may_be_cached(const struct fake_mmu_event *event, size_t index)
{
	while (index-- > 0) {
		const struct fake_mmu_event *before = fake_mmu_event(index);

		if (is_tlbi(before->op)) {
			return false;
		}
		if (before->op == FAKE_MMU_WRITE &&
		    before->where == event->where && (before->old & 1) != 0) {
			return true;
		}
	}
	return false;
}

static enum pte_stage stage_of_events(void)
{
	return fake_mmu_count(FAKE_MMU_TLBI_EL2_VA) +
				       fake_mmu_count(FAKE_MMU_TLBI_EL2_ALL) !=
			       0
		       ? PTE_STAGE1
		       : PTE_STAGE2;
}

const char *fixture_order_error(void)
{
	uint64_t allowed = soft_and_permissions(stage_of_events());
	bool is_stale = false;

	for (size_t i = 0; i < fake_mmu_event_count(); i++) {
		const struct fake_mmu_event *event = fake_mmu_event(i);
		uint64_t changed = event->old ^ event->value;

		is_stale = is_stale && !is_tlbi(event->op);
		if (event->op != FAKE_MMU_WRITE) {
			continue;
		}
		is_stale |= (event->old & 1) != 0 &&
			    (changed & ~UINT64_C(0x0780000000000000)) != 0;
		if ((event->value & 1) == 0) {
			continue;
		}
		if ((event->old & 1) != 0 && (changed & ~allowed) != 0) {
			return "a valid entry was overwritten";
		}
		if ((event->old & 1) == 0 && may_be_cached(event, i)) {
			return "made before TLBs were invalidated";
		}
	}
	return is_stale ? "TLBs may be stale at the end" : "";
}

size_t fixture_find(enum fake_mmu_op op, size_t from)
{
	for (size_t i = from; i < fake_mmu_event_count(); i++) {
		if (fake_mmu_event(i)->op == op) {
			return i;
		}
	}
	return SIZE_MAX;
}

uint64_t fixture_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}
