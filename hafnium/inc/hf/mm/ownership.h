/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who owns a page, and who has access to it: kept in stage 2 of every VM, in
 * bits that hardware ignores. After boot, this module alone writes them, by the
 * steps of ownership.def: no page is ever accessible to more than two VMs. The
 * caller holds the locks of the VMs. See docs/memory.md.
 */
#pragma once

#include "hf/mm/range_list.h"
#include "hf/mm/stage2.h"

/** Of one page in one VM's map; behind it the name that FF-A gives it. */
enum page_state {
	PAGE_NONE,     /* notO-NA: nothing to do with it */
	PAGE_OWNED,    /* O-EA: nobody else has access */
	PAGE_SHARED,   /* O-SA: the owner and a borrower have */
	PAGE_LENT,     /* O-NA: only the borrower has */
	PAGE_DONATED,  /* notO-NA, but until it is retrieved it may go back */
	PAGE_BORROWED, /* notO-EA: only this VM has, its owner lent it */
	PAGE_JOINED,   /* notO-SA: this VM and its owner have */
	PAGE_STATE_COUNT,
	PAGE_KEPT, /* no state: leave that map alone */
};

#define OWNERSHIP(name, ...) OWNERSHIP_##name,
enum ownership_step {
#include "hf/mm/ownership.def"
	OWNERSHIP_STEP_COUNT,
};
#undef OWNERSHIP

struct page_step {
	uint8_t from; /* enum page_state */
	uint8_t to;
};

struct ownership_rule {
	struct page_step owner;
	struct page_step other;
};

struct ownership_rule ownership_rule_of(enum ownership_step step);

/** State that a mode of stage 2 says; PAGE_STATE_COUNT: none of ours. */
enum page_state ownership_state(mm_mode_t mode);

/** What has R, W and X as in `rights` says when it is in `state`. */
mm_mode_t ownership_mode(enum page_state state, mm_mode_t rights);

/** One of the VMs of a step. */
struct ownership_party {
	struct stage2 *stage2; /* NULL if the rule keeps its map */
	mm_mode_t rights;      /* R, W, X */
};

/** A step for all pages of a list, which stays as it is until commit. */
struct ownership_change {
	const struct range_list *ranges; /* the owner's addresses */
	struct ownership_party owner;	 /* its rights: when it has access */
	struct ownership_party other;	 /* IPA = PA; from now on, or before */
	enum ownership_step step;
	bool owner_is_known; /* to be ready, whatever its rights are now */
};

enum ownership_status {
	OWNERSHIP_OK,
	/** A page is not in the state that the step begins with. */
	OWNERSHIP_WRONG_STATE,
	/** No memory for tables. */
	OWNERSHIP_NO_MEMORY,
};

/**
 * Look at both maps, whether all pages are in the states that the step begins
 * with, with the rights, and where the list says; and make all tables that
 * commit will need. Nothing is changed, and if it refuses, no table is left over.
 */
must_check enum ownership_status ownership_prepare(
	const struct ownership_change *change);

/** Prepared, but will not be committed: tables are as they were. */
void ownership_cancel(const struct ownership_change *change);

/** It is so, for all CPUs, before this returns. Cannot fail. */
void ownership_commit(const struct ownership_change *change);

/**
 * All pages of the list will be written by the hypervisor: map them. False:
 * no memory for tables, nothing changed.
 */
must_check bool ownership_clear_prepare(const struct range_list *list);
void ownership_clear_cancel(const struct range_list *list);

/** They are zeros, in memory and in all caches. No VM has access meanwhile. */
void ownership_clear_commit(const struct range_list *list);
