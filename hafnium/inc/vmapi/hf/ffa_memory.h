/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory management of FF-A 1.0-1.2: descriptors as they lie in TX and RX, bit
 * fields, handles (DEN0140). A caller uses the layout of the version that it
 * negotiated: 1.0 has a header of 32 bytes, later ones of 48; descriptors of
 * endpoints have 16 bytes, from 1.2 on 32.
 */
#pragma once

#include "hf/types.h"

/** Access permissions of an endpoint: data in bits 1:0, instructions in 3:2. */
#define FFA_DATA_ACCESS_MASK UINT8_C(0x03)
#define FFA_DATA_ACCESS_NOT_SPECIFIED UINT8_C(0x00)
#define FFA_DATA_ACCESS_RO UINT8_C(0x01)
#define FFA_DATA_ACCESS_RW UINT8_C(0x02)
#define FFA_DATA_ACCESS_RESERVED UINT8_C(0x03)
#define FFA_INSTRUCTION_ACCESS_MASK UINT8_C(0x0c)
#define FFA_INSTRUCTION_ACCESS_NOT_SPECIFIED UINT8_C(0x00)
#define FFA_INSTRUCTION_ACCESS_NX UINT8_C(0x04)
#define FFA_INSTRUCTION_ACCESS_X UINT8_C(0x08)
#define FFA_INSTRUCTION_ACCESS_RESERVED UINT8_C(0x0c)
#define FFA_ACCESS_MBZ UINT8_C(0xf0)

/** Attributes of memory. Bits 1:0 shareability, 3:2 cacheability, 5:4 type. */
#define FFA_MEMORY_SHAREABILITY_MASK UINT16_C(0x0003)
#define FFA_MEMORY_NON_SHAREABLE UINT16_C(0x0000)
#define FFA_MEMORY_OUTER_SHAREABLE UINT16_C(0x0002)
#define FFA_MEMORY_INNER_SHAREABLE UINT16_C(0x0003)
#define FFA_MEMORY_CACHEABILITY_MASK UINT16_C(0x000c)
#define FFA_MEMORY_NON_CACHEABLE UINT16_C(0x0004)
#define FFA_MEMORY_WRITE_BACK UINT16_C(0x000c)
#define FFA_MEMORY_TYPE_MASK UINT16_C(0x0030)
#define FFA_MEMORY_TYPE_NOT_SPECIFIED UINT16_C(0x0000)
#define FFA_MEMORY_TYPE_DEVICE UINT16_C(0x0010)
#define FFA_MEMORY_TYPE_NORMAL UINT16_C(0x0020)
#define FFA_MEMORY_TYPE_RESERVED UINT16_C(0x0030)
/** Non-secure; since 1.1, and only in what the hypervisor answers. */
#define FFA_MEMORY_NS UINT16_C(0x0040)
#define FFA_MEMORY_ATTRIBUTES_MBZ UINT16_C(0xff80)

/** Flags of a transaction. */
#define FFA_MEMORY_FLAG_CLEAR UINT32_C(0x001)
#define FFA_MEMORY_FLAG_TIME_SLICE UINT32_C(0x002)
/** Of a retrieve request: also clear it when it is relinquished. */
#define FFA_MEMORY_FLAG_CLEAR_RELINQUISH UINT32_C(0x004)
#define FFA_MEMORY_FLAG_TYPE_MASK UINT32_C(0x018)
#define FFA_MEMORY_FLAG_TYPE_SHARE UINT32_C(0x008)
#define FFA_MEMORY_FLAG_TYPE_LEND UINT32_C(0x010)
#define FFA_MEMORY_FLAG_TYPE_DONATE UINT32_C(0x018)
#define FFA_MEMORY_FLAG_ALIGNMENT_MASK UINT32_C(0x1e0)
#define FFA_MEMORY_FLAG_ALIGNMENT_VALID UINT32_C(0x200)
/** Do not compare the list of borrowers; since 1.1. */
#define FFA_MEMORY_FLAG_BYPASS UINT32_C(0x400)
#define FFA_MEMORY_FLAG_MBZ UINT32_C(0xfffff800)

/** Flags of an endpoint: it is not the one that retrieves. */
#define FFA_ENDPOINT_FLAG_NOT_RETRIEVER UINT8_C(0x01)

/** Handles that the hypervisor gave have bit 63 set. */
#define FFA_MEMORY_HANDLE_HYPERVISOR (UINT64_C(1) << 63)
#define FFA_MEMORY_HANDLE_INVALID UINT64_C(0xffffffffffffffff)

/** What a transaction descriptor of 1.0 begins with; endpoints follow. */
struct ffa_memory_region_1_0 {
	uint16_t sender;
	uint8_t attributes;
	uint8_t reserved_mbz_0;
	uint32_t flags;
	uint64_t handle;
	uint64_t tag;
	uint32_t reserved_mbz_1;
	uint32_t endpoint_count;
};
_Static_assert(sizeof(struct ffa_memory_region_1_0) == 32, "FF-A ABI");
_Static_assert(offsetof(struct ffa_memory_region_1_0, endpoint_count) == 28,
	       "FF-A ABI");

/** The same since 1.1; endpoints are where it says. */
struct ffa_memory_region {
	uint16_t sender;
	uint16_t attributes;
	uint32_t flags;
	uint64_t handle;
	uint64_t tag;
	uint32_t endpoint_size; /* bytes of each endpoint's descriptor */
	uint32_t endpoint_count;
	uint32_t endpoint_offset; /* of the first one, from the start */
	uint32_t reserved_mbz[3];
};
_Static_assert(sizeof(struct ffa_memory_region) == 48, "FF-A ABI");
_Static_assert(offsetof(struct ffa_memory_region, endpoint_count) == 28,
	       "FF-A ABI");
_Static_assert(offsetof(struct ffa_memory_region, endpoint_offset) == 32,
	       "FF-A ABI");

/** Who gets the memory, with which rights; 1.0 and 1.1. */
struct ffa_memory_endpoint_1_0 {
	uint16_t receiver;
	uint8_t permissions;
	uint8_t flags;
	uint32_t composite_offset; /* from the start of the transaction */
	uint64_t reserved_mbz;
};
_Static_assert(sizeof(struct ffa_memory_endpoint_1_0) == 16, "FF-A ABI");

/** The same since 1.2. */
struct ffa_memory_endpoint {
	uint16_t receiver;
	uint8_t permissions;
	uint8_t flags;
	uint32_t composite_offset;
	uint64_t impdef[2];
	uint64_t reserved_mbz;
};
_Static_assert(sizeof(struct ffa_memory_endpoint) == 32, "FF-A ABI");
_Static_assert(offsetof(struct ffa_memory_endpoint, impdef) == 8, "FF-A ABI");
_Static_assert(offsetof(struct ffa_memory_endpoint, reserved_mbz) == 24,
	       "FF-A ABI");

/** One range of pages. */
struct ffa_memory_constituent {
	uint64_t address; /* IPA, 4 KiB aligned */
	uint32_t page_count;
	uint32_t reserved_mbz;
};
_Static_assert(sizeof(struct ffa_memory_constituent) == 16, "FF-A ABI");

/** What is in front of the ranges. */
struct ffa_memory_composite {
	uint32_t page_count; /* of all ranges */
	uint32_t constituent_count;
	uint64_t reserved_mbz;
};
_Static_assert(sizeof(struct ffa_memory_composite) == 16, "FF-A ABI");

/** FFA_MEM_RELINQUISH's argument; ids of endpoints follow. */
struct ffa_memory_relinquish {
	uint64_t handle;
	uint32_t flags;
	uint32_t endpoint_count;
};
_Static_assert(sizeof(struct ffa_memory_relinquish) == 16, "FF-A ABI");
