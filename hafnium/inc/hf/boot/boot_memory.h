/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the hypervisor maps for itself while it boots: its image and the console
 * for good, the FDT and RAM until the VMs are loaded. See docs/boot.md.
 */
#pragma once

#include "hf/boot/params.h"
#include "hf/mm/page_pool.h"

/**
 * The image and the console; MMU and caches are on when it returns. `pool` gets
 * TABLE_PAGES of those behind the image, memory transactions the others.
 */
void boot_memory_enable(struct page_pool *pool);

/**
 * Make the FDT readable: header first, then as much as that claims. NULL, with
 * a line in the log, when it is not a device tree or lies in the image.
 */
must_check const void *boot_memory_map_fdt(paddr_t fdt);

/** All RAM but the image, and the RAM disk. False: see the log. */
must_check bool boot_memory_map_ram(const struct boot_params *params);

/** Nothing but image and console stays. */
void boot_memory_unmap_ram(const struct boot_params *params);
