/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage-2 tables as the architecture defines them (Arm ARM, D8.3, 4 KiB
 * granule), read word by word from a debug build of the hypervisor: none of its
 * code says what they mean.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** Whether this hypervisor lets its tables be read. */
bool tables_can_be_read(void);

/** What the entry for one page says; in `rights`, of "rwx", room for 4. */
struct tables_page {
	char rights[4];
	uint64_t pa;
	bool is_normal; /* write-back, and its access flag is set */
};

struct tables_page tables_look(uint16_t vm, uint64_t ipa);

/**
 * Of all that `vm` has, whatever the size of the entries, but `count` pages at
 * `others`, which are sorted.
 */
uint64_t tables_digest(uint16_t vm, const uint64_t *others, uint32_t count);
