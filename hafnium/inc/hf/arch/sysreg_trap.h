/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Register accesses carried out on a VM's behalf: the debug registers that the
 * primary may use although they trap (docs/exceptions.md).
 */
#pragma once

#include "hf/base/compiler.h"

/** False when `sysreg` (SYSREG_ID) is not one that is passed through. */
must_check bool arch_debug_register_read(uint32_t sysreg, uint64_t *value);
must_check bool arch_debug_register_write(uint32_t sysreg, uint64_t value);
