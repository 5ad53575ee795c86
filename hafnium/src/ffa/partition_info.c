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

/** Nothing changes once VMs run: an answer never becomes out of date. */
#define INFO_TAG 0U

/** What is asked for, and how far the answer has come. */
struct query {
	struct vm_uuid uuid;
	uint32_t version;
	/* the next one */
	uint16_t vm_id;
	uint32_t uuid_idx;
};

static struct query query_of(const struct vcpu *current, struct vm_uuid uuid)
{
	return (struct query){
		.uuid = uuid,
		.version = current->vm->ffa_version,
		.vm_id = HF_PRIMARY_VM_ID,
	};
}

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

/**
 * The next descriptor; false: there is none. Who asks for any UUID and knows
 * that there may be several gets one for each.
 */
static bool next(struct query *query, uint64_t words[DESCRIPTOR_WORDS])
{
	bool is_any = is_null(query->uuid);
	const struct vm *vm = vm_set_find(query->vm_id);

	while (vm != NULL && !partition_has_uuid(vm, query->uuid)) {
		query->vm_id++;
		vm = vm_set_find(query->vm_id);
	}
	if (vm == NULL) {
		return false;
	}
	words[0] = vm->id | (uint64_t)vm->vcpu_count << 16 |
		   (uint64_t)properties_of(vm, query->version) << 32;
	/* Without a UUID of its own, those are 0. */
	words[1] = is_any ? vm->uuids[query->uuid_idx].low : 0;
	words[2] = is_any ? vm->uuids[query->uuid_idx].high : 0;
	query->uuid_idx++;
	if (!is_any || query->version < FFA_VERSION_1_2 ||
	    query->uuid_idx >= vm->uuid_count) {
		query->vm_id++;
		query->uuid_idx = 0;
	}
	return true;
}

static uint32_t count_of(struct query query)
{
	uint64_t words[DESCRIPTOR_WORDS];
	uint32_t count = 0;

	while (next(&query, words)) {
		count++;
	}
	return count;
}

/** All descriptors into RX: 0 or a code. */
static int32_t fill_rx(struct vm_locked vm, struct query query, size_t size)
{
	struct vm_mailbox *mailbox = &vm.vm->mailbox;
	uint64_t words[DESCRIPTOR_WORDS];
	uint64_t *to = mailbox->rx;

	if (to == NULL || mailbox->state != MAILBOX_EMPTY) {
		return FFA_BUSY;
	}
	if (count_of(query) * size > pa_range_size(mailbox->rx_range)) {
		return FFA_NO_MEMORY;
	}
	while (next(&query, words)) {
		for (size_t i = 0; i < size / sizeof(*to); i++) {
			*to = words[i];
			to++;
		}
	}
	mailbox->state = MAILBOX_READ;
	return 0;
}

struct vcpu *ffa_partition_info_get(struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	struct vm_uuid uuid = {
		.low = (uint32_t)x[1] | x[2] << 32,
		.high = (uint32_t)x[3] | x[4] << 32,
	};
	struct query query = query_of(current, uuid);
	bool is_1_0 = query.version < FFA_VERSION_1_1;
	uint32_t flags = partition_is_legacy(current->vm) ? 0 : (uint32_t)x[5];
	size_t size = is_1_0 ? sizeof(uint64_t) : DESCRIPTOR_SIZE;
	uint32_t count = count_of(query);
	struct vm_locked vm;
	int32_t code;

	if (flags > (is_1_0 ? 0 : FLAG_COUNT_ONLY) || count == 0) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	if (flags == FLAG_COUNT_ONLY) {
		ffa_success(&current->regs, count, 0);
		return current;
	}
	vm = vm_lock(current->vm);
	code = fill_rx(vm, query, size);
	vm_unlock(&vm);
	if (code != 0) {
		return ffa_refuse(current, code);
	}
	ffa_success(&current->regs, count, is_1_0 ? 0 : size);
	return current;
}

/**
 * Descriptors from `first` on, which is there, into x3 to x17, of which x4 to
 * x17 are 0; the index behind the last.
 */
static uint32_t fill_regs(struct arch_regs *regs, struct query query,
			  uint32_t first)
{
	uint64_t *end = &regs->x[LAST_DATA_REG + 1];
	uint64_t *to = &regs->x[FIRST_DATA_REG];
	uint64_t words[DESCRIPTOR_WORDS];
	uint32_t idx = 0;

	while (idx < first && next(&query, words)) {
		idx++;
	}
	while (to < end && next(&query, to)) {
		to += DESCRIPTOR_WORDS;
		idx++;
	}
	return idx;
}

struct vcpu *ffa_partition_info_get_regs(struct vcpu *current)
{
	struct arch_regs *regs = &current->regs;
	struct vm_uuid uuid = {.low = regs->x[1], .high = regs->x[2]};
	struct query query = query_of(current, uuid);
	uint32_t first = (uint16_t)regs->x[3];
	uint64_t reserved = regs->x[3] >> 32;
	uint32_t count;
	uint32_t end;

	for (unsigned int i = FIRST_DATA_REG + 1; i <= LAST_DATA_REG; i++) {
		reserved |= regs->x[i];
	}
	if (reserved != 0) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	if ((uint16_t)(regs->x[3] >> 16) != INFO_TAG) {
		return ffa_refuse(current, FFA_RETRY);
	}
	count = count_of(query);
	if (first >= count) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	end = fill_regs(regs, query, first);
	regs->x[0] = FFA_SUCCESS_64;
	regs->x[1] = 0;
	regs->x[2] = (count - 1) | (uint64_t)(end - 1) << 16 |
		     (uint64_t)INFO_TAG << 32 | (uint64_t)DESCRIPTOR_SIZE << 48;
	return current;
}

struct vcpu *ffa_spm_id_get(struct vcpu *current)
{
	ffa_success(&current->regs, HF_TEE_VM_ID, 0);
	return current;
}
