/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the suites of this image share: the hypervisor's own page tables around
 * this image, and memory to play with.
 */
#pragma once

#include "hf/mm/stage1.h"
#include "hf/mm/stage2.h"

#define BLOCK_SIZE UINT64_C(0x200000)

/** An empty pool of pages, not shared. */
struct page_pool *el2_pool(void);

/** RAM that nothing else uses: 4 MiB, 2 MiB aligned. */
uint64_t el2_scratch(void);

/** Sections of this image as the hypervisor sees its own. */
struct stage1_image el2_image(void);

/**
 * stage1_init() and stage1_map_image() for this image, UART and scratch
 * memory; then stage1_enable(). Until el2_stage1_off().
 */
void el2_stage1_on(void);

/** Back to the framework's own tables. */
void el2_stage1_off(void);

/** What hardware says about an address: PAR_EL1 after AT. */
uint64_t el2_at_read(uint64_t va);	/* AT S1E2R */
uint64_t el2_at_write(uint64_t va);	/* AT S1E2W */
uint64_t el2_at_s12_read(uint64_t ipa); /* AT S12E1R, stage 1 off */
uint64_t el2_at_s12_write(uint64_t ipa);

#define PAR_F BIT(0)
#define PAR_STAGE2 BIT(9)
#define PAR_ATTR(par) ((par) >> 56)
#define PAR_PA(par) ((par)&BITS(47, 12))
/** FST when F is set. */
#define PAR_FST(par) bits_get(par, 6, 1)
#define FST_TRANSLATION_LEVEL1 UINT64_C(0x05)
#define FST_TRANSLATION_LEVEL3 UINT64_C(0x07)
#define FST_PERMISSION_LEVEL3 UINT64_C(0x0f)
