/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host tests: what the fake MMU was told, in order, and the width of a
 * physical address that it pretends to have. See docs/memory.md.
 */
#pragma once

#include "hf/base/addr.h"

enum fake_mmu_op {
	FAKE_MMU_WRITE,		   /* pte_write(): where, value */
	FAKE_MMU_SYNC,		   /* pte_sync() */
	FAKE_MMU_TLBI_IPA,	   /* IPAS2E1IS: where = page, vmid */
	FAKE_MMU_TLBI_VMID_STAGE1, /* VMALLE1IS: vmid */
	FAKE_MMU_TLBI_VMID,	   /* VMALLS12E1IS: vmid */
	FAKE_MMU_TLBI_EL2_VA,	   /* VAE2IS: where = page */
	FAKE_MMU_TLBI_EL2_ALL,	   /* ALLE2IS */
	FAKE_MMU_TLBI_LOCAL,	   /* VMALLE1, on this CPU */
	FAKE_MMU_STAGE1_ENABLE,	   /* where = root */
	FAKE_MMU_STAGE2_ENABLE,	   /* value = VTCR_EL2 */
};

struct fake_mmu_event {
	enum fake_mmu_op op;
	uint16_t vmid;
	uint64_t where;
	uint64_t value;
	uint64_t old;	/* FAKE_MMU_WRITE: what the entry was */
	size_t watched; /* the word at fake_mmu_watch() at that time */
};

/** Later events are counted but not kept. */
#define FAKE_MMU_EVENTS 4096

/** No events; 48 bits of physical address, so that host pointers fit. */
void fake_mmu_reset(void);

/** Forget events, keep the rest. */
void fake_mmu_clear(void);

void fake_mmu_set_pa_bits(unsigned int bits);

/**
 * Note `*number` with each event, to see what had happened to it by then; NULL
 * for none. Only while one thread runs.
 */
void fake_mmu_watch(const void *word);

/** How many so far; any thread may record, one reads when they are done. */
size_t fake_mmu_event_count(void);

/** Number of events of one kind. */
size_t fake_mmu_count(enum fake_mmu_op op);

const struct fake_mmu_event *fake_mmu_event(size_t index);

/** What the fake's own pte, tlb and mmu call. */
void fake_mmu_record(struct fake_mmu_event event);
