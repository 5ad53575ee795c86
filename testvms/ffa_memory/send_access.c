/* SPDX-License-Identifier: BSD-3-Clause */
/* MEM_SHARE, LEND, DONATE: permissions and attributes. */
#include "hft/arch.h"
#include "rows.h"

SEND_ROW(reserved_data_access, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions = MEM_DATA_RESERVED;
}

SEND_ROW(reserved_instruction_access, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions |= MEM_CODE_RESERVED;
}

SEND_ROW(instruction_access_nx, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions |= MEM_NX;
}

SEND_ROW(instruction_access_x, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions |= MEM_X;
}

SEND_ROW_NEW(reserved_permission_bits, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions |= 1U << 4;
}

SEND_ROW(data_access_unspecified, ON_SHARE | ON_LEND, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions = MEM_DATA_UNSPECIFIED;
}

SEND_ROW(data_access_of_a_donation_rw, ON_DONATE, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions = MEM_RW;
}

SEND_ROW(data_access_of_a_donation_ro, ON_DONATE, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions = MEM_RO;
}

SEND_ROW(data_access_ro, ON_SHARE | ON_LEND, ACCEPTED)
{
	t->receivers[0].permissions = MEM_RO;
}

/* --- attributes ----------------------------------------------------------- */

SEND_ROW_LEGACY(ns_bit, ON_ALL, ACCEPTED, FFA_INVALID_PARAMETERS)
{
	t->attributes |= MEM_NS;
}

SEND_ROW_LEGACY(attributes_normal_of_lend_and_donate, ON_LEND | ON_DONATE,
		ACCEPTED, FFA_INVALID_PARAMETERS)
{
	t->attributes = MEM_NORMAL;
}

/* What test VMs of 1.0 send. */
SEND_ROW_LEGACY(attributes_outer_of_lend_and_donate, ON_LEND | ON_DONATE,
		ACCEPTED, FFA_INVALID_PARAMETERS)
{
	t->attributes = MEM_NORMAL_OUTER;
}

SEND_ROW_LEGACY(attributes_device_of_lend_and_donate, ON_LEND | ON_DONATE,
		ACCEPTED, FFA_INVALID_PARAMETERS)
{
	t->attributes = MEM_DEVICE_NGNRE;
}

SEND_ROW_LEGACY(attributes_reserved_type_of_a_share, ON_SHARE, ACCEPTED,
		FFA_INVALID_PARAMETERS)
{
	t->attributes = MEM_NORMAL | 0x30;
}

SEND_ROW_LEGACY(attributes_device_of_a_share, ON_SHARE, ACCEPTED, FFA_DENIED)
{
	t->attributes = MEM_DEVICE_NGNRE;
}

SEND_ROW_LEGACY(attributes_uncached_of_a_share, ON_SHARE, ACCEPTED, FFA_DENIED)
{
	t->attributes = MEM_NORMAL_UNCACHED;
}

SEND_ROW_LEGACY(attributes_outer_of_a_share, ON_SHARE, ACCEPTED, FFA_DENIED)
{
	t->attributes = MEM_NORMAL_OUTER;
}

SEND_ROW_LEGACY(attributes_non_shareable_of_a_share, ON_SHARE, ACCEPTED,
		FFA_DENIED)
{
	t->attributes = MEM_NORMAL_NON_SHAREABLE;
}

SEND_ROW_LEGACY(attributes_unspecified_of_a_share, ON_SHARE, ACCEPTED,
		FFA_DENIED)
{
	t->attributes = MEM_ATTRIBUTES_UNSPECIFIED;
}

SEND_ROW_NEW(reserved_attribute_bits, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->attributes |= 1U << 15;
}

/* --- the owner may not write ---------------------------------------------- */

/** `vm` becomes the owner of a page that it may only read; the page. */
static uint64_t read_only_page(uint16_t from, uint16_t vm)
{
	struct mem_range range = {.address = vm_page(from, 40),
				  .page_count = 1};
	struct mem_transaction t = mem_transaction(FFA_MEM_DONATE, from, vm);
	struct mem_transaction request;
	uint64_t handle;

	vm_fill(from, range.address, HFT_PAGE_SIZE, 1);
	mem_set_ranges(&t, &range, 1);
	handle = mem_send(&t);
	request = mem_retrieve_request(&t, handle);
	request.receivers[0].permissions = MEM_RO | MEM_NX;
	ASSERT_FFA_FRAME(mem_retrieve_frame(vm, &request),
			 FFA_MEM_RETRIEVE_RESP);
	vm_release_rx(vm);
	EXPECT_RIGHTS(vm, range.address, "r");
	return range.address;
}

static struct ffa_frame send(uint64_t call, uint64_t page, uint8_t permissions,
			     uint32_t flags)
{
	struct mem_range range = {.address = page, .page_count = 1};
	struct mem_transaction t = mem_transaction(call, ACTOR_A, PRIMARY);

	mem_set_ranges(&t, &range, 1);
	t.receivers[0].permissions = permissions;
	t.flags = flags;
	return mem_send_first(ACTOR_A, &t);
}

TEST_ASKED(ffa_send, more_than_the_owner_has)
{
	uint64_t page;
	struct ffa_frame frame;

	start_all(version);
	page = read_only_page(ACTOR_B, ACTOR_A);
	EXPECT_FFA_ERROR(send(FFA_MEM_SHARE, page, MEM_RW, 0), FFA_DENIED);
	EXPECT_FFA_ERROR(send(FFA_MEM_LEND, page, MEM_RW, 0), FFA_DENIED);
	frame = send(FFA_MEM_SHARE, page, MEM_RO, 0);
	EXPECT_FFA_SUCCESS(frame);
	expect_reclaim(ACTOR_A, mem_handle(frame));
	/* It has not become more than it was. */
	EXPECT_RIGHTS(ACTOR_A, page, "r");
	frame = send(FFA_MEM_LEND, page, MEM_RO, 0);
	EXPECT_FFA_SUCCESS(frame);
	expect_reclaim(ACTOR_A, mem_handle(frame));
	EXPECT_RIGHTS(ACTOR_A, page, "r");
}

TEST_NEW(ffa_send, clear_of_what_the_owner_may_not_write)
{
	uint64_t page;

	start_all(version);
	page = read_only_page(ACTOR_B, ACTOR_A);
	EXPECT_FFA_ERROR(send(FFA_MEM_LEND, page, MEM_RO, MEM_CLEAR),
			 FFA_DENIED);
	EXPECT_FFA_ERROR(
		send(FFA_MEM_DONATE, page, MEM_DATA_UNSPECIFIED, MEM_CLEAR),
		FFA_DENIED);
	EXPECT_EQ(vm_check(ACTOR_A, page, HFT_PAGE_SIZE, 1), HFT_PAGE_SIZE);
}
