/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No memory at the n-th table that a call needs, for every n: the call answers
 * NO_MEMORY and has changed nothing, and as soon as there is enough it does
 * what it was asked for. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"

#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND
#define DONATE FFA_MEM_DONATE
#define CLEAR FFA_MEMORY_FLAG_CLEAR

#define RANGES 6U
/** More than any of these calls needs. */
#define MOST_TABLES 24U

/** The free pages of the machine, but for some, are somewhere else. */
static struct {
	void *pages[MACHINE_PAGES];
	size_t count;
} held;

static void release_pages(void)
{
	while (held.count > 0) {
		page_pool_free(machine_pool(), held.pages[--held.count]);
	}
}

static void leave(size_t free_count)
{
	release_pages();
	while (page_pool_count(machine_pool()) > free_count) {
		held.pages[held.count] = page_pool_alloc(machine_pool());
		ASSERT_TRUE(held.pages[held.count] != NULL);
		held.count++;
	}
	codes_note();
}

/**
 * Ranges that cut six blocks: of two of them a page, of one two, of one all but
 * the ends; the last one is a page of `real` memory, which can be cleared.
 */
static void say_ranges(struct memory_said *said)
{
	static const uint32_t ranges[RANGES - 1][2] = {
		{5, 1}, {1023, 2}, {4097, 510}, {70000, 1}, {90000, 3}};

	for (unsigned int i = 0; i < RANGES - 1; i++) {
		memory_add(said, MEMORY_PAGE(1, ranges[i][0]), ranges[i][1]);
	}
	memory_add(said, memory_real_ipa(2), 1);
}

static void begin(uint32_t func)
{
	held.count = 0;
	codes_begin_send(V1_1, func);
	direct_profile_set(codes.memory.receiver->vm, V1_1);
	codes.said = memory_offer(codes.memory.sender, func, 2);
	say_ranges(codes.said);
}

static int32_t send(void)
{
	int32_t code = memory_send(codes.memory.sender, codes.func, codes.said);

	codes.handle = memory_handle(codes.memory.sender);
	return code;
}

static int32_t retrieve(void)
{
	return memory_retrieve_from(codes.memory, codes.func, codes.handle);
}

/** A call of nobody that failed at `left` pages; it was to have no effect. */
static void expect_refused(int32_t code, size_t left)
{
	if (code != FFA_NO_MEMORY || memory_digest() != codes.before ||
	    page_pool_count(machine_pool()) != left) {
		FAIL("func %#x, %u pages left: code %d, then %u pages",
		     codes.func, (unsigned int)left, code,
		     (unsigned int)page_pool_count(machine_pool()));
	}
}

/** How many tables `call` needs: with fewer it is refused. */
static size_t tables_for(int32_t (*call)(void))
{
	for (size_t left = 0; left < MOST_TABLES; left++) {
		int32_t code;

		leave(left);
		code = call();
		if (code == 0) {
			EXPECT_EQ(page_pool_count(machine_pool()), 0U);
			release_pages();
			return left;
		}
		expect_refused(code, left);
	}
	return MOST_TABLES;
}

/** All the way back, with no memory at all. */
static void expect_way_back(uint64_t before)
{
	leave(0);
	if (codes.func != DONATE) {
		ASSERT_EQ(memory_relinquish(codes.memory.receiver, codes.handle,
					    0),
			  0);
		ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0),
			  0);
		release_pages();
		EXPECT_EQ(memory_digest(), before);
	}
	release_pages();
}

static void send_and_retrieve(uint32_t func)
{
	uint64_t before;

	begin(func);
	before = memory_digest();
	/* A gigabyte is cut, and six of its blocks. */
	EXPECT_EQ(tables_for(send), 1U + RANGES);
	EXPECT_EQ(memory_mode(codes.memory.receiver, MEMORY_PAGE(1, 5)),
		  MM_MODE_ABSENT);
	/* Another VM's map: the same, where there was nothing. */
	EXPECT_GE(tables_for(retrieve), 1U + RANGES);
	EXPECT_NE(memory_mode(codes.memory.receiver, MEMORY_PAGE(1, 5)),
		  MM_MODE_ABSENT);
	EXPECT_NE(memory_mode(codes.memory.receiver, memory_real_ipa(2)),
		  MM_MODE_ABSENT);
	expect_way_back(before);
}

TEST(ffa_mem_exhaust, share_at_each_table)
{
	send_and_retrieve(SHARE);
}

TEST(ffa_mem_exhaust, lend_at_each_table)
{
	send_and_retrieve(LEND);
}

TEST(ffa_mem_exhaust, donate_at_each_table)
{
	send_and_retrieve(DONATE);
}

/** Fragments: the last one needs the tables, and ends it if there are none. */
static int32_t send_in_fragments(void)
{
	struct vcpu *vcpu = codes.memory.sender;
	uint32_t total = memory_put(vcpu, codes.said);
	int32_t code =
		memory_call(vcpu, codes.func, total, total - 16 * (RANGES - 1));

	EXPECT_EQ(code, 0);
	EXPECT_EQ(vcpu->regs.x[0], FFA_MEM_FRAG_RX);
	EXPECT_EQ(memory_digest(), codes.before);
	codes.handle = memory_handle(vcpu);
	memcpy(mailbox_tx(1), &codes.said->ranges[1], 16 * (RANGES - 1));
	code = memory_frag_tx(vcpu, codes.handle, 16 * (RANGES - 1));
	if (code != 0) {
		EXPECT_EQ(memory_frag_tx(vcpu, codes.handle, 16),
			  FFA_INVALID_PARAMETERS);
		EXPECT_EQ(memory_reclaim(vcpu, codes.handle, 0),
			  FFA_INVALID_PARAMETERS);
	}
	return code;
}

TEST(ffa_mem_exhaust, last_fragment_at_each_table)
{
	static const uint32_t funcs[] = {SHARE, LEND, DONATE};

	for (size_t i = 0; i < ARRAY_SIZE(funcs); i++) {
		uint64_t before;

		begin(funcs[i]);
		before = memory_digest();
		EXPECT_EQ(tables_for(send_in_fragments), 1U + RANGES);
		ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0),
			  0);
		EXPECT_EQ(memory_digest(), before);
	}
}

/** One page that the host has, to be cleared: in our own map, far from all. */
static void begin_clear(void)
{
	begin(LEND);
	codes.said = memory_offer(codes.memory.sender, LEND, 2);
	memory_add(codes.said, memory_real_ipa(2), 1);
	memory_add(codes.said, memory_real_ipa(9), 3);
}

static bool is_clear(void)
{
	return memory_real_is(0, 2, 0xa5) && memory_real_is(2, 1, 0) &&
	       memory_real_is(3, 6, 0xa5) && memory_real_is(9, 3, 0) &&
	       memory_real_is(12, MEMORY_REAL_PAGES - 12, 0xa5);
}

/** As tables_for(), but what is taken to clear is there again afterwards. */
static size_t tables_to_clear(int32_t (*call)(void))
{
	for (size_t left = 0; left < MOST_TABLES; left++) {
		int32_t code;

		leave(left);
		code = call();
		if (code == 0) {
			release_pages();
			EXPECT_TRUE(is_clear());
			return left;
		}
		expect_refused(code, left);
		EXPECT_TRUE(memory_real_is(0, MEMORY_REAL_PAGES, 0xa5));
	}
	return MOST_TABLES;
}

static int32_t send_clear(void)
{
	codes.said->flags = CLEAR;
	return send();
}

TEST(ffa_mem_exhaust, clearing_at_send_at_each_table)
{
	begin_clear();
	EXPECT_LT(tables_to_clear(send_clear), MOST_TABLES);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
}

static int32_t retrieve_clear(void)
{
	struct memory_said *asked =
		memory_request(codes.memory.receiver, LEND, 1, codes.handle);
	int32_t code;

	asked->flags = CLEAR;
	code = memory_retrieve(codes.memory.receiver, asked);
	EXPECT_EQ(codes.memory.receiver->vm->mailbox.state,
		  code == 0 ? MAILBOX_READ : MAILBOX_EMPTY);
	return code;
}

/** A legacy guest, which may ask for it without an offer. */
TEST(ffa_mem_exhaust, clearing_at_retrieve_at_each_table)
{
	begin_clear();
	direct_profile_set(codes.memory.receiver->vm, LEGACY);
	ASSERT_EQ(send(), 0);
	EXPECT_LT(tables_to_clear(retrieve_clear), MOST_TABLES);
}

static int32_t relinquish_clear(void)
{
	return memory_relinquish(codes.memory.receiver, codes.handle, CLEAR);
}

static int32_t reclaim_clear(void)
{
	return memory_reclaim(codes.memory.sender, codes.handle, CLEAR);
}

/**
 * Pages of our own map: RX and TX of some VM are not in the gigabyte of these,
 * unless the host has put them there. Then no table is needed.
 */
TEST(ffa_mem_exhaust, clearing_at_relinquish_at_each_table)
{
	begin_clear();
	ASSERT_EQ(send(), 0);
	ASSERT_EQ(retrieve(), 0);
	EXPECT_LE(tables_to_clear(relinquish_clear), 3U);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	EXPECT_EQ(memory_mode(codes.memory.sender, memory_real_ipa(2)),
		  MEMORY_OWN);
}

TEST(ffa_mem_exhaust, clearing_at_reclaim_at_each_table)
{
	begin_clear();
	ASSERT_EQ(send(), 0);
	EXPECT_LE(tables_to_clear(reclaim_clear), 3U);
	EXPECT_EQ(memory_mode(codes.memory.sender, memory_real_ipa(9)),
		  MEMORY_OWN);
	EXPECT_EQ(reclaim_clear(), FFA_INVALID_PARAMETERS);
}

/**
 * Tables of the VM's map are made, then those of ours to clear a page of which
 * we have mapped nothing: three, which are not all there. The page itself does
 * not exist on the host, so it had better not be cleared.
 */
#define TABLES_OF_VM 2U
#define TABLES_TO_CLEAR 3U

TEST(ffa_mem_exhaust, clearing_at_send_leaves_no_table)
{
	static const uint32_t funcs[] = {LEND, DONATE};

	for (size_t i = 0; i < ARRAY_SIZE(funcs); i++) {
		begin(funcs[i]);
		codes.said = memory_offer(codes.memory.sender, funcs[i], 2);
		memory_add(codes.said, CODES_PAGE, 1);
		for (size_t left = 0; left < TABLES_OF_VM + TABLES_TO_CLEAR;
		     left++) {
			leave(left);
			expect_refused(send_clear(), left);
		}
		release_pages();
	}
}

TEST(ffa_mem_exhaust, clearing_at_retrieve_leaves_no_table)
{
	static const uint32_t funcs[] = {LEND, DONATE};

	for (size_t i = 0; i < ARRAY_SIZE(funcs); i++) {
		begin(funcs[i]);
		direct_profile_set(codes.memory.receiver->vm, LEGACY);
		codes.said = memory_offer(codes.memory.sender, funcs[i], 2);
		memory_add(codes.said, CODES_PAGE, 1);
		ASSERT_EQ(send(), 0);
		for (size_t left = 0; left < TABLES_OF_VM + TABLES_TO_CLEAR;
		     left++) {
			leave(left);
			expect_refused(retrieve_clear(), left);
		}
		release_pages();
		EXPECT_EQ(retrieve(), 0);
	}
}
