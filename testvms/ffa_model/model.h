/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What memory sharing should do, as plainly as it can be said: a page has one
 * owner and is in one transaction at most; a transaction has a receiver, which
 * has the pages or has not. Written from DEN0077A, not from the hypervisor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MODEL_PAGES 24
#define MODEL_TRANSACTIONS 12
#define MODEL_PAGES_EACH 3
#define NONE UINT32_MAX
/** Zeros, or what was there: both are right. */
#define CONTENT_ANY UINT32_MAX

enum model_kind {
	KIND_SHARE,
	KIND_LEND,
	KIND_DONATE,
};

struct model_page {
	uint16_t owner;
	/* NONE: the owner has it to itself */
	uint32_t transaction;
	/* what its first word says; 0: it was cleared */
	uint32_t content;
};

struct model_transaction {
	bool is_used;
	bool is_retrieved;
	/* zeros when it is given back */
	bool is_cleared_after;
	/* zeros for the receiver, the first time that it has it */
	bool is_cleared_before;
	bool was_retrieved;
	bool is_writable;
	bool is_executable;
	enum model_kind kind;
	uint16_t sender;
	uint16_t receiver;
	uint64_t handle;
	uint32_t page_count;
	uint32_t pages[MODEL_PAGES_EACH];
};

struct model {
	struct model_page pages[MODEL_PAGES];
	struct model_transaction transactions[MODEL_TRANSACTIONS];
};

/* Codes: 0 or those of FF-A. */

int32_t model_can_send(const struct model *model,
		       const struct model_transaction *wanted);
int32_t model_can_retrieve(const struct model *model, uint32_t transaction,
			   uint16_t caller);
int32_t model_can_relinquish(const struct model *model, uint32_t transaction,
			     uint16_t caller);
int32_t model_can_reclaim(const struct model *model, uint32_t transaction,
			  uint16_t caller);

/* What the call changes when it succeeds. */

/** The transaction is copied; its index. */
uint32_t model_send(struct model *model, const struct model_transaction *sent);
void model_retrieve(struct model *model, uint32_t transaction);
void model_relinquish(struct model *model, uint32_t transaction,
		      bool is_cleared);
void model_reclaim(struct model *model, uint32_t transaction, bool is_cleared);

/** Of "rwx". */
const char *model_rights(const struct model *model, uint32_t page, uint16_t vm);
