/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who else there is. A descriptor is three 64-bit words, in RX and in registers
 * alike; 1.0 has the first of them. See docs/ffa.md.
 */
#include "hf/ffa/partition_info.h"

#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/partition.h"
#include "hf/vm/vm_set.h"

/** w5 of FFA_PARTITION_INFO_GET. */
#define FLAG_COUNT_ONLY 1U

#define DESCRIPTOR_WORDS 3U
#define DESCRIPTOR_SIZE (DESCRIPTOR_WORDS * sizeof(uint64_t))

/** Registers x3 to x17 of FFA_PARTITION_INFO_GET_REGS. */
#define FIRST_DATA_REG 3U
#define LAST_DATA_REG 17U
#define DESCRIPTORS_PER_CALL \
	((LAST_DATA_REG + 1 - FIRST_DATA_REG) / DESCRIPTOR_WORDS)

/** Nothing changes once VMs run: an answer never becomes out of date. */
#define INFO_TAG 0U

/** What is asked for, and which part of the answer goes where. */
struct query {
	struct vm_uuid uuid;
	uint32_t version;
	uint32_t begin; /* of those that are written */
	uint32_t end;
	uint64_t *to;
};

static bool is_null(struct vm_uuid uuid)
{
	return (uuid.low | uuid.high) == 0;
}

static uint32_t properties_of(const struct vm *vm, uint32_t version)
{
	static const uint16_t masks[] = {
		FFA_PROPERTIES_1_0,
		FFA_PROPERTIES_1_1,
		FFA_PROPERTIES_1_2,
	};

	return vm->ffa_properties & masks[version - FFA_VERSION_1_0];
}

/** That of a VM, with the UUID at `idx` for who asks for any. */
static void write_descriptor(struct query *query, const struct vm *vm,
			     uint32_t idx)
{
	/* Without a UUID of its own, those are 0. */
	struct vm_uuid uuid =
		is_null(query->uuid) ? vm->uuids[idx] : (struct vm_uuid){0, 0};

	*query->to++ = vm->id | (uint64_t)vm->vcpu_count << 16 |
		       (uint64_t)properties_of(vm, query->version) << 32;
	if (query->version >= FFA_VERSION_1_1) {
		*query->to++ = uuid.low;
		*query->to++ = uuid.high;
	}
}

/**
 * How many descriptors there are. Who asks for any UUID and knows that there
 * may be several gets one for each.
 */
static uint32_t list(struct query *query)
{
	bool is_each =
		is_null(query->uuid) && query->version >= FFA_VERSION_1_2;
	uint32_t count = 0;
	uint64_t id = HF_PRIMARY_VM_ID;
	const struct vm *vm;

	while ((vm = vm_set_find(id++)) != NULL) {
		uint32_t idx = 0;

		if (!partition_has_uuid(vm, query->uuid.low,
					query->uuid.high)) {
			continue;
		}
		do {
			if (count >= query->begin && count < query->end) {
				write_descriptor(query, vm, idx);
			}
			count++;
			idx++;
		} while (is_each && idx < vm->uuid_count);
	}
	return count;
}

/** All `count` descriptors of `size` into RX: 0 or a code. */
static int32_t fill_rx(struct vm_locked vm, struct query *query, uint32_t count,
		       uint64_t size)
{
	struct vm_mailbox *mailbox = &vm.vm->mailbox;

	if (load_relaxed(&mailbox->state) != MAILBOX_EMPTY) {
		return FFA_BUSY;
	}
	if (count * size > mailbox->buffer_size) {
		return FFA_NO_MEMORY;
	}
	query->to = mailbox->rx;
	query->end = count;
	(void)list(query);
	store_relaxed(&mailbox->state, MAILBOX_READ);
	return 0;
}

static int32_t info_locked(struct vm_locked vm, struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	uint32_t version = vm_ffa_version(vm.vm);
	bool is_1_0 = version < FFA_VERSION_1_1;
	struct query query = {
		.uuid.low = (uint32_t)x[1] | x[2] << 32,
		.uuid.high = (uint32_t)x[3] | x[4] << 32,
		.version = version,
	};
	uint32_t flags = partition_is_legacy(vm.vm) ? 0 : (uint32_t)x[5];
	uint32_t count = list(&query);
	uint64_t size = 0;
	int32_t code;

	if (flags > (is_1_0 ? 0 : FLAG_COUNT_ONLY) || count == 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if (flags != FLAG_COUNT_ONLY) {
		size = is_1_0 ? sizeof(uint64_t) : DESCRIPTOR_SIZE;
		code = fill_rx(vm, &query, count, size);
		if (code != 0) {
			return code;
		}
	}
	(void)ffa_succeed(current, count, is_1_0 ? 0 : size);
	return FFA_ANSWERED;
}

struct vcpu *ffa_partition_info_get(struct vcpu *current)
{
	return ffa_finish_locked(current, info_locked);
}

struct vcpu *ffa_partition_info_get_regs(struct vcpu *current)
{
	uint64_t *x = current->regs.x;
	uint32_t first = (uint16_t)x[FIRST_DATA_REG];
	uint64_t reserved = x[FIRST_DATA_REG] >> 32;
	struct query query = {
		.uuid = {x[1], x[2]},
		.version = vm_ffa_version(current->vm),
		.begin = first,
		.end = first + DESCRIPTORS_PER_CALL,
		.to = &x[FIRST_DATA_REG],
	};
	uint32_t count;

	for (unsigned int i = FIRST_DATA_REG + 1; i <= LAST_DATA_REG; i++) {
		reserved |= x[i];
	}
	if (reserved != 0) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	if ((uint16_t)(x[FIRST_DATA_REG] >> 16) != INFO_TAG) {
		return ffa_refuse(current, FFA_RETRY);
	}
	/* The others are 0, as was seen. */
	x[FIRST_DATA_REG] = 0;
	count = list(&query);
	if (first >= count) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	x[0] = FFA_SUCCESS_64;
	x[1] = 0;
	x[2] = (count - 1) | (min_u64(query.end, count) - 1) << 16 |
	       (uint64_t)INFO_TAG << 32 | (uint64_t)DESCRIPTOR_SIZE << 48;
	return current;
}

struct vcpu *ffa_spm_id_get(struct vcpu *current)
{
	return ffa_succeed(current, HF_TEE_VM_ID, 0);
}
