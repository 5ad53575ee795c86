/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 of a test image: everything below 256 GiB at VA = PA, the first GiB
 * as device. Other views of a page go into a window of 512 pages at 512 MiB.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What hft_mm_view() gives. */
#define HFT_VIEW_READ UINT64_C(0)
#define HFT_VIEW_WRITE (UINT64_C(1) << 0)
#define HFT_VIEW_EXECUTE (UINT64_C(1) << 1)
#define HFT_VIEW_EL0 (UINT64_C(1) << 2)
#define HFT_VIEW_DEVICE (UINT64_C(1) << 3)
#define HFT_VIEW_UNCACHED (UINT64_C(1) << 4)

/** Map the page of `pa` again; the address of `pa` in the window. */
uint64_t hft_mm_view(uint64_t pa, uint64_t view);

/** An address whose translation walks through a table at `pa`. */
uint64_t hft_mm_view_through_table(uint64_t pa);

/** EL1 only. It is gone for this CPU; for others, if something sees to that. */
void hft_mm_drop_view(uint64_t va);

/** All views are gone; the framework does it between tests. */
void hft_mm_reset_views(void);

/** MMU and caches of this CPU, at EL1 or EL2. */
void hft_mm_enable(void);
void hft_mm_disable(void);
