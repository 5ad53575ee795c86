/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RAM is mapped writable, in pieces that leave out the image, whose permissions
 * never change. See docs/boot.md.
 */
#include "hf/boot/boot_memory.h"

#include "hf/base/check.h"
#include "hf/base/log.h"
#include "hf/boot/fdt.h"
#include "hf/ffa/memory.h"
#include "hf/mm/stage1.h"
#include "hf/plat/board.h"
#include "hf/plat/image.h"
#include "hf/plat/image_layout.h"

#define MODE_RW (MM_MODE_R | MM_MODE_W)

void boot_memory_enable(struct page_pool *pool)
{
	struct stage1_image image = {
		.text = image_text(),
		.rodata = image_rodata(),
		.data = {image_data().begin, image_range().end},
		.stacks = image_stacks(),
		.stack_slot_bytes = STACK_SLOT_SIZE,
	};

	struct pa_range tables = image_heap();
	struct pa_range ranges = tables;

	tables.end.pa = tables.begin.pa + TABLE_PAGES * PAGE_SIZE;
	ranges.begin = tables.end;
	memory_init(ranges);
	page_pool_init(pool, NULL);
	page_pool_add(pool, tables);
	if (stage1_init(pool) != MM_OK || stage1_map_image(&image) != MM_OK ||
	    stage1_map(board_get()->uart, MODE_RW | MM_MODE_DEVICE) != MM_OK) {
		panic("Unable to map the hypervisor.");
	}
	stage1_enable();
}

/** `size` bytes at `begin`, readable and beside the image. */
static bool32 map_bytes(paddr_t begin, size_t size)
{
	struct pa_range range = {.begin = begin};

	return !add_overflows(begin.pa, size, &range.end.pa) &&
	       !pa_ranges_overlap(range, image_range()) &&
	       stage1_map(range, MM_MODE_R) == MM_OK;
}

const void *boot_memory_map_fdt(paddr_t fdt)
{
	const void *dtb = ptr_from_pa(fdt);

	if (!is_aligned(fdt.pa, sizeof(uint64_t)) ||
	    !map_bytes(fdt, DT_HEADER_SIZE)) {
		log_error("FDT: no address to be read: %#lx", fdt.pa);
		return NULL;
	}
	if (!dt_has_magic(dtb) || dt_claimed_size(dtb) > DT_MAX_SIZE ||
	    !map_bytes(fdt, dt_claimed_size(dtb)) ||
	    !dt_check(dtb, dt_claimed_size(dtb))) {
		log_error("FDT: malformed header at %#lx", fdt.pa);
		return NULL;
	}
	return dtb;
}

/** Map it writable, or unmap it; it may be empty. */
static bool32 change_piece(struct pa_range piece, bool is_mapped)
{
	if (pa_range_is_empty(piece)) {
		return true;
	}
	if (!is_mapped) {
		if (stage1_unmap(piece) != MM_OK) {
			panic("Unable to unmap memory from the hypervisor.");
		}
		return true;
	}
	if (stage1_map(piece, MODE_RW) != MM_OK) {
		log_error("Unable to map memory %#lx - %#lx.", piece.begin.pa,
			  piece.end.pa - 1);
		return false;
	}
	return true;
}

/** What is below and behind the image of each range of RAM. */
static bool32 change_ram(const struct boot_params *params, bool is_mapped)
{
	struct pa_range image = image_range();

	for (size_t i = 0; i < params->mem_ranges.count; i++) {
		struct pa_range below = params->mem_ranges.list[i];
		struct pa_range behind = below;

		below.end.pa = min_u64(below.end.pa, image.begin.pa);
		behind.begin.pa = max_u64(behind.begin.pa, image.end.pa);
		if (!change_piece(below, is_mapped) ||
		    !change_piece(behind, is_mapped)) {
			return false;
		}
	}
	return true;
}

static bool map_ramdisk(const struct boot_params *params)
{
	struct pa_range ramdisk = params->ramdisk;

	if (pa_range_is_empty(ramdisk) || params_is_ram(params, ramdisk)) {
		return true;
	}
	if (!map_bytes(ramdisk.begin, pa_range_size(ramdisk))) {
		log_error("Unable to map the RAM disk.");
		return false;
	}
	return true;
}

bool boot_memory_map_ram(const struct boot_params *params)
{
	return change_ram(params, true) && map_ramdisk(params);
}

void boot_memory_unmap_ram(const struct boot_params *params)
{
	(void)!change_ram(params, false);
	if (!params_is_ram(params, params->ramdisk)) {
		(void)!change_piece(params->ramdisk, false);
	}
}
