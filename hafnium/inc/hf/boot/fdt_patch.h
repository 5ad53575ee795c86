/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loader's device tree becomes the primary's: with its own RAM disk, and
 * without the memory of others. See docs/boot.md.
 */
#pragma once

#include "hf/boot/load.h"

/**
 * What patching may need: a node with its name, `no-map` and `reg` for each
 * range, and their parent.
 */
#define FDT_PATCH_SPARE align_up(256 + MAX_RESERVED * 80, PAGE_SIZE)

/**
 * Bytes at `dtb` that patching may use: its total size, and FDT_PATCH_SPARE
 * more when it has less than that to spare inside.
 */
size_t fdt_patch_room(const void *dtb);

/**
 * Change `dtb`, which has `room` bytes and from which `load->params` were read,
 * in place, as `load` says; then pack it.
 * False, with a line in the log: the primary cannot be started with it.
 */
must_check bool fdt_patch(void *dtb, size_t room, const struct load *load);
