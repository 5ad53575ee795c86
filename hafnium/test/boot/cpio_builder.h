/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RAM disks for tests, in either format. See docs/testing.md.
 */
#pragma once

#include "hf/boot/bytes.h"

enum cpio_format {
	CPIO_NEWC,
	CPIO_NEWC_CRC,
	CPIO_BINARY,
};

/** An empty archive at `memory`, which has `room` bytes. */
void cpio_begin(enum cpio_format format, void *memory, size_t room);

void cpio_add(const char *name, struct bytes contents);
void cpio_add_text(const char *name, const char *text);

/** With the trailer; `memory` up to its end. */
struct bytes cpio_finish(void);

/** Without one. */
struct bytes cpio_so_far(void);
