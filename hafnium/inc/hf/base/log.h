/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hypervisor's own log: levels, the console, and a ring in RAM that can be
 * found in a memory dump by its magic. See docs/debugging.md.
 */
#pragma once

#include <stdarg.h>

#include "hf/base/compiler.h"

enum log_level {
	LOG_LEVEL_NONE,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_VERBOSE,
};

/** Most verbose level that is compiled in. */
#ifndef LOG_LEVEL
#define LOG_LEVEL LOG_LEVEL_INFO
#endif

/** Bytes of text that the ring keeps; a power of two. */
#define LOG_RING_SIZE 8192
#define LOG_RING_MAGIC "HFLOGRNG"

/**
 * As it lies in RAM. The text is `data[next % size]` onwards, round to there;
 * bytes never written are zero.
 */
struct log_ring {
	char magic[8];
	uint32_t version; /* 1 */
	uint32_t size;	  /* LOG_RING_SIZE */
	uint64_t next;	  /* bytes written since boot */
	char data[LOG_RING_SIZE];
};
static_assert(offsetof(struct log_ring, data) == 24, "read by tools");

/** A character in front of a text: of which level it is, plus 1. */
#define LOG_MARK_NONE "\1"
#define LOG_MARK_ERROR "\2"
#define LOG_MARK_NOTICE "\3"
#define LOG_MARK_WARNING "\4"
#define LOG_MARK_INFO "\5"
#define LOG_MARK_VERBOSE "\6"

/**
 * %c %d %i %u %x %X %p %s %o %b %% with `#`, `0`, `-`, width and the lengths
 * l, ll, z. Anything else is written as it stands. One line: the newline is
 * added. The first character is a LOG_MARK_: a level costs no instruction.
 */
format_like_printf(1, 2) void log_write(const char *format, ...);

/** Without level, prefix, filter or lock: for panic and register dumps. */
format_like_printf(1, 2) void log_unlocked(const char *format, ...);
void log_unlocked_args(const char *format, va_list *args);

/** Formats into `buffer`; at most `size` - 1 characters and a NUL. */
format_like_printf(3, 4) size_t
	log_format(char *buffer, size_t size, const char *format, ...);

const struct log_ring *log_ring_get(void);

/** Host tests only: an empty ring. */
void log_reset(void);

#define log_at(name, ...)                                       \
	do {                                                    \
		if (LOG_LEVEL_##name <= LOG_LEVEL) {            \
			log_write(LOG_MARK_##name __VA_ARGS__); \
		}                                               \
	} while (0)

/** One line of a VM, already complete. */
#define log_vm_line(vm_id, text) log_at(NONE, "VM %x: %s", vm_id, text)

#define log_error(...) log_at(ERROR, __VA_ARGS__)
#define log_notice(...) log_at(NOTICE, __VA_ARGS__)
#define log_warning(...) log_at(WARNING, __VA_ARGS__)
#define log_info(...) log_at(INFO, __VA_ARGS__)
#define log_verbose(...) log_at(VERBOSE, __VA_ARGS__)
