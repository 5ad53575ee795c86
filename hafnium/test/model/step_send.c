/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MEM_SHARE, LEND, DONATE and FRAG_TX of a sequence. See step.h. */
#include "hf/ffa.h"
#include "step_call.h"

#define OLD_ATTRIBUTES 0x2eU /* normal, write-back, outer shareable */
#define NEW_ATTRIBUTES 0x2fU /* inner shareable */

static const uint32_t functions[] = {
	[MODEL_SHARE] = FFA_MEM_SHARE,
	[MODEL_LEND] = FFA_MEM_LEND,
	[MODEL_DONATE] = FFA_MEM_DONATE,
};

/** A send in the making, with what a defect may spoil. */
struct send {
	struct run *run;
	struct model_transfer *transfer;
	struct descriptor front;
	struct descriptor_bytes bytes;
	uint64_t x1;
	uint64_t x2;
	uint64_t x3;
	uint64_t x4;
	bool is_new;
};

/** A defect: what it does, and the code it gets in versions old and new. */
struct defect {
	const char *what;
	void (*spoil)(struct send *send);
	int32_t old_code; /* 0: is not looked at */
	int32_t new_code;
};

static uint8_t *part(struct send *send, uint32_t offset)
{
	return &send->bytes.bytes[offset];
}

static void address_argument(struct send *send)
{
	send->x3 = 0x1000;
}

static void page_count_argument(struct send *send)
{
	send->x4 = 1;
}

static void fragment_longer_than_all(struct send *send)
{
	send->x2 = send->x1 + 16;
}

static void fragment_without_endpoint(struct send *send)
{
	send->x2 = send->bytes.endpoint;
}

static void total_too_long(struct send *send)
{
	send->x1 += 16;
	send->x2 += 16;
}

static void sender_is_another(struct send *send)
{
	descriptor_put(part(send, 0), send->front.sender % MODEL_VMS + 1U, 2);
}

static void no_receiver(struct send *send)
{
	descriptor_put(part(send, 28), 0, 4);
}

static void two_receivers(struct send *send)
{
	descriptor_put(part(send, 28), 2, 4);
}

static void receiver_is_sender(struct send *send)
{
	descriptor_put(part(send, send->bytes.endpoint), send->front.sender, 2);
}

static void receiver_is_nobody(struct send *send)
{
	descriptor_put(part(send, send->bytes.endpoint), 0xffff, 2);
}

static void receiver_is_secure(struct send *send)
{
	descriptor_put(part(send, send->bytes.endpoint), 0x8000, 2);
}

static void composite_in_header(struct send *send)
{
	descriptor_put(part(send, send->bytes.endpoint + 4), 16, 4);
}

static void composite_behind_all(struct send *send)
{
	descriptor_put(part(send, send->bytes.endpoint + 4), 0xfffffff0, 4);
}

static void time_slice(struct send *send)
{
	descriptor_put(part(send, 4), send->front.flags | 2, 4);
}

static void reserved_flag(struct send *send)
{
	descriptor_put(part(send, 4), send->front.flags | 0x800, 4);
}

static void handle_is_set(struct send *send)
{
	descriptor_put(part(send, 8), UINT64_C(1) << 63, 8);
}

static void reserved_permissions(struct send *send)
{
	*part(send, send->bytes.endpoint + 2) |= 0x40;
}

static void instructions_specified(struct send *send)
{
	*part(send, send->bytes.endpoint + 2) |= 0x4;
}

static void data_wrong(struct send *send)
{
	bool is_donate = send->transfer->type == MODEL_DONATE;

	*part(send, send->bytes.endpoint + 2) = is_donate ? 1 : 0;
}

static void ns_bit(struct send *send)
{
	*part(send, 2) |= 0x40;
}

static void type_reserved(struct send *send)
{
	*part(send, 2) |= 0x30;
}

static void count_wrong(struct send *send)
{
	uint8_t *count = part(send, send->bytes.composite);

	descriptor_put(count, descriptor_get(count, 4) + 1, 4);
}

static void address_misaligned(struct send *send)
{
	part(send, send->bytes.composite + 16)[1] |= 8;
}

#define INVALID FFA_INVALID_PARAMETERS

static const struct defect defects[] = {
	{"address argument", address_argument, INVALID, INVALID},
	{"page count argument", page_count_argument, INVALID, INVALID},
	{"fragment longer", fragment_longer_than_all, INVALID, INVALID},
	{"no endpoint", fragment_without_endpoint, INVALID, INVALID},
	{"total too long", total_too_long, INVALID, INVALID},
	{"other sender", sender_is_another, INVALID, FFA_DENIED},
	{"no receiver", no_receiver, INVALID, INVALID},
	{"two receivers", two_receivers, INVALID, INVALID},
	{"receiver is sender", receiver_is_sender, INVALID, INVALID},
	{"receiver is nobody", receiver_is_nobody, INVALID, INVALID},
	{"receiver is secure", receiver_is_secure, INVALID, INVALID},
	{"composite in header", composite_in_header, INVALID, INVALID},
	{"composite behind all", composite_behind_all, INVALID, INVALID},
	{"time slice", time_slice, INVALID, INVALID},
	{"reserved flag", reserved_flag, INVALID, INVALID},
	{"handle", handle_is_set, 0, INVALID},
	{"reserved permissions", reserved_permissions, INVALID, INVALID},
	{"instructions specified", instructions_specified, INVALID, INVALID},
	{"data access", data_wrong, INVALID, INVALID},
	{"NS", ns_bit, 0, INVALID},
	{"reserved type", type_reserved, 0, INVALID},
	{"count of pages", count_wrong, 0, INVALID},
	{"misaligned", address_misaligned, INVALID, INVALID},
};
#define DEFECTS (sizeof(defects) / sizeof(defects[0]))

/** Pages [0, 2) of a VM are its buffers; steps use the next ones mostly. */
static void choose_pages(struct model_transfer *transfer,
			 const struct step *step)
{
	static const uint32_t strides[] = {1, 1, 1, 2, 3, MODEL_VM_PAGES - 1};
	uint32_t region = step->seed % 4 == 0 ? (step->seed >> 8) % MODEL_VMS
					      : transfer->sender;
	uint32_t stride = strides[step->stride % 6];
	uint32_t count = 1 + step->count % 6;
	uint32_t first = 2 + step->first % 20;

	if (step->count >= 250) {
		count = 256 + (step->count & 3);
		stride = 2;
		first = step->first % 3;
	}
	if (step->first >= 250) {
		first = step->first - 250U;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t page = (first + i * stride) % MODEL_VM_PAGES;

		transfer->pages[i] = (uint16_t)(region * MODEL_VM_PAGES + page);
	}
	transfer->page_count = count;
}

/** All ranges, one for each page or merged where they follow one another. */
static void put_ranges(struct descriptor_bytes *bytes,
		       const struct model_transfer *transfer, bool is_merged)
{
	uint32_t run_length = 1;

	for (uint32_t i = 0; i < transfer->page_count; i += run_length) {
		uint32_t left = transfer->page_count - i;

		run_length = 1;
		while (is_merged && run_length < left &&
		       transfer->pages[i + run_length] ==
			       transfer->pages[i] + run_length) {
			run_length++;
		}
		descriptor_add_range(bytes, world_address(transfer->pages[i]),
				     run_length);
	}
}

static struct model_transfer *free_transfer(struct run *run)
{
	for (uint32_t i = 0; i < MODEL_TRANSFERS; i++) {
		if (run->model.transfers[i].progress == MODEL_FREE) {
			return &run->model.transfers[i];
		}
	}
	return NULL;
}

/** The answer to the last fragment: what model_send() says. */
static bool finish_send(struct run *run, struct model_transfer *transfer,
			const uint64_t *x)
{
	int32_t code;

	if (run_code(x) == FFA_NO_MEMORY) {
		/* Others have all there is; see run_expect(). */
		transfer->progress = MODEL_FREE;
		return run_expect(run, "send", x, FFA_NO_MEMORY);
	}
	code = model_send(&run->model, transfer);
	if (!run_expect(run, "send", x, code)) {
		return false;
	}
	if (code != 0) {
		transfer->progress = MODEL_FREE;
		return true;
	}
	transfer->handle = x[2] | x[3] << 32;
	if (x[0] != FFA_SUCCESS || transfer->handle >> 63 != 1) {
		return run_fail(run, "send: handle %#lx", transfer->handle);
	}
	return true;
}

/** More is wanted: FRAG_RX with the handle and what has come so far. */
static bool begin_fragments(struct run *run, struct model_transfer *transfer,
			    const uint64_t *x, uint32_t received)
{
	uint64_t handle = x[1] | x[2] << 32;

	if (run_code(x) == FFA_NO_MEMORY) {
		transfer->progress = MODEL_FREE;
		return run_expect(run, "fragment", x, FFA_NO_MEMORY);
	}
	if (x[0] != FFA_MEM_FRAG_RX || x[3] != received || x[4] != 0) {
		return run_fail(run, "fragment: %#lx %#lx of %#x bytes", x[0],
				x[3], received);
	}
	if (transfer->progress == MODEL_SENDING && handle != transfer->handle) {
		return run_fail(run, "fragment: handle %#lx is now %#lx",
				transfer->handle, handle);
	}
	transfer->progress = MODEL_SENDING;
	transfer->handle = handle;
	return true;
}

static void fill_front(struct send *send, const struct step *step)
{
	struct model_transfer *transfer = send->transfer;
	bool is_share = transfer->type == MODEL_SHARE;
	uint32_t vm = transfer->sender;

	transfer->offer = transfer->type == MODEL_DONATE
				  ? 0
				  : (uint8_t)(1 + step->permissions % 2);
	transfer->is_clear = !is_share && step->flags % 4 == 0;
	transfer->tag = step->seed * UINT64_C(0x100000001);
	send->is_new = model_is_new(&send->run->model, vm);
	send->front = (struct descriptor){
		.version = send->run->model.vms[vm].version,
		.sender = world_id(vm),
		.receiver = world_id(transfer->receiver),
		.attributes = !send->is_new ? OLD_ATTRIBUTES
			      : is_share    ? NEW_ATTRIBUTES
					    : 0,
		.flags = transfer->is_clear ? 1 : 0,
		.tag = transfer->tag,
		.permissions = transfer->offer,
	};
}

/** Bytes of the first fragment: all, or some ranges of those that there are. */
static uint32_t first_length(const struct send *send, const struct step *step)
{
	uint32_t front = send->bytes.composite + 16;
	uint32_t ranges = (send->bytes.size - front) / 16;
	uint32_t room = (WORLD_PAGE_SIZE - front) / 16;
	uint32_t some = step->part < 200 ? ranges : step->part % ranges;

	return front + 16 * (some < room ? some : room);
}

/** A code that the defect gets, or 0: go on. */
static int32_t spoil(struct send *send, const struct step *step)
{
	const struct defect *defect;

	if (step->defect >= DEFECTS) {
		return 0;
	}
	defect = &defects[step->defect];
	defect->spoil(send);
	return send->is_new ? defect->new_code : defect->old_code;
}

/** A page twice: refused from 1.1 on; before, nobody knows what it means. */
static bool has_page_twice(const struct model_transfer *transfer)
{
	for (uint32_t i = 0; i < transfer->page_count; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (transfer->pages[i] == transfer->pages[j]) {
				return true;
			}
		}
	}
	return false;
}

/** What is wrong is in the only fragment. */
static struct step plain(const struct step *given)
{
	struct step step = *given;

	if (step.defect < DEFECTS) {
		step.count %= 6;
		step.part = 0;
	}
	return step;
}

bool step_send(struct run *run, const struct step *given)
{
	const struct step whole = plain(given);
	const struct step *step = &whole;
	struct send send = {.run = run, .transfer = free_transfer(run)};
	struct model_transfer *transfer = send.transfer;
	const uint64_t *x;
	int32_t code;

	if (transfer == NULL) {
		return true;
	}
	transfer->type = step->type % 3;
	transfer->sender = step->vm % MODEL_VMS;
	transfer->receiver =
		(uint8_t)((transfer->sender + 1U + step->other % 2U) %
			  MODEL_VMS);
	choose_pages(transfer, step);
	fill_front(&send, step);
	if (has_page_twice(transfer)) {
		return true;
	}
	descriptor_send(&send.bytes, &send.front);
	/* Fragments name one page with each range. */
	put_ranges(&send.bytes, transfer,
		   step->part < 100 && step->defect >= DEFECTS &&
			   transfer->page_count < 200);
	send.x1 = send.bytes.size;
	send.x2 = first_length(&send, step);
	transfer->sent_count = (uint32_t)send.x2;
	transfer->total_bytes = send.bytes.size;
	transfer->is_clear_after = false;
	code = spoil(&send, step);
	if (!run_write_tx(run, transfer->sender, send.bytes.bytes,
			  WORLD_PAGE_SIZE)) {
		code = INVALID;
	}
	x = run_call(run, transfer->sender,
		     CALL(functions[transfer->type], send.x1, send.x2, send.x3,
			  send.x4));
	if (code != 0) {
		return run_expect(run, defects[step->defect % DEFECTS].what, x,
				  code);
	}
	model_name_pages(
		&run->model, transfer, 0,
		transfer->sent_count < transfer->total_bytes
			? (transfer->sent_count - send.bytes.composite - 16) /
				  16
			: transfer->page_count);
	return transfer->sent_count < transfer->total_bytes
		       ? begin_fragments(run, transfer, x, transfer->sent_count)
		       : finish_send(run, transfer, x);
}

/** The next ranges of a list of which some are still missing. */
static uint32_t put_next(const struct model_transfer *transfer, uint32_t front,
			 uint32_t count, uint8_t *out)
{
	uint32_t first = (transfer->sent_count - front) / 16;
	uint32_t left = (transfer->total_bytes - transfer->sent_count) / 16;
	uint32_t n = count < left ? count : left;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t page = transfer->pages[first + i];

		descriptor_put(&out[16 * i], world_address(page), 8);
		descriptor_put(&out[16 * i + 8], 1, 8);
	}
	return 16 * n;
}

bool step_send_fragment(struct run *run, const struct step *step)
{
	static uint8_t bytes[WORLD_PAGE_SIZE];
	struct model_transfer *transfer = run_transfer(run, step);
	uint32_t vm = step->vm % MODEL_VMS;
	uint32_t length = 16;
	uint64_t handle = step->seed;
	const uint64_t *x;
	bool is_mine;

	is_mine = transfer != NULL && transfer->progress == MODEL_SENDING &&
		  transfer->sender == vm;
	if (transfer != NULL) {
		uint32_t front =
			transfer->total_bytes - 16 * transfer->page_count;

		handle = transfer->handle;
		if (is_mine) {
			length = put_next(transfer, front, 1 + step->count,
					  bytes);
		}
	}
	if (!run_write_tx(run, vm, bytes, length)) {
		is_mine = false;
	}
	/* Sizes that no fragment has. */
	if (step->defect < 3) {
		static const uint32_t wrong[] = {0, 8, 4112};

		length = wrong[step->defect];
		is_mine = false;
	}
	x = run_call(run, vm,
		     CALL(FFA_MEM_FRAG_TX, (uint32_t)handle, handle >> 32,
			  length, step->defect == 3 ? 1 : 0));
	if (!is_mine || step->defect == 3) {
		return run_expect(run, "wrong fragment", x, INVALID);
	}
	model_name_pages(
		&run->model, transfer,
		transfer->page_count -
			(transfer->total_bytes - transfer->sent_count) / 16,
		transfer->page_count - (transfer->total_bytes -
					transfer->sent_count - length) /
					       16);
	transfer->sent_count += length;
	return transfer->sent_count < transfer->total_bytes
		       ? begin_fragments(run, transfer, x, transfer->sent_count)
		       : finish_send(run, transfer, x);
}
