/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of the order of FFA_MEM_SHARE's, _LEND's and _DONATE's checks: the rows
 * are those of the specification, in its order.
 */
#include "fixture/memory_order.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED
#define NO_MEMORY FFA_NO_MEMORY
#define RO FFA_DATA_ACCESS_RO
#define CLEAR FFA_MEMORY_FLAG_CLEAR
#define OWN_RO (MM_MODE_R | MM_MODE_OWNED)

static void address(struct order_call *call)
{
	call->x3 = 0x1000;
}

static void page_count(struct order_call *call)
{
	call->x4 = 1;
}

static void fragment_longer(struct order_call *call)
{
	call->fragment_more = 16;
}

static void fragment_short(struct order_call *call)
{
	call->fragment = codes.said->endpoint_offset;
}

static void no_tx(struct order_call *call)
{
	call->has_no_buffers = true;
}

static void longer_than_tx(struct order_call *call)
{
	call->total_more = PAGE_SIZE;
	call->fragment_more = PAGE_SIZE;
}

static void header_mbz(struct order_call *call)
{
	(void)call;
	codes.said->header_mbz = 1;
}

static void endpoint_mbz(struct order_call *call)
{
	(void)call;
	codes.said->endpoint_mbz = UINT64_C(1) << 63;
}

/* The fixture puts it where the endpoint would be if it had that size. */
static void endpoint_size(struct order_call *call)
{
	call->poke_offset = 24;
	call->poke_size = 4;
	call->poke_value = 48;
}

static void endpoint_offset(struct order_call *call)
{
	call->poke_offset = 32;
	call->poke_size = 4;
	call->poke_value = 40;
}

static void total_not_aligned(struct order_call *call)
{
	call->total_more = 8;
}

static void other_sender(struct order_call *call)
{
	(void)call;
	codes.said->sender = 3;
}

static void no_endpoint(struct order_call *call)
{
	call->poke_offset = 28;
	call->poke_size = 4;
	call->poke_value = 0;
}

static void two_endpoints(struct order_call *call)
{
	no_endpoint(call);
	call->poke_value = 2;
}

static void receiver_is_sender(struct order_call *call)
{
	(void)call;
	codes.said->receiver = 1;
}

static void receiver_is_nobody(struct order_call *call)
{
	(void)call;
	codes.said->receiver = 0xffff;
}

static void poke_offset(struct order_call *call, uint32_t value)
{
	call->poke_offset = codes.said->endpoint_offset + 4;
	call->poke_size = 4;
	call->poke_value = value;
}

static void ranges_in_header(struct order_call *call)
{
	poke_offset(call, 16);
}

static void ranges_behind_all(struct order_call *call)
{
	poke_offset(call, 0xfffffff0);
}

static void ranges_not_aligned(struct order_call *call)
{
	(void)call;
	codes.said->composite_offset += 8;
}

static void one_range_too_many(struct order_call *call)
{
	(void)call;
	codes.said->constituent_count++;
}

static void clear(struct order_call *call)
{
	(void)call;
	codes.said->flags = CLEAR;
}

static void time_slice(struct order_call *call)
{
	(void)call;
	codes.said->flags = FFA_MEMORY_FLAG_TIME_SLICE;
}

static void handle(struct order_call *call)
{
	(void)call;
	codes.said->handle = 1;
}

static void reserved_permissions(struct order_call *call)
{
	(void)call;
	codes.said->permissions |= 0x80;
}

static void instructions(struct order_call *call)
{
	(void)call;
	codes.said->permissions |= FFA_INSTRUCTION_ACCESS_NX;
}

static void data(struct order_call *call)
{
	(void)call;
	codes.said->permissions ^= FFA_DATA_ACCESS_RW;
}

static void ns(struct order_call *call)
{
	(void)call;
	codes.said->attributes |= FFA_MEMORY_NS;
}

static void type_reserved(struct order_call *call)
{
	(void)call;
	codes.said->attributes |= FFA_MEMORY_TYPE_RESERVED;
}

static void attributes(struct order_call *call)
{
	(void)call;
	codes.said->attributes =
		FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_NON_CACHEABLE;
}

static void all_transactions(struct order_call *call)
{
	uint64_t page = 64;
	struct memory_said *said;

	do {
		said = memory_offer(call->caller, FFA_MEM_LEND, 2);
		memory_add(said, MEMORY_PAGE(1, page++), 1);
	} while (memory_send(call->caller, FFA_MEM_LEND, said) == 0);
}

static void no_range(struct order_call *call)
{
	(void)call;
	codes.said->range_count = 0;
	codes.said->constituent_count = 0;
	codes.said->page_count = 0;
}

static void no_page(struct order_call *call)
{
	(void)call;
	codes.said->ranges[0].page_count = 0;
	codes.said->page_count = 0;
}

static void sum(struct order_call *call)
{
	(void)call;
	codes.said->page_count++;
}

static void overlap(struct order_call *call)
{
	(void)call;
	memory_add(codes.said, CODES_PAGE, 1);
}

static void address_not_aligned(struct order_call *call)
{
	(void)call;
	codes.said->ranges[0].address += 8;
}

static void pages_that_differ(struct order_call *call)
{
	memory_set(call->caller, CODES_PAGE + PAGE_SIZE, 1, OWN_RO);
	memory_add(codes.said, CODES_PAGE + PAGE_SIZE, 1);
}

static void device(struct order_call *call)
{
	memory_set(call->caller, CODES_PAGE, 1, MEMORY_OWN | MM_MODE_DEVICE);
}

static void shared(struct order_call *call)
{
	memory_set(call->caller, CODES_PAGE, 1, MEMORY_OWN | MM_MODE_SHARED);
}

static void nothing_there(struct order_call *call)
{
	(void)call;
	codes.said->ranges[0].address = UINT64_C(1) << 46;
}

static void read_only(struct order_call *call)
{
	memory_set(call->caller, CODES_PAGE, 1, OWN_RO);
}

static void clear_read_only(struct order_call *call)
{
	read_only(call);
	codes.said->flags = CLEAR;
	if (codes.said->permissions != 0) {
		codes.said->permissions = RO;
	}
}

static void no_tables(struct order_call *call)
{
	(void)call;
	while (page_pool_alloc(machine_pool()) != NULL) {
	}
}

#define ROW(what, parts, functions, legacy, others)                         \
	{                                                                   \
#what, parts, functions, LEGACY, legacy, others, NULL, what \
	}
#define ROW_1_1(what, parts, code)                                 \
	{                                                          \
#what, parts, OF_ALL, V1_1, code, code, NULL, what \
	}
#define ROW_BEFORE(what, parts, code)                                \
	{                                                            \
#what, parts, OF_ALL, LEGACY, code, code, what, NULL \
	}

static const struct order_row rows[] = {
	ROW(address, PART_REGISTERS, OF_ALL, INVALID, INVALID),
	ROW(page_count, PART_REGISTERS, OF_ALL, INVALID, INVALID),
	ROW(fragment_longer, PART_LENGTHS, OF_ALL, INVALID, INVALID),
	ROW(fragment_short, PART_LENGTHS, OF_ALL, INVALID, INVALID),
	ROW(no_tx, PART_BUFFERS, OF_ALL, INVALID, INVALID),
	ROW(longer_than_tx, PART_LENGTHS, OF_ALL, INVALID, INVALID),
	ROW(header_mbz, PART_LAYOUT, OF_ALL, 0, INVALID),
	ROW(endpoint_mbz, PART_LAYOUT, OF_ALL, 0, INVALID),
	ROW_1_1(endpoint_size, PART_COUNT | PART_OFFSET, INVALID),
	ROW_1_1(endpoint_offset, PART_COUNT | PART_OFFSET, INVALID),
	ROW(total_not_aligned, PART_LENGTHS, OF_ALL, INVALID, INVALID),
	ROW(other_sender, PART_SENDER, OF_ALL, INVALID, DENIED),
	ROW(no_endpoint, PART_COUNT | PART_OFFSET, OF_ALL, INVALID, INVALID),
	ROW(two_endpoints, PART_COUNT | PART_OFFSET, OF_ALL, INVALID, INVALID),
	ROW(receiver_is_sender, PART_RECEIVER, OF_ALL, INVALID, INVALID),
	ROW(receiver_is_nobody, PART_RECEIVER, OF_ALL, INVALID, INVALID),
	ROW(ranges_in_header, PART_OFFSET | PART_COUNT, OF_ALL, INVALID,
	    INVALID),
	ROW(ranges_behind_all, PART_OFFSET | PART_COUNT, OF_ALL, INVALID,
	    INVALID),
	/* All lengths are off as well, then. */
	ROW(ranges_not_aligned, PART_OFFSET | PART_COUNT | PART_SENDER, OF_ALL,
	    0, INVALID),
	ROW(one_range_too_many, PART_RANGES, OF_ALL, INVALID, INVALID),
	ROW(clear, PART_FLAGS, OF_SHARE, INVALID, INVALID),
	ROW(time_slice, PART_FLAGS, OF_ALL, INVALID, INVALID),
	ROW(handle, PART_HANDLE, OF_ALL, 0, INVALID),
	ROW(reserved_permissions, PART_PERMISSIONS, OF_ALL, INVALID, INVALID),
	ROW(instructions, PART_PERMISSIONS, OF_ALL, INVALID, INVALID),
	ROW(data, PART_PERMISSIONS, OF_ALL, INVALID, INVALID),
	ROW(ns, PART_ATTRIBUTES, OF_ALL, 0, INVALID),
	ROW(type_reserved, PART_ATTRIBUTES, OF_ALL, 0, INVALID),
	ROW(attributes, PART_ATTRIBUTES, OF_LOAN, 0, INVALID),
	ROW(attributes, PART_ATTRIBUTES, OF_SHARE, 0, DENIED),
	ROW_BEFORE(all_transactions, PART_PAGES | PART_BUFFERS, NO_MEMORY),
	ROW(no_range, PART_RANGES, OF_ALL, INVALID, INVALID),
	ROW(no_page, PART_RANGES, OF_ALL, INVALID, INVALID),
	ROW(sum, PART_RANGES, OF_ALL, 0, INVALID),
	/* Legacy guests', too: see the choices of docs/ffa.md. */
	ROW(overlap, PART_RANGES, OF_ALL, INVALID, INVALID),
	ROW(address_not_aligned, PART_RANGES, OF_ALL, INVALID, INVALID),
	ROW(pages_that_differ, PART_RANGES | PART_PAGES, OF_ALL, DENIED,
	    DENIED),
	ROW_BEFORE(device, PART_PAGES, DENIED),
	ROW_BEFORE(shared, PART_PAGES, DENIED),
	ROW(nothing_there, PART_RANGES, OF_ALL, DENIED, DENIED),
	{"read_only", PART_PAGES | PART_PERMISSIONS, OF_SHARE | OF_LEND, LEGACY,
	 DENIED, DENIED, read_only, NULL},
	ROW(clear_read_only, PART_PAGES | PART_PERMISSIONS | PART_FLAGS,
	    OF_LOAN, 0, DENIED),
	ROW(no_tables, PART_PAGES | PART_BUFFERS, OF_ALL, NO_MEMORY, NO_MEMORY),
};

static int32_t send(enum direct_profile profile, uint32_t func,
		    const struct order_row *const pair[2])
{
	struct order_call call = {.poke_size = 0};

	codes_begin_send(profile, func);
	call.caller = codes.memory.sender;
	order_before(pair, &call);
	codes.said = memory_offer(call.caller, func, 2);
	memory_add(codes.said, CODES_PAGE, 1);
	order_spoil_both(pair, &call);
	return order_make_call(func, &call);
}

TEST(ffa_mem_send, of_each_two_wrong_things_the_first_decides)
{
	static const struct order_table table = {
		.rows = rows,
		.count = sizeof(rows) / sizeof(rows[0]),
		.try = send,
	};

	order_try_pairs(&table);
}
