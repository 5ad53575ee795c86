/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules of a VM and of an FF-A partition, one function per rule; the order of
 * the table is the order of the checks. region_check.c has those of regions,
 * manifest_conflict.c those between VMs. See docs/manifest.md.
 */
#include "hf/boot/manifest_check.h"

#include "hf/ffa.h"

/** More physical address space than there can be. */
#define MAX_MEM_SIZE BIT(48)

#define MESSAGING_1_0 BITS(2, 0)
#define MESSAGING_1_2 (MESSAGING_1_0 | BITS(10, 9))
#define SRI_POLICY_MASK BITS(1, 0)
#define AVAILABILITY_MASK BITS(1, 0)
#define POWER_MASK BITS(3, 0)
#define MAX_GP_REGISTER 7
#define XLAT_4K 0
#define STATE_AARCH64 0

static bool count_is_fine(size_t vcpu_count)
{
	return vcpu_count != 0 && vcpu_count <= MAX_CPUS;
}

static void check_secondary(const struct manifest_vm *vm,
			    struct field_reader *reader)
{
	if (vm->mem_size == 0 || vm->mem_size > MAX_MEM_SIZE) {
		reader_note(reader, MANIFEST_BAD_MEM_SIZE, "mem_size");
	}
	if (!count_is_fine(vm->vcpu_count)) {
		reader_note(reader, MANIFEST_BAD_VCPU_COUNT, "vcpu_count");
	}
}

static void check_primary(const struct manifest_vm *vm,
			  struct field_reader *reader)
{
	if (vm->is_ffa_partition) {
		reader_note(reader, MANIFEST_PRIMARY_IS_PARTITION,
			    "is_ffa_partition");
	}
	if (vm->boot_address != MANIFEST_ANY_ADDRESS &&
	    !is_aligned(vm->boot_address, PAGE_SIZE)) {
		reader_note(reader, MANIFEST_BAD_BOOT_ADDRESS, "boot_address");
	}
}

static bool uuid_is_zero(const uint32_t *uuid)
{
	return (uuid[0] | uuid[1] | uuid[2] | uuid[3]) == 0;
}

static bool32 uuids_are_fine(const struct manifest_vm *vm)
{
	const struct uuid_list *uuids = &vm->partition.uuids;

	if (uuids->count % 4 != 0) {
		return false;
	}
	for (size_t i = 0; i < uuids->count; i += 4) {
		if (uuid_is_zero(&uuids->words[i])) {
			return false;
		}
	}
	return true;
}

void manifest_check_vm(const struct manifest_vm *vm, bool is_primary,
		       struct field_reader *reader)
{
	if (is_primary) {
		check_primary(vm, reader);
	} else {
		check_secondary(vm, reader);
	}
	if (vm->exception_level >= PARTITION_EL_COUNT) {
		reader_note(reader, MANIFEST_BAD_EXCEPTION_LEVEL,
			    "exception-level");
	}
	if (vm->ffa_version_max < FFA_VERSION_1_0 ||
	    vm->ffa_version_max > FFA_VERSION_1_2) {
		reader_note(reader, MANIFEST_BAD_FFA_VERSION,
			    "ffa_version_max");
	}
	if (!uuids_are_fine(vm)) {
		reader_note(reader, MANIFEST_BAD_UUID, "ffa_uuids");
	}
}

/** The version that it starts with is offered to it. */
static bool version_is_fine(const struct manifest_vm *vm)
{
	uint32_t version = vm->partition.ffa_version;

	return version >= FFA_VERSION_1_0 && version <= vm->ffa_version_max;
}

static bool context_count_is_fine(const struct manifest_vm *vm)
{
	return count_is_fine(vm->partition.execution_ctx_count);
}

static bool exception_level_is_fine(const struct manifest_vm *vm)
{
	return vm->partition.exception_level < PARTITION_EL_COUNT;
}

static bool execution_state_is_fine(const struct manifest_vm *vm)
{
	return vm->partition.execution_state == STATE_AARCH64;
}

static bool entrypoint_is_fine(const struct manifest_vm *vm)
{
	return vm->partition.entrypoint_offset < vm->mem_size &&
	       is_aligned(vm->partition.entrypoint_offset, 4);
}

static bool granule_is_fine(const struct manifest_vm *vm)
{
	return vm->partition.xlat_granule == XLAT_4K;
}

static bool gp_register_is_fine(const struct manifest_vm *vm)
{
	return vm->partition.gp_register <= MAX_GP_REGISTER ||
	       vm->partition.gp_register == PARTITION_NO_GP_REGISTER;
}

/** 1.0 numbers the methods, 0 and 1; that is bits of the later mask, too. */
static bool messaging_is_fine(const struct manifest_vm *vm)
{
	uint64_t mask = vm->partition.ffa_version >= FFA_VERSION_1_2
				? MESSAGING_1_2
				: MESSAGING_1_0;

	return (vm->partition.messaging_method & ~mask) == 0;
}

static bool ns_action_is_fine(const struct manifest_vm *vm)
{
	return vm->partition.ns_action < NS_ACTION_COUNT;
}

static bool other_s_action_is_fine(const struct manifest_vm *vm)
{
	const struct ffa_partition *partition = &vm->partition;

	if (partition->other_s_action == OTHER_S_ACTION_QUEUED) {
		return partition->ns_action == NS_ACTION_QUEUED;
	}
	return partition->other_s_action < OTHER_S_ACTION_COUNT;
}

static bool sri_policy_is_fine(const struct manifest_vm *vm)
{
	return (vm->partition.sri_policy & ~SRI_POLICY_MASK) == 0;
}

static bool availability_is_fine(const struct manifest_vm *vm)
{
	return (vm->partition.vm_availability_messages & ~AVAILABILITY_MASK) ==
	       0;
}

static bool power_is_fine(const struct manifest_vm *vm)
{
	return (vm->partition.power_messages & ~POWER_MASK) == 0;
}

/** RULE(is_fine, status otherwise, property), in the order of the checks. */
#define PARTITION_RULES(RULE)                                                  \
	RULE(version_is_fine, MANIFEST_BAD_FFA_VERSION, "ffa-version")         \
	RULE(uuids_are_fine, MANIFEST_BAD_UUID, "uuid")                        \
	RULE(context_count_is_fine, MANIFEST_BAD_VCPU_COUNT,                   \
	     "execution-ctx-count")                                            \
	RULE(exception_level_is_fine, MANIFEST_BAD_EXCEPTION_LEVEL,            \
	     "exception-level")                                                \
	RULE(execution_state_is_fine, MANIFEST_BAD_EXECUTION_STATE,            \
	     "execution-state")                                                \
	RULE(entrypoint_is_fine, MANIFEST_BAD_ENTRYPOINT, "entrypoint-offset") \
	RULE(granule_is_fine, MANIFEST_BAD_GRANULE, "xlat-granule")            \
	RULE(gp_register_is_fine, MANIFEST_BAD_GP_REGISTER, "gp-register-num") \
	RULE(messaging_is_fine, MANIFEST_BAD_MESSAGING_METHOD,                 \
	     "messaging-method")                                               \
	RULE(ns_action_is_fine, MANIFEST_BAD_NS_ACTION,                        \
	     "ns-interrupts-action")                                           \
	RULE(other_s_action_is_fine, MANIFEST_BAD_OTHER_S_ACTION,              \
	     "other-s-interrupts-action")                                      \
	RULE(sri_policy_is_fine, MANIFEST_BAD_SRI_POLICY,                      \
	     "sri-interrupts-policy")                                          \
	RULE(availability_is_fine, MANIFEST_BAD_AVAILABILITY_MESSAGES,         \
	     "vm-availability-messages")                                       \
	RULE(power_is_fine, MANIFEST_BAD_POWER_MESSAGES,                       \
	     "power-management-messages")

#define CHECK_RULE(is_fine, status, property)          \
	if (!is_fine(vm)) {                            \
		reader_note(reader, status, property); \
	}

/** What is given, but does not apply to this kind of partition. */
static void drop_what_does_not_apply(struct ffa_partition *partition)
{
	if (partition->exception_level != PARTITION_S_EL1) {
		partition->has_managed_exit = false;
		partition->has_managed_exit_virq = false;
	}
	if (partition->execution_ctx_count == 1) {
		partition->power_messages = 0;
	}
}

void partition_check(struct manifest_vm *vm, struct field_reader *reader)
{
	PARTITION_RULES(CHECK_RULE)
	drop_what_does_not_apply(&vm->partition);
	vm->vcpu_count = vm->partition.execution_ctx_count;
	regions_check(vm, reader);
}
