/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The header is 24 bytes, little endian; firmware and sptool write it. See
 * docs/manifest.md.
 */
#include "hf/boot/partition_package.h"

#include <string.h>

#define PACKAGE_MAGIC UINT32_C(0x474b5053) /* "SPKG" */
#define PACKAGE_VERSION 1

struct package_header {
	uint32_t magic;
	uint32_t version;
	uint32_t pm_offset;
	uint32_t pm_size;
	uint32_t img_offset;
	uint32_t img_size;
};
static_assert(sizeof(struct package_header) == 24, "partition package");

/** 32-bit numbers: their sum does not wrap. */
static bool part_is_inside(uint64_t offset, uint64_t size, size_t limit)
{
	return offset >= sizeof(struct package_header) && size != 0 &&
	       offset + size <= limit;
}

bool partition_package_read(struct bytes memory,
			    struct partition_package *package)
{
	struct package_header header;

	if (memory.size < sizeof(header)) {
		return false;
	}
	memcpy(&header, memory.data, sizeof(header));
	if (header.magic != PACKAGE_MAGIC ||
	    header.version != PACKAGE_VERSION) {
		return false;
	}
	if (!part_is_inside(header.pm_offset, header.pm_size, memory.size) ||
	    !part_is_inside(header.img_offset, header.img_size, memory.size)) {
		return false;
	}
	/* dt_check() wants 8-byte aligned blobs. */
	if (!is_aligned((uintptr_t)memory.data + header.pm_offset,
			sizeof(uint64_t))) {
		return false;
	}
	package->manifest.data = memory.data + header.pm_offset;
	package->manifest.size = header.pm_size;
	package->image_offset = header.img_offset;
	package->image_size = header.img_size;
	return true;
}
