/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation table entries of VMSAv8-64, 4 KiB granule, both stages
 * (DDI0487 D8.3): made from a neutral mode, and taken apart again. All of it
 * is arithmetic, shared by the fake; only the stores that a table walk may see
 * differ. See docs/memory.md.
 */
#pragma once

#include "hf/base/addr.h"

typedef uint64_t pte_t;

/** What a mapping allows and what we remember of it: MM_MODE_*. */
typedef uint32_t mm_mode_t;

/** Nothing is mapped and nothing is remembered: the all-zero entry. */
#define MM_MODE_ABSENT ((mm_mode_t)0)
#define MM_MODE_R ((mm_mode_t)0x01)
#define MM_MODE_W ((mm_mode_t)0x02)
#define MM_MODE_X ((mm_mode_t)0x04)
/** Device-nGnRE; without it, normal write-back memory. */
#define MM_MODE_DEVICE ((mm_mode_t)0x08)
/** Hardware sees an invalid entry; the other bits are only remembered. */
#define MM_MODE_NO_ACCESS ((mm_mode_t)0x10)
/*
 * Page ownership, one bit each in bits 58:55 of the entry. With NO_ACCESS they
 * spell the six states of a page:
 *   O-EA = OWNED, O-SA = OWNED | SHARED, O-NA = OWNED | NO_ACCESS,
 *   notO-EA = 0, notO-SA = SHARED, notO-NA = MM_MODE_ABSENT.
 */
#define MM_MODE_OWNED ((mm_mode_t)0x20)
#define MM_MODE_SHARED ((mm_mode_t)0x40)
#define MM_MODE_SOFT2 ((mm_mode_t)0x80)
#define MM_MODE_SOFT3 ((mm_mode_t)0x100)

#define MM_MODE_RWX (MM_MODE_R | MM_MODE_W | MM_MODE_X)
#define MM_MODE_SOFT \
	(MM_MODE_OWNED | MM_MODE_SHARED | MM_MODE_SOFT2 | MM_MODE_SOFT3)

enum pte_stage {
	PTE_STAGE1, /* EL2, one VA range (HCR_EL2.E2H = 0) */
	PTE_STAGE2, /* EL1&0, second stage */
};

/** What a change of an entry that a walk may read has to do (D8.14.1). */
enum pte_change {
	PTE_CHANGE_NONE,  /* it is as it should be */
	PTE_CHANGE_WRITE, /* write; no TLB can hold anything stale */
	PTE_CHANGE_FLUSH, /* write, then invalidate TLBs */
	PTE_CHANGE_BREAK, /* write 0, invalidate TLBs, write */
};

#define PTE_VALID BIT(0)
/** At levels 0-2 a table; at level 3 a page. */
#define PTE_TABLE_OR_PAGE BIT(1)
#define PTE_ADDR_MASK BITS(47, 12)
#define PTE_SOFT_SHIFT 55
#define PTE_SOFT_MASK BITS(58, 55)

/* Fields of leaf entries that both stages have. */
#define PTE_SH_INNER (UINT64_C(3) << 8)
#define PTE_AF BIT(10)
#define PTE_XN BIT(54) /* stage 2 without FEAT_XNX: bit 53 is RES0 */

/* Stage 1: AttrIndx indexes MMU_MAIR_EL2; AP[1] is RES1 at EL2. */
#define PTE_S1_ATTR_DEVICE (UINT64_C(0) << 2)
#define PTE_S1_ATTR_NORMAL (UINT64_C(1) << 2)
#define PTE_S1_AP1_RES1 BIT(6)
#define PTE_S1_READ_ONLY BIT(7)

/* Stage 2: MemAttr[3:0] in bits 5:2, S2AP in bits 7:6. */
#define PTE_S2_ATTR_DEVICE_NGNRE (UINT64_C(1) << 2)
#define PTE_S2_ATTR_NORMAL_WB (UINT64_C(15) << 2)
#define PTE_S2_ATTR_MASK (UINT64_C(15) << 2)
#define PTE_S2_READ BIT(6)
#define PTE_S2_WRITE BIT(7)

/** Level at which every leaf is a page, and below which there is nothing. */
#define PTE_LAST_LEVEL 3U
#define PTE_PER_TABLE 512U
#define PTE_INDEX_BITS 9

/** Bits of the input address below those that index a table of `level`. */
static inline unsigned int pte_level_shift(unsigned int level)
{
	return PAGE_BITS + PTE_INDEX_BITS * (PTE_LAST_LEVEL - level);
}

/** Bytes that one entry of `level` covers. */
static inline uint64_t pte_level_size(unsigned int level)
{
	return BIT(pte_level_shift(level));
}

/** Blocks exist at levels 1 and 2, pages at level 3. */
static inline bool pte_level_has_leaf(unsigned int level)
{
	return level >= 1;
}

static inline bool pte_is_valid(pte_t pte)
{
	return (pte & PTE_VALID) != 0;
}

static inline bool pte_is_absent(pte_t pte)
{
	return pte == 0;
}

static inline bool pte_is_table(pte_t pte, unsigned int level)
{
	return level < PTE_LAST_LEVEL &&
	       (pte & (PTE_VALID | PTE_TABLE_OR_PAGE)) ==
		       (PTE_VALID | PTE_TABLE_OR_PAGE);
}

/** Output address of a leaf, or address of the next table. */
static inline paddr_t pte_addr(pte_t pte)
{
	return pa_init(pte & PTE_ADDR_MASK);
}

/** No hierarchical restrictions: APTable, XNTable and so on are 0. */
static inline pte_t pte_make_table(paddr_t table)
{
	return (table.pa & PTE_ADDR_MASK) | PTE_VALID | PTE_TABLE_OR_PAGE;
}

/**
 * Does hardware get to see an entry of this mode? If not it is stored with
 * bit 0 clear, and all that it means is remembered in the ignored bits.
 */
static inline bool mm_mode_is_valid(mm_mode_t mode)
{
	return (mode & MM_MODE_RWX) != 0 && (mode & MM_MODE_NO_ACCESS) == 0;
}

/** Attributes of a leaf, without validity, address and type. */
static inline pte_t pte_attributes(enum pte_stage stage, mm_mode_t mode)
{
	bool device = (mode & MM_MODE_DEVICE) != 0;
	pte_t pte = PTE_AF | PTE_SH_INNER;

	pte |= (pte_t)((mode & MM_MODE_SOFT) / MM_MODE_OWNED) << PTE_SOFT_SHIFT;
	pte |= (mode & MM_MODE_X) != 0 ? 0 : PTE_XN;
	if (stage == PTE_STAGE1) {
		pte |= PTE_S1_AP1_RES1;
		pte |= device ? PTE_S1_ATTR_DEVICE : PTE_S1_ATTR_NORMAL;
		pte |= (mode & MM_MODE_W) != 0 ? 0 : PTE_S1_READ_ONLY;
		return pte;
	}
	pte |= device ? PTE_S2_ATTR_DEVICE_NGNRE : PTE_S2_ATTR_NORMAL_WB;
	pte |= (mode & MM_MODE_R) != 0 ? PTE_S2_READ : 0;
	pte |= (mode & MM_MODE_W) != 0 ? PTE_S2_WRITE : 0;
	return pte;
}

/**
 * A block or page at `level`, which must have leaves; MM_MODE_ABSENT gives 0.
 * Stage 1 cannot forbid reading: the mode read back has MM_MODE_R.
 */
static inline pte_t pte_make_leaf(enum pte_stage stage, unsigned int level,
				  paddr_t pa, mm_mode_t mode)
{
	pte_t pte;

	if (mode == MM_MODE_ABSENT) {
		return 0;
	}
	pte = (pa.pa & PTE_ADDR_MASK) | pte_attributes(stage, mode);
	if (mm_mode_is_valid(mode)) {
		pte |= PTE_VALID;
		pte |= level == PTE_LAST_LEVEL ? PTE_TABLE_OR_PAGE : 0;
	}
	return pte;
}

/** Mode of a leaf, valid or not. */
static inline mm_mode_t pte_mode(enum pte_stage stage, pte_t pte)
{
	mm_mode_t mode = 0;
	pte_t attr = pte & PTE_S2_ATTR_MASK;

	if (pte_is_absent(pte)) {
		return MM_MODE_ABSENT;
	}
	mode |= pte_is_valid(pte) ? 0 : MM_MODE_NO_ACCESS;
	mode |= (pte & PTE_XN) != 0 ? 0 : MM_MODE_X;
	mode |= (mm_mode_t)bits_get(pte, 58, 55) * MM_MODE_OWNED;
	if (stage == PTE_STAGE1) {
		mode |= MM_MODE_R;
		mode |= (pte & PTE_S1_READ_ONLY) != 0 ? 0 : MM_MODE_W;
		mode |= attr == PTE_S1_ATTR_DEVICE ? MM_MODE_DEVICE : 0;
		return mode;
	}
	mode |= (pte & PTE_S2_READ) != 0 ? MM_MODE_R : 0;
	mode |= (pte & PTE_S2_WRITE) != 0 ? MM_MODE_W : 0;
	mode |= attr == PTE_S2_ATTR_DEVICE_NGNRE ? MM_MODE_DEVICE : 0;
	return mode;
}

/**
 * First entry of a table that says what the leaf `pte` of `level` said; the
 * next ones are `pte_level_size(level + 1)` further each. 0 stays 0.
 */
static inline pte_t pte_first_child(pte_t pte, unsigned int level)
{
	bool page = level + 1 == PTE_LAST_LEVEL && pte_is_valid(pte);

	return pte | (page ? PTE_TABLE_OR_PAGE : 0);
}

/** And back: a leaf of the level above that says the same from its address on. */
static inline pte_t pte_parent(pte_t first_child)
{
	return first_child & ~PTE_TABLE_OR_PAGE;
}

/**
 * What it takes to turn `from` into `to`, two leaves of one level. Changing
 * permissions needs no break; memory type and output address do.
 */
static inline enum pte_change pte_compare(enum pte_stage stage, pte_t from,
					  pte_t to)
{
	pte_t permissions = stage == PTE_STAGE1
				    ? PTE_S1_READ_ONLY | PTE_XN
				    : PTE_S2_READ | PTE_S2_WRITE | PTE_XN;
	pte_t changed = (from ^ to) & ~PTE_SOFT_MASK;

	if (from == to) {
		return PTE_CHANGE_NONE;
	}
	if (!pte_is_valid(from) || changed == 0) {
		return PTE_CHANGE_WRITE;
	}
	if (!pte_is_valid(to) || (changed & ~permissions) == 0) {
		return PTE_CHANGE_FLUSH;
	}
	return PTE_CHANGE_BREAK;
}

/**
 * An entry as it is now. Hardware does not write entries (no FEAT_HAFDBS), and
 * the owner of the table holds its lock.
 */
static inline pte_t pte_read(const pte_t *entry)
{
	return *(const volatile pte_t *)entry;
}

/** One single-copy atomic store to an entry that a walk may read. */
void pte_write(pte_t *entry, pte_t pte);

/**
 * Every store to tables before this is seen by every walk after it, on all
 * CPUs, and by instructions of this CPU that follow.
 */
void pte_sync(void);
