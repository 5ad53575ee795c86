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
	char letter;
	size_t width;
};

/** Digits of a 64-bit number in base 2. */
#define DIGITS_MAX 64

/** What takes an argument; %d and %i may be negative. */
static const struct argument_row {
	char letter;
	uint8_t base;	/* of a number */
	char prefix[3]; /* with #, in a base other than 10 */
} argument_rows[] = {
	{'c', 0, ""},	{'s', 0, ""},	 {'d', 10, "-"},  {'i', 10, "-"},
	{'u', 10, ""},	{'x', 16, "0x"}, {'X', 16, "0X"}, {'o', 8, "0"},
	{'b', 2, "0b"}, {'\0', 0, ""},
};

/** `next` may be written while it is below `last`, where a NUL fits, too. */
struct output {
	char *next;
	char *last;
};

static void put(struct output *out, char c)
{
	if (out->next < out->last) {
		*out->next++ = c;
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
	while (text.count-- > 0) {
		put(out, *text.first++);
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
		fill = 0;
	}
	put_characters(out, before);
	if (!conv->left) {
		put_repeated(out, '0', fill);
		fill = 0;
	}
	put_characters(out, body);
	put_repeated(out, ' ', fill);
}

static void put_number(struct output *out, const struct conversion *conv,
		       const struct argument_row *row, uint64_t value)
{
	char digits[DIGITS_MAX];
	char *first = digits + DIGITS_MAX;
	const char *prefix = conv->alternate ? row->prefix : "";

	if (row->base == 10) {
		prefix = "";
		if (row->prefix[0] == '-' && (int64_t)value < 0) {
			value = -value;
			prefix = row->prefix;
		}
	}
	do {
		char digit = (char)(value % row->base);

		/* The digit behind 9 is as far from `a` as the letter from x. */
		first--;
		*first = (char)(digit < 10
					? '0' + digit
					: row->letter - 'x' + 'a' + digit - 10);
		value /= row->base;
	} while (value != 0);
	put_padded(out, conv, prefix,
		   (struct characters){first,
				       (size_t)(digits + DIGITS_MAX - first)});
}

/** The last row, of no letter, when it is not there. */
static const struct argument_row *find_row(char letter)
{
	const struct argument_row *row = argument_rows;

	while (row->letter != '\0' && row->letter != letter) {
		row++;
	}
	return row;
}

/** %c or %s */
static void put_text(struct output *out, struct conversion *conv, char letter,
		     uint64_t value)
{
	char c = (char)value;
	struct characters text = {&c, 1};

	if (letter == 's') {
		text.first =
			value == 0 ? "(null)" : (const char *)(uintptr_t)value;
		text.count = strlen(text.first);
		conv->zero = false;
	}
	put_padded(out, conv, "", text);
}

/** An argument of any type has eight bytes, as on the stack. */
static void put_argument(struct output *out, struct conversion *conv,
			 const struct argument_row *row, uint64_t value)
{
	if (row->base == 0) {
		put_text(out, conv, row->letter, value);
		return;
	}
	if (!conv->is_long) {
		value = row->prefix[0] == '-' ? (uint64_t)(int32_t)value
					      : (uint32_t)value;
	}
	put_number(out, conv, row, value);
}

/** `format` is behind the `%`, the result is its letter. */
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
	conv->letter = *format;
	if (conv->letter == 'p') {
		conv->letter = 'x';
		conv->alternate = true;
		conv->is_long = true;
	}
	return format;
}

size_t format_args(char *buffer, size_t size, const char *format, va_list *args)
{
	struct output out = {buffer, buffer + size - 1};

	for (; *format != '\0'; format++) {
		struct conversion conv = {0};
		const struct argument_row *row;
		const char *begin = format;

		if (*format != '%') {
			put(&out, *format);
			continue;
		}
		format = parse_conversion(format + 1, &conv);
		row = find_row(conv.letter);
		if (row->letter != '\0') {
			put_argument(&out, &conv, row, va_arg(*args, uint64_t));
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
	*out.next = '\0';
	return (size_t)(out.next - buffer);
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
