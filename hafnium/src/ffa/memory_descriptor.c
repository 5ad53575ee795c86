/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The three layouts of a memory transaction, of 1.0, 1.1 and 1.2, to and from
 * one. See docs/ffa.md.
 */
#include "memory_descriptor.h"

#include <string.h>

#include "hf/base/bits.h"
#include "hf/ffa/partition.h"

#define ENDPOINT_SIZE_1_0 sizeof(struct ffa_memory_endpoint_1_0)
#define ENDPOINT_SIZE_1_2 sizeof(struct ffa_memory_endpoint)

/** May alias anything. */
typedef uint64_t __attribute__((may_alias)) word_t;

void memory_copy_in(void *to, const void *from, size_t size)
{
	const word_t *words = from;
	const uint8_t *bytes = from;

	if (is_aligned((uintptr_t)to | (uintptr_t)from | size,
		       sizeof(*words))) {
		word_t *copy = to;

		for (; size > 0; size -= sizeof(*words)) {
			*copy++ = __atomic_load_n(words++, __ATOMIC_RELAXED);
		}
		return;
	}
	for (uint8_t *copy = to; size > 0; size--) {
		*copy++ = __atomic_load_n(bytes++, __ATOMIC_RELAXED);
	}
}

static uint32_t header_size(uint32_t version)
{
	return version < FFA_VERSION_1_1 ? sizeof(struct ffa_memory_region_1_0)
					 : sizeof(struct ffa_memory_region);
}

/** The header in TX; the bits of it that MBZ. */
static uint64_t read_region(uint32_t version, const void *tx,
			    struct ffa_memory_region *region)
{
	uint64_t mbz;

	memory_copy_in(region, tx, header_size(version));
	if (version >= FFA_VERSION_1_1) {
		return region->reserved_mbz[0] | region->reserved_mbz[1] |
		       region->reserved_mbz[2];
	}
	/* What 1.1 has there MBZ in 1.0, or is behind it. */
	mbz = region->attributes >> 8 | region->endpoint_size;
	region->attributes &= 0xff;
	region->endpoint_size = ENDPOINT_SIZE_1_0;
	region->endpoint_offset = header_size(version);
	return mbz;
}

/** Is the first endpoint in the descriptor, where it may be? */
static bool has_endpoint(uint32_t version,
			 const struct ffa_memory_region *region,
			 uint32_t length)
{
	uint64_t size = region->endpoint_size;
	uint64_t offset = region->endpoint_offset;

	return (size == ENDPOINT_SIZE_1_0 ||
		(version >= FFA_VERSION_1_2 && size == ENDPOINT_SIZE_1_2)) &&
	       offset >= header_size(version) && is_aligned(offset, 16) &&
	       offset + size <= length;
}

static void read_endpoint(const uint8_t *from, uint32_t size,
			  struct ffa_memory_endpoint *endpoint)
{
	memory_copy_in(endpoint, from, size);
	if (size == ENDPOINT_SIZE_1_0) {
		/* Where the short one has its MBZ, the other has impdef. */
		endpoint->reserved_mbz = endpoint->impdef[0];
		endpoint->impdef[0] = 0;
		endpoint->impdef[1] = 0;
	}
}

bool memory_descriptor_read(const struct vm *vm, const void *tx,
			    uint32_t length,
			    struct memory_descriptor *descriptor)
{
	struct ffa_memory_region *region = &descriptor->region;
	uint32_t version = vm_ffa_version(vm);
	uint64_t mbz;

	if (length < header_size(version) + ENDPOINT_SIZE_1_0) {
		return false;
	}
	mbz = read_region(version, tx, region);
	if (!has_endpoint(version, region, length)) {
		return false;
	}
	read_endpoint((const uint8_t *)tx + region->endpoint_offset,
		      region->endpoint_size, &descriptor->endpoint);
	mbz |= descriptor->endpoint.reserved_mbz;
	/* Legacy guests leave there what was in TX. */
	return partition_is_legacy(vm) || (mbz == 0 && is_aligned(length, 16));
}

uint32_t memory_descriptor_write(const struct vm *vm,
				 struct memory_descriptor *descriptor,
				 uint64_t page_count, uint32_t range_count)
{
	struct ffa_memory_region *region = &descriptor->region;
	struct ffa_memory_endpoint *endpoint = &descriptor->endpoint;
	uint32_t version = vm_ffa_version(vm);
	uint32_t endpoint_begin = header_size(version);
	uint32_t endpoint_size = ENDPOINT_SIZE_1_2;
	uint8_t *rx = vm->mailbox.rx;
	struct ffa_memory_composite *composite;

	if (version < FFA_VERSION_1_2) {
		endpoint_size = ENDPOINT_SIZE_1_0;
		/* Its MBZ. */
		endpoint->impdef[0] = 0;
	}
	region->endpoint_offset = endpoint_begin;
	if (version < FFA_VERSION_1_1) {
		/* Its MBZ. */
		region->attributes &= 0xff;
		region->endpoint_size = 0;
	} else {
		region->attributes |= FFA_MEMORY_NS;
		region->endpoint_size = endpoint_size;
	}
	endpoint->composite_offset = endpoint_begin + endpoint_size;
	memcpy(rx, region, endpoint_begin);
	memcpy(rx + endpoint_begin, endpoint, endpoint_size);
	composite = (void *)(rx + endpoint->composite_offset);
	composite->page_count = (uint32_t)page_count;
	composite->constituent_count = range_count;
	composite->reserved_mbz = 0;
	return endpoint->composite_offset + (uint32_t)sizeof(*composite);
}
