/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a VM is as a partition. See docs/ffa.md.
 */
#include "hf/ffa/partition.h"

never_inline bool partition_has_uuid(const struct vm *vm, struct vm_uuid uuid)
{
	bool is_found = (uuid.low | uuid.high) == 0;

	for (uint32_t i = 0; i < vm->uuid_count; i++) {
		is_found |= vm->uuids[i].low == uuid.low &&
			    vm->uuids[i].high == uuid.high;
	}
	return is_found;
}
