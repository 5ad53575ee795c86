/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of VMs and vCPUs as guests see them (FF-A endpoint ids).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The hypervisor itself. */
#define HF_HYPERVISOR_VM_ID UINT16_C(0)
/** The VM that schedules all others. */
#define HF_PRIMARY_VM_ID UINT16_C(1)
/** `vm2` of the manifest is 2, and so on. */
#define HF_FIRST_SECONDARY_VM_ID UINT16_C(2)
/** The secure world. */
#define HF_TEE_VM_ID UINT16_C(0x8000)
/** Nobody. */
#define HF_INVALID_VM_ID UINT16_C(0x7fff)

#define HF_PAGE_SIZE UINT64_C(4096)
