/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition package: header, FF-A manifest and image in one file, which
 * firmware put into memory. See docs/manifest.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/boot/bytes.h"

struct partition_package {
	struct bytes manifest; /* 8-byte aligned */
	uint64_t image_offset; /* from the start of the package */
	uint64_t image_size;
};

/** False: not a package, or parts of it lie outside of `memory`. */
must_check bool partition_package_read(struct bytes memory,
				       struct partition_package *package);
