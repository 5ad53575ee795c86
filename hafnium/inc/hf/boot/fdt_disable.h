/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nodes of devices that the primary does not have are disabled. See
 * docs/boot.md.
 */
#pragma once

#include "hf/boot/load.h"

/**
 * Every ITS, and each device under / or a simple bus of which a register is in
 * `load->devices`, gets status = "disabled". `*later_node`, an offset, moves
 * with the tree. False: no room.
 */
must_check bool fdt_disable(void *dtb, const struct load *load,
			    int *later_node);
