/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges of any shape go and come back: blocks are cut and merged again, so
 * that all tables of all VMs, and how many pages they take, are as before. See
 * docs/memory.md.
 */
#include "fixture/memory_codes.h"

#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND
#define DONATE FFA_MEM_DONATE

/** VM 1's memory: one leaf of 1 GiB, 512 of 2 MiB, or 2^18 pages. */
#define ALL_PAGES 0x40000U
#define BLOCK 512U

#define MOST_RANGES 4U

struct shape {
	const char *name;
	struct {
		uint32_t first;
		uint32_t count; /* 0: no more ranges */
	} ranges[MOST_RANGES];
};

static const struct shape shapes[] = {
	{"first page", {{0, 1}}},
	{"last page", {{ALL_PAGES - 1, 1}}},
	{"last page of a block", {{BLOCK - 1, 1}}},
	{"first page of a block", {{BLOCK, 1}}},
	{"pages across a border", {{BLOCK - 1, 2}}},
	{"block", {{BLOCK, BLOCK}}},
	{"first block", {{0, BLOCK}}},
	{"last block", {{ALL_PAGES - BLOCK, BLOCK}}},
	{"block, one page off", {{BLOCK + 1, BLOCK}}},
	{"block but the first page", {{BLOCK + 1, BLOCK - 1}}},
	{"block but the last page", {{BLOCK, BLOCK - 1}}},
	{"block and a page", {{BLOCK, BLOCK + 1}}},
	{"page and a block", {{BLOCK - 1, BLOCK + 1}}},
	{"two blocks", {{2 * BLOCK, 2 * BLOCK}}},
	{"two blocks and a page", {{2 * BLOCK, 2 * BLOCK + 1}}},
	{"two blocks, a page at both ends", {{2 * BLOCK - 1, 2 * BLOCK + 2}}},
	{"half of it", {{0, ALL_PAGES / 2}}},
	{"all but the first page", {{1, ALL_PAGES - 1}}},
	{"all but the last page", {{0, ALL_PAGES - 1}}},
	{"all but both ends", {{1, ALL_PAGES - 2}}},
	{"all of it", {{0, ALL_PAGES}}},
	{"both ends", {{0, 1}, {ALL_PAGES - 1, 1}}},
	{"block in two halves", {{0, BLOCK / 2}, {BLOCK / 2, BLOCK / 2}}},
	{"halves in disorder", {{BLOCK / 2, BLOCK / 2}, {0, BLOCK / 2}}},
	{"block and its neighbours",
	 {{BLOCK, BLOCK}, {BLOCK - 1, 1}, {1024, 1}}},
	{"every second page", {{10, 1}, {12, 1}, {14, 1}, {16, 1}}},
	{"four blocks apart", {{0, 1}, {4096, BLOCK}, {9999, 3}, {7000, 1}}},
};

static void say(struct memory_said *said, const struct shape *shape)
{
	for (uint32_t i = 0; i < MOST_RANGES && shape->ranges[i].count; i++) {
		memory_add(said, MEMORY_PAGE(1, shape->ranges[i].first),
			   shape->ranges[i].count);
	}
}

/** VM `from` sends it to VM `to`: the handle. */
static uint64_t send(struct vcpu *from, uint16_t to, uint32_t func,
		     const struct shape *shape)
{
	struct memory_said *said = memory_offer(from, func, to);

	say(said, shape);
	ASSERT_EQ(memory_send(from, func, said), 0);
	return memory_handle(from);
}

static void retrieve(struct vcpu *vcpu, uint16_t from, uint32_t func,
		     uint64_t handle)
{
	ASSERT_EQ(
		memory_retrieve(vcpu, memory_request(vcpu, func, from, handle)),
		0);
	ASSERT_EQ(memory_release_rx(vcpu), 0);
}

/** First and last page of each range have that mode for `vcpu`'s VM. */
static bool has_mode(const struct vcpu *vcpu, const struct shape *shape,
		     mm_mode_t mode)
{
	bool is_so = true;

	for (uint32_t i = 0; i < MOST_RANGES && shape->ranges[i].count; i++) {
		uint64_t first = shape->ranges[i].first;
		uint64_t last = first + shape->ranges[i].count - 1;

		is_so &= memory_mode(vcpu, MEMORY_PAGE(1, first)) == mode &&
			 memory_mode(vcpu, MEMORY_PAGE(1, last)) == mode;
	}
	return is_so;
}

static void expect_back(const struct shape *shape, size_t free_count)
{
	if (memory_digest() != codes.before ||
	    page_pool_count(machine_pool()) != free_count) {
		FAIL("%s: tables differ; %u pages are free, were %u",
		     shape->name, (unsigned int)page_pool_count(machine_pool()),
		     (unsigned int)free_count);
	}
}

/** Sent and reclaimed; sent, retrieved, relinquished and reclaimed. */
static void there_and_back(const struct shape *shape, uint32_t func,
			   mm_mode_t owner, mm_mode_t receiver)
{
	size_t free_count = page_pool_count(machine_pool());
	struct vcpu *from = codes.memory.sender;
	struct vcpu *to = codes.memory.receiver;
	uint64_t handle = send(from, 2, func, shape);

	EXPECT_TRUE(has_mode(from, shape, owner));
	EXPECT_TRUE(has_mode(to, shape, MM_MODE_ABSENT));
	ASSERT_EQ(memory_reclaim(from, handle, 0), 0);
	expect_back(shape, free_count);

	handle = send(from, 2, func, shape);
	retrieve(to, 1, func, handle);
	EXPECT_TRUE(has_mode(from, shape, owner));
	EXPECT_TRUE(has_mode(to, shape, receiver));
	ASSERT_EQ(memory_relinquish(to, handle, 0), 0);
	ASSERT_EQ(memory_reclaim(from, handle, 0), 0);
	expect_back(shape, free_count);
}

TEST(ffa_mem_shape, shared_leaves_the_tables_as_they_were)
{
	codes_begin_send(V1_1, SHARE);
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		there_and_back(&shapes[i], SHARE, MEMORY_OWN | MM_MODE_SHARED,
			       MM_MODE_R | MM_MODE_W | MM_MODE_SHARED);
	}
}

TEST(ffa_mem_shape, lent_leaves_the_tables_as_they_were)
{
	codes_begin_send(V1_1, LEND);
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		there_and_back(&shapes[i], LEND, MEMORY_OWN | MM_MODE_NO_ACCESS,
			       MM_MODE_RWX);
	}
}

/** The new owner donates it back. */
static void donate_back(const struct shape *shape)
{
	size_t free_count = page_pool_count(machine_pool());
	struct vcpu *from = codes.memory.sender;
	struct vcpu *to = codes.memory.receiver;
	uint64_t handle = send(from, 2, DONATE, shape);

	ASSERT_EQ(memory_reclaim(from, handle, 0), 0);
	expect_back(shape, free_count);
	retrieve(to, 1, DONATE, send(from, 2, DONATE, shape));
	EXPECT_TRUE(has_mode(from, shape, MM_MODE_ABSENT));
	EXPECT_TRUE(has_mode(to, shape, MEMORY_OWN));
	retrieve(from, 2, DONATE, send(to, 1, DONATE, shape));
	EXPECT_TRUE(has_mode(from, shape, MEMORY_OWN));
	expect_back(shape, free_count);
}

TEST(ffa_mem_shape, donated_back_leaves_the_tables_as_they_were)
{
	codes_begin_send(V1_1, DONATE);
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		donate_back(&shapes[i]);
	}
}

/** A block that is cut anyway stays so, for the page that cuts it. */
TEST(ffa_mem_shape, next_to_what_is_lent_leaves_the_tables_as_they_were)
{
	static const struct shape page = {"page", {{700, 1}}};
	uint64_t first;
	uint64_t handle;

	codes_begin_send(V1_1, LEND);
	handle = send(codes.memory.sender, 3, LEND, &page);
	first = codes.before;
	codes_note();
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		const struct shape *shape = &shapes[i];
		bool has_it = false;

		for (size_t j = 0; j < MOST_RANGES; j++) {
			has_it |= 700 - shape->ranges[j].first <
				  shape->ranges[j].count;
		}
		if (!has_it) {
			there_and_back(shape, SHARE,
				       MEMORY_OWN | MM_MODE_SHARED,
				       MM_MODE_R | MM_MODE_W | MM_MODE_SHARED);
		}
	}
	EXPECT_TRUE(has_mode(codes.memory.sender, &page,
			     MEMORY_OWN | MM_MODE_NO_ACCESS));
	ASSERT_EQ(memory_reclaim(codes.memory.sender, handle, 0), 0);
	EXPECT_EQ(memory_digest(), first);
}

/** What there is in flight at once, of a row of slots each. */
#define SLOTS 32U
#define SLOT_PAGES 200U

struct flight {
	uint64_t handle; /* 0: nothing */
	uint32_t func;
	bool is_retrieved;
};

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*seed >> 33) % limit;
}

static void begin_flight(struct flight *flight, uint32_t slot, uint64_t *seed)
{
	uint32_t first = slot * SLOT_PAGES + random_below(seed, 50);
	struct shape shape = {
		"slot",
		{{first, 1 + random_below(seed, SLOT_PAGES - 100)},
		 {slot * SLOT_PAGES + 190, 1 + random_below(seed, 10)}},
	};

	flight->func = random_below(seed, 2) == 0 ? SHARE : LEND;
	flight->handle = send(codes.memory.sender, 2, flight->func, &shape);
	flight->is_retrieved = random_below(seed, 2) == 0;
	if (flight->is_retrieved) {
		retrieve(codes.memory.receiver, 1, flight->func,
			 flight->handle);
	}
}

static void end_flight(struct flight *flight)
{
	if (flight->is_retrieved) {
		ASSERT_EQ(memory_relinquish(codes.memory.receiver,
					    flight->handle, 0),
			  0);
	}
	ASSERT_EQ(memory_reclaim(codes.memory.sender, flight->handle, 0), 0);
	flight->handle = 0;
}

/** They cut the same blocks and come back in any order. */
TEST(ffa_mem_shape, many_at_once_leave_the_tables_as_they_were)
{
	static struct flight flights[SLOTS];

	codes_begin_send(V1_1, LEND);
	for (uint64_t seed = 1; seed < 20; seed++) {
		uint64_t random = seed;

		for (unsigned int i = 0; i < 200; i++) {
			uint32_t slot = random_below(&random, SLOTS);

			if (flights[slot].handle == 0) {
				begin_flight(&flights[slot], slot, &random);
			} else {
				end_flight(&flights[slot]);
			}
		}
		for (uint32_t slot = 0; slot < SLOTS; slot++) {
			if (flights[slot].handle != 0) {
				end_flight(&flights[slot]);
			}
		}
		EXPECT_EQ(memory_digest(), codes.before);
	}
}
