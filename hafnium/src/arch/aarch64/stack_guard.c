/* SPDX-License-Identifier: BSD-3-Clause */
/* The canary of stack frames; entry.S draws it. See docs/memory.md. */
#include "hf/base/compiler.h"

/** What -fstack-protector compares. */
extern uintptr_t __stack_chk_guard;
keep_symbol uintptr_t __stack_chk_guard;
