/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of calls, for a log that is read by people. See docs/debugging.md. */
#pragma once

#include "hf/base/compiler.h"

/** Of the call with function id `id` (w0), in either form; "?": not ours. */
const char *call_name(uint32_t id);
