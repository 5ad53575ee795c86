/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The part of <string.h> that the compiler and boot call, by blocks of eight words
 * that pairs of registers load and store: a message may be a page, an image is
 * large. Memory may be accessed at any address once the MMU is on (SCTLR_EL2.A is
 * 0); before, all that is copied or cleared is aligned to eight bytes. See
 * docs/performance.md.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "hf/base/compiler.h"

/** Eight bytes that may alias anything, and lie anywhere. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word_t;

#define WORD sizeof(word_t)
#define BLOCK 8

/** All is loaded before anything is stored: the two may overlap. */
static void move_block(unsigned char *to, const unsigned char *from)
{
	const word_t *r = (const word_t *)from;
	word_t *w = (word_t *)to;
	uint64_t r0 = r[0], r1 = r[1], r2 = r[2], r3 = r[3];
	uint64_t r4 = r[4], r5 = r[5], r6 = r[6], r7 = r[7];

	w[0] = r0, w[1] = r1, w[2] = r2, w[3] = r3;
	w[4] = r4, w[5] = r5, w[6] = r6, w[7] = r7;
}

static void copy_forwards(unsigned char *to, const unsigned char *from,
			  size_t size)
{
	for (; size >= BLOCK * WORD; size -= BLOCK * WORD) {
		move_block(to, from);
		to += BLOCK * WORD;
		from += BLOCK * WORD;
	}
	for (; size >= WORD; size -= WORD) {
		*(word_t *)to = *(const word_t *)from;
		to += WORD;
		from += WORD;
	}
	while (size-- > 0) {
		*to++ = *from++;
	}
}

/** From behind: `to` and `from` are the ends. */
static void copy_backwards(unsigned char *to, const unsigned char *from,
			   size_t size)
{
	for (; size >= BLOCK * WORD; size -= BLOCK * WORD) {
		to -= BLOCK * WORD;
		from -= BLOCK * WORD;
		move_block(to, from);
	}
	while (size-- > 0) {
		*--to = *--from;
	}
}

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
	copy_forwards(dst, src, size);
	return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
	if ((uintptr_t)dst - (uintptr_t)src >= size) {
		/* dst before src, or apart: forwards is safe. */
		copy_forwards(dst, src, size);
	} else if (dst != src) {
		copy_backwards((unsigned char *)dst + size,
			       (const unsigned char *)src + size, size);
	}
	return dst;
}

void *memset(void *dst, int value, size_t size)
{
	unsigned char *to = dst;
	uint64_t pattern = (unsigned char)value * UINT64_C(0x0101010101010101);

	for (; size >= BLOCK * WORD; size -= BLOCK * WORD) {
		word_t *w = (word_t *)to;

		w[0] = pattern, w[1] = pattern, w[2] = pattern;
		w[3] = pattern, w[4] = pattern, w[5] = pattern;
		w[6] = pattern, w[7] = pattern;
		to += BLOCK * WORD;
	}
	while (size-- > 0) {
		*to++ = (unsigned char)value;
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *left = a;
	const unsigned char *right = b;

	for (size_t i = 0; i < size; i++) {
		if (left[i] != right[i]) {
			return left[i] - right[i];
		}
	}
	return 0;
}

void *memchr(const void *block, int value, size_t size)
{
	const unsigned char *bytes = block;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == (unsigned char)value) {
			return (void *)(uintptr_t)&bytes[i];
		}
	}
	return NULL;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0') {
		length++;
	}
	return length;
}

never_inline int strncmp(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (a[i] != b[i] || a[i] == '\0') {
			return (unsigned char)a[i] - (unsigned char)b[i];
		}
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}
