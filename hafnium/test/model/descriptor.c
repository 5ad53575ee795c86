/* SPDX-License-Identifier: BSD-3-Clause */
/* See descriptor.h; offsets as in docs/ffa.md. */
#include "descriptor.h"

#include <string.h>

void descriptor_put(uint8_t *bytes, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++) {
		bytes[i] = (uint8_t)(value >> (8 * i));
	}
}

uint64_t descriptor_get(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < size; i++) {
		value |= (uint64_t)bytes[i] << (8 * i);
	}
	return value;
}

static bool is_new(enum model_version version)
{
	return version >= MODEL_1_1;
}

static uint32_t header_size(enum model_version version)
{
	return is_new(version) ? 48 : 32;
}

static uint32_t endpoint_size(enum model_version version)
{
	return version == MODEL_1_2 ? 32 : 16;
}

/** Header and the one endpoint, which names `composite`. */
static void put_front(struct descriptor_bytes *out, const struct descriptor *in,
		      uint32_t composite)
{
	uint8_t *b = out->bytes;
	uint32_t header = header_size(in->version);

	memset(out, 0, sizeof(*out));
	descriptor_put(&b[0], in->sender, 2);
	descriptor_put(&b[2], in->attributes, is_new(in->version) ? 2 : 1);
	descriptor_put(&b[4], in->flags, 4);
	descriptor_put(&b[8], in->handle, 8);
	descriptor_put(&b[16], in->tag, 8);
	descriptor_put(&b[28], 1, 4);
	if (is_new(in->version)) {
		descriptor_put(&b[24], endpoint_size(in->version), 4);
		descriptor_put(&b[32], header, 4);
	}
	descriptor_put(&b[header], in->receiver, 2);
	b[header + 2] = in->permissions;
	descriptor_put(&b[header + 4], composite, 4);
	out->endpoint = header;
	out->size = header + endpoint_size(in->version);
}

void descriptor_send(struct descriptor_bytes *out, const struct descriptor *in)
{
	uint32_t composite =
		header_size(in->version) + endpoint_size(in->version);

	put_front(out, in, composite);
	out->composite = composite;
	out->size = composite + 16;
}

void descriptor_add_range(struct descriptor_bytes *out, uint64_t address,
			  uint32_t page_count)
{
	uint8_t *composite = &out->bytes[out->composite];
	uint8_t *range = &out->bytes[out->size];

	descriptor_put(&range[0], address, 8);
	descriptor_put(&range[8], page_count, 4);
	descriptor_put(&composite[0],
		       descriptor_get(&composite[0], 4) + page_count, 4);
	descriptor_put(&composite[4], descriptor_get(&composite[4], 4) + 1, 4);
	out->size += 16;
}

void descriptor_request(struct descriptor_bytes *out,
			const struct descriptor *in)
{
	put_front(out, in, 0);
}

void descriptor_relinquish(struct descriptor_bytes *out, uint64_t handle,
			   uint32_t flags, uint16_t endpoint)
{
	memset(out, 0, sizeof(*out));
	descriptor_put(&out->bytes[0], handle, 8);
	descriptor_put(&out->bytes[8], flags, 4);
	descriptor_put(&out->bytes[12], 1, 4);
	descriptor_put(&out->bytes[16], endpoint, 2);
	out->size = 18;
}

bool descriptor_read(const uint8_t *bytes, uint32_t size,
		     enum model_version version, struct descriptor_answer *out)
{
	uint32_t header = header_size(version);
	uint32_t ranges = header + endpoint_size(version) + 16;
	const uint8_t *composite = &bytes[ranges - 16];

	*out = (struct descriptor_answer){
		.said.sender = (uint16_t)descriptor_get(&bytes[0], 2),
		.said.attributes = (uint16_t)descriptor_get(
			&bytes[2], is_new(version) ? 2 : 1),
		.said.flags = (uint32_t)descriptor_get(&bytes[4], 4),
		.said.handle = descriptor_get(&bytes[8], 8),
		.said.tag = descriptor_get(&bytes[16], 8),
		.said.receiver = (uint16_t)descriptor_get(&bytes[header], 2),
		.said.permissions = bytes[header + 2],
		.page_count = (uint32_t)descriptor_get(&composite[0], 4),
		.range_count = (uint32_t)descriptor_get(&composite[4], 4),
		.ranges = ranges,
	};
	if (size < ranges || descriptor_get(&bytes[28], 4) != 1 ||
	    descriptor_get(&bytes[header + 4], 4) != ranges - 16) {
		return false;
	}
	return !is_new(version) ||
	       (descriptor_get(&bytes[24], 4) == endpoint_size(version) &&
		descriptor_get(&bytes[32], 4) == header);
}
