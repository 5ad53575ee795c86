/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory management descriptors of FF-A 1.0, 1.1 and 1.2 as bytes, written from
 * DEN0077A chapter 10 with offsets of its own: nothing here is shared with the
 * hypervisor. A test takes a valid transaction, spoils a field, sends it.
 */
#pragma once

#include "hft/actor.h"

#define MEM_RECEIVERS 4

/* Access permissions: data in 1:0, instructions in 3:2. */
#define MEM_DATA_UNSPECIFIED 0
#define MEM_RO 1
#define MEM_RW 2
#define MEM_DATA_RESERVED 3
#define MEM_CODE_UNSPECIFIED (0 << 2)
#define MEM_NX (1 << 2)
#define MEM_X (2 << 2)
#define MEM_CODE_RESERVED (3 << 2)

/* Attributes: type in 5:4, cacheability in 3:2, shareability in 1:0. */
#define MEM_ATTRIBUTES_UNSPECIFIED 0x00
#define MEM_NORMAL 0x2f /* write-back, inner shareable */
#define MEM_NORMAL_OUTER 0x2e
#define MEM_NORMAL_NON_SHAREABLE 0x2c
#define MEM_NORMAL_UNCACHED 0x27
#define MEM_DEVICE_NGNRE 0x14
#define MEM_NS (1 << 6)

/* Flags of transactions. */
#define MEM_CLEAR (UINT32_C(1) << 0)
#define MEM_TIME_SLICE (UINT32_C(1) << 1)
#define MEM_CLEAR_AFTER (UINT32_C(1) << 2)
#define MEM_TYPE_SHARE (UINT32_C(1) << 3)
#define MEM_TYPE_LEND (UINT32_C(2) << 3)
#define MEM_TYPE_DONATE (UINT32_C(3) << 3)
#define MEM_HINT_VALID (UINT32_C(1) << 9)
#define MEM_BYPASS (UINT32_C(1) << 10)

#define MEM_HANDLE_INVALID UINT64_MAX

/** `page_count` pages from `address`; also as it lies in a descriptor. */
struct mem_range {
	uint64_t address;
	uint32_t page_count;
	uint32_t reserved;
};

/** An endpoint memory access descriptor. */
struct mem_receiver {
	uint16_t id;
	uint8_t permissions;
	uint8_t flags;
	uint32_t composite_offset;
	uint64_t impdef[2]; /* 1.2 */
	uint64_t reserved;
};

/**
 * A transaction descriptor and the registers that announce it, field by field.
 * Offsets and lengths are what a valid one has until a test changes them.
 */
struct mem_transaction {
	/* layout */
	uint32_t version;
	/* registers */
	uint64_t call;
	uint64_t total_length;
	uint64_t fragment_length;
	uint64_t buffer_address;
	uint64_t buffer_pages;
	/* header */
	uint16_t sender;
	uint16_t attributes;
	uint32_t flags;
	uint64_t handle;
	uint64_t tag;
	uint32_t receiver_size;
	uint32_t receiver_count;
	uint32_t receiver_offset;
	uint8_t header_reserved; /* goes into all reserved bytes of the header */
	struct mem_receiver receivers[MEM_RECEIVERS];
	/* composite */
	uint32_t page_count;
	uint32_t range_count;
	uint64_t composite_reserved;
	const struct mem_range *ranges;
	/* the ranges that are written; range_count is what is claimed */
	uint32_t range_count_real;
};

uint32_t mem_header_size(uint32_t version);
uint32_t mem_receiver_size(uint32_t version);

/** Where the first range lies in a valid descriptor for one receiver. */
uint32_t mem_ranges_offset(uint32_t version);

/** Ranges in the first fragment, in one page of TX or RX; in others: 256. */
uint32_t mem_ranges_in_first(uint32_t version);
#define MEM_RANGES_IN_FRAGMENT 256

/** What `call` needs: who to whom, in the layout of the sender's version. */
struct mem_transaction mem_transaction(uint64_t call, uint16_t sender,
				       uint16_t receiver);

/** Adds the ranges: counts and lengths become what they are. */
void mem_set_ranges(struct mem_transaction *transaction,
		    const struct mem_range *ranges, uint32_t count);

/** The retrieve request for what `sent` became, in the receiver's version. */
struct mem_transaction mem_retrieve_request(const struct mem_transaction *sent,
					    uint64_t handle);

/** The descriptor as far as one page of `size` bytes goes; its length there. */
uint64_t mem_encode(const struct mem_transaction *transaction, void *buffer,
		    uint64_t size);

/** What lies in RX of a VM with `version`; ranges are not copied. */
struct mem_transaction mem_decode(uint32_t version, const void *buffer);

/* --- calls of any VM, by its own TX and RX -------------------------------- */

/** First fragment into TX of `vm`, the call; the answer. */
struct ffa_frame mem_send_first(uint16_t vm,
				const struct mem_transaction *transaction);

/** All fragments, `fragment_ranges` in each but the first (0: a full page). */
struct ffa_frame mem_send_all(uint16_t vm,
			      const struct mem_transaction *transaction,
			      uint32_t fragment_ranges);

/** Ranges [first, first + count) to the start of TX, and FRAG_TX. */
struct ffa_frame mem_send_fragment(uint16_t vm,
				   const struct mem_transaction *transaction,
				   uint64_t handle, uint32_t first,
				   uint32_t count);

/** The handle in a success frame of SHARE, LEND, DONATE or FRAG_TX. */
static inline uint64_t mem_handle(struct ffa_frame frame)
{
	return (uint32_t)frame.x[2] | (frame.x[3] << 32);
}

/** By the sender; ASSERTs that it succeeds. */
uint64_t mem_send(const struct mem_transaction *transaction);

/** The request into TX, RETRIEVE_REQ; RX is not released. */
struct ffa_frame mem_retrieve_frame(uint16_t vm,
				    const struct mem_transaction *request);

/** The whole retrieval with all fragments; RX released. ASSERTs success. */
void mem_retrieve(const struct mem_transaction *sent, uint64_t handle);

struct mem_relinquish {
	uint64_t handle;
	uint32_t flags;
	uint32_t count;
	uint16_t ids[4];
};

struct ffa_frame mem_relinquish_frame(uint16_t vm,
				      const struct mem_relinquish *descriptor);
struct ffa_frame mem_relinquish(uint16_t vm, uint64_t handle);
struct ffa_frame mem_reclaim(uint16_t vm, uint64_t handle, uint32_t flags);
