/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of texts, one behind the other with a NUL each: unlike an array of
 * pointers, they need no relocation at boot. See docs/style.md.
 */
#pragma once

#include "hf/base/compiler.h"

/** The text behind `text`. */
static inline const char *texts_next(const char *text)
{
	while (*text != '\0') {
		text++;
	}
	return text + 1;
}

/** Text number `n`, which there is, of those that begin at `text`. */
static inline const char *texts_nth(const char *text, unsigned int n)
{
	for (; n > 0; n--) {
		text = texts_next(text);
	}
	return text;
}
