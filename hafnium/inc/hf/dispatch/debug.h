/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that only a debug build has. See docs/debugging.md. */
#pragma once

#include "hf/arch/build.h"
#include "hf/vm/vcpu.h"

/** Answer HF_DEBUG_STAGE2 or HF_DEBUG_MEMORY of the primary; else false. */
must_check bool debug_call(struct vcpu *current, uint32_t id);
