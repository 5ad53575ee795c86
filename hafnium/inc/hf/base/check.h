/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What only our own bug can break. If a guest can make a CHECK fail, that is a
 * vulnerability: return an error instead.
 */
#pragma once

#include "hf/base/compiler.h"

/**
 * Write `Panic: ` and the text on a line of its own, and end the machine.
 * Takes no lock, so that it works from anywhere.
 */
noreturn format_like_printf(1, 2) void panic(const char *format, ...);

/** `where`: the file and the line, on the host the condition as well. */
noreturn void check_failed(const char *where);

#define CHECK_TEXT(number) #number
#define CHECK_LINE(number) CHECK_TEXT(number)

#define CHECK(condition)                                                  \
	do {                                                              \
		if (unlikely(!(condition))) {                             \
			check_failed(CHECK_CONDITION(#condition) __FILE__ \
				     ":" CHECK_LINE(__LINE__));           \
		}                                                         \
	} while (0)
