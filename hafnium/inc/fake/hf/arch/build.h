/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * On the host a test says which kind of image this is; production, if it says
 * nothing.
 */
#pragma once

#include "hf/base/compiler.h"

#define ARCH_GRANT_SLOTS 96

bool arch_is_debug_build(void);

/** Until the next reset of the fake machine. */
void fake_set_debug_build(bool is_debug);
