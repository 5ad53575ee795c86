/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_RXTX_MAP and FFA_RXTX_UNMAP: each check in its place, what becomes of the
 * pages.
 */
#include "hft/actor.h"
#include "hft/arch.h"
#include "hft/mm.h"

#define UART UINT64_C(0x09000000)
#define GIC UINT64_C(0x08000000)
#define BEHIND_RAM UINT64_C(0x2000000000)
#define PAGE HF_PAGE_SIZE

static struct ffa_frame map(uint16_t vm, uint64_t tx, uint64_t rx,
			    uint64_t count)
{
	return vm_call(vm, FFA(FFA_64(FFA_RXTX_MAP), tx, rx, count));
}

static struct ffa_frame unmap(uint16_t vm, uint64_t id)
{
	return vm_call(vm, FFA(FFA_RXTX_UNMAP, id << 16));
}

/** The code for pages that can not be buffers. */
static int32_t bad_page(uint32_t version)
{
	return version == LEGACY ? FFA_DENIED : FFA_INVALID_PARAMETERS;
}

/** Pages of each buffer that are offered; 1.2 tells how many. */
static uint64_t most_pages(void)
{
	uint64_t most =
		hft_ffa_call(FFA(FFA_FEATURES, FFA_64(FFA_RXTX_MAP))).x[2] >>
		16;

	return most == 0 ? 1 : most;
}

TEST_ALL(ffa_rxtx, second_map_is_denied)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_ERROR(
		map(PRIMARY, vm_page(PRIMARY, 0), vm_page(PRIMARY, 1), 1),
		FFA_DENIED);
	/* Checked before anything else. */
	EXPECT_FFA_ERROR(map(PRIMARY, 1, 1, 0), FFA_DENIED);
}

TEST_ALL(ffa_rxtx, page_count_of_zero_is_invalid)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_rx(PRIMARY), 0),
			 FFA_INVALID_PARAMETERS);
}

TEST_ALL(ffa_rxtx, page_count_has_six_bits)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_rx(PRIMARY), 65),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_rx(PRIMARY),
			     (UINT64_C(1) << 31) | 1),
			 FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx, more_pages_than_offered_are_invalid)
{
	uint64_t most;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	most = most_pages();
	if (most > 63) {
		SKIP("all counts that can be said are offered");
	}
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_rx(PRIMARY), most + 1),
			 FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx, as_many_pages_as_offered_are_mapped)
{
	uint64_t most;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	most = most_pages();
	for (uint16_t vm = PRIMARY; vm <= ACTOR_A; vm++) {
		uint64_t last = (most - 1) * PAGE;

		vm_fill(vm, vm_tx(vm), (most + 1) * PAGE, 1);
		vm_fill(vm, vm_rx(vm), (most + 1) * PAGE, 1);
		vm_map_buffers(vm, most);
		EXPECT_RIGHTS(vm, vm_tx(vm), "rw");
		EXPECT_RIGHTS(vm, vm_tx(vm) + last, "rw");
		EXPECT_RIGHTS(vm, vm_rx(vm), "r");
		EXPECT_RIGHTS(vm, vm_rx(vm) + last, "r");
		/* The next ones are as before. */
		EXPECT_RIGHTS(vm, vm_tx(vm) + last + PAGE, "rwx");
		EXPECT_RIGHTS(vm, vm_rx(vm) + last + PAGE, "rwx");
	}
}

TEST_ALL(ffa_rxtx, unaligned_addresses_are_invalid)
{
	static const uint64_t offsets[] = {1, 8, 16, 2048, 4095};

	vm_start(PRIMARY, version);
	for (unsigned int i = 0; i < 5; i++) {
		EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY) + offsets[i],
				     vm_rx(PRIMARY), 1),
				 FFA_INVALID_PARAMETERS);
		EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY),
				     vm_rx(PRIMARY) + offsets[i], 1),
				 FFA_INVALID_PARAMETERS);
	}
}

TEST_ALL(ffa_rxtx, one_page_for_both_is_invalid)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_tx(PRIMARY), 1),
			 FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx, ranges_that_overlap_are_invalid)
{
	uint64_t most;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	most = most_pages();
	if (most < 2) {
		SKIP("buffers of one page only");
	}
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_tx(PRIMARY) + PAGE, 2),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY) + PAGE, vm_tx(PRIMARY), 2),
			 FFA_INVALID_PARAMETERS);
	/* Side by side is no overlap. */
	EXPECT_FFA_DONE(
		map(PRIMARY, vm_tx(PRIMARY), vm_tx(PRIMARY) + 2 * PAGE, 2));
}

static void expect_bad_page(uint16_t vm, uint64_t bad)
{
	uint64_t good = vm_page(vm, 7);
	int32_t code = bad_page(vm_version(vm));

	EXPECT_FFA_ERROR(map(vm, bad, good, 1), code);
	EXPECT_FFA_ERROR(map(vm, good, bad, 1), code);
}

TEST_ALL(ffa_rxtx, device_memory_can_not_be_a_buffer)
{
	vm_start(PRIMARY, version);
	expect_bad_page(PRIMARY, UART);
	expect_bad_page(PRIMARY, GIC);
	/* It is still there. */
	EXPECT_EQ(hft_fault_read(UART).count, 0);
}

TEST_ALL(ffa_rxtx, addresses_without_memory_can_not_be_buffers)
{
	vm_start(PRIMARY, version);
	expect_bad_page(PRIMARY, BEHIND_RAM);
	expect_bad_page(PRIMARY, UINT64_C(1) << 47);
	expect_bad_page(PRIMARY, UINT64_C(1) << 52);
	expect_bad_page(PRIMARY, UINT64_C(1) << 63);
}

TEST_OLD(ffa_rxtx, two_pages_are_invalid)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_rx(PRIMARY), 2),
			 FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_rxtx, range_that_wraps_is_invalid)
{
	vm_start(PRIMARY, version);
	expect_bad_page(PRIMARY, UINT64_MAX & ~(PAGE - 1));
}

TEST_ALL(ffa_rxtx, memory_of_others_can_not_be_a_buffer)
{
	struct hft_range taken;

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_B, version);
	expect_bad_page(PRIMARY, vm_page(ACTOR_A, 0));
	expect_bad_page(ACTOR_A, vm_page(PRIMARY, 0));
	expect_bad_page(ACTOR_A, vm_page(ACTOR_B, 0));
	/* The hypervisor's, and all that others have. */
	for (int i = 0; hft_fdt_reserved(i, &taken); i++) {
		expect_bad_page(PRIMARY, taken.begin);
	}
}

TEST_ALL(ffa_rxtx, failed_map_leaves_everything_as_it_was)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_fill(PRIMARY, vm_tx(PRIMARY), PAGE, 1);
	EXPECT_FFA_ERROR(map(PRIMARY, vm_tx(PRIMARY), vm_page(ACTOR_A, 0), 1),
			 bad_page(version));
	EXPECT_RIGHTS(PRIMARY, vm_tx(PRIMARY), "rwx");
	vm_map_buffers(PRIMARY, 1);
}

TEST(ffa_rxtx, call_of_32_bits_has_no_upper_halves)
{
	uint64_t junk = UINT64_C(0xabcd) << 48;

	vm_start(PRIMARY, FFA_VERSION_1_1);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_MAP, junk | vm_tx(PRIMARY),
					 junk | vm_rx(PRIMARY), junk | 1)));
}

TEST_ALL(ffa_rxtx, of_a_secondary)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_fill(ACTOR_A, vm_tx(ACTOR_A), PAGE, 1);
	vm_fill(ACTOR_A, vm_rx(ACTOR_A), PAGE, 1);
	vm_map_buffers(ACTOR_A, 1);
	EXPECT_RIGHTS(ACTOR_A, vm_tx(ACTOR_A), "rw");
	EXPECT_RIGHTS(ACTOR_A, vm_rx(ACTOR_A), "r");
	/* Nobody else sees them. */
	EXPECT_RIGHTS(PRIMARY, vm_tx(ACTOR_A), "");
	EXPECT_RIGHTS(PRIMARY, vm_rx(ACTOR_A), "");
}

/* --- FFA_RXTX_UNMAP ------------------------------------------------------- */

TEST_ASKED(ffa_rxtx, unmap_gives_the_pages_back)
{
	vm_start(PRIMARY, version);
	vm_fill(PRIMARY, vm_tx(PRIMARY), PAGE, 1);
	vm_fill(PRIMARY, vm_rx(PRIMARY), PAGE, 1);
	for (unsigned int i = 0; i < 3; i++) {
		vm_map_buffers(PRIMARY, 1);
		EXPECT_RIGHTS(PRIMARY, vm_rx(PRIMARY), "r");
		EXPECT_FFA_DONE(unmap(PRIMARY, 0));
		EXPECT_RIGHTS(PRIMARY, vm_tx(PRIMARY), "rwx");
		EXPECT_RIGHTS(PRIMARY, vm_rx(PRIMARY), "rwx");
	}
}

TEST_ASKED(ffa_rxtx, unmap_needs_a_map)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(unmap(PRIMARY, 0), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(unmap(PRIMARY, PRIMARY), FFA_INVALID_PARAMETERS);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_DONE(unmap(PRIMARY, 0));
	EXPECT_FFA_ERROR(unmap(PRIMARY, 0), FFA_INVALID_PARAMETERS);
}

/* Linux passed its own id until 6.11. */
TEST_ASKED(ffa_rxtx, unmap_takes_the_callers_own_id)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_ERROR(unmap(PRIMARY, ACTOR_A), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(unmap(PRIMARY, 0x8000), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(unmap(PRIMARY, 0xffff), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_DONE(unmap(PRIMARY, PRIMARY));
}
