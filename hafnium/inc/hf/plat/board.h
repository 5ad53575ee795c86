/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A board is a constant: one definition per file of src/plat. See
 * docs/porting.md.
 */
#pragma once

#include "hf/base/addr.h"

struct board {
	struct pa_range uart; /* registers of a PL011 */
};

/** The board that this image is built for. */
const struct board *board_get(void);
