/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of the order of FFA_MEM_RETRIEVE_REQ's checks: the rows are those of the
 * specification, in its order.
 */
#include <string.h>

#include "fixture/memory_order.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED
#define RO FFA_DATA_ACCESS_RO
#define RW FFA_DATA_ACCESS_RW
#define NX FFA_INSTRUCTION_ACCESS_NX
#define X FFA_INSTRUCTION_ACCESS_X
#define CLEAR FFA_MEMORY_FLAG_CLEAR

/** A real page: it may be cleared. */
#define PAGE memory_real_ipa(3)

/** What VM 1 sends, before VM 2 asks for it. */
static struct {
	uint16_t receiver;
	uint8_t permissions; /* 0: those of the fixture */
	uint32_t flags;
	uint64_t page;
	bool is_partly_sent;
	bool is_retrieved;
} offer;

static void address(struct order_call *call)
{
	call->x3 = 0x1000;
}

static void page_count(struct order_call *call)
{
	call->x4 = 1;
}

static void two_fragments(struct order_call *call)
{
	call->total_more = 16;
}

static void no_buffers(struct order_call *call)
{
	call->has_no_buffers = true;
}

static void longer_than_tx(struct order_call *call)
{
	call->total_more = PAGE_SIZE;
	call->fragment_more = PAGE_SIZE;
}

static void rx_is_full(struct order_call *call)
{
	call->caller->vm->mailbox.state = MAILBOX_READ;
}

static void longer(struct order_call *call)
{
	call->total_more = 16;
	call->fragment_more = 16;
}

static void header_mbz(struct order_call *call)
{
	(void)call;
	codes.said->header_mbz = 1;
}

static void count_of(struct order_call *call, uint32_t count)
{
	call->poke_offset = 28;
	call->poke_size = 4;
	call->poke_value = count;
}

static void no_endpoint(struct order_call *call)
{
	count_of(call, 0);
}

static void two_endpoints(struct order_call *call)
{
	count_of(call, 2);
}

static void unknown_handle(struct order_call *call)
{
	(void)call;
	codes.said->handle ^= UINT64_C(1) << 40;
}

static void other_type(struct order_call *call)
{
	(void)call;
	codes.said->flags |= codes.func == FFA_MEM_SHARE
				     ? FFA_MEMORY_FLAG_TYPE_LEND
				     : FFA_MEMORY_FLAG_TYPE_SHARE;
}

static void other_sender(struct order_call *call)
{
	(void)call;
	codes.said->sender = 3;
}

static void other_tag(struct order_call *call)
{
	(void)call;
	codes.said->tag++;
}

static void other_receiver(struct order_call *call)
{
	(void)call;
	codes.said->receiver = 3;
}

static void for_another(struct order_call *call)
{
	(void)call;
	offer.receiver = 3;
}

static void partly_sent(struct order_call *call)
{
	(void)call;
	offer.is_partly_sent = true;
}

static void retrieved(struct order_call *call)
{
	(void)call;
	offer.is_retrieved = true;
}

static void ranges(struct order_call *call)
{
	(void)call;
	codes.said->composite_offset = 96;
}

static void time_slice(struct order_call *call)
{
	(void)call;
	codes.said->flags |= FFA_MEMORY_FLAG_TIME_SLICE;
}

static void alignment_hint(struct order_call *call)
{
	(void)call;
	codes.said->flags |= FFA_MEMORY_FLAG_ALIGNMENT_VALID;
}

static void clear(struct order_call *call)
{
	(void)call;
	codes.said->flags |= CLEAR;
}

static void clear_behind(struct order_call *call)
{
	(void)call;
	codes.said->flags |= FFA_MEMORY_FLAG_CLEAR_RELINQUISH;
}

static void offer_clear(struct order_call *call)
{
	(void)call;
	offer.flags = CLEAR;
}

static void clear_read_only(struct order_call *call)
{
	clear(call);
	codes.said->permissions = RO | X;
}

static void offer_read_only(struct order_call *call)
{
	(void)call;
	offer.permissions = RO;
}

static void offer_not_executable(struct order_call *call)
{
	memory_set(codes.memory.sender, PAGE, 1,
		   MEMORY_OWN & ~(mm_mode_t)MM_MODE_X);
	(void)call;
}

static void executable(struct order_call *call)
{
	(void)call;
	codes.said->permissions = RW | X;
}

static void not_executable(struct order_call *call)
{
	(void)call;
	codes.said->permissions = RW | NX;
}

static void instructions_left_open(struct order_call *call)
{
	(void)call;
	codes.said->permissions = RW;
}

static void ns(struct order_call *call)
{
	(void)call;
	codes.said->attributes |= FFA_MEMORY_NS;
}

static void attributes(struct order_call *call)
{
	(void)call;
	codes.said->attributes = FFA_MEMORY_TYPE_DEVICE;
}

static void impdef(struct order_call *call)
{
	(void)call;
	codes.said->impdef[1] = 1;
}

static void occupied(struct order_call *call)
{
	memory_set(call->caller, PAGE, 1, MEMORY_OWN);
}

static void no_tables(struct order_call *call)
{
	(void)call;
	while (page_pool_alloc(machine_pool()) != NULL) {
	}
}

/** Nothing that VM 2 has is near: there it lacks tables. */
static void far_page(struct order_call *call)
{
	(void)call;
	offer.page = CODES_PAGE;
}

/* Rows that are about what was sent. */
#define PART_SENT (PART_PAGES | PART_HANDLE)

#define ROW(what, parts, functions, legacy, others)                         \
	{                                                                   \
#what, parts, functions, LEGACY, legacy, others, NULL, what \
	}
#define ROW_SENT(what, parts, functions, legacy, others)                    \
	{                                                                   \
#what, parts, functions, LEGACY, legacy, others, what, NULL \
	}

static const struct order_row rows[] = {
	ROW(address, PART_REGISTERS, OF_ALL, INVALID, INVALID),
	ROW(page_count, PART_REGISTERS, OF_ALL, INVALID, INVALID),
	ROW(two_fragments, PART_LENGTHS, OF_ALL, INVALID, INVALID),
	ROW(longer_than_tx, PART_LENGTHS, OF_ALL, INVALID, INVALID),
	ROW(no_buffers, PART_BUFFERS, OF_ALL, INVALID, INVALID),
	ROW(rx_is_full, PART_BUFFERS, OF_ALL, FFA_BUSY, FFA_BUSY),
	ROW(longer, PART_LENGTHS, OF_ALL, INVALID, INVALID),
	ROW(header_mbz, PART_LAYOUT, OF_ALL, 0, INVALID),
	ROW(no_endpoint, PART_COUNT, OF_ALL, INVALID, INVALID),
	ROW(two_endpoints, PART_COUNT, OF_ALL, INVALID, INVALID),
	ROW(unknown_handle, PART_HANDLE, OF_ALL, INVALID, INVALID),
	ROW(other_type, PART_TYPE, OF_ALL, INVALID, INVALID),
	ROW(other_sender, PART_SENDER, OF_ALL, INVALID, DENIED),
	ROW(other_tag, PART_LAYOUT, OF_ALL, INVALID, INVALID),
	ROW(other_receiver, PART_RECEIVER, OF_ALL, INVALID, INVALID),
	ROW_SENT(for_another, PART_SENT, OF_ALL, INVALID, INVALID),
	ROW_SENT(partly_sent, PART_SENT, OF_ALL, INVALID, INVALID),
	ROW_SENT(retrieved, PART_SENT | PART_BUFFERS, OF_SHARE | OF_LEND,
		 DENIED, DENIED),
	ROW(ranges, PART_OFFSET, OF_ALL, INVALID, INVALID),
	ROW(time_slice, PART_FLAGS, OF_ALL, INVALID, INVALID),
	ROW(alignment_hint, PART_FLAGS, OF_ALL, INVALID, INVALID),
	ROW(clear, PART_FLAGS, OF_SHARE, INVALID, INVALID),
	ROW(clear_behind, PART_FLAGS, OF_SHARE, INVALID, INVALID),
	ROW(clear, PART_FLAGS, OF_LOAN, 0, DENIED),
	{"clear_read_only", PART_FLAGS | PART_PERMISSIONS | PART_PAGES, OF_LOAN,
	 LEGACY, 0, DENIED, offer_clear, clear_read_only},
	ROW_SENT(offer_read_only, PART_PERMISSIONS, OF_SHARE | OF_LEND, DENIED,
		 DENIED),
	{"more_than_nx", PART_PERMISSIONS | PART_PAGES, OF_LOAN, LEGACY, DENIED,
	 DENIED, offer_not_executable, executable},
	ROW(executable, PART_PERMISSIONS, OF_SHARE, DENIED, INVALID),
	ROW(not_executable, PART_PERMISSIONS, OF_SHARE, 0, INVALID),
	ROW(instructions_left_open, PART_PERMISSIONS, OF_LOAN, 0, INVALID),
	ROW(ns, PART_ATTRIBUTES, OF_ALL, 0, INVALID),
	ROW(attributes, PART_ATTRIBUTES, OF_ALL, 0, DENIED),
	{"impdef", PART_IMPDEF, OF_ALL, V1_2, INVALID, INVALID, NULL, impdef},
	ROW(occupied, PART_PAGES, OF_ALL, DENIED, DENIED),
	{"no_tables", PART_BUFFERS | PART_PAGES, OF_ALL, LEGACY, FFA_NO_MEMORY,
	 FFA_NO_MEMORY, far_page, no_tables},
};

/** What `offer` says, of which the answer has the handle. */
static void send(uint32_t func)
{
	struct vcpu *sender = codes.memory.sender;
	struct memory_said *said = memory_offer(sender, func, offer.receiver);
	uint32_t size;

	memory_add(said, offer.page, 1);
	said->flags = offer.flags;
	if (offer.permissions != 0) {
		said->permissions = offer.permissions;
	}
	size = memory_put(sender, said);
	CHECK(memory_call(sender, func, size,
			  size - (offer.is_partly_sent ? 16 : 0)) == 0);
	codes.handle = memory_handle(sender);
	if (offer.is_retrieved) {
		CHECK(memory_retrieve_from(codes.memory, func, codes.handle) ==
		      0);
	}
}

static int32_t retrieve(enum direct_profile profile, uint32_t func,
			const struct order_row *const pair[2])
{
	struct order_call call = {.poke_size = 0};

	codes = (struct codes){
		.memory = memory_start(V1_2, profile),
		.profile = profile,
		.func = func,
	};
	memset(&offer, 0, sizeof(offer));
	offer.receiver = 2;
	offer.page = PAGE;
	call.caller = codes.memory.receiver;
	order_before(pair, &call);
	send(func);
	codes.said = memory_request(call.caller, func, 1, codes.handle);
	order_spoil_both(pair, &call);
	return order_make_call(FFA_MEM_RETRIEVE_REQ, &call);
}

TEST(ffa_mem_retrieve, of_each_two_wrong_things_the_first_decides)
{
	static const struct order_table table = {
		.rows = rows,
		.count = sizeof(rows) / sizeof(rows[0]),
		.try = retrieve,
	};

	order_try_pairs(&table);
}
