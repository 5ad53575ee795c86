/* SPDX-License-Identifier: BSD-3-Clause */
/* Transaction descriptors from fields to bytes and back: DEN0077A chapter 10. */
#include "hft/ffa_memory.h"

#include <string.h>

#define HEADER_1_0 32
#define HEADER_1_1 48
#define RECEIVER_1_0 16
#define RECEIVER_1_2 32
#define COMPOSITE_SIZE 16
#define RANGE_SIZE 16
#define ALL_TYPES UINT32_C(0x18)

static bool is_1_0(uint32_t version)
{
	return version == LEGACY || version == FFA_VERSION_1_0;
}

uint32_t mem_header_size(uint32_t version)
{
	return is_1_0(version) ? HEADER_1_0 : HEADER_1_1;
}

uint32_t mem_receiver_size(uint32_t version)
{
	return version == FFA_VERSION_1_2 ? RECEIVER_1_2 : RECEIVER_1_0;
}

uint32_t mem_ranges_offset(uint32_t version)
{
	return mem_header_size(version) + mem_receiver_size(version) +
	       COMPOSITE_SIZE;
}

uint32_t mem_ranges_in_first(uint32_t version)
{
	return (uint32_t)(HF_PAGE_SIZE - mem_ranges_offset(version)) /
	       RANGE_SIZE;
}

struct mem_transaction mem_transaction(uint64_t call, uint16_t sender,
				       uint16_t receiver)
{
	uint32_t version = vm_version(sender);
	uint64_t id = call & ~(uint64_t)SMCCC_64_BIT;
	struct mem_transaction transaction = {
		.version = version,
		.call = call,
		.sender = sender,
		.tag = UINT64_C(0x7a97a97a9) + receiver,
		.receiver_size = mem_receiver_size(version),
		.receiver_count = 1,
		.receiver_offset = mem_header_size(version),
		.receivers[0] = {.id = receiver,
				 .permissions = MEM_RW,
				 .composite_offset =
					 mem_ranges_offset(version) -
					 COMPOSITE_SIZE},
	};

	if (id == FFA_MEM_DONATE) {
		transaction.receivers[0].permissions = MEM_DATA_UNSPECIFIED;
	}
	if (id == FFA_MEM_SHARE) {
		transaction.attributes = MEM_NORMAL;
	}
	return transaction;
}

void mem_set_ranges(struct mem_transaction *transaction,
		    const struct mem_range *ranges, uint32_t count)
{
	transaction->ranges = ranges;
	transaction->range_count = count;
	transaction->range_count_real = count;
	transaction->page_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		transaction->page_count += ranges[i].page_count;
	}
	transaction->total_length =
		mem_ranges_offset(transaction->version) + count * RANGE_SIZE;
	transaction->fragment_length = transaction->total_length;
	if (transaction->total_length > HF_PAGE_SIZE) {
		transaction->fragment_length = HF_PAGE_SIZE;
	}
}

static uint32_t type_of(uint64_t call)
{
	switch ((uint32_t)call & ~SMCCC_64_BIT) {
	case FFA_MEM_SHARE:
		return MEM_TYPE_SHARE;
	case FFA_MEM_LEND:
		return MEM_TYPE_LEND;
	default:
		return MEM_TYPE_DONATE;
	}
}

struct mem_transaction mem_retrieve_request(const struct mem_transaction *sent,
					    uint64_t handle)
{
	uint16_t receiver = sent->receivers[0].id;
	struct mem_transaction request =
		mem_transaction(FFA_MEM_RETRIEVE_REQ, sent->sender, receiver);
	uint32_t version = vm_version(receiver);
	uint32_t type = type_of(sent->call);

	request.version = version;
	request.receiver_size = mem_receiver_size(version);
	request.receiver_offset = mem_header_size(version);
	request.attributes = MEM_NORMAL;
	request.flags = type;
	request.handle = handle;
	request.tag = sent->tag;
	request.receivers[0].composite_offset = 0;
	request.receivers[0].impdef[0] = sent->receivers[0].impdef[0];
	request.receivers[0].impdef[1] = sent->receivers[0].impdef[1];
	if (type == MEM_TYPE_DONATE) {
		request.receivers[0].permissions = MEM_RW | MEM_X;
	} else {
		request.receivers[0].permissions =
			sent->receivers[0].permissions & 3;
	}
	if (type == MEM_TYPE_LEND) {
		request.receivers[0].permissions |= MEM_X;
	}
	request.total_length =
		mem_header_size(version) + mem_receiver_size(version);
	request.fragment_length = request.total_length;
	return request;
}

static void put(void *buffer, uint64_t at, const void *value, uint64_t size)
{
	memcpy((uint8_t *)buffer + at, value, size);
}

static void put_header(const struct mem_transaction *t, uint8_t *out)
{
	uint8_t attributes = (uint8_t)t->attributes;

	memset(out, t->header_reserved, mem_header_size(t->version));
	put(out, 0, &t->sender, 2);
	put(out, 4, &t->flags, 4);
	put(out, 8, &t->handle, 8);
	put(out, 16, &t->tag, 8);
	put(out, 28, &t->receiver_count, 4);
	if (is_1_0(t->version)) {
		put(out, 2, &attributes, 1);
		return;
	}
	put(out, 2, &t->attributes, 2);
	put(out, 24, &t->receiver_size, 4);
	put(out, 32, &t->receiver_offset, 4);
}

static void put_receiver(const struct mem_transaction *t,
			 const struct mem_receiver *receiver, uint8_t *out)
{
	bool is_long = mem_receiver_size(t->version) == RECEIVER_1_2;

	put(out, 0, &receiver->id, 2);
	put(out, 2, &receiver->permissions, 1);
	put(out, 3, &receiver->flags, 1);
	put(out, 4, &receiver->composite_offset, 4);
	if (is_long && t->receiver_size == RECEIVER_1_2) {
		put(out, 8, receiver->impdef, 16);
		put(out, 24, &receiver->reserved, 8);
	} else {
		put(out, 8, &receiver->reserved, 8);
	}
}

/** Size of a receiver as it is written: that of the field if it is one. */
static uint32_t stride(const struct mem_transaction *t)
{
	if (!is_1_0(t->version) && t->receiver_size == RECEIVER_1_0) {
		return RECEIVER_1_0;
	}
	return mem_receiver_size(t->version);
}

uint64_t mem_encode(const struct mem_transaction *t, void *buffer,
		    uint64_t size)
{
	uint8_t *bytes = buffer;
	uint64_t at = mem_header_size(t->version);
	uint32_t receivers = t->receiver_count;

	if (receivers > MEM_RECEIVERS || receivers == 0) {
		receivers = 1;
	}
	memset(bytes, 0, size);
	put_header(t, bytes);
	for (uint32_t i = 0; i < receivers; i++) {
		put_receiver(t, &t->receivers[i], &bytes[at]);
		at += stride(t);
	}
	if (t->range_count_real != 0 || t->range_count != 0) {
		put(bytes, at, &t->page_count, 4);
		put(bytes, at + 4, &t->range_count, 4);
		put(bytes, at + 8, &t->composite_reserved, 8);
		at += COMPOSITE_SIZE;
	}
	for (uint32_t i = 0; i < t->range_count_real && at < size; i++) {
		put(bytes, at, &t->ranges[i], RANGE_SIZE);
		at += RANGE_SIZE;
	}
	return at;
}

static void get(const void *buffer, uint64_t at, void *value, uint64_t size)
{
	memcpy(value, (const uint8_t *)buffer + at, size);
}

static void get_receiver(const void *in, struct mem_receiver *receiver,
			 bool is_long)
{
	get(in, 0, &receiver->id, 2);
	get(in, 2, &receiver->permissions, 1);
	get(in, 3, &receiver->flags, 1);
	get(in, 4, &receiver->composite_offset, 4);
	if (is_long) {
		get(in, 8, receiver->impdef, 16);
	}
	get(in, is_long ? 24 : 8, &receiver->reserved, 8);
}

struct mem_transaction mem_decode(uint32_t version, const void *buffer)
{
	struct mem_transaction t = {
		.version = version,
		.receiver_size = mem_receiver_size(version),
		.receiver_offset = mem_header_size(version),
	};
	const uint8_t *in = buffer;
	uint32_t composite;

	get(in, 0, &t.sender, 2);
	get(in, 2, &t.attributes, 2);
	get(in, 4, &t.flags, 4);
	get(in, 8, &t.handle, 8);
	get(in, 16, &t.tag, 8);
	get(in, 28, &t.receiver_count, 4);
	if (!is_1_0(version)) {
		get(in, 24, &t.receiver_size, 4);
		get(in, 32, &t.receiver_offset, 4);
	}
	ASSERT_EQ(t.receiver_count, 1);
	ASSERT_LE(t.receiver_offset, HF_PAGE_SIZE - RECEIVER_1_2);
	get_receiver(in + t.receiver_offset, &t.receivers[0],
		     t.receiver_size == RECEIVER_1_2);
	composite = t.receivers[0].composite_offset;
	ASSERT_LE(composite, HF_PAGE_SIZE - COMPOSITE_SIZE);
	get(in, composite, &t.page_count, 4);
	get(in, composite + 4, &t.range_count, 4);
	get(in, composite + 8, &t.composite_reserved, 8);
	t.ranges = (const struct mem_range *)(in + composite + COMPOSITE_SIZE);
	return t;
}
