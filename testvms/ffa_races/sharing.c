/* SPDX-License-Identifier: BSD-3-Clause */
/* Two CPUs that send, retrieve and reclaim: the same pages, or their own. */
#include "cpus.h"

#define ROUNDS 200

/** Handles on their way from an owner's CPU to the borrower's. */
static struct {
	atomic_ullong handle;
	struct mem_transaction sent;
	struct mem_range range;
} posts[4];

static atomic_uint finished;

/** An owner: sends, waits until the borrower is done, takes back. */
static void be_owner(uint16_t vm, unsigned int post)
{
	uint64_t page = vm_page(vm, 20);

	posts[post].range = (struct mem_range){page, 2, 0};
	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint64_t call = i % 2 != 0 ? FFA_MEM_SHARE : FFA_MEM_LEND;
		uint64_t handle;

		vm_fill(vm, page, 2 * PAGE, i);
		posts[post].sent =
			page_of(call, vm, ACTOR_B, &posts[post].range);
		handle = mem_send(&posts[post].sent);
		atomic_store(&posts[post].handle, handle);
		while (atomic_load(&posts[post].handle) != 0) {
			/* It is with the borrower. */
		}
		ASSERT_FFA_DONE(mem_reclaim(vm, handle, 0));
		ASSERT_EQ(vm_check(vm, page, 2 * PAGE, i + ROUNDS), 2 * PAGE);
	}
	atomic_fetch_add(&finished, 1);
}

/** ACTOR_B: has what comes, looks at it, writes, gives it back. */
static void be_borrower(unsigned int owner_count)
{
	uint32_t rounds[4] = {0};

	while (atomic_load(&finished) < owner_count) {
		for (unsigned int i = 0; i < owner_count; i++) {
			uint64_t handle = atomic_load(&posts[i].handle);
			uint64_t page = posts[i].range.address;

			if (handle == 0) {
				continue;
			}
			mem_retrieve(&posts[i].sent, handle);
			ASSERT_EQ(vm_check(ACTOR_B, page, 2 * PAGE, rounds[i]),
				  2 * PAGE);
			vm_fill(ACTOR_B, page, 2 * PAGE, rounds[i] + ROUNDS);
			rounds[i]++;
			ASSERT_FFA_DONE(mem_relinquish(ACTOR_B, handle));
			atomic_store(&posts[i].handle, 0);
		}
	}
}

static void three_owners(uint64_t cpu)
{
	static const uint16_t owners[] = {0, PRIMARY, ACTOR_A, ACTOR_SMP};

	if (cpu == 0) {
		be_borrower(3);
	} else {
		be_owner(owners[cpu], (unsigned int)cpu - 1);
	}
}

/* The transport keeps one page for descriptors: one CPU uses it at a time. */
TEST(ffa_race, three_owners_and_a_borrower)
{
	start_all(FFA_VERSION_1_1);
	start_vcpus(4);
	run_on_cpus(4, three_owners);
	for (unsigned int i = 0; i < 3; i++) {
		EXPECT_RIGHTS(ACTOR_B, posts[i].range.address, "");
	}
}

/* --- one page ------------------------------------------------------------- */

static atomic_uint holders;
static atomic_uint successes;
static uint64_t contested;

/** The descriptor is in TX already, the same for all. */
static void send_and_reclaim(uint64_t cpu)
{
	uint32_t length = mem_ranges_offset(FFA_VERSION_1_1) + 16;

	for (uint32_t i = 0; i < 10 * ROUNDS; i++) {
		struct ffa_frame frame =
			hft_ffa_hvc(FFA(FFA_MEM_LEND, length, length));

		if (frame.x[0] == FFA_ERROR) {
			ASSERT_TRUE(hft_ffa_is_error(&frame, FFA_DENIED) ||
				    hft_ffa_is_error(&frame, FFA_BUSY));
			continue;
		}
		/* Only one can have sent it. */
		ASSERT_EQ(atomic_fetch_add(&holders, 1), 0);
		atomic_fetch_add(&successes, 1);
		atomic_fetch_sub(&holders, 1);
		frame = hft_ffa_hvc(
			FFA(FFA_MEM_RECLAIM, frame.x[2], frame.x[3]));
		ASSERT_TRUE(hft_ffa_is_done(&frame));
	}
	(void)cpu;
}

static void put_descriptor(uint16_t to)
{
	struct mem_range range = {contested, 1, 0};
	struct mem_transaction t = page_of(FFA_MEM_LEND, PRIMARY, to, &range);

	(void)mem_encode(&t, (void *)vm_tx(PRIMARY), PAGE);
}

TEST(ffa_race, one_page_is_sent_by_one_of_four)
{
	start_all(FFA_VERSION_1_1);
	contested = vm_page(PRIMARY, 30);
	vm_fill(PRIMARY, contested, PAGE, 1);
	put_descriptor(ACTOR_A);
	run_on_cpus(4, send_and_reclaim);
	EXPECT_GT(successes, ROUNDS);
	EXPECT_EQ(vm_check(PRIMARY, contested, PAGE, 1), PAGE);
	expect_whole(PRIMARY, contested);
}

/* --- retrieve against reclaim --------------------------------------------- */

static struct mem_transaction loan;
static atomic_ullong loan_handle;
static atomic_uint retrieved_count;
static atomic_uint reclaimed_count;

/** The borrower: as soon as there is a handle. */
static void retrieve_what_is_there(void)
{
	while (!atomic_load(&is_over)) {
		uint64_t handle = atomic_load(&loan_handle);
		struct mem_transaction request;
		struct ffa_frame frame;

		if (handle == 0) {
			continue;
		}
		request = mem_retrieve_request(&loan, handle);
		frame = mem_retrieve_frame(ACTOR_A, &request);
		if (frame.x[0] == FFA_ERROR) {
			ASSERT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
			continue;
		}
		ASSERT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
		atomic_fetch_add(&retrieved_count, 1);
		vm_release_rx(ACTOR_A);
		ASSERT_EQ(
			vm_access(ACTOR_A, ACCESS_STORE, loan.ranges[0].address)
				.count,
			0);
		ASSERT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	}
}

/** The owner: takes it back at once, or when it is back. */
static void lend_and_reclaim(void)
{
	for (uint32_t i = 0; i < 5 * ROUNDS; i++) {
		struct ffa_frame frame;
		uint64_t handle;
		uint64_t length = loan.total_length;

		frame = hft_ffa_hvc(FFA(FFA_MEM_LEND, length, length));
		ASSERT_TRUE(hft_ffa_is_success(&frame));
		handle = mem_handle(frame);
		atomic_store(&loan_handle, handle);
		for (uint32_t k = 0; k < i % 64; k++) {
			__asm__ volatile("nop");
		}
		do {
			frame = hft_ffa_hvc(FFA(FFA_MEM_RECLAIM,
						(uint32_t)handle,
						handle >> 32));
			ASSERT_TRUE(hft_ffa_is_done(&frame) ||
				    hft_ffa_is_error(&frame, FFA_DENIED));
		} while (frame.x[0] == FFA_ERROR);
		atomic_store(&loan_handle, 0);
		atomic_fetch_add(&reclaimed_count, 1);
		/* Its own again, for sure. */
		ASSERT_EQ(hft_fault_write(loan.ranges[0].address).count, 0);
	}
	atomic_store(&is_over, true);
}

static void race_for_the_loan(uint64_t cpu)
{
	if (cpu == 0) {
		lend_and_reclaim();
	} else {
		retrieve_what_is_there();
	}
}

TEST(ffa_race, retrieve_against_reclaim)
{
	static struct mem_range range;

	start_all(FFA_VERSION_1_1);
	contested = vm_page(PRIMARY, 30);
	vm_fill(PRIMARY, contested, PAGE, 1);
	range = (struct mem_range){contested, 1, 0};
	loan = page_of(FFA_MEM_LEND, PRIMARY, ACTOR_A, &range);
	put_descriptor(ACTOR_A);
	run_on_cpus(2, race_for_the_loan);
	HFTEST_LOG("%u reclaimed, %u of them retrieved before", reclaimed_count,
		   retrieved_count);
	EXPECT_EQ(reclaimed_count, 5 * ROUNDS);
	vm_fill(PRIMARY, contested, PAGE, 1);
	expect_whole(PRIMARY, contested);
	EXPECT_RIGHTS(ACTOR_A, contested, "");
}

/* --- translations --------------------------------------------------------- */

#define LENT 1
#define SEEN 2

static atomic_uint stage;

/** Reads what CPU 0 lends: when the call has returned, it aborts. */
static void read_what_is_lent(void)
{
	while (!atomic_load(&is_over)) {
		bool was_lent = atomic_load(&stage) == LENT;
		struct hft_fault fault = hft_fault_read(contested);

		if (was_lent) {
			ASSERT_EQ(fault.count, 1);
			atomic_store(&stage, SEEN);
		}
	}
}

static void lend_what_is_read(void)
{
	uint64_t length = loan.total_length;

	for (uint32_t i = 0; i < 5 * ROUNDS; i++) {
		struct ffa_frame frame =
			hft_ffa_hvc(FFA(FFA_MEM_LEND, length, length));

		ASSERT_TRUE(hft_ffa_is_success(&frame));
		atomic_store(&stage, LENT);
		while (atomic_load(&stage) != SEEN) {
			/* The other CPU has to abort. */
		}
		frame = hft_ffa_hvc(
			FFA(FFA_MEM_RECLAIM, frame.x[2], frame.x[3]));
		ASSERT_TRUE(hft_ffa_is_done(&frame));
		atomic_store(&stage, 0);
		ASSERT_EQ(hft_fault_read(contested).count, 0);
	}
	atomic_store(&is_over, true);
}

static void race_for_translations(uint64_t cpu)
{
	if (cpu == 0) {
		lend_what_is_read();
	} else {
		read_what_is_lent();
	}
}

TEST(ffa_race, no_cpu_reads_what_was_lent)
{
	static struct mem_range range;

	start_all(FFA_VERSION_1_1);
	contested = vm_page(PRIMARY, 30);
	range = (struct mem_range){contested, 1, 0};
	loan = page_of(FFA_MEM_LEND, PRIMARY, ACTOR_A, &range);
	put_descriptor(ACTOR_A);
	run_on_cpus(2, race_for_translations);
	vm_fill(PRIMARY, contested, PAGE, 1);
	expect_whole(PRIMARY, contested);
}

/* The neighbour in the same block: a split must not show. */
static void read_the_neighbour(uint64_t cpu)
{
	if (cpu == 0) {
		uint64_t length = loan.total_length;

		for (uint32_t i = 0; i < 10 * ROUNDS; i++) {
			struct ffa_frame frame =
				hft_ffa_hvc(FFA(FFA_MEM_LEND, length, length));

			ASSERT_TRUE(hft_ffa_is_success(&frame));
			frame = hft_ffa_hvc(
				FFA(FFA_MEM_RECLAIM, frame.x[2], frame.x[3]));
			ASSERT_TRUE(hft_ffa_is_done(&frame));
		}
		atomic_store(&is_over, true);
		return;
	}
	while (!atomic_load(&is_over)) {
		ASSERT_EQ(hft_fault_read(contested + PAGE).count, 0);
		ASSERT_EQ(hft_fault_write(contested - PAGE).count, 0);
	}
}

TEST(ffa_race, neighbour_of_a_page_that_comes_and_goes)
{
	static struct mem_range range;

	start_all(FFA_VERSION_1_1);
	contested = vm_page(PRIMARY, PAGES_TO_BORDER + 100);
	range = (struct mem_range){contested, 1, 0};
	loan = page_of(FFA_MEM_LEND, PRIMARY, ACTOR_A, &range);
	put_descriptor(ACTOR_A);
	run_on_cpus(3, read_the_neighbour);
}
