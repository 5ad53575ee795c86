/* SPDX-License-Identifier: BSD-3-Clause */
/* Characters of a guest for the log (DEN0077A v1.2 13.14). See docs/ffa.md. */
#pragma once

#include "hf/vm/vcpu.h"

/**
 * FFA_CONSOLE_LOG, DEN0077A v1.2 13.14.
 *   in   w0 = 0x8400008a or 0xc400008a; w1 = number of characters, at most 24
 *        or 128; characters from w2 or x2 on, the first in bits 7:0, four or
 *        eight in each register
 *   out  FFA_SUCCESS
 *   err  INVALID_PARAMETERS: none, or too many
 *   locks VM. From: any VM of 1.2.
 * They are kept per VM until a newline or a NUL, together with those of
 * HF_DEBUG_LOG.
 */
struct vcpu *ffa_console_log(struct vcpu *current);
