/* SPDX-License-Identifier: BSD-3-Clause */
/* What the VMs of harness/scenarios/ffa.dts are for FFA_PARTITION_INFO_GET. */
#pragma once

#include <stdint.h>

/** As it lies in RX; 1.0 has the first three fields. */
struct partition {
	uint16_t id;
	uint16_t vcpu_count;
	uint32_t properties;
	uint32_t uuid[4];
};

#define VM_COUNT 4

#define PROPERTY_RECEIVES_DIRECT (UINT32_C(1) << 0)
#define PROPERTY_SENDS_DIRECT (UINT32_C(1) << 1)
#define PROPERTY_INDIRECT (UINT32_C(1) << 2)
#define PROPERTY_NOTIFICATIONS (UINT32_C(1) << 3)
#define PROPERTY_AARCH64 (UINT32_C(1) << 8)
#define PROPERTY_RECEIVES_DIRECT_2 (UINT32_C(1) << 9)
#define PROPERTY_SENDS_DIRECT_2 (UINT32_C(1) << 10)

extern const uint32_t null_uuid[4];

uint16_t partition_vcpus(uint16_t vm);

/** As a caller with `version` sees them. */
uint32_t partition_properties(uint16_t vm, uint32_t version);
