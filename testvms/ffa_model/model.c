/* SPDX-License-Identifier: BSD-3-Clause */
/* The model: arrays and no cleverness. */
#include "model.h"

#include "hf/ffa.h"

static bool exists(const struct model *model, uint32_t transaction)
{
	return transaction != NONE && model->transactions[transaction].is_used;
}

int32_t model_can_send(const struct model *model,
		       const struct model_transaction *wanted)
{
	if (wanted->receiver == wanted->sender) {
		return FFA_INVALID_PARAMETERS;
	}
	for (uint32_t i = 0; i < wanted->page_count; i++) {
		const struct model_page *page = &model->pages[wanted->pages[i]];

		if (page->owner != wanted->sender ||
		    page->transaction != NONE) {
			return FFA_DENIED;
		}
	}
	return 0;
}

int32_t model_can_retrieve(const struct model *model, uint32_t transaction,
			   uint16_t caller)
{
	if (!exists(model, transaction) ||
	    model->transactions[transaction].receiver != caller) {
		return FFA_INVALID_PARAMETERS;
	}
	return model->transactions[transaction].is_retrieved ? FFA_DENIED : 0;
}

int32_t model_can_relinquish(const struct model *model, uint32_t transaction,
			     uint16_t caller)
{
	if (!exists(model, transaction) ||
	    model->transactions[transaction].receiver != caller ||
	    !model->transactions[transaction].is_retrieved) {
		return FFA_INVALID_PARAMETERS;
	}
	return 0;
}

int32_t model_can_reclaim(const struct model *model, uint32_t transaction,
			  uint16_t caller)
{
	if (!exists(model, transaction) ||
	    model->transactions[transaction].sender != caller) {
		return FFA_INVALID_PARAMETERS;
	}
	return model->transactions[transaction].is_retrieved ? FFA_DENIED : 0;
}

uint32_t model_send(struct model *model, const struct model_transaction *sent)
{
	uint32_t index = 0;

	while (model->transactions[index].is_used) {
		index++;
	}
	model->transactions[index] = *sent;
	model->transactions[index].is_used = true;
	model->transactions[index].is_retrieved = false;
	model->transactions[index].was_retrieved = false;
	for (uint32_t i = 0; i < sent->page_count; i++) {
		model->pages[sent->pages[i]].transaction = index;
	}
	return index;
}

static void set_content(struct model *model, const struct model_transaction *t,
			uint32_t content)
{
	for (uint32_t i = 0; i < t->page_count; i++) {
		model->pages[t->pages[i]].content = content;
	}
}

/** Over: its pages belong to `owner`. */
static void end(struct model *model, struct model_transaction *t,
		uint16_t owner)
{
	for (uint32_t i = 0; i < t->page_count; i++) {
		model->pages[t->pages[i]].transaction = NONE;
		model->pages[t->pages[i]].owner = owner;
	}
	t->is_used = false;
}

void model_retrieve(struct model *model, uint32_t transaction)
{
	struct model_transaction *t = &model->transactions[transaction];

	t->is_retrieved = true;
	if (t->is_cleared_before) {
		set_content(model, t, t->was_retrieved ? CONTENT_ANY : 0);
	}
	t->was_retrieved = true;
	if (t->kind == KIND_DONATE) {
		end(model, t, t->receiver);
	}
}

void model_relinquish(struct model *model, uint32_t transaction,
		      bool is_cleared)
{
	struct model_transaction *t = &model->transactions[transaction];

	t->is_retrieved = false;
	if (is_cleared || t->is_cleared_after) {
		set_content(model, t, 0);
	}
	t->is_cleared_after = false;
}

void model_reclaim(struct model *model, uint32_t transaction, bool is_cleared)
{
	struct model_transaction *t = &model->transactions[transaction];

	if (is_cleared) {
		set_content(model, t, 0);
	} else if (t->is_cleared_before && !t->was_retrieved) {
		/* Cleared when it was sent, or not yet. */
		set_content(model, t, CONTENT_ANY);
	}
	end(model, t, t->sender);
}

static const char *borrowed(const struct model_transaction *t)
{
	static const char *const rights[] = {"r", "rx", "rw", "rwx"};

	if (!t->is_retrieved) {
		return "";
	}
	return rights[(t->is_writable ? 2 : 0) + (t->is_executable ? 1 : 0)];
}

const char *model_rights(const struct model *model, uint32_t page, uint16_t vm)
{
	const struct model_page *p = &model->pages[page];
	const struct model_transaction *t;

	if (p->transaction == NONE) {
		return p->owner == vm ? "rwx" : "";
	}
	t = &model->transactions[p->transaction];
	if (t->receiver == vm) {
		return borrowed(t);
	}
	return t->sender == vm && t->kind == KIND_SHARE ? "rwx" : "";
}
