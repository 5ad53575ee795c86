/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_PARTITION_INFO_GET: three layouts, filter, count, and the order of its
 * checks; FFA_SPM_ID_GET. hafnium/src/ffa/partition_info.c
 */
#include <string.h>

#include "fixture/mailbox.h"
#include "hf/ffa/partition.h"
#include "hftest.h"

#define UUID_A                                                             \
	{                                                                  \
		UINT64_C(0x2222222211111111), UINT64_C(0x4444444433333333) \
	}
#define UUID_B                                                             \
	{                                                                  \
		UINT64_C(0x6666666655555555), UINT64_C(0x8888888877777777) \
	}
#define UUID_A_WORDS 0x11111111, 0x22222222, 0x33333333, 0x44444444

#define PROPERTIES_PRIMARY 0x50e
#define PROPERTIES_SECONDARY 0x30d

/** A descriptor of 1.1 and 1.2; that of 1.0 ends in front of the UUID. */
struct descriptor {
	uint16_t id;
	uint16_t vcpu_count;
	uint32_t properties;
	uint32_t uuid[4];
};

/** Primary with RX and TX, VM 2 with two UUIDs, VM 3 with none. */
static struct vcpu *start(uint32_t version)
{
	struct vcpu *primary = mailbox_machine();
	struct vm *vm;

	if (version != 0) {
		(void)machine_hvc(primary, CALL(FFA_VERSION, version));
	}
	mailbox_give(primary->vm);
	ASSERT_EQ(mailbox_map(primary->vm), 0);
	vm = guest_add_vm(1);
	vm->uuid_count = 2;
	vm->uuids[0] = (struct vm_uuid)UUID_A;
	vm->uuids[1] = (struct vm_uuid)UUID_B;
	(void)guest_add_vm(3);
	memset(mailbox_rx(1), 0xa5, PAGE_SIZE);
	return primary;
}

/** x0 of the call; descriptors that it promises are in w2. */
static uint64_t ask_all(struct vcpu *vcpu, uint32_t flags)
{
	return machine_hvc(vcpu,
			   CALL(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, flags));
}

static uint64_t ask_a(struct vcpu *vcpu)
{
	return machine_hvc(vcpu, CALL(FFA_PARTITION_INFO_GET, UUID_A_WORDS));
}

static struct descriptor descriptor(unsigned int n)
{
	struct descriptor found;

	memcpy(&found, mailbox_rx(1) + n * sizeof(found), sizeof(found));
	return found;
}

/** First eight bytes of descriptor `n` of 1.0. */
static struct descriptor descriptor_1_0(unsigned int n)
{
	struct descriptor found = {.id = 0};

	memcpy(&found, mailbox_rx(1) + n * 8, 8);
	return found;
}

/** Nothing behind the first `size` bytes of RX was written. */
static bool rx_ends_at(size_t size)
{
	for (size_t i = size; i < PAGE_SIZE; i++) {
		if (mailbox_rx(1)[i] != 0xa5) {
			return false;
		}
	}
	return true;
}

TEST(ffa_partition_info, descriptor_of_1_0_has_8_bytes)
{
	struct vcpu *primary = start(FFA_VERSION_1_0);

	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);
	EXPECT_EQ(primary->regs.x[2], 3U);
	EXPECT_EQ(guest_first_used(primary, 3), 8U);
	EXPECT_EQ(descriptor_1_0(0).id, 1);
	EXPECT_EQ(descriptor_1_0(0).vcpu_count, MACHINE_CPUS);
	EXPECT_EQ(descriptor_1_0(1).id, 2);
	EXPECT_EQ(descriptor_1_0(1).vcpu_count, 1);
	EXPECT_EQ(descriptor_1_0(2).id, 3);
	EXPECT_EQ(descriptor_1_0(2).vcpu_count, 3);
	EXPECT_TRUE(rx_ends_at(3 * 8));
}

TEST(ffa_partition_info, properties_of_1_0_are_three_bits)
{
	ASSERT_EQ(ask_all(start(FFA_VERSION_1_0), 0), FFA_SUCCESS);

	EXPECT_EQ(descriptor_1_0(0).properties, PROPERTIES_PRIMARY & 7U);
	EXPECT_EQ(descriptor_1_0(1).properties, PROPERTIES_SECONDARY & 7U);
}

TEST(ffa_partition_info, descriptor_of_1_1_has_24_bytes)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);
	EXPECT_EQ(primary->regs.x[2], 3U);
	EXPECT_EQ(primary->regs.x[3], 24U);
	EXPECT_EQ(guest_first_used(primary, 4), 8U);
	EXPECT_EQ(descriptor(2).id, 3);
	EXPECT_EQ(descriptor(2).vcpu_count, 3);
	EXPECT_TRUE(rx_ends_at(3 * 24));
}

TEST(ffa_partition_info, properties_of_1_1_are_nine_bits)
{
	ASSERT_EQ(ask_all(start(FFA_VERSION_1_1), 0), FFA_SUCCESS);

	EXPECT_EQ(descriptor(0).properties, PROPERTIES_PRIMARY & 0x1ffU);
	EXPECT_EQ(descriptor(1).properties, PROPERTIES_SECONDARY & 0x1ffU);
}

TEST(ffa_partition_info, caller_of_1_1_gets_the_first_uuid_only)
{
	static const uint32_t uuid_a[4] = {UUID_A_WORDS};
	static const uint32_t none[4];

	ASSERT_EQ(ask_all(start(FFA_VERSION_1_1), 0), FFA_SUCCESS);

	EXPECT_EQ(memcmp(descriptor(0).uuid, none, sizeof(none)), 0);
	EXPECT_EQ(descriptor(1).id, 2);
	EXPECT_EQ(memcmp(descriptor(1).uuid, uuid_a, sizeof(uuid_a)), 0);
	EXPECT_EQ(descriptor(2).id, 3);
	EXPECT_EQ(memcmp(descriptor(2).uuid, none, sizeof(none)), 0);
}

TEST(ffa_partition_info, caller_of_1_2_gets_a_descriptor_for_each_uuid)
{
	struct vcpu *primary = start(FFA_VERSION_1_2);

	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);
	EXPECT_EQ(primary->regs.x[2], 4U);
	EXPECT_EQ(primary->regs.x[3], 24U);
	EXPECT_EQ(descriptor(1).id, 2);
	EXPECT_EQ(descriptor(1).uuid[1], 0x22222222U);
	EXPECT_EQ(descriptor(2).id, 2);
	EXPECT_EQ(descriptor(2).uuid[1], 0x66666666U);
	EXPECT_EQ(descriptor(3).id, 3);
	EXPECT_EQ(descriptor(3).uuid[1], 0U);
	EXPECT_TRUE(rx_ends_at(4 * 24));
}

TEST(ffa_partition_info, properties_of_1_2_are_eleven_bits)
{
	ASSERT_EQ(ask_all(start(FFA_VERSION_1_2), 0), FFA_SUCCESS);

	EXPECT_EQ(descriptor(0).properties, (uint32_t)PROPERTIES_PRIMARY);
	EXPECT_EQ(descriptor(1).properties, (uint32_t)PROPERTIES_SECONDARY);
}

TEST(ffa_partition_info, properties_of_the_manifest_are_told)
{
	struct vcpu *primary = start(FFA_VERSION_1_2);

	vm_set_find(3)->ffa_properties = FFA_PROPERTY_INDIRECT;
	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);

	EXPECT_EQ(descriptor(3).properties, FFA_PROPERTY_INDIRECT);
}

TEST(ffa_partition_info, uuid_finds_who_has_it_and_is_not_repeated)
{
	static const uint32_t none[4];
	struct vcpu *primary = start(FFA_VERSION_1_2);

	ASSERT_EQ(ask_a(primary), FFA_SUCCESS);
	EXPECT_EQ(primary->regs.x[2], 1U);
	EXPECT_EQ(primary->regs.x[3], 24U);
	EXPECT_EQ(descriptor(0).id, 2);
	EXPECT_EQ(memcmp(descriptor(0).uuid, none, sizeof(none)), 0);
	EXPECT_TRUE(rx_ends_at(24));
}

TEST(ffa_partition_info, second_uuid_finds_it_too)
{
	struct vcpu *primary = start(FFA_VERSION_1_0);

	ASSERT_EQ(
		machine_hvc(primary, CALL(FFA_PARTITION_INFO_GET, 0x55555555,
					  0x66666666, 0x77777777, 0x88888888)),
		FFA_SUCCESS);
	EXPECT_EQ(primary->regs.x[2], 1U);
	EXPECT_EQ(descriptor_1_0(0).id, 2);
	EXPECT_TRUE(rx_ends_at(8));
}

TEST(ffa_partition_info, upper_halves_of_the_uuid_are_ignored)
{
	uint64_t high = UINT64_C(0x9999999900000000);
	struct vcpu *primary = start(FFA_VERSION_1_1);

	EXPECT_EQ(machine_hvc(primary,
			      CALL(FFA_PARTITION_INFO_GET, high | 0x11111111,
				   high | 0x22222222, high | 0x33333333,
				   high | 0x44444444, high)),
		  FFA_SUCCESS);
}

TEST(ffa_partition_info, count_only_leaves_rx_alone)
{
	struct vcpu *primary = start(FFA_VERSION_1_2);

	EXPECT_EQ(ask_all(primary, 1), FFA_SUCCESS);
	EXPECT_EQ(primary->regs.x[2], 4U);
	EXPECT_EQ(guest_first_used(primary, 3), 8U);
	EXPECT_TRUE(rx_ends_at(0));
	EXPECT_EQ(mailbox_call(primary, CALL(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST(ffa_partition_info, count_only_needs_no_rx)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_1));

	EXPECT_EQ(ask_all(vcpu, 1), FFA_SUCCESS);
	EXPECT_EQ(vcpu->regs.x[2], 1U);
}

TEST(ffa_partition_info, rx_is_the_callers_until_it_is_released)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);
	(void)ask_all(primary, 0);
	EXPECT_FFA_ERROR(primary, FFA_BUSY);

	EXPECT_EQ(mailbox_call(primary, CALL(FFA_RX_RELEASE)), 0);
	EXPECT_EQ(ask_all(primary, 0), FFA_SUCCESS);
}

TEST(ffa_partition_info, without_rx_is_busy)
{
	struct vcpu *vcpu = machine_start();

	(void)ask_all(vcpu, 0);

	EXPECT_FFA_ERROR(vcpu, FFA_BUSY);
}

TEST(ffa_partition_info, unknown_uuid_is_invalid)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	(void)machine_hvc(primary, CALL(FFA_PARTITION_INFO_GET, 1));
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);

	(void)machine_hvc(primary, CALL(FFA_PARTITION_INFO_GET, 0, 0, 0, 1));
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_info, half_a_uuid_is_unknown)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	(void)machine_hvc(primary, CALL(FFA_PARTITION_INFO_GET, 0x11111111,
					0x22222222, 0x55555555, 0x66666666));

	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_info, reserved_flags_are_invalid)
{
	struct vcpu *primary = start(FFA_VERSION_1_2);

	(void)ask_all(primary, 2);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	(void)ask_all(primary, 3);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	(void)ask_all(primary, 0x80000000);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_info, count_only_is_no_flag_of_1_0)
{
	struct vcpu *primary = start(FFA_VERSION_1_0);

	(void)ask_all(primary, 1);

	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_info, flags_of_a_legacy_guest_are_not_looked_at)
{
	struct vcpu *primary = start(0);

	EXPECT_EQ(ask_all(primary, 0xffffffff), FFA_SUCCESS);
	EXPECT_EQ(primary->regs.x[2], 3U);
	EXPECT_TRUE(rx_ends_at(3 * 8));
}

TEST(ffa_partition_info, flags_are_checked_before_the_uuid)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);
	(void)ask_all(primary, 2);

	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_info, uuid_is_checked_before_rx)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);
	(void)machine_hvc(primary, CALL(FFA_PARTITION_INFO_GET, 1));

	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_info, rx_that_is_too_small)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	primary->vm->mailbox.buffer_size = 3 * 24 - 1;
	(void)ask_all(primary, 0);

	EXPECT_FFA_ERROR(primary, FFA_NO_MEMORY);
	EXPECT_TRUE(rx_ends_at(0));
	EXPECT_EQ(mailbox_call(primary, CALL(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST(ffa_partition_info, rx_is_looked_at_before_its_size)
{
	struct vcpu *primary = start(FFA_VERSION_1_1);

	ASSERT_EQ(ask_all(primary, 0), FFA_SUCCESS);
	primary->vm->mailbox.buffer_size = 0;
	(void)ask_all(primary, 0);

	EXPECT_FFA_ERROR(primary, FFA_BUSY);
}

TEST(ffa_partition_info, secondary_sees_all_others_too)
{
	struct vcpu *primary = mailbox_machine();
	struct vcpu *secondary = vm_vcpu(mailbox_add_vm(1), 0);

	ASSERT_EQ(ask_all(secondary, 0), FFA_SUCCESS);

	EXPECT_EQ(secondary->regs.x[2], 2U);
	EXPECT_EQ(mailbox_rx(2)[0], primary->vm->id);
	EXPECT_EQ(mailbox_rx(2)[8], 2);
}

TEST(ffa_spm_id, is_that_of_the_secure_world)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_1));
	(void)machine_hvc(vcpu, CALL(FFA_SPM_ID_GET));

	EXPECT_FRAME(vcpu, FFA_SUCCESS, 0U, 0x8000U);
}

TEST(ffa_spm_id, is_not_there_before_1_1)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_SPM_ID_GET));
	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);

	vcpu = machine_start();
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_0));
	(void)machine_hvc(vcpu, CALL(FFA_SPM_ID_GET));
	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);
}
