/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small printf. Anything it does not know is written as it stands.
 */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>

struct output {
	char *buffer;
	size_t size;
	size_t length;
};

struct conversion {
	bool alternate;
	bool left;
	char pad;
	size_t width;
	unsigned int longs;
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size) {
		out->buffer[out->length++] = c;
	}
}

static void put_padded(struct output *out, const struct conversion *how,
		       const char *text, size_t length)
{
	size_t fill = how->width > length ? how->width - length : 0;

	for (; !how->left && fill > 0; fill--) {
		put(out, how->pad);
	}
	for (size_t i = 0; i < length; i++) {
		put(out, text[i]);
	}
	for (; fill > 0; fill--) {
		put(out, ' ');
	}
}

static void put_number(struct output *out, const struct conversion *how,
		       uint64_t value, unsigned int base, const char *prefix)
{
	static const char digits[] = "0123456789abcdef";
	struct conversion rest = *how;
	char text[24];
	size_t at = sizeof(text);

	do {
		text[--at] = digits[value % base];
		value /= base;
	} while (value != 0);

	/* Zeros go behind the prefix, blanks in front of it. */
	for (; how->pad == '0' && *prefix != '\0'; prefix++) {
		put(out, *prefix);
		rest.width -= rest.width > 0 ? 1 : 0;
	}
	for (size_t i = 2; i > 0; i--) {
		if (prefix[0] != '\0' && (i == 1 || prefix[1] != '\0')) {
			text[--at] = prefix[i - 1];
		}
	}
	put_padded(out, &rest, &text[at], sizeof(text) - at);
}

static uint64_t next_unsigned(const struct conversion *how, va_list *args)
{
	if (how->longs == 0) {
		return va_arg(*args, unsigned int);
	}
	if (how->longs == 1) {
		return va_arg(*args, unsigned long);
	}
	return va_arg(*args, unsigned long long);
}

static void put_signed(struct output *out, const struct conversion *how,
		       va_list *args)
{
	int64_t value;

	if (how->longs == 0) {
		value = va_arg(*args, int);
	} else if (how->longs == 1) {
		value = va_arg(*args, long);
	} else {
		value = va_arg(*args, long long);
	}
	put_number(out, how, value < 0 ? -(uint64_t)value : (uint64_t)value, 10,
		   value < 0 ? "-" : "");
}

static void put_string(struct output *out, const struct conversion *how,
		       const char *text)
{
	size_t length = 0;

	if (text == NULL) {
		text = "(null)";
	}
	while (text[length] != '\0') {
		length++;
	}
	put_padded(out, how, text, length);
}

/** One conversion; false when `kind` is none. */
static bool convert(struct output *out, const struct conversion *how, char kind,
		    va_list *args)
{
	uint64_t value;
	char c;

	switch (kind) {
	case 'd':
	case 'i':
		put_signed(out, how, args);
		return true;
	case 'u':
		put_number(out, how, next_unsigned(how, args), 10, "");
		return true;
	case 'x':
	case 'X':
		value = next_unsigned(how, args);
		put_number(out, how, value, 16, how->alternate ? "0x" : "");
		return true;
	case 'p':
		put_number(out, how, (uintptr_t)va_arg(*args, void *), 16,
			   "0x");
		return true;
	case 's':
		put_string(out, how, va_arg(*args, const char *));
		return true;
	case 'c':
		c = (char)va_arg(*args, int);
		put_padded(out, how, &c, 1);
		return true;
	case '%':
		put(out, '%');
		return true;
	default:
		return false;
	}
}

/** Flags, width and length; the character behind them. */
static const char *parse_conversion(const char *at, struct conversion *how)
{
	*how = (struct conversion){.pad = ' '};
	for (;; at++) {
		if (*at == '#') {
			how->alternate = true;
		} else if (*at == '-') {
			how->left = true;
		} else if (*at == '0') {
			how->pad = '0';
		} else {
			break;
		}
	}
	for (; *at >= '0' && *at <= '9'; at++) {
		how->width = how->width * 10 + (size_t)(*at - '0');
	}
	for (; *at == 'l' || *at == 'z'; at++) {
		how->longs++;
	}
	return at;
}

size_t hft_format(char *buffer, size_t size, const char *format, va_list args)
{
	struct output out = {.buffer = buffer, .size = size};
	struct conversion how;
	va_list rest;

	va_copy(rest, args);
	for (const char *at = format; *at != '\0'; at++) {
		const char *kind;

		if (*at != '%') {
			put(&out, *at);
			continue;
		}
		kind = parse_conversion(at + 1, &how);
		if (*kind != '\0' && convert(&out, &how, *kind, &rest)) {
			at = kind;
		} else {
			put(&out, '%');
		}
	}
	va_end(rest);
	if (size > 0) {
		buffer[out.length] = '\0';
	}
	return out.length;
}
