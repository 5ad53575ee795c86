/* SPDX-License-Identifier: BSD-3-Clause */
/* See page_model.h. */
#include "page_model.h"

#include <string.h>

#include "hf/ffa.h"

#define ALL (MODEL_R | MODEL_W | MODEL_X)

/** Permissions of descriptors: data in 1:0, instructions in 3:2. */
#define DATA(permissions) ((permissions)&3U)
#define CODE(permissions) (((permissions) >> 2) & 3U)
#define RO 1U
#define RW 2U
#define NX 1U
#define X 2U

void model_init(struct model *model, const uint8_t versions[MODEL_VMS])
{
	memset(model, 0, sizeof(*model));
	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		model->vms[vm].version = versions[vm];
		for (uint32_t i = 0; i < MODEL_VM_PAGES; i++) {
			model->views[vm][vm * MODEL_VM_PAGES + i] =
				(struct model_view){MODEL_OWNED, ALL};
		}
	}
}

uint8_t model_rights(const struct model *model, uint32_t vm, uint32_t page)
{
	struct model_view view = model->views[vm][page];

	switch ((enum model_state)view.state) {
	case MODEL_OWNED:
	case MODEL_SHARED:
	case MODEL_BORROWED:
	case MODEL_JOINED:
		return view.rights;
	case MODEL_NONE:
	case MODEL_LENT:
	case MODEL_GIVEN:
	case MODEL_STATES:
		break;
	}
	return 0;
}

static void set_all(struct model *model, const struct model_transfer *transfer,
		    uint32_t vm, struct model_view view)
{
	for (uint32_t i = 0; i < transfer->page_count; i++) {
		model->views[vm][transfer->pages[i]] = view;
	}
}

static void clear_all(struct model *model,
		      const struct model_transfer *transfer)
{
	for (uint32_t i = 0; i < transfer->page_count; i++) {
		model->stamps[transfer->pages[i]] = 0;
	}
}

/** All pages are the sender's alone, with the same rights. */
static bool is_exclusive(const struct model *model,
			 const struct model_transfer *transfer)
{
	const struct model_view *views = model->views[transfer->sender];
	struct model_view first = views[transfer->pages[0]];

	for (uint32_t i = 0; i < transfer->page_count; i++) {
		struct model_view view = views[transfer->pages[i]];

		if (view.state != MODEL_OWNED || view.rights != first.rights) {
			return false;
		}
	}
	return true;
}

void model_name_pages(struct model *model, struct model_transfer *transfer,
		      uint32_t begin, uint32_t end)
{
	for (uint32_t i = begin; i < end; i++) {
		struct model_view view =
			model->views[transfer->sender][transfer->pages[i]];

		if (i == 0) {
			transfer->first = view;
			transfer->is_spoiled = false;
		}
		transfer->is_spoiled |= view.state != MODEL_OWNED ||
					view.rights != transfer->first.rights;
	}
}

int32_t model_send(struct model *model, struct model_transfer *transfer)
{
	static const uint8_t states[] = {
		[MODEL_SHARE] = MODEL_SHARED,
		[MODEL_LEND] = MODEL_LENT,
		[MODEL_DONATE] = MODEL_GIVEN,
	};
	uint8_t rights;

	if (transfer->is_spoiled || !is_exclusive(model, transfer)) {
		return FFA_DENIED;
	}
	rights = model->views[transfer->sender][transfer->pages[0]].rights;
	if (DATA(transfer->offer) == RW && (rights & MODEL_W) == 0) {
		return FFA_DENIED;
	}
	if (transfer->is_clear && (rights & MODEL_W) == 0 &&
	    model_is_new(model, transfer->sender)) {
		return FFA_DENIED;
	}
	transfer->owner_rights = rights;
	transfer->progress = MODEL_OFFERED;
	set_all(model, transfer, transfer->sender,
		(struct model_view){states[transfer->type], rights});
	if (transfer->is_clear && (rights & MODEL_W) != 0) {
		clear_all(model, transfer);
	}
	return 0;
}

/** Data that is granted: RO or RW, or 0: denied. */
static uint32_t grant_data(uint32_t offer, uint32_t request)
{
	if (offer == RO) {
		return request == RW ? 0 : RO;
	}
	return request == RO ? RO : RW;
}

/** Instructions: NX or X, or 0: denied. */
static uint32_t grant_code(bool is_never, uint32_t request)
{
	if (is_never) {
		return request == X ? 0 : NX;
	}
	return request == NX ? NX : X;
}

int32_t model_retrieve(struct model *model, struct model_transfer *transfer,
		       uint8_t request, uint8_t clearing)
{
	bool is_new = model_is_new(model, transfer->receiver);
	bool is_clear = (clearing & MODEL_CLEAR) != 0;
	bool is_share = transfer->type == MODEL_SHARE;
	/* A donor gives what it has. */
	uint32_t offer = DATA(transfer->offer) != 0 ? DATA(transfer->offer)
			 : (transfer->owner_rights & MODEL_W) != 0 ? RW
								   : RO;
	uint32_t data = grant_data(offer, DATA(request));
	uint32_t code =
		grant_code(is_share || (transfer->owner_rights & MODEL_X) == 0,
			   CODE(request));
	uint8_t state = transfer->type == MODEL_DONATE ? MODEL_OWNED
			: is_share		       ? MODEL_JOINED
						       : MODEL_BORROWED;

	if (transfer->progress != MODEL_OFFERED) {
		return transfer->progress == MODEL_SENDING
			       ? FFA_INVALID_PARAMETERS
			       : FFA_DENIED;
	}
	if (clearing != 0 && is_share) {
		return FFA_INVALID_PARAMETERS;
	}
	if (is_new && ((is_clear && !transfer->is_clear) ||
		       (clearing != 0 && data == RO))) {
		return FFA_DENIED;
	}
	/* Of a share, only legacy guests are offered something: NX. */
	if (data == 0 || (code == 0 && !(is_new && is_share))) {
		return FFA_DENIED;
	}
	if (is_new && is_share != (CODE(request) == 0)) {
		return FFA_INVALID_PARAMETERS;
	}
	transfer->granted = (uint8_t)(MODEL_R | (data == RW ? MODEL_W : 0) |
				      (code == X ? MODEL_X : 0));
	transfer->progress = MODEL_FETCHING;
	if (is_clear && data == RW) {
		clear_all(model, transfer);
	}
	transfer->is_clear_after = (clearing & MODEL_CLEAR_AFTER) != 0;
	set_all(model, transfer, transfer->receiver,
		(struct model_view){state, transfer->granted});
	if (transfer->type == MODEL_DONATE) {
		set_all(model, transfer, transfer->sender,
			(struct model_view){MODEL_NONE, 0});
	}
	model->vms[transfer->receiver].is_rx_full = true;
	return 0;
}

void model_fetched(struct model *model, struct model_transfer *transfer)
{
	(void)model;
	transfer->progress =
		transfer->type == MODEL_DONATE ? MODEL_FREE : MODEL_RETRIEVED;
}

int32_t model_relinquish(struct model *model, struct model_transfer *transfer,
			 bool is_clear)
{
	bool is_new = model_is_new(model, transfer->receiver);

	if (transfer->progress != MODEL_RETRIEVED) {
		return FFA_INVALID_PARAMETERS;
	}
	if (is_clear && transfer->type == MODEL_SHARE) {
		return FFA_INVALID_PARAMETERS;
	}
	if (is_clear && is_new && (transfer->granted & MODEL_W) == 0) {
		return FFA_DENIED;
	}
	set_all(model, transfer, transfer->receiver,
		(struct model_view){MODEL_NONE, 0});
	transfer->progress = MODEL_OFFERED;
	if (is_clear || transfer->is_clear_after) {
		clear_all(model, transfer);
	}
	transfer->is_clear_after = false;
	return 0;
}

int32_t model_reclaim(struct model *model, struct model_transfer *transfer,
		      bool is_clear)
{
	bool is_new = model_is_new(model, transfer->sender);

	if (transfer->progress == MODEL_SENDING) {
		return FFA_INVALID_PARAMETERS;
	}
	if (transfer->progress != MODEL_OFFERED) {
		return FFA_DENIED;
	}
	if (is_clear && is_new && (transfer->owner_rights & MODEL_W) == 0) {
		return FFA_DENIED;
	}
	set_all(model, transfer, transfer->sender,
		(struct model_view){MODEL_OWNED, transfer->owner_rights});
	if (is_clear) {
		clear_all(model, transfer);
	}
	transfer->progress = MODEL_FREE;
	return 0;
}

int32_t model_map_buffers(struct model *model, uint32_t vm)
{
	struct model_view *tx = &model->views[vm][vm * MODEL_VM_PAGES];
	struct model_view *rx = tx + 1;

	if (model->vms[vm].has_buffers) {
		return FFA_DENIED;
	}
	if (tx->state != MODEL_OWNED || rx->state != MODEL_OWNED ||
	    (tx->rights & (MODEL_R | MODEL_W)) != (MODEL_R | MODEL_W) ||
	    (rx->rights & MODEL_R) == 0) {
		return model_is_new(model, vm) ? FFA_INVALID_PARAMETERS
					       : FFA_DENIED;
	}
	model->vms[vm].tx_rights = tx->rights;
	model->vms[vm].rx_rights = rx->rights;
	*tx = (struct model_view){MODEL_JOINED, MODEL_R | MODEL_W};
	*rx = (struct model_view){MODEL_JOINED, MODEL_R};
	model->vms[vm].has_buffers = true;
	model->vms[vm].is_rx_full = false;
	return 0;
}

int32_t model_unmap_buffers(struct model *model, uint32_t vm)
{
	struct model_view *tx = &model->views[vm][vm * MODEL_VM_PAGES];

	if (!model->vms[vm].has_buffers) {
		return FFA_INVALID_PARAMETERS;
	}
	tx[0] = (struct model_view){MODEL_OWNED, model->vms[vm].tx_rights};
	tx[1] = (struct model_view){MODEL_OWNED, model->vms[vm].rx_rights};
	model->vms[vm].has_buffers = false;
	model->vms[vm].is_rx_full = false;
	return 0;
}
