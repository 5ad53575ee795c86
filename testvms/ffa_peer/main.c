/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a secondary that answers direct requests, and uses the memory that it
 * is given; testvms/linux/ffa_client asks. It speaks 1.1, whatever the sender.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../linux/ffa_client/peer.h"
#include "hf/ffa_memory.h"
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/service.h"
#include "hftest.h"

#define NORMAL_MEMORY                                     \
	(FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_WRITE_BACK | \
	 FFA_MEMORY_INNER_SHAREABLE)

/** FFA_MEM_RETRIEVE_REQ: one endpoint, ourselves. */
struct retrieve {
	struct ffa_memory_region region;
	struct ffa_memory_endpoint_1_0 endpoint;
};

/** What the response begins with, in this version. */
struct retrieved {
	struct ffa_memory_region region;
	struct ffa_memory_endpoint_1_0 endpoint;
	struct ffa_memory_composite composite;
	struct ffa_memory_constituent constituents[];
};

struct relinquish {
	struct ffa_memory_relinquish header;
	uint16_t endpoint;
};

static uint16_t self;
static uint64_t addresses[PEER_MAX_PAGES];
static uint64_t page_count;

static bool take_pages(const struct ffa_memory_constituent *ranges,
		       uint64_t size)
{
	uint64_t count = size / sizeof(*ranges);

	for (uint64_t i = 0; i < count; i++) {
		for (uint32_t page = 0; page < ranges[i].page_count; page++) {
			if (page_count == PEER_MAX_PAGES) {
				return false;
			}
			addresses[page_count] =
				ranges[i].address + page * HFT_PAGE_SIZE;
			page_count++;
		}
	}
	return true;
}

static bool release_rx(void)
{
	return hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0] == FFA_SUCCESS;
}

/** The rest of a description that was larger than RX. */
static bool take_fragments(uint64_t handle, uint64_t taken, uint64_t total)
{
	while (taken < total) {
		struct smccc_value frame = hft_ffa(
			FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, taken);

		if (frame.x[0] != FFA_MEM_FRAG_TX || frame.x[3] == 0 ||
		    !take_pages((const void *)hft_rx, frame.x[3]) ||
		    !release_rx()) {
			return false;
		}
		taken += frame.x[3];
	}
	return taken == total;
}

static void write_request(uint16_t sender, uint64_t handle, bool is_share)
{
	struct retrieve request = {
		.region =
			{
				.sender = sender,
				.attributes = NORMAL_MEMORY,
				.flags = is_share ? FFA_MEMORY_FLAG_TYPE_SHARE
						  : FFA_MEMORY_FLAG_TYPE_LEND,
				.handle = handle,
				.endpoint_size = sizeof(request.endpoint),
				.endpoint_count = 1,
				.endpoint_offset = sizeof(request.region),
			},
		.endpoint =
			{
				.receiver = self,
				.permissions = FFA_DATA_ACCESS_RW,
			},
	};

	if (!is_share) {
		request.endpoint.permissions |= FFA_INSTRUCTION_ACCESS_NX;
	}
	memcpy(hft_tx, &request, sizeof(request));
}

static bool retrieve(uint16_t sender, const uint64_t *args)
{
	const struct retrieved *response = (const void *)hft_rx;
	uint64_t total;
	uint64_t taken;
	struct smccc_value frame;

	write_request(sender, args[0], args[2] != 0);
	frame = hft_ffa(FFA_MEM_RETRIEVE_REQ, sizeof(struct retrieve),
			sizeof(struct retrieve), 0);
	if (frame.x[0] != FFA_MEM_RETRIEVE_RESP) {
		return false;
	}
	total = frame.x[1];
	taken = frame.x[2];
	page_count = 0;
	return response->region.handle == args[0] &&
	       response->region.sender == sender &&
	       response->composite.page_count == args[1] &&
	       take_pages(response->constituents, taken - sizeof(*response)) &&
	       release_rx() && take_fragments(args[0], taken, total) &&
	       page_count == args[1];
}

static bool relinquish(uint64_t handle)
{
	struct relinquish request = {
		.header = {.handle = handle, .endpoint_count = 1},
		.endpoint = self,
	};

	memcpy(hft_tx, &request, sizeof(request));
	page_count = 0;
	return hft_ffa(FFA_MEM_RELINQUISH, 0, 0, 0).x[0] == FFA_SUCCESS;
}

static bool check_and_set(void)
{
	bool is_right = page_count != 0;

	for (uint64_t i = 0; i < page_count; i++) {
		volatile uint64_t *word = (volatile uint64_t *)addresses[i];

		is_right &= *word == PEER_OF_LINUX + i;
		*word = PEER_OF_PEER + i;
	}
	return is_right;
}

static void spin(uint64_t ticks)
{
	uint64_t begin = hft_sysreg_read(cntvct_el0);

	while (hft_sysreg_read(cntvct_el0) - begin < ticks) {
	}
}

/** x3 of the request says what; x3-x7 are answered. */
static bool carry_out(uint16_t sender, uint64_t *words)
{
	switch ((enum peer_op)words[0]) {
	case PEER_ADD_ONE:
		for (unsigned int i = 1; i < 5; i++) {
			words[i]++;
		}
		return true;
	case PEER_SPIN:
		spin(words[1]);
		return true;
	case PEER_RETRIEVE:
		return retrieve(sender, &words[1]);
	case PEER_CHECK_AND_SET:
		return check_and_set();
	case PEER_RELINQUISH:
		return relinquish(words[1]);
	}
	return false;
}

/** The frame that comes next. */
static struct smccc_value answer(struct smccc_value request)
{
	uint32_t width = (uint32_t)request.x[0] & SMCCC_64_BIT;
	struct smccc_value response = {{FFA_MSG_SEND_DIRECT_RESP | width}};
	uint16_t sender = hft_sender(request);
	uint64_t words[5];
	bool is_done;

	memcpy(words, &request.x[3], sizeof(words));
	is_done = carry_out(sender, words);
	words[0] = is_done ? 0 : UINT64_MAX;
	response.x[1] = ((uint64_t)self << 16) | sender;
	memcpy(&response.x[3], words, sizeof(words));
	return hf_hvc(response);
}

void hft_role(void)
{
	struct smccc_value frame;

	ASSERT_EQ(hft_ffa(FFA_VERSION, FFA_VERSION_1_1, 0, 0).x[0],
		  FFA_VERSION_1_2);
	self = hft_own_id();
	hft_mailbox_map();
	frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
	for (;;) {
		if ((frame.x[0] & ~(uint64_t)SMCCC_64_BIT) ==
		    FFA_MSG_SEND_DIRECT_REQ) {
			frame = answer(frame);
		} else {
			frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
		}
	}
}
