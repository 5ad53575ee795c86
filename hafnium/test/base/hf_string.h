/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hafnium/src/base/string.c under the names it has on the host, where the C
 * library keeps its own. See HOST_RENAME in hafnium/hafnium.mk.
 */
#pragma once

#include <stddef.h>

void *hf_memcpy(void *restrict dst, const void *restrict src, size_t size);
void *hf_memmove(void *dst, const void *src, size_t size);
void *hf_memset(void *dst, int value, size_t size);
int hf_memcmp(const void *a, const void *b, size_t size);
void *hf_memchr(const void *block, int value, size_t size);
size_t hf_strlen(const char *text);
int hf_strncmp(const char *a, const char *b, size_t size);
int hf_strcmp(const char *a, const char *b);
