/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a VM is as a partition. See docs/ffa.md.
 */
#include "hf/ffa/partition.h"

never_inline bool partition_has_uuid(const struct vm *vm, uint64_t low,
				     uint64_t high)
{
	for (uint32_t i = 0; i < vm->uuid_count; i++) {
		if (vm->uuids[i].low == low && vm->uuids[i].high == high) {
			return true;
		}
	}
	return (low | high) == 0;
}
