/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All VMs, by id. Filled at boot, then only read. See docs/architecture.md.
 */
#pragma once

#include "hf/vm/vm.h"

struct page_pool;

/**
 * The next VM: ids are given in order, 1 first, with an empty stage 2 whose
 * tables come from `pool`, and vCPUs that are off.
 *
 * NULL when there is no room for another VM, for its vCPUs (`vcpu_count` is 1
 * to MAX_CPUS) or in `pool`; nothing is used up then.
 */
must_check struct vm *vm_set_add(uint16_t vcpu_count, struct page_pool *pool);

/** NULL when nobody has that id, which may be a whole register of a guest's. */
struct vm *vm_set_find(uint64_t id);

uint16_t vm_set_count(void);

/** Host tests: no VM at all. */
void vm_set_reset(void);
