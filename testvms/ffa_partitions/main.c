/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary among partitions of which the manifest says something: what
 * they can do, how new they are, which services they offer.
 */
#include "hft/actor.h"

/* VMs of harness/scenarios/ffa_partitions.toml. */
/** No messages, no notifications. */
#define SILENT 2
/** Two UUIDs. */
#define SERVICE_VM 3
/** A UUID; no indirect messages, no notifications. */
#define DIRECT_ONLY 4
#define CAPPED_1_0 5
#define CAPPED_1_1 6
/** An FF-A partition with a manifest of its own: 1.1. */
#define PARTITION 7
#define VM_COUNT 7

#define COUNT_ONLY 1
#define REFUSED UINT32_C(0xffffffff)

static const uint32_t uuids[][4] = {
	{1, 2, 3, 4},
	{5, 6, 7, 8},
	{9, 10, 11, 12},
	{0x101, 0x102, 0x103, 0x104},
};

struct partition {
	uint16_t id;
	uint16_t vcpu_count;
	uint32_t properties;
	uint32_t uuid[4];
};

static struct ffa_frame info(const uint32_t *uuid, uint64_t flags)
{
	return hft_ffa_call(FFA(FFA_PARTITION_INFO_GET, uuid[0], uuid[1],
				uuid[2], uuid[3], flags));
}

static struct partition entry(uint64_t index)
{
	uint64_t size = vm_version(PRIMARY) < FFA_VERSION_1_1 ? 8 : 24;
	struct partition found = {0};

	vm_read(PRIMARY, vm_rx(PRIMARY) + index * size, &found, size);
	return found;
}

/** Who has `uuid`: one VM. */
static void expect_owner(const uint32_t *uuid, uint16_t vm)
{
	struct ffa_frame frame = info(uuid, 0);
	struct partition found = entry(0);

	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(frame.x[2], 1);
	EXPECT_EQ(found.id, vm);
	/* The caller knows it. */
	EXPECT_EQ(found.uuid[0] | found.uuid[1] | found.uuid[2] | found.uuid[3],
		  0);
	vm_release_rx(PRIMARY);
}

TEST_ALL(ffa_uuid, finds_its_vm)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	expect_owner(uuids[0], SERVICE_VM);
	expect_owner(uuids[1], SERVICE_VM);
	expect_owner(uuids[2], DIRECT_ONLY);
	expect_owner(uuids[3], PARTITION);
}

/* Words of two UUIDs are none. */
TEST_ALL(ffa_uuid, is_compared_whole)
{
	static const uint32_t mixed[4] = {1, 2, 3, 8};

	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_ERROR(info(mixed, 0), FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_uuid, is_counted)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	frame = info(uuids[1], COUNT_ONLY);
	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(frame.x[2], 1);
	EXPECT_EQ(frame.x[3], 0);
}

/* Before 1.2 a VM is one entry, whatever it offers. */
TEST(ffa_uuid, entry_for_each_vm_before_1_2)
{
	struct ffa_frame frame;

	vm_start(PRIMARY, FFA_VERSION_1_1);
	vm_map_buffers(PRIMARY, 1);
	frame = info((const uint32_t[4]){0}, 0);
	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(frame.x[2], VM_COUNT);
	for (uint16_t i = 0; i < VM_COUNT; i++) {
		EXPECT_EQ(entry(i).id, i + 1);
	}
	EXPECT_EQ(entry(DIRECT_ONLY - 1).uuid[3], 12);
	EXPECT_EQ(entry(PARTITION - 1).uuid[0], 0x101);
	EXPECT_EQ(entry(CAPPED_1_0 - 1).uuid[0], 0);
	vm_release_rx(PRIMARY);
}

TEST(ffa_uuid, entry_for_each_service_from_1_2_on)
{
	struct ffa_frame frame;
	unsigned int services = 0;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_map_buffers(PRIMARY, 1);
	frame = info((const uint32_t[4]){0}, 0);
	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(frame.x[2], VM_COUNT + 1);
	for (uint16_t i = 0; i < VM_COUNT + 1; i++) {
		struct partition found = entry(i);

		if (found.id == SERVICE_VM) {
			EXPECT_EQ(memcmp(found.uuid, uuids[services++], 16), 0);
		}
	}
	EXPECT_EQ(services, 2);
	vm_release_rx(PRIMARY);
}

TEST(ffa_uuid, registers_have_five_entries_at_most)
{
	uint64_t get = FFA_64(FFA_PARTITION_INFO_GET_REGS);
	struct ffa_frame first;
	struct ffa_frame rest;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	first = hft_ffa_call(FFA(get));
	EXPECT_FFA_FRAME(first, FFA_64(FFA_SUCCESS));
	EXPECT_EQ(first.x[2] & 0xffff, VM_COUNT);
	EXPECT_EQ((first.x[2] >> 16) & 0xffff, 4);
	EXPECT_EQ(first.x[3] & 0xffff, PRIMARY);
	rest = hft_ffa_call(
		FFA(get, 0, 0, 5 | ((first.x[2] >> 16) & 0xffff0000)));
	EXPECT_FFA_FRAME(rest, FFA_64(FFA_SUCCESS));
	EXPECT_EQ((rest.x[2] >> 16) & 0xffff, VM_COUNT);
	EXPECT_EQ(rest.x[3 + 6] & 0xffff, PARTITION);
	EXPECT_EQ(rest.x[4 + 6], 0x0000010200000101);
	EXPECT_EQ(rest.x[5 + 6], 0x0000010400000103);
	EXPECT_EQ(hft_ffa_first_nonzero(&rest, 12, 17), 18);
	/* By UUID: bytes 0-7, bytes 8-15. */
	rest = hft_ffa_call(FFA(get, 0x0000000600000005, 0x0000000800000007));
	EXPECT_FFA_FRAME(rest, FFA_64(FFA_SUCCESS));
	EXPECT_EQ(rest.x[2] & 0xffffffff, 0);
	EXPECT_EQ(rest.x[3] & 0xffff, SERVICE_VM);
	EXPECT_EQ(rest.x[4] | rest.x[5], 0);
}

/* --- properties ----------------------------------------------------------- */

TEST_ASKED(ffa_property, who_receives_no_requests)
{
	uint64_t pair = ffa_pair(PRIMARY, SILENT);

	vm_start(PRIMARY, version);
	EXPECT_FFA_FRAME(vm_run(SILENT), FFA_MSG_WAIT);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_MSG_SEND_DIRECT_REQ, pair)),
			 FFA_DENIED);
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(FFA_64(FFA_MSG_SEND_DIRECT_REQ), pair)),
		FFA_DENIED);
}

/** 20 bytes of header in TX of `vm`. */
static struct ffa_frame send2(uint16_t vm, uint16_t from, uint16_t to)
{
	uint64_t header[5] = {
		0,
		40 | ((uint64_t)to << 32) | ((uint64_t)from << 48),
		0,
	};

	vm_write(vm, vm_tx(vm), header, sizeof(header));
	return vm_call(vm, FFA(FFA_MSG_SEND2));
}

TEST_NEW(ffa_property, who_has_no_indirect_messages)
{
	vm_start(PRIMARY, version);
	vm_start(SERVICE_VM, version);
	vm_start(DIRECT_ONLY, version);
	vm_map_buffers(PRIMARY, 1);
	vm_map_buffers(SERVICE_VM, 1);
	vm_map_buffers(DIRECT_ONLY, 1);
	EXPECT_FFA_ERROR(send2(PRIMARY, PRIMARY, DIRECT_ONLY), FFA_DENIED);
	EXPECT_FFA_ERROR(send2(DIRECT_ONLY, DIRECT_ONLY, PRIMARY), FFA_DENIED);
	EXPECT_FFA_DONE(send2(PRIMARY, PRIMARY, SERVICE_VM));
}

TEST_NEW(ffa_property, who_has_no_notifications)
{
	vm_start(PRIMARY, version);
	vm_start(DIRECT_ONLY, version);
	EXPECT_FFA_ERROR(
		vm_call(DIRECT_ONLY, FFA(FFA_NOTIFICATION_BIND,
					 ffa_pair(PRIMARY, DIRECT_ONLY), 0, 1)),
		FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(vm_call(DIRECT_ONLY, FFA(FFA_NOTIFICATION_GET,
						  ffa_pair(0, DIRECT_ONLY), 2)),
			 FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(
		hft_ffa_call(FFA(FFA_NOTIFICATION_SET,
				 ffa_pair(PRIMARY, DIRECT_ONLY), 0, 1)),
		FFA_DENIED);
}

TEST(ffa_property, are_told)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_SUCCESS(info(uuids[2], 0));
	EXPECT_EQ(entry(0).properties, 0x301);
	vm_release_rx(PRIMARY);
	EXPECT_FFA_SUCCESS(info(uuids[3], 0));
	/* Of 1.1: no direct messages of the second kind. */
	EXPECT_EQ(entry(0).properties, 0x10d);
	vm_release_rx(PRIMARY);
	EXPECT_FFA_SUCCESS(info((const uint32_t[4]){0}, 0));
	EXPECT_EQ(entry(1).id, SILENT);
	EXPECT_EQ(entry(1).properties, 0x100);
}

/* --- services of a VM ----------------------------------------------------- */

TEST(ffa_uuid, request_to_a_service)
{
	uint64_t pair = ffa_pair(PRIMARY, SERVICE_VM);
	uint64_t id = FFA_64(FFA_MSG_SEND_DIRECT_REQ2);
	struct ffa_frame response = FFA(FFA_64(FFA_MSG_SEND_DIRECT_RESP2),
					ffa_pair(SERVICE_VM, PRIMARY));
	struct ffa_frame frame;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(SERVICE_VM, FFA_VERSION_1_2);
	vm_script(SERVICE_VM, (struct ffa_frame[]){FFA(FFA_MSG_WAIT), response},
		  2);
	EXPECT_FFA_FRAME(vm_wake(SERVICE_VM), FFA_MSG_WAIT);
	frame = hft_ffa_call(
		FFA(id, pair, 0x0000000600000005, 0x0000000800000007, 55));
	EXPECT_FFA_FRAME(frame, FFA_64(FFA_MSG_SEND_DIRECT_RESP2));
	/* It is told which of its services is meant. */
	frame = vm_result(SERVICE_VM, 0);
	EXPECT_EQ(frame.x[0], id);
	EXPECT_EQ(frame.x[2], 0x0000000600000005);
	EXPECT_EQ(frame.x[3], 0x0000000800000007);
	EXPECT_EQ(frame.x[4], 55);
	/* Of another VM. */
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(id, pair, 0x0000000a00000009,
					  0x0000000c0000000b)),
			 FFA_INVALID_PARAMETERS);
}

/* --- versions ------------------------------------------------------------- */

static struct ffa_frame features(uint16_t vm, uint64_t id)
{
	return vm_call(vm, FFA(FFA_FEATURES, id));
}

/* Whatever it asks for: there is nothing newer. */
TEST(ffa_version_cap, to_1_0)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start_capped(CAPPED_1_0, FFA_VERSION_1_2, FFA_VERSION_1_0);
	EXPECT_FFA_ERROR(features(CAPPED_1_0, FFA_MSG_SEND2),
			 FFA_NOT_SUPPORTED);
	EXPECT_FFA_SUCCESS(features(CAPPED_1_0, FFA_MSG_SEND));
	/* The column of the only implementation that there was. */
	EXPECT_FFA_ERROR(features(CAPPED_1_0, FFA_RXTX_UNMAP),
			 FFA_NOT_SUPPORTED);
}

TEST(ffa_version_cap, to_1_1)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start_capped(CAPPED_1_1, FFA_VERSION_1_2, FFA_VERSION_1_1);
	EXPECT_FFA_SUCCESS(features(CAPPED_1_1, FFA_MSG_SEND2));
	EXPECT_FFA_ERROR(features(CAPPED_1_1, FFA_CONSOLE_LOG),
			 FFA_NOT_SUPPORTED);
}

TEST(ffa_version_cap, to_1_1_and_asks_for_less)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start_capped(CAPPED_1_1, FFA_VERSION_1_0, FFA_VERSION_1_1);
	EXPECT_FFA_ERROR(features(CAPPED_1_1, FFA_MSG_SEND2),
			 FFA_NOT_SUPPORTED);
	EXPECT_FFA_SUCCESS(features(CAPPED_1_1, FFA_MSG_SEND));
}

/* Its manifest says 1.1, and it asks for nothing. */
TEST(ffa_version_cap, of_a_partition_is_its_manifests)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(PARTITION, LEGACY);
	EXPECT_FFA_SUCCESS(features(PARTITION, FFA_MSG_SEND2));
	EXPECT_FFA_SUCCESS(features(PARTITION, FFA_RXTX_UNMAP));
	EXPECT_FFA_ERROR(features(PARTITION, FFA_CONSOLE_LOG),
			 FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(features(PARTITION, FFA_MSG_SEND), FFA_NOT_SUPPORTED);
}
