/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What kind of image this is. A debug build may open performance monitors and
 * debug registers to secondaries, when the manifest asks for it; a production
 * build never does, and has no code for it. See docs/exceptions.md.
 */
#pragma once

#include "hf/base/compiler.h"

#ifndef DEBUG_BUILD
#define DEBUG_BUILD 0
#endif

/** Registers of either kind that a switch saves, in a debug build. */
#define ARCH_GRANT_SLOTS (DEBUG_BUILD ? 96 : 0)

static inline bool arch_is_debug_build(void)
{
	return DEBUG_BUILD != 0;
}
