/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The header of an arm64 kernel image, which says where it wants to lie. See
 * docs/boot.md.
 */
#pragma once

#include "hf/boot/bytes.h"

/** A kernel lies at `text_offset` from an address that is aligned to this. */
#define IMAGE_BASE_ALIGNMENT UINT64_C(0x200000)

/** Of raw images, and of kernels older than the field. */
#define IMAGE_DEFAULT_TEXT_OFFSET UINT64_C(0x80000)

enum image_status {
	IMAGE_OK,
	IMAGE_EMPTY,
	IMAGE_BIG_ENDIAN,
	IMAGE_BAD_TEXT_OFFSET, /* not page aligned, or 2 MiB and more */
	IMAGE_BAD_SIZE,	       /* more than 4 GiB */
	IMAGE_STATUS_COUNT,
};

struct image_layout {
	uint64_t text_offset;
	uint64_t size_bytes; /* to keep free: the file, and bss behind it */
	bool has_header;
};

/** A file without the magic is a raw image, and as large as the file. */
must_check enum image_status image_read_layout(struct bytes file,
					       struct image_layout *layout);

/** One line for the log. */
const char *image_status_text(enum image_status status);
