/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The framework's own printf, so that an image needs no C library.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/**
 * %c %d %i %u %x %X %p %s %% with `#`, `0`, `-`, width and the lengths l, ll,
 * z. At most `size` - 1 characters and a NUL; what does not fit is dropped.
 * Returns the number of characters written.
 */
size_t hft_format(char *buffer, size_t size, const char *format, va_list args);
