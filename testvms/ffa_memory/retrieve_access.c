/* SPDX-License-Identifier: BSD-3-Clause */
/* MEM_RETRIEVE_REQ: permissions and attributes that are asked for. */
#include "hft/arch.h"
#include "rows.h"

RETRIEVE_ROW_NEW(instruction_access_of_a_share, ON_SHARE,
		 FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions |= MEM_NX;
}

/* For a guest that never asks a page that is shared is NX, and X is more. */
RETRIEVE_ROW_LEGACY(instruction_access_x_of_a_share, ON_SHARE, FFA_DENIED,
		    FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions |= MEM_X;
}

RETRIEVE_ROW_LEGACY(instruction_access_unspecified, ON_LEND | ON_DONATE,
		    ACCEPTED, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions &= 3;
}

RETRIEVE_ROW(data_access_unspecified, ON_ALL, ACCEPTED)
{
	t->receivers[0].permissions &= 0xc;
}

RETRIEVE_ROW(less_data_access_than_offered, ON_SHARE | ON_LEND, ACCEPTED)
{
	t->receivers[0].permissions =
		(uint8_t)((t->receivers[0].permissions & 0xc) | MEM_RO);
}

RETRIEVE_ROW_NEW(ns_bit, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->attributes |= MEM_NS;
}

RETRIEVE_ROW_NEW(attributes_device, ON_ALL, FFA_DENIED)
{
	t->attributes = MEM_DEVICE_NGNRE;
}

RETRIEVE_ROW_NEW(attributes_of_another_shareability, ON_ALL, FFA_DENIED)
{
	t->attributes = MEM_NORMAL_OUTER;
}

/* The requester's expectation comes from the sender: neither said it. */
RETRIEVE_ROW_NEW(impdef_word_that_was_not_sent, ON_ALL, FFA_INVALID_PARAMETERS)
{
	if (t->version != FFA_VERSION_1_2) {
		/* 1.1 has none: another reason to refuse. */
		t->tag++;
	}
	t->receivers[0].impdef[0] = 1;
}

/* --- offers of less ------------------------------------------------------- */

/** Sends with `offer`, asks for `wanted`; the answer to the request. */
static struct ffa_frame merge(unsigned int kind, struct pair pair,
			      uint8_t offer, uint8_t wanted)
{
	struct mem_transaction sent = valid(kind, pair);
	struct mem_transaction request;
	struct ffa_frame frame;
	uint64_t handle;

	sent.receivers[0].permissions = offer;
	handle = mem_send(&sent);
	request = mem_retrieve_request(&sent, handle);
	request.receivers[0].permissions = wanted;
	frame = mem_retrieve_frame(pair.to, &request);
	if (frame.x[0] == FFA_MEM_RETRIEVE_RESP) {
		vm_release_rx(pair.to);
		EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	}
	expect_reclaim(pair.from, handle);
	return frame;
}

TEST_ASKED(ffa_retrieve, more_data_access_than_offered)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		EXPECT_FFA_ERROR(merge(0, pairs[p], MEM_RO, MEM_RW),
				 FFA_DENIED);
		EXPECT_FFA_ERROR(merge(1, pairs[p], MEM_RO, MEM_RW | MEM_X),
				 FFA_DENIED);
		EXPECT_FFA_FRAME(merge(0, pairs[p], MEM_RO, MEM_RO),
				 FFA_MEM_RETRIEVE_RESP);
		EXPECT_FFA_FRAME(merge(1, pairs[p], MEM_RO, MEM_RO | MEM_NX),
				 FFA_MEM_RETRIEVE_RESP);
	}
}

TEST_NEW(ffa_retrieve, clear_of_what_may_not_be_written)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		static const uint32_t flags[] = {MEM_CLEAR, MEM_CLEAR_AFTER};

		for (unsigned int i = 0; i < 2; i++) {
			struct mem_transaction sent = valid(1, pairs[p]);
			struct mem_transaction request;
			uint64_t handle;

			sent.receivers[0].permissions = MEM_RO;
			handle = mem_send(&sent);
			request = mem_retrieve_request(&sent, handle);
			request.flags |= flags[i];
			EXPECT_FFA_ERROR(
				mem_retrieve_frame(pairs[p].to, &request),
				FFA_DENIED);
			expect_reclaim(sent.sender, handle);
		}
		expect_untouched(pairs[p].from);
	}
}
