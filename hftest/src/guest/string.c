/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the compiler and libfdt call: an image has no C library.
 */
#include <stdint.h>
#include <string.h>

/** A loop that copies is not turned into a call of memcpy(), which this is. */
#define KEEP_LOOP() __asm__ volatile("" : : : "memory")

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
	uint8_t *to = dst;
	const uint8_t *from = src;

	for (size_t i = 0; i < size; i++) {
		to[i] = from[i];
		KEEP_LOOP();
	}
	return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
	uint8_t *to = dst;
	const uint8_t *from = src;

	if ((uintptr_t)to <= (uintptr_t)from) {
		for (size_t i = 0; i < size; i++) {
			to[i] = from[i];
			KEEP_LOOP();
		}
		return dst;
	}
	for (size_t i = size; i > 0; i--) {
		to[i - 1] = from[i - 1];
		KEEP_LOOP();
	}
	return dst;
}

void *memset(void *dst, int value, size_t size)
{
	uint8_t *to = dst;

	for (size_t i = 0; i < size; i++) {
		to[i] = (uint8_t)value;
		KEEP_LOOP();
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *left = a;
	const uint8_t *right = b;

	for (size_t i = 0; i < size; i++) {
		if (left[i] != right[i]) {
			return left[i] < right[i] ? -1 : 1;
		}
	}
	return 0;
}

void *memchr(const void *block, int value, size_t size)
{
	const uint8_t *bytes = block;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == (uint8_t)value) {
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
		KEEP_LOOP();
	}
	return length;
}

size_t strnlen(const char *text, size_t max)
{
	size_t length = 0;

	while (length < max && text[length] != '\0') {
		length++;
		KEEP_LOOP();
	}
	return length;
}

int strcmp(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (a[i] != b[i] || a[i] == '\0') {
			return (uint8_t)a[i] - (uint8_t)b[i];
		}
	}
	return 0;
}

char *strchr(const char *text, int value)
{
	for (; *text != (char)value; text++) {
		if (*text == '\0') {
			return NULL;
		}
	}
	return (char *)(uintptr_t)text;
}

char *strrchr(const char *text, int value)
{
	const char *last = NULL;

	for (;; text++) {
		if (*text == (char)value) {
			last = text;
		}
		if (*text == '\0') {
			return (char *)(uintptr_t)last;
		}
	}
}
