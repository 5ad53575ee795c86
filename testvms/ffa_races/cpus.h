/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs that run at the same time, and meet. */
#pragma once

#include <stdatomic.h>

#include "hft/arch.h"
#include "hft/ffa_memory.h"
#include "hft/power.h"

#define PAGE HFT_PAGE_SIZE

/** Set by the last that has something to do; the others stop. */
extern atomic_bool is_over;

/** `run` on CPUs 0 to `count` - 1; done when all are. */
void run_on_cpus(uint32_t count, void (*run)(uint64_t cpu));

/** All three with their buffers, and the four vCPUs of ACTOR_SMP if asked. */
void start_all(uint32_t version);
void start_vcpus(uint32_t count);

/** SHARE, LEND or DONATE of one page. */
struct mem_transaction page_of(uint64_t call, uint16_t from, uint16_t to,
			       const struct mem_range *range);

/** Nothing has become of a refused call, and a good one works. */
void expect_whole(uint16_t vm, uint64_t page);
