/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The redistributors of a GICv3. They belong to the primary, but for one page
 * each: its registers could make the GIC read and write memory anywhere (LPI
 * tables), so accesses to it come here. See docs/interrupts.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/base/limits.h"

/** Regions of redistributors in the FDT. */
#define MAX_GICR_REGIONS 4

/** For each one its page and what is behind its frames; behind the last. */
#define MAX_GICR_DENIED (2 * MAX_CPUS + MAX_GICR_REGIONS)

/**
 * Find the redistributors of a region, `stride` bytes apart (0: without a gap),
 * map their pages, turn off LPIs. Boot only. False: one could not be mapped, does
 * not fit, or its LPIs stay on; the log says which.
 */
must_check bool gicr_add_region(struct pa_range region, uint64_t stride);

/** The `idx`-th range that no VM may have; false when there are no more. */
must_check bool gicr_denied(uint32_t idx, struct pa_range *range);

/**
 * An access to the page of a redistributor. False, with no effect: `address`
 * is none of theirs, or there is no register of that size.
 */
must_check bool gicr_access(paddr_t address, size_t size, bool is_write,
			    uint64_t *value);

/** Host tests: no redistributors. */
void gicr_reset(void);
