/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The line protocol's one writer (hftest/protocol.md). A record is made whole
 * in a buffer and leaves in one piece, its number taken under the same lock.
 */
#include "report.h"

#include "carrier.h"
#include "format.h"

/** Control characters would end the record early or hide part of it. */
static void make_printable(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f') {
			text[i] = ' ';
		}
	}
}

__attribute__((format(printf, 3, 4))) static size_t append(char *record,
							   size_t length,
							   const char *format,
							   ...)
{
	va_list args;

	va_start(args, format);
	length += hft_format(&record[length], HFT_RECORD_SIZE - 1 - length,
			     format, args);
	va_end(args);
	return length;
}

static void write_record(const char *event)
{
	struct hft_report *report = hft_carrier_report();
	char record[HFT_RECORD_SIZE];
	size_t length;

	hft_carrier_lock();
	length = append(record, 0, "[hft %s %u] %s",
			report->nonce[0] != '\0' ? report->nonce : "0",
			report->seq++, event);
	make_printable(record, length);
	record[length++] = '\n';
	hft_carrier_write(record, length);
	hft_carrier_unlock();
}

bool hft_report_set_nonce(const char *nonce)
{
	struct hft_report *report = hft_carrier_report();
	size_t length = 0;

	for (; nonce[length] != '\0'; length++) {
		char c = nonce[length];
		bool is_digit = c >= '0' && c <= '9';

		if (length + 1 == HFT_NONCE_SIZE ||
		    !(is_digit || (c >= 'a' && c <= 'f'))) {
			report->nonce[0] = '\0';
			return false;
		}
		report->nonce[length] = c;
	}
	report->nonce[length] = '\0';
	return length > 0;
}

void hft_report_event(const char *format, ...)
{
	char event[HFT_RECORD_SIZE];
	va_list args;

	va_start(args, format);
	(void)hft_format(event, sizeof(event), format, args);
	va_end(args);
	write_record(event);
}

static void report_fail(const char *file, int line, const char *format,
			va_list args)
{
	char text[HFT_RECORD_SIZE];

	(void)hft_format(text, sizeof(text), format, args);
	hft_carrier_report()->failed = true;
	hft_report_event("fail %s:%d: %s", file, line, text);
}

void hft_report_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_fail(file, line, format, args);
	va_end(args);
}

void hft_fail(bool fatal, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_fail(file, line, format, args);
	va_end(args);
	if (fatal) {
		hft_carrier_end_test();
	}
}

void hft_log(const char *format, ...)
{
	char text[HFT_RECORD_SIZE];
	va_list args;

	va_start(args, format);
	(void)hft_format(text, sizeof(text), format, args);
	va_end(args);
	hft_report_event("log %s", text);
}

void hft_skip(const char *format, ...)
{
	char reason[HFT_RECORD_SIZE];
	va_list args;

	va_start(args, format);
	(void)hft_format(reason, sizeof(reason), format, args);
	va_end(args);
	hft_carrier_report()->skipped = true;
	hft_report_event("skip %s", reason);
	hft_carrier_end_test();
}

void hft_streq(const char *a, const char *b, const char *a_text,
	       const char *b_text, bool fatal, const char *file, int line)
{
	size_t i = 0;

	while (a[i] == b[i] && a[i] != '\0') {
		i++;
	}
	if (a[i] != b[i]) {
		hft_fail(fatal, file, line, "expected %s == %s: \"%s\", \"%s\"",
			 a_text, b_text, a, b);
	}
}
