/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run inside a test: what the framework would write about a test that fails,
 * crashes or skips, without this run being that test.
 */
#pragma once

#include <stdbool.h>

/** Records and, at the end, `survived=<n> failed=<n> skipped=<n>`. */
const char *inner_run(void (*body)(void));

/** How often `text` is in `all`. */
unsigned int count_of(const char *all, const char *text);
