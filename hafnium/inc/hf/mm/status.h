/* SPDX-License-Identifier: BSD-3-Clause */
/* Why a map could not be changed. See docs/memory.md. */
#pragma once

#include "hf/base/compiler.h"

enum mm_status {
	MM_OK,
	/** Empty, not page aligned, or beyond the address width. */
	MM_BAD_RANGE,
	/** The page pool has not enough for the tables; nothing changed. */
	MM_NO_MEMORY,
	MM_STATUS_COUNT,
};
