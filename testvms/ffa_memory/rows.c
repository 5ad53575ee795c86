/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that tries every row of the tables of checks of memory
 * management, as each of the VMs. This file: how a row is tried.
 */
#include "rows.h"

#include "hft/arch.h"

const struct pair pairs[PAIR_COUNT] = {
	{PRIMARY, ACTOR_A},
	{ACTOR_A, PRIMARY},
	{ACTOR_A, ACTOR_B},
};

const uint64_t kinds[KIND_COUNT] = {
	FFA_MEM_SHARE,
	FFA_MEM_LEND,
	FFA_MEM_DONATE,
};

const char *const kind_names[KIND_COUNT] = {"SHARE", "LEND", "DONATE"};

void start_all(uint32_t version)
{
	for (uint16_t vm = PRIMARY; vm <= ACTOR_B; vm++) {
		vm_start(vm, version);
		vm_map_buffers(vm, 1);
		vm_fill(vm, row_page(vm), HFT_PAGE_SIZE, ROW_SEED);
	}
}

const char *case_name(unsigned int kind, struct pair pair, const char *what)
{
	static char text[100];
	char *at = text;
	const char *parts[] = {kind_names[kind], " 1 to 2", " ", what};

	for (unsigned int i = 0; i < 4; i++) {
		size_t length = strlen(parts[i]);

		memcpy(at, parts[i], length);
		at += length;
	}
	*at = '\0';
	at = text + strlen(kind_names[kind]);
	at[1] = (char)('0' + pair.from);
	at[6] = (char)('0' + pair.to);
	return text;
}

uint64_t row_page(uint16_t vm)
{
	return vm_page(vm, 16);
}

struct mem_transaction valid(unsigned int kind, struct pair pair)
{
	static struct mem_range range[16];
	struct mem_transaction t =
		mem_transaction(kinds[kind], pair.from, pair.to);
	struct mem_range *own = &range[pair.from % 16];

	*own = (struct mem_range){.address = row_page(pair.from),
				  .page_count = 1};
	mem_set_ranges(&t, own, 1);
	return t;
}

void expect_code(struct ffa_frame frame, int32_t code)
{
	if (code == ACCEPTED) {
		EXPECT_FFA_SUCCESS(frame);
	} else {
		EXPECT_FFA_ERROR(frame, code);
	}
}

void expect_reclaim(uint16_t vm, uint64_t handle)
{
	EXPECT_FFA_DONE(mem_reclaim(vm, handle, 0));
}

void expect_untouched(uint16_t vm)
{
	EXPECT_RIGHTS(vm, row_page(vm), "rwx");
	EXPECT_EQ(vm_check(vm, row_page(vm), HFT_PAGE_SIZE, ROW_SEED),
		  HFT_PAGE_SIZE);
}

/** Whatever the spoilt one was answered: a valid one works, and is undone. */
static void expect_valid_works(unsigned int kind, struct pair pair)
{
	struct mem_transaction t = valid(kind, pair);
	struct ffa_frame frame = mem_send_first(pair.from, &t);

	EXPECT_FFA_SUCCESS(frame);
	if (hft_ffa_is_success(&frame)) {
		expect_reclaim(pair.from, mem_handle(frame));
	}
}

static void try_send(unsigned int kind, struct pair pair,
		     const struct send_row *row)
{
	hft_ffa_case = case_name(kind, pair, "");
	for (unsigned int width = 0; width < 2; width++) {
		struct mem_transaction t = valid(kind, pair);
		struct ffa_frame frame;

		t.call |= width * SMCCC_64_BIT;
		row->spoil(&t);
		frame = mem_send_first(pair.from, &t);
		expect_code(frame, row->code);
		if (hft_ffa_is_success(&frame)) {
			expect_reclaim(pair.from, mem_handle(frame));
		}
	}
	expect_valid_works(kind, pair);
	expect_untouched(pair.from);
}

void expect_send_row(uint32_t version, const struct send_row *row)
{
	start_all(version);
	for (unsigned int i = 0; i < PAIR_COUNT; i++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			if ((row->calls & (1U << kind)) != 0) {
				try_send(kind, pairs[i], row);
			}
		}
	}
}

/** What the request brought, if it was accepted, goes back. */
static void finish_retrieve(unsigned int kind, struct pair pair,
			    struct ffa_frame frame, uint64_t handle)
{
	struct mem_transaction t = valid(kind, pair);

	if (frame.x[0] == FFA_MEM_RETRIEVE_RESP) {
		vm_release_rx(pair.to);
	} else {
		mem_retrieve(&t, handle);
	}
	if (kinds[kind] != FFA_MEM_DONATE) {
		EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
		expect_reclaim(pair.from, handle);
		return;
	}
	/* Back by a donation. */
	t = mem_transaction(FFA_MEM_DONATE, pair.to, pair.from);
	mem_set_ranges(&t,
		       &(struct mem_range){.address = row_page(pair.from),
					   .page_count = 1},
		       1);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
}

static void try_retrieve(unsigned int kind, struct pair pair,
			 const struct send_row *row)
{
	struct mem_transaction sent = valid(kind, pair);
	uint64_t handle = mem_send(&sent);
	struct ffa_frame frame;

	hft_ffa_case = case_name(kind, pair, "");
	for (unsigned int width = 0; width < 2; width++) {
		struct mem_transaction request =
			mem_retrieve_request(&sent, handle);

		request.call |= width * SMCCC_64_BIT;
		row->spoil(&request);
		frame = mem_retrieve_frame(pair.to, &request);
		if (row->code == ACCEPTED) {
			EXPECT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
			break;
		}
		EXPECT_FFA_ERROR(frame, row->code);
		if (frame.x[0] == FFA_MEM_RETRIEVE_RESP) {
			break;
		}
	}
	finish_retrieve(kind, pair, frame, handle);
	expect_untouched(pair.from);
}

void expect_retrieve_row(uint32_t version, const struct send_row *row)
{
	start_all(version);
	for (unsigned int i = 0; i < PAIR_COUNT; i++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			if ((row->calls & (1U << kind)) != 0) {
				try_retrieve(kind, pairs[i], row);
			}
		}
	}
}
