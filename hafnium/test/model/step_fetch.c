/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MEM_RETRIEVE_REQ and FRAG_RX of a sequence. See step.h. */
#include "hf/ffa.h"
#include "step_call.h"

#define INVALID FFA_INVALID_PARAMETERS
#define NOT_SECURE 0x40U

/** A request in the making. */
struct fetch {
	struct run *run;
	struct model_transfer *transfer; /* NULL: no such handle */
	uint32_t vm;
	struct descriptor front;
	struct descriptor_bytes bytes;
	uint64_t x1;
	uint64_t x2;
	uint64_t x3;
	uint64_t x4;
	bool is_new;
};

struct defect {
	const char *what;
	void (*spoil)(struct fetch *fetch);
	int32_t old_code; /* 0: is not looked at */
	int32_t new_code;
	/* before it is known whose RX and which handle */
	bool is_early;
};

static uint8_t *part(struct fetch *fetch, uint32_t offset)
{
	return &fetch->bytes.bytes[offset];
}

static void address_argument(struct fetch *fetch)
{
	fetch->x3 = 0x1000;
}

static void page_count_argument(struct fetch *fetch)
{
	fetch->x4 = 1;
}

static void fragment_is_a_part(struct fetch *fetch)
{
	fetch->x2 -= 16;
}

static void too_long(struct fetch *fetch)
{
	fetch->x1 += 16;
	fetch->x2 += 16;
}

static void two_endpoints(struct fetch *fetch)
{
	descriptor_put(part(fetch, 28), 2, 4);
}

static void handle_is_wrong(struct fetch *fetch)
{
	descriptor_put(part(fetch, 8),
		       fetch->front.handle ^ (UINT64_C(1) << 40), 8);
}

static void type_is_wrong(struct fetch *fetch)
{
	uint32_t other = (fetch->transfer->type + 1U) % 3 + 1;

	descriptor_put(part(fetch, 4), other << 3, 4);
}

static void sender_is_wrong(struct fetch *fetch)
{
	descriptor_put(part(fetch, 0), fetch->front.sender % MODEL_VMS + 1U, 2);
}

static void tag_is_wrong(struct fetch *fetch)
{
	descriptor_put(part(fetch, 16), fetch->front.tag + 1, 8);
}

static void receiver_is_wrong(struct fetch *fetch)
{
	descriptor_put(part(fetch, fetch->bytes.endpoint), fetch->front.sender,
		       2);
}

static void composite_is_there(struct fetch *fetch)
{
	descriptor_put(part(fetch, fetch->bytes.endpoint + 4), 48, 4);
}

static void reserved_flag(struct fetch *fetch)
{
	descriptor_put(part(fetch, 4), 0x800, 4);
}

static void ns_bit(struct fetch *fetch)
{
	*part(fetch, 2) |= NOT_SECURE;
}

static const struct defect defects[] = {
	{"address argument", address_argument, INVALID, INVALID, true},
	{"page count argument", page_count_argument, INVALID, INVALID, true},
	{"a fragment", fragment_is_a_part, INVALID, INVALID, true},
	{"too long", too_long, INVALID, INVALID, false},
	{"two endpoints", two_endpoints, INVALID, INVALID, false},
	{"wrong handle", handle_is_wrong, INVALID, INVALID, false},
	{"wrong type", type_is_wrong, INVALID, INVALID, false},
	{"wrong sender", sender_is_wrong, INVALID, FFA_DENIED, false},
	{"wrong tag", tag_is_wrong, INVALID, INVALID, false},
	{"wrong receiver", receiver_is_wrong, INVALID, INVALID, false},
	{"composite offset", composite_is_there, INVALID, INVALID, false},
	{"reserved flag", reserved_flag, INVALID, INVALID, false},
	{"NS", ns_bit, 0, INVALID, false},
};
#define DEFECTS (sizeof(defects) / sizeof(defects[0]))
/** Looked at behind the permissions. */
#define NS_DEFECT (DEFECTS - 1)
/** From this one on, what the transaction's state says comes first. */
#define FIRST_LATE 10U

/** Ranges of an answer, or of a part of one: the next pages of the list. */
static bool read_ranges(struct run *run, struct model_transfer *transfer,
			const uint8_t *bytes, uint32_t size)
{
	uint32_t *next = &run->fetched[transfer - run->model.transfers];

	for (uint32_t at = 0; at < size; at += 16) {
		uint32_t page = world_page(descriptor_get(&bytes[at], 8));
		uint32_t count = (uint32_t)descriptor_get(&bytes[at + 8], 4);

		for (uint32_t i = 0; i < count; i++, (*next)++) {
			if (*next >= transfer->page_count ||
			    transfer->pages[*next] != page + i) {
				return run_fail(run, "answer: page %u is %#x",
						*next, page + i);
			}
		}
		if (count == 0 || descriptor_get(&bytes[at + 12], 4) != 0) {
			return run_fail(run, "answer: range at %#x", at);
		}
	}
	return true;
}

/** When all was read: did the answer name all pages? */
static bool end_of_part(struct run *run, struct model_transfer *transfer)
{
	if (transfer->fetched_bytes < transfer->total_bytes) {
		return true;
	}
	if (run->fetched[transfer - run->model.transfers] !=
	    transfer->page_count) {
		return run_fail(run, "answer: pages are missing");
	}
	model_fetched(&run->model, transfer);
	return true;
}

static uint8_t permissions_of(uint8_t rights)
{
	return (uint8_t)(((rights & MODEL_W) != 0 ? 2 : 1) |
			 ((rights & MODEL_X) != 0 ? 8 : 4));
}

/** The first part of the answer, which lies in RX. */
static bool read_answer(const struct fetch *fetch, const uint64_t *x)
{
	struct run *run = fetch->run;
	struct model_transfer *transfer = fetch->transfer;
	const struct descriptor *front = &fetch->front;
	struct descriptor_answer answer;
	uint32_t length = (uint32_t)x[2];

	if (x[0] != FFA_MEM_RETRIEVE_RESP || x[2] > x[1] || x[2] > 4096 ||
	    !descriptor_read(run_rx(fetch->vm), length, front->version,
			     &answer)) {
		return run_fail(run, "answer: %#lx %#lx %#lx", x[0], x[1],
				x[2]);
	}
	if (answer.said.sender != front->sender ||
	    answer.said.receiver != front->receiver ||
	    answer.said.handle != front->handle ||
	    answer.said.permissions != permissions_of(transfer->granted) ||
	    answer.page_count != transfer->page_count ||
	    x[1] != answer.ranges + 16 * answer.range_count) {
		return run_fail(run, "answer: front, permissions %#x",
				answer.said.permissions);
	}
	if ((front->version >= MODEL_1_1 &&
	     (answer.said.attributes & NOT_SECURE) == 0) ||
	    answer.said.tag != (fetch->is_new ? front->tag : 0)) {
		return run_fail(run, "answer: attributes %#x, tag %#lx",
				answer.said.attributes, answer.said.tag);
	}
	if (((answer.said.flags >> 3) & 3) != transfer->type + 1U) {
		return run_fail(run, "answer: flags %#x", answer.said.flags);
	}
	run->fetched[transfer - run->model.transfers] = 0;
	transfer->total_bytes = (uint32_t)x[1];
	transfer->fetched_bytes = length;
	return read_ranges(run, transfer, run_rx(fetch->vm) + answer.ranges,
			   length - answer.ranges) &&
	       end_of_part(run, transfer);
}

static void fill_front(struct fetch *fetch, const struct step *step)
{
	const struct model_transfer *transfer = fetch->transfer;
	bool is_share = transfer != NULL && transfer->type == MODEL_SHARE;
	uint8_t code = (uint8_t)((step->permissions >> 2) % 4 == 0 ? 4 : 8);
	uint8_t data = (uint8_t)(step->permissions % 3);

	if (is_share && step->permissions < 240) {
		code = 0;
	}
	if (transfer != NULL && transfer->offer == 1 &&
	    step->permissions < 200) {
		data = 1;
	}
	fetch->front = (struct descriptor){
		.version = fetch->run->model.vms[fetch->vm].version,
		.sender = transfer == NULL ? 1 : world_id(transfer->sender),
		.receiver = world_id(fetch->vm),
		.attributes = 0x2f,
		.flags = step->flags % 16 == 0 ? 1 : 0,
		.handle = transfer == NULL ? step->seed : transfer->handle,
		.tag = transfer == NULL ? 0 : transfer->tag,
		.permissions = (uint8_t)(data | code),
	};
	if (fetch->is_new && step->flags % 16 == 1 && !is_share && data != 1 &&
	    transfer != NULL && transfer->type == MODEL_LEND) {
		fetch->front.flags = 4;
	}
}

/** What comes before the transaction is looked at; 0: nothing. */
static int32_t early_code(const struct fetch *fetch, int32_t spoiled,
			  const struct step *step)
{
	const struct model_vm *vm = &fetch->run->model.vms[fetch->vm];

	if (spoiled != 0 && defects[step->defect].is_early) {
		return spoiled;
	}
	if (!vm->has_buffers) {
		return INVALID;
	}
	if (vm->is_rx_full) {
		return FFA_BUSY;
	}
	if (spoiled != 0 && step->defect < FIRST_LATE) {
		return spoiled;
	}
	if (fetch->transfer == NULL || fetch->transfer->receiver != fetch->vm ||
	    fetch->transfer->progress == MODEL_SENDING) {
		return INVALID;
	}
	if (fetch->transfer->progress != MODEL_OFFERED) {
		return FFA_DENIED;
	}
	return spoiled;
}

/** What is asked for is refused for another reason that is looked at first. */
static bool denied_before_attributes(const struct fetch *fetch)
{
	static struct model copy;
	size_t idx = (size_t)(fetch->transfer - fetch->run->model.transfers);

	copy = fetch->run->model;
	return copy.transfers[idx].progress == MODEL_OFFERED &&
	       model_retrieve(&copy, &copy.transfers[idx],
			      fetch->front.permissions,
			      (uint8_t)fetch->front.flags) == FFA_DENIED;
}

bool step_retrieve(struct run *run, const struct step *step)
{
	struct fetch fetch = {
		.run = run,
		.transfer = run_transfer(run, step),
		.vm = step->vm % MODEL_VMS,
	};
	int32_t code = 0;
	const uint64_t *x;

	if (fetch.transfer != NULL && step->other % 8 != 0) {
		fetch.vm = fetch.transfer->receiver;
	}
	fetch.is_new = model_is_new(&run->model, fetch.vm);
	fill_front(&fetch, step);
	descriptor_request(&fetch.bytes, &fetch.front);
	fetch.x1 = fetch.bytes.size;
	fetch.x2 = fetch.bytes.size;
	if (step->defect < DEFECTS && fetch.transfer != NULL) {
		const struct defect *defect = &defects[step->defect];

		defect->spoil(&fetch);
		code = fetch.is_new ? defect->new_code : defect->old_code;
	}
	code = early_code(&fetch, code, step);
	if (code != 0 && step->defect == NS_DEFECT &&
	    early_code(&fetch, 0, step) == 0 &&
	    denied_before_attributes(&fetch)) {
		code = FFA_DENIED;
	}
	(void)!run_write_tx(run, fetch.vm, fetch.bytes.bytes, 256);
	x = run_call(run, fetch.vm,
		     CALL(FFA_MEM_RETRIEVE_REQ, fetch.x1, fetch.x2, fetch.x3,
			  fetch.x4));
	if (code == 0 && run_code(x) == FFA_NO_MEMORY) {
		return run_expect(run, "retrieve", x, FFA_NO_MEMORY);
	}
	if (code == 0) {
		code = model_retrieve(&run->model, fetch.transfer,
				      fetch.front.permissions,
				      (uint8_t)fetch.front.flags);
	}
	if (!run_expect(run, "retrieve", x, code)) {
		return false;
	}
	if (code != 0) {
		return true;
	}
	return read_answer(&fetch, x);
}

bool step_fetch_fragment(struct run *run, const struct step *step)
{
	struct model_transfer *transfer = run_transfer(run, step);
	uint32_t vm = step->vm % MODEL_VMS;
	uint64_t handle = transfer == NULL ? step->seed : transfer->handle;
	uint32_t offset = transfer == NULL ? 0 : transfer->fetched_bytes;
	const uint64_t *x;
	int32_t code = 0;

	if (transfer != NULL && step->other % 8 != 0) {
		vm = transfer->receiver;
	}
	if (transfer == NULL || transfer->progress != MODEL_FETCHING ||
	    transfer->receiver != vm || step->defect == 0) {
		code = INVALID;
	}
	if (run->model.vms[vm].is_rx_full || !run->model.vms[vm].has_buffers) {
		code = FFA_BUSY;
	}
	if (step->defect == 1) {
		code = INVALID;
	}
	x = run_call(run, vm,
		     CALL(FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32,
			  offset + (step->defect == 0 ? 16 : 0),
			  step->defect == 1 ? 1 : 0));
	if (code != 0) {
		return run_expect(run, "wrong FRAG_RX", x, code);
	}
	if (x[0] != FFA_MEM_FRAG_TX ||
	    (x[1] | x[2] << 32) != transfer->handle || x[3] > 4096 ||
	    x[3] % 16 != 0 || x[4] != 0) {
		return run_fail(run, "FRAG_RX: %#lx %#lx %#lx", x[0], x[3],
				x[4]);
	}
	run->model.vms[vm].is_rx_full = true;
	transfer->fetched_bytes += (uint32_t)x[3];
	return read_ranges(run, transfer, run_rx(vm), (uint32_t)x[3]) &&
	       end_of_part(run, transfer);
}
