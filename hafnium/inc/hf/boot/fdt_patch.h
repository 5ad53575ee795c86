/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loader's device tree becomes the primary's: with its own RAM disk, and
 * without the memory of others. See docs/boot.md.
 */
#pragma once

#include "hf/boot/load.h"

/**
 * Bytes at `dtb` that patching may use: its total size, and a page more when it
 * has less than a page to spare inside.
 */
size_t fdt_patch_room(const void *dtb);

/**
 * Change `dtb`, which has `room` bytes and from which `load->params` were read,
 * in place, as `load` says; then pack it.
 * False, with a line in the log: the primary cannot be started with it.
 */
must_check bool fdt_patch(void *dtb, size_t room, const struct load *load);
