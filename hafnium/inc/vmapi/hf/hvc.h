/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hafnium's own calls: x0 = id, x1-x3 = arguments, x0 = answer; x1-x30 are
 * preserved.
 */
#pragma once

#include "hf/types.h"

/**
 * HF_DEBUG_LOG, by HVC and by SMC (with or without bit 30).
 *   in   x1 = character, in bits 7:0
 *   out  x0 = 0
 * Characters are kept per VM until a newline, a NUL or 256 of them, then
 * written as `VM <id>: <text>`, id in hexadecimal.
 */
#define HF_DEBUG_LOG UINT32_C(0xbd000000)

/** Characters of one line. */
#define HF_LOG_LINE_SIZE 256
