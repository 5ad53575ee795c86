/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Formats a line; inside the base floor only, others use log.h.
 */
#pragma once

#include <stdarg.h>

#include "hf/base/compiler.h"

/**
 * At most `size` - 1 characters and a NUL into `buffer`; `size` is not 0. How
 * many characters were written.
 */
size_t format_args(char *buffer, size_t size, const char *format,
		   va_list *args);
