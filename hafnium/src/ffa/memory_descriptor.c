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

static bool is_1_0(const struct vm *vm)
{
	return vm->ffa_version < FFA_VERSION_1_1;
}

static bool is_1_2(const struct vm *vm)
{
	return vm->ffa_version >= FFA_VERSION_1_2;
}

/** Of the endpoint's descriptor that we write. */
static uint32_t endpoint_size(const struct vm *vm)
{
	return is_1_2(vm) ? ENDPOINT_SIZE_1_2 : ENDPOINT_SIZE_1_0;
}

static uint32_t header_size(const struct vm *vm)
{
	return is_1_0(vm) ? sizeof(struct ffa_memory_region_1_0)
			  : sizeof(struct ffa_memory_region);
}

/** Of 1.0; what MBZ bits are there is ored into `*mbz`. */
static void read_1_0(const void *tx, struct memory_descriptor *descriptor,
		     uint64_t *mbz)
{
	struct ffa_memory_region_1_0 header;

	memory_copy_in(&header, tx, sizeof(header));
	*descriptor = (struct memory_descriptor){
		.sender = header.sender,
		.attributes = header.attributes,
		.flags = header.flags,
		.handle = header.handle,
		.tag = header.tag,
		.endpoint_count = header.endpoint_count,
		.endpoint_offset = sizeof(header),
		.endpoint_size = ENDPOINT_SIZE_1_0,
	};
	*mbz = header.reserved_mbz_0 | header.reserved_mbz_1;
}

static void read_1_1(const void *tx, struct memory_descriptor *descriptor,
		     uint64_t *mbz)
{
	struct ffa_memory_region header;

	memory_copy_in(&header, tx, sizeof(header));
	*descriptor = (struct memory_descriptor){
		.sender = header.sender,
		.attributes = header.attributes,
		.flags = header.flags,
		.handle = header.handle,
		.tag = header.tag,
		.endpoint_count = header.endpoint_count,
		.endpoint_offset = header.endpoint_offset,
		.endpoint_size = header.endpoint_size,
	};
	*mbz = header.reserved_mbz[0] | header.reserved_mbz[1] |
	       header.reserved_mbz[2];
}

/** Is the first endpoint in the descriptor, where it may be? */
static bool has_endpoint(const struct vm *vm,
			 const struct memory_descriptor *descriptor,
			 uint32_t length)
{
	uint64_t size = descriptor->endpoint_size;
	uint64_t offset = descriptor->endpoint_offset;

	return (size == ENDPOINT_SIZE_1_0 ||
		(is_1_2(vm) && size == ENDPOINT_SIZE_1_2)) &&
	       (is_1_0(vm) || offset >= sizeof(struct ffa_memory_region)) &&
	       is_aligned(offset, 16) && offset + size <= length;
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
	uint32_t header_size = is_1_0(vm) ? sizeof(struct ffa_memory_region_1_0)
					  : sizeof(struct ffa_memory_region);
	uint64_t mbz;

	if (length < header_size + ENDPOINT_SIZE_1_0) {
		return false;
	}
	if (is_1_0(vm)) {
		read_1_0(tx, descriptor, &mbz);
	} else {
		read_1_1(tx, descriptor, &mbz);
	}
	if (!has_endpoint(vm, descriptor, length)) {
		return false;
	}
	read_endpoint((const uint8_t *)tx + descriptor->endpoint_offset,
		      descriptor->endpoint_size, &descriptor->endpoint);
	mbz |= descriptor->endpoint.reserved_mbz;
	/* Legacy guests leave there what was in TX. */
	return partition_is_legacy(vm) || (mbz == 0 && is_aligned(length, 16));
}

uint32_t memory_descriptor_size(const struct vm *vm)
{
	return header_size(vm) + endpoint_size(vm) +
	       (uint32_t)sizeof(struct ffa_memory_composite);
}

static void write_1_0(void *rx, const struct memory_descriptor *descriptor)
{
	*(struct ffa_memory_region_1_0 *)rx = (struct ffa_memory_region_1_0){
		.sender = descriptor->sender,
		.attributes = (uint8_t)descriptor->attributes,
		.flags = descriptor->flags,
		.handle = descriptor->handle,
		.tag = descriptor->tag,
		.endpoint_count = 1,
	};
}

static void write_1_1(void *rx, const struct memory_descriptor *descriptor,
		      uint32_t endpoint_size)
{
	*(struct ffa_memory_region *)rx = (struct ffa_memory_region){
		.sender = descriptor->sender,
		.attributes = descriptor->attributes | FFA_MEMORY_NS,
		.flags = descriptor->flags,
		.handle = descriptor->handle,
		.tag = descriptor->tag,
		.endpoint_size = endpoint_size,
		.endpoint_count = 1,
		.endpoint_offset = sizeof(struct ffa_memory_region),
	};
}

void memory_descriptor_write(const struct vm *vm, void *rx,
			     struct memory_descriptor *descriptor,
			     struct ffa_memory_composite composite)
{
	struct ffa_memory_endpoint *endpoint = &descriptor->endpoint;
	uint32_t size = endpoint_size(vm);
	uint8_t *at = (uint8_t *)rx + header_size(vm);

	if (is_1_0(vm)) {
		write_1_0(rx, descriptor);
	} else {
		write_1_1(rx, descriptor, size);
	}
	endpoint->composite_offset = header_size(vm) + size;
	if (!is_1_2(vm)) {
		/* Its MBZ. */
		endpoint->impdef[0] = 0;
	}
	memcpy(at, endpoint, size);
	memcpy(at + size, &composite, sizeof(composite));
}
