/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the manifest says of a VM that is not memory: name, SMCs, and what it is
 * as an FF-A partition. See docs/manifest.md.
 */
#include <string.h>

#include "hf/base/log.h"
#include "hf/boot/load.h"
#include "hf/ffa.h"
#include "hf/vm/vm.h"

/** What a partition manifest says that it sends and receives. */
static uint32_t properties_of(const struct ffa_partition *from)
{
	uint32_t properties = from->messaging_method | FFA_PROPERTY_AARCH64;

	if (from->ffa_version == FFA_VERSION_1_0 &&
	    from->messaging_method <= 1) {
		/* 1.0 numbers the methods: 0 direct, 1 indirect. */
		properties = FFA_PROPERTY_AARCH64 |
			     (from->messaging_method == 0
				      ? FFA_PROPERTY_DIRECT_RECEIVE
				      : FFA_PROPERTY_INDIRECT);
	}
	if (from->has_notifications) {
		properties |= FFA_PROPERTY_NOTIFICATIONS;
	}
	return properties;
}

/** FF-A's part of the identity: what its role has is cut down. */
static void set_partition(struct vm *vm, const struct manifest_vm *from)
{
	uint32_t properties = from->ffa_properties | FFA_PROPERTY_AARCH64;

	static_assert(sizeof(vm->uuids) == sizeof(from->partition.uuids.words),
		      "one limit");

	vm->ffa_version_max = from->ffa_version_max;
	if (from->ffa_version_max < FFA_VERSION_1_1) {
		properties &= ~FFA_PROPERTY_NOTIFICATIONS;
	}
	if (from->ffa_version_max < FFA_VERSION_1_2) {
		properties &= FFA_PROPERTIES_1_1;
	}
	if (from->is_ffa_partition) {
		store_relaxed(&vm->ffa_version, from->partition.ffa_version);
		store_relaxed(&vm->ffa_version_is_asked,
			      from->ffa_version_max > FFA_VERSION_1_0);
		properties &= properties_of(&from->partition);
	}
	vm->ffa_properties &= properties;
	vm->uuid_count = from->partition.uuids.count / 4;
	/* Words of a UUID from the lowest on: little endian as we are. */
	memcpy(vm->uuids, from->partition.uuids.words, sizeof(vm->uuids));
}

/** In a debug build only; then the primary's are to be saved as well. */
static uint32_t grants_of(const struct vm *vm, const struct manifest_vm *from)
{
	if (!arch_is_debug_build()) {
		if (from->allow_pmu || from->allow_debug) {
			log_warning(
				"VM %#x: no PMU, no debug registers: this is "
				"a production build.",
				vm->id);
		}
		return 0;
	}
	if (vm_is_primary(vm)) {
		return ARCH_GRANT_PMU | ARCH_GRANT_DEBUG;
	}
	return (from->allow_pmu ? ARCH_GRANT_PMU : 0) |
	       (from->allow_debug ? ARCH_GRANT_DEBUG : 0);
}

void load_set_identity(struct vm *vm, const struct manifest_vm *from)
{
	static_assert(VM_NAME_SIZE == MANIFEST_STRING_SIZE, "one limit");

	memcpy(vm->name, from->debug_name, sizeof(vm->name));
	memcpy(vm->smc_whitelist.ids, from->smc_whitelist.ids,
	       sizeof(vm->smc_whitelist.ids));
	vm->smc_whitelist.count = (uint16_t)from->smc_whitelist.count;
	vm->has_inert_debug = from->debug_raz_wi;
	vm->smc_whitelist.permissive = from->smc_whitelist_permissive;
	vm->grants = grants_of(vm, from);
	set_partition(vm, from);
}
