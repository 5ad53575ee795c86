/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small vsnprintf(): what log.h lists and nothing more. Writes into a buffer
 * of its caller, never beyond it. See docs/debugging.md.
 */
#include "format.h"

#include <stdarg.h>

#include "hf/base/log.h"

/** One conversion, between `%` and its letter. */
struct conversion {
	bool alternate; /* # */
	bool zero;	/* 0 */
	bool left;	/* - */
	unsigned int width;
	unsigned int length; /* how many l; z counts as one */
};

/** Bytes of a 64-bit number in base 2, and a sign. */
#define DIGITS_MAX 65

struct output {
	char *text;
	size_t size;
	size_t length;
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size) {
		out->text[out->length++] = c;
	}
}

static void put_repeated(struct output *out, char c, size_t count)
{
	while (count-- > 0) {
		put(out, c);
	}
}

/** Characters, not terminated. */
struct characters {
	const char *first;
	size_t count;
};

/** `body` behind `prefix`, filled up to the width. */
static void put_padded(struct output *out, const struct conversion *conv,
		       const char *prefix, struct characters body)
{
	size_t prefix_length = 0;
	size_t used;
	size_t fill;

	while (prefix[prefix_length] != '\0') {
		prefix_length++;
	}
	used = prefix_length + body.count;
	fill = conv->width > used ? conv->width - used : 0;

	if (!conv->left && !conv->zero) {
		put_repeated(out, ' ', fill);
	}
	for (size_t i = 0; i < prefix_length; i++) {
		put(out, prefix[i]);
	}
	if (!conv->left && conv->zero) {
		put_repeated(out, '0', fill);
	}
	for (size_t i = 0; i < body.count; i++) {
		put(out, body.first[i]);
	}
	if (conv->left) {
		put_repeated(out, ' ', fill);
	}
}

static void put_string(struct output *out, const struct conversion *conv,
		       const char *text)
{
	struct conversion spaces = *conv;
	size_t length = 0;

	if (text == NULL) {
		text = "(null)";
	}
	while (text[length] != '\0') {
		length++;
	}
	spaces.zero = false;
	put_padded(out, &spaces, "", (struct characters){text, length});
}

/** `letter` names the base and the case of the digits. */
static void put_number(struct output *out, const struct conversion *conv,
		       char letter, uint64_t value)
{
	const char *symbols =
		letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[DIGITS_MAX];
	size_t begin = DIGITS_MAX;
	unsigned int base = 10;
	const char *prefix = "";

	switch (letter) {
	case 'x':
	case 'X':
		base = 16;
		prefix = letter == 'x' ? "0x" : "0X";
		break;
	case 'o':
		base = 8;
		prefix = "0";
		break;
	case 'b':
		base = 2;
		prefix = "0b";
		break;
	default:
		break;
	}
	do {
		digits[--begin] = symbols[value % base];
		value /= base;
	} while (value != 0);
	put_padded(out, conv, conv->alternate ? prefix : "",
		   (struct characters){&digits[begin], DIGITS_MAX - begin});
}

static void put_signed(struct output *out, const struct conversion *conv,
		       int64_t value)
{
	char digits[DIGITS_MAX];
	size_t begin = DIGITS_MAX;
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		digits[--begin] = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude != 0);
	put_padded(out, conv, value < 0 ? "-" : "",
		   (struct characters){&digits[begin], DIGITS_MAX - begin});
}

/** Flags, width and length; `format` is behind the `%`, and so is the result.*/
static const char *parse_conversion(const char *format, struct conversion *conv)
{
	for (;; format++) {
		if (*format == '#') {
			conv->alternate = true;
		} else if (*format == '0') {
			conv->zero = true;
		} else if (*format == '-') {
			conv->left = true;
		} else {
			break;
		}
	}
	for (; *format >= '0' && *format <= '9'; format++) {
		conv->width = conv->width * 10 + (unsigned int)(*format - '0');
	}
	for (; *format == 'l' || *format == 'z'; format++) {
		conv->length++;
	}
	return format;
}

size_t format_args(char *buffer, size_t size, const char *format, va_list args)
{
	struct output out = {.text = buffer, .size = size};

	for (; *format != '\0'; format++) {
		struct conversion conv = {0};
		const char *begin = format;
		char c;

		if (*format != '%') {
			put(&out, *format);
			continue;
		}
		format = parse_conversion(format + 1, &conv);
		switch (*format) {
		case 'c':
			c = (char)va_arg(args, int);
			put_padded(&out, &conv, "", (struct characters){&c, 1});
			break;
		case 's':
			put_string(&out, &conv, va_arg(args, const char *));
			break;
		case 'p':
			conv.alternate = true;
			put_number(&out, &conv, 'x',
				   (uintptr_t)va_arg(args, void *));
			break;
		case 'd':
		case 'i':
			put_signed(&out, &conv,
				   conv.length > 0 ? va_arg(args, long)
						   : va_arg(args, int));
			break;
		case 'u':
		case 'x':
		case 'X':
		case 'o':
		case 'b':
			put_number(&out, &conv, *format,
				   conv.length > 0
					   ? va_arg(args, unsigned long)
					   : va_arg(args, unsigned int));
			break;
		case '%':
			put(&out, '%');
			break;
		default:
			/* Not ours: show it as it stands. */
			for (; begin < format; begin++) {
				put(&out, *begin);
			}
			format--;
			break;
		}
	}
	if (size > 0) {
		buffer[out.length] = '\0';
	}
	return out.length;
}

size_t log_format(char *buffer, size_t size, const char *format, ...)
{
	size_t length;
	va_list args;

	va_start(args, format);
	length = format_args(buffer, size, format, args);
	va_end(args);
	return length;
}
