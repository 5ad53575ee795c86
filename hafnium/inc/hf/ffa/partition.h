/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A VM as other partitions see it: what it can receive and send, which services
 * it offers (DEN0077A 6.2). See docs/ffa.md.
 */
#pragma once

#include "hf/ffa/frame.h"
#include "hf/vm/vm.h"

/**
 * Does `vm` have all of `properties` (FFA_PROPERTY_*)? They are those of its
 * role, less what its manifest takes away, less what is newer than the version
 * that it is capped to. They do not depend on the negotiated version.
 */
static inline bool partition_has(const struct vm *vm, uint32_t properties)
{
	return (vm->ffa_properties & properties) == properties;
}

/** Does `vm` offer that service? The null UUID means any. */
bool partition_has_uuid(const struct vm *vm, uint64_t low, uint64_t high);

/**
 * Is `vm` a guest of the time when there was 1.0 only? It has no version of its
 * manifest and never called FFA_VERSION, or is capped to 1.0.
 */
static inline bool partition_is_legacy(const struct vm *vm)
{
	return !load_relaxed(&vm->ffa_version_is_asked);
}

/** The call fails with `legacy` for such a guest, with `code` for others. */
static inline struct vcpu *ffa_refuse_as(struct vcpu *current, int32_t legacy,
					 int32_t code)
{
	return ffa_refuse(current,
			  partition_is_legacy(current->vm) ? legacy : code);
}
