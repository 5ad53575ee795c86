/* SPDX-License-Identifier: BSD-3-Clause */
/* The VMs of the scenario, as the caller of a version should see them. */
#include "partitions.h"

#include "hft/actor.h"
#include "hft/power.h"

const uint32_t null_uuid[4];

uint16_t partition_vcpus(uint16_t vm)
{
	if (vm == PRIMARY) {
		return (uint16_t)hft_cpu_count();
	}
	return vm == ACTOR_SMP ? 4 : 1;
}

uint32_t partition_properties(uint16_t vm, uint32_t version)
{
	uint32_t all =
		PROPERTY_INDIRECT | PROPERTY_NOTIFICATIONS | PROPERTY_AARCH64;

	all |= vm == PRIMARY
		       ? PROPERTY_SENDS_DIRECT | PROPERTY_SENDS_DIRECT_2
		       : PROPERTY_RECEIVES_DIRECT | PROPERTY_RECEIVES_DIRECT_2;
	switch (version) {
	case FFA_VERSION_1_2:
		return all & 0x7ff;
	case FFA_VERSION_1_1:
		return all & 0x1ff;
	default:
		return all & 0x7;
	}
}
