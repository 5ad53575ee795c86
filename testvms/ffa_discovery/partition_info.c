/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_PARTITION_INFO_GET: who is there, in the layout of each version. */
#include <string.h>

#include "hft/actor.h"
#include "hft/arch.h"
#include "hft/power.h"
#include "partitions.h"

#define COUNT_ONLY 1

static struct ffa_frame get(uint16_t vm, const uint32_t *uuid, uint64_t flags)
{
	return vm_call(vm, FFA(FFA_PARTITION_INFO_GET, uuid[0], uuid[1],
			       uuid[2], uuid[3], flags));
}

static const uint32_t nobody[4] = {0xdead, 0xbeef, 0xcafe, 0xf00d};

static uint64_t size_of_entry(uint32_t version)
{
	return version == LEGACY || version == FFA_VERSION_1_0 ? 8 : 24;
}

/** Entry `index` as it lies in RX of `vm`. */
static struct partition entry(uint16_t vm, uint64_t index)
{
	uint64_t size = size_of_entry(vm_version(vm));
	struct partition found = {0};

	vm_read(vm, vm_rx(vm) + index * size, &found, size);
	return found;
}

static void expect_all(uint16_t vm)
{
	uint32_t version = vm_version(vm);
	struct ffa_frame frame;

	vm_map_buffers(vm, 1);
	frame = get(vm, null_uuid, 0);
	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(frame.x[2], VM_COUNT);
	EXPECT_EQ(frame.x[3], size_of_entry(version) == 24 ? 24 : 0);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
	for (uint16_t i = 0; i < VM_COUNT; i++) {
		struct partition found = entry(vm, i);

		EXPECT_EQ(found.id, i + 1);
		EXPECT_EQ(found.vcpu_count, partition_vcpus(found.id));
		EXPECT_EQ(found.properties,
			  partition_properties(found.id, version));
		EXPECT_EQ(memcmp(found.uuid, null_uuid, 16), 0);
	}
	vm_release_rx(vm);
}

TEST_ALL(ffa_partition_info, of_everybody_for_the_primary)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_B, version);
	expect_all(PRIMARY);
}

TEST_ALL(ffa_partition_info, of_everybody_for_a_secondary)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	expect_all(ACTOR_A);
}

TEST_ALL(ffa_partition_info, keeps_rx_until_it_is_released)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_SUCCESS(get(PRIMARY, null_uuid, 0));
	EXPECT_FFA_ERROR(get(PRIMARY, null_uuid, 0), FFA_BUSY);
	vm_release_rx(PRIMARY);
	EXPECT_FFA_SUCCESS(get(PRIMARY, null_uuid, 0));
	vm_release_rx(PRIMARY);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST_ALL(ffa_partition_info, needs_rx)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(get(PRIMARY, null_uuid, 0), FFA_BUSY);
}

TEST_ASKED(ffa_partition_info, needs_rx_after_unmap)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	EXPECT_FFA_ERROR(get(PRIMARY, null_uuid, 0), FFA_BUSY);
}

TEST_ALL(ffa_partition_info, of_a_uuid_that_nobody_has_is_invalid)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_ERROR(get(PRIMARY, nobody, 0), FFA_INVALID_PARAMETERS);
	/* RX was not touched. */
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE)), FFA_DENIED);
}

/* Order of checks: flags, UUID, RX. */
TEST_ALL(ffa_partition_info, uuid_is_looked_at_before_rx)
{
	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(get(PRIMARY, nobody, 0), FFA_INVALID_PARAMETERS);
}

/* Bits 31:1 are reserved in all versions; bit 0 came with 1.1. */
TEST_ASKED(ffa_partition_info, reserved_flags_are_invalid)
{
	unsigned int first = version == FFA_VERSION_1_0 ? 0 : 1;

	vm_start(PRIMARY, version);
	for (unsigned int i = first; i < 32; i++) {
		/* Before the state of RX, which there is none of. */
		EXPECT_FFA_ERROR(get(PRIMARY, null_uuid, UINT64_C(1) << i),
				 FFA_INVALID_PARAMETERS);
	}
}

TEST_NEW(ffa_partition_info, count_alone_does_not_need_rx)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	frame = get(PRIMARY, null_uuid, COUNT_ONLY);
	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(frame.x[2], VM_COUNT);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
	EXPECT_FFA_ERROR(get(PRIMARY, nobody, COUNT_ONLY),
			 FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_partition_info, count_alone_leaves_rx_as_it_is)
{
	uint64_t before;
	uint64_t after;

	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	vm_read(PRIMARY, vm_rx(PRIMARY), &before, 8);
	EXPECT_FFA_SUCCESS(get(PRIMARY, null_uuid, COUNT_ONLY));
	vm_read(PRIMARY, vm_rx(PRIMARY), &after, 8);
	EXPECT_EQ(before, after);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE)), FFA_DENIED);
	/* Also when it is full. */
	EXPECT_FFA_SUCCESS(get(PRIMARY, null_uuid, 0));
	EXPECT_FFA_SUCCESS(get(PRIMARY, null_uuid, COUNT_ONLY));
	vm_release_rx(PRIMARY);
}

/* One entry in the layout of each caller, whatever the others have. */
TEST(ffa_partition_info, layout_is_of_the_callers_version)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_0);
	vm_start(ACTOR_B, FFA_VERSION_1_1);
	vm_map_buffers(ACTOR_A, 1);
	vm_map_buffers(ACTOR_B, 1);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_EQ(get(ACTOR_A, null_uuid, 0).x[3], 0);
	EXPECT_EQ(entry(ACTOR_A, 2).id, ACTOR_B);
	EXPECT_EQ(get(ACTOR_B, null_uuid, 0).x[3], 24);
	EXPECT_EQ(entry(ACTOR_B, 1).id, ACTOR_A);
	EXPECT_EQ(get(PRIMARY, null_uuid, 0).x[3], 24);
	EXPECT_EQ(entry(PRIMARY, 1).id, ACTOR_A);
}
