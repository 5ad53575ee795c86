/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A memory management as plain arrays: what each VM has at each page, and
 * which transactions are open. Written after the rules of docs/ffa.md, with
 * nothing of the hypervisor's own code. See docs/testing.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_VMS 3U
/** A block of stage 2 for each VM. */
#define MODEL_VM_PAGES 512U
#define MODEL_PAGES (MODEL_VMS * MODEL_VM_PAGES)
#define MODEL_TRANSFERS 16U
/** Pages of one transaction. */
#define MODEL_LIST 300U

/** Columns of the tables in docs/ffa.md. */
enum model_version {
	MODEL_LEGACY,
	MODEL_1_0,
	MODEL_1_1,
	MODEL_1_2
};

enum model_state {
	MODEL_NONE,
	MODEL_OWNED,
	MODEL_SHARED,
	MODEL_LENT,
	MODEL_GIVEN, /* donated and not retrieved: nobody has it */
	MODEL_BORROWED,
	MODEL_JOINED, /* borrowed by a share, or a buffer */
	MODEL_STATES,
};

#define MODEL_R 1U
#define MODEL_W 2U
#define MODEL_X 4U

/** One page as one VM has it; rights count while it has access. */
struct model_view {
	uint8_t state;
	uint8_t rights;
};

enum model_type {
	MODEL_SHARE,
	MODEL_LEND,
	MODEL_DONATE
};

/** What a transaction's memory is for its borrower. */
enum model_progress {
	MODEL_FREE,
	MODEL_SENDING,	/* fragments are missing */
	MODEL_OFFERED,	/* all sent, nobody has it */
	MODEL_FETCHING, /* retrieved, parts of the list not read yet */
	MODEL_RETRIEVED,
};

struct model_transfer {
	uint8_t progress;
	uint8_t type;
	uint8_t sender;
	uint8_t receiver;
	uint8_t offer; /* permissions of the descriptor */
	bool is_clear;
	bool is_clear_after;
	uint8_t granted; /* MODEL_R | ... */
	uint8_t owner_rights;
	uint64_t handle;
	uint64_t tag;
	uint16_t attributes;
	uint16_t pages[MODEL_LIST];
	uint32_t page_count;
	uint32_t sent_count;	 /* bytes of the descriptor */
	struct model_view first; /* as the first page was when it was named */
	bool is_spoiled;	 /* a page was not to give when it was named */
	uint32_t fetched_bytes;	 /* of `total_bytes` of the answer */
	uint32_t total_bytes;
};

struct model_vm {
	uint8_t version;
	bool has_buffers;
	uint8_t tx_rights; /* that it had there before */
	uint8_t rx_rights;
	bool is_rx_full;
};

struct model {
	struct model_vm vms[MODEL_VMS];
	struct model_view views[MODEL_VMS][MODEL_PAGES];
	uint64_t stamps[MODEL_PAGES]; /* contents; 0 after a clear */
	struct model_transfer transfers[MODEL_TRANSFERS];
};

/** Each VM has its own pages, and buffers in the first two. */
void model_init(struct model *model, const uint8_t versions[MODEL_VMS]);

/** Who asked for a version, be it 1.0, is held to the stricter rules. */
static inline bool model_is_new(const struct model *model, uint32_t vm)
{
	return model->vms[vm].version != MODEL_LEGACY;
}

/** What `vm` may do at `page`: MODEL_R | MODEL_W | MODEL_X. */
uint8_t model_rights(const struct model *model, uint32_t vm, uint32_t page);

/** Pages [begin, end) of the list are named, in a fragment or in the only one. */
void model_name_pages(struct model *model, struct model_transfer *transfer,
		      uint32_t begin, uint32_t end);

/**
 * The steps. `transfer` is filled in; a code of FF-A, 0 for success. What fails
 * changes nothing.
 */
int32_t model_send(struct model *model, struct model_transfer *transfer);

/** Flags of a retrieve request. */
#define MODEL_CLEAR 1U
#define MODEL_CLEAR_AFTER 4U

/** Rights that are granted go to `transfer->granted`. */
int32_t model_retrieve(struct model *model, struct model_transfer *transfer,
		       uint8_t request, uint8_t clearing);

/** All of the answer was read; a donation is over then. */
void model_fetched(struct model *model, struct model_transfer *transfer);

int32_t model_relinquish(struct model *model, struct model_transfer *transfer,
			 bool is_clear);
int32_t model_reclaim(struct model *model, struct model_transfer *transfer,
		      bool is_clear);

/** RXTX_MAP and UNMAP of the first two pages of `vm`. */
int32_t model_map_buffers(struct model *model, uint32_t vm);
int32_t model_unmap_buffers(struct model *model, uint32_t vm);
