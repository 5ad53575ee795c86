/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host as carrier: each test in a child process of its own, which shares
 * nothing with the others but the numbering of the records.
 */
#pragma once

#include "carrier.h"

/** Who gets the lines; set before the first record. */
typedef void hft_line_writer(const char *line, size_t length);

/** Memory that all children share; false when there is none. */
bool hft_isolate_init(hft_line_writer *writer);

/** Console text of the fake machine, if the program has one. */
__attribute__((weak)) const char *fake_console_text(void);
