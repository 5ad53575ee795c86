/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small vsnprintf(): what log.h lists and nothing more. Writes into a buffer
 * of its caller, never beyond it. See docs/debugging.md.
 */
#include "format.h"

#include <stdarg.h>
#include <string.h>

#include "hf/base/log.h"

/** One conversion, between `%` and its letter. */
struct conversion {
	bool alternate; /* # */
	bool zero;	/* 0 */
	bool left;	/* - */
	bool is_long;	/* l, ll or z */
	size_t width;
};

/** Digits of a 64-bit number in base 2. */
#define DIGITS_MAX 64

/** Letters of conversions that take an argument. */
static const char letters[] = {'c', 's', 'd', 'i', 'u',
			       'x', 'X', 'o', 'b', 'p'};

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

static void put_characters(struct output *out, struct characters text)
{
	for (size_t i = 0; i < text.count; i++) {
		put(out, text.first[i]);
	}
}

/** `body` behind `prefix`, filled up to the width. */
static void put_padded(struct output *out, const struct conversion *conv,
		       const char *prefix, struct characters body)
{
	struct characters before = {prefix, strlen(prefix)};
	size_t used = before.count + body.count;
	size_t fill = conv->width > used ? conv->width - used : 0;

	if (!conv->left && !conv->zero) {
		put_repeated(out, ' ', fill);
	}
	put_characters(out, before);
	if (!conv->left && conv->zero) {
		put_repeated(out, '0', fill);
	}
	put_characters(out, body);
	if (conv->left) {
		put_repeated(out, ' ', fill);
	}
}

/** `letter` names the base and the case of the digits. */
static void put_number(struct output *out, const struct conversion *conv,
		       char letter, uint64_t value)
{
	char digits[DIGITS_MAX];
	char *first = digits + DIGITS_MAX;
	const char *prefix = "";
	unsigned int base = 10;

	switch (letter) {
	case 'd':
	case 'i':
		if ((int64_t)value < 0) {
			value = -value;
			prefix = "-";
		}
		break;
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
		char digit = (char)(value % base);

		/* The digit behind 9 is as far from `a` as the letter from x. */
		first--;
		*first = (char)(digit < 10 ? '0' + digit
					   : letter - 'x' + 'a' + digit - 10);
		value /= base;
	} while (value != 0);
	put_padded(out, conv, base == 10 || conv->alternate ? prefix : "",
		   (struct characters){first,
				       (size_t)(digits + DIGITS_MAX - first)});
}

static void put_argument(struct output *out, struct conversion *conv,
			 char letter, uint64_t value)
{
	char c = (char)value;
	const char *text = (const char *)(uintptr_t)value;

	switch (letter) {
	case 'c':
		put_padded(out, conv, "", (struct characters){&c, 1});
		return;
	case 's':
		if (text == NULL) {
			text = "(null)";
		}
		conv->zero = false;
		put_padded(out, conv, "",
			   (struct characters){text, strlen(text)});
		return;
	case 'p':
		conv->alternate = true;
		conv->is_long = true;
		letter = 'x';
		break;
	default:
		break;
	}
	if (!conv->is_long) {
		value = letter == 'd' || letter == 'i'
				? (uint64_t)(int32_t)value
				: (uint32_t)value;
	}
	put_number(out, conv, letter, value);
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
		conv->width = conv->width * 10 + (size_t)(*format - '0');
	}
	for (; *format == 'l' || *format == 'z'; format++) {
		conv->is_long = true;
	}
	return format;
}

size_t format_args(char *buffer, size_t size, const char *format, va_list *args)
{
	struct output out = {.text = buffer, .size = size};

	for (; *format != '\0'; format++) {
		struct conversion conv = {0};
		const char *begin = format;

		if (*format != '%') {
			put(&out, *format);
			continue;
		}
		format = parse_conversion(format + 1, &conv);
		if (memchr(letters, *format, sizeof(letters)) != NULL) {
			/* An argument of any type has eight bytes, as on the
			 * stack, on the board and on the host. */
			put_argument(&out, &conv, *format,
				     va_arg(*args, uint64_t));
		} else if (*format == '%') {
			put(&out, '%');
		} else {
			/* Not ours: show it as it stands. */
			put_characters(&out, (struct characters){
						     begin,
						     (size_t)(format - begin),
					     });
			format--;
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
	length = format_args(buffer, size, format, &args);
	va_end(args);
	return length;
}
