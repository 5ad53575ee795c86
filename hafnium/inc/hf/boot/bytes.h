/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes that somebody else keeps: a file in the RAM disk, the value of a
 * property. See docs/boot.md.
 */
#pragma once

#include "hf/base/compiler.h"

struct bytes {
	const uint8_t *data; /* NULL: there are none, not even an empty one */
	size_t size;
};

static inline struct bytes bytes_none(void)
{
	return (struct bytes){.data = NULL, .size = 0};
}

static inline struct bytes bytes_empty(void)
{
	return (struct bytes){.data = (const uint8_t *)"", .size = 0};
}

static inline bool bytes_exist(struct bytes bytes)
{
	return bytes.data != NULL;
}
