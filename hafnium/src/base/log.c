/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log: a line is formatted, then written to the console and into the ring
 * under one lock, so lines of different CPUs do not mix. See docs/debugging.md.
 */
#include "hf/base/log.h"

#include <string.h>

#include "format.h"
#include "hf/base/sink.h"
#include "hf/base/spinlock.h"
#include "hf/base/texts.h"

/** Longest text of our own and its NUL; what is beyond is cut. */
#define LINE_SIZE 319

static_assert((LOG_RING_SIZE & (LOG_RING_SIZE - 1)) == 0, "masked below");

static struct log_state {
	struct spinlock lock;
} log_state = {.lock = SPINLOCK_INIT(LOCK_LOG)};

/** Not in the image: the ring is of zeros until the first character. */
static struct log_ring log_ring;

/** Of each level, LOG_LEVEL_NONE first. */
static const char level_prefixes[] =
	"\0ERROR: \0NOTICE: \0WARNING: \0INFO: \0VERBOSE: \0";

static void begin_ring(struct log_ring *ring)
{
	static const char magic[sizeof(ring->magic)] = LOG_RING_MAGIC;

	for (size_t i = 0; i < sizeof(magic); i++) {
		ring->magic[i] = magic[i];
	}
	ring->version = 1;
	ring->size = LOG_RING_SIZE;
}

static void put(char c)
{
	struct log_ring *ring = &log_ring;

	if (ring->next == 0) {
		begin_ring(ring);
	}
	ring->data[ring->next++ & (LOG_RING_SIZE - 1)] = c;
	sink_put(c);
}

static void put_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		put(text[i]);
	}
}

void log_unlocked_args(const char *format, va_list *args)
{
	char line[LINE_SIZE];

	put_text(line, format_args(line, sizeof(line), format, args));
}

void log_write(const char *format, ...)
{
	const char *prefix =
		texts_nth(level_prefixes, (unsigned int)format[0] - 1);
	va_list args;

	spinlock_acquire(&log_state.lock);
	put_text(prefix, strlen(prefix));
	va_start(args, format);
	log_unlocked_args(format + 1, &args);
	va_end(args);
	put('\n');
	spinlock_release(&log_state.lock);
}

void log_unlocked(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_unlocked_args(format, &args);
	va_end(args);
}

const struct log_ring *log_ring_get(void)
{
	return &log_ring;
}

void log_reset(void)
{
	log_ring = (struct log_ring){0};
}
