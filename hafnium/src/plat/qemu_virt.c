/* SPDX-License-Identifier: BSD-3-Clause */
/* QEMU's `virt` machine. See docs/porting.md. */
#include "hf/plat/board.h"

static const struct board qemu_virt = {
	.uart = {{0x09000000}, {0x09001000}},
};

const struct board *board_get(void)
{
	return &qemu_virt;
}
