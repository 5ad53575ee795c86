/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a loaded VM is as an FF-A partition: properties by role, cap and
 * manifest, version, UUIDs. See docs/ffa.md.
 */
#include "boot/cpio_builder.h"
#include "boot/load_fixture.h"
#include "hf/ffa/partition.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

#define PRIMARY_ALL                                          \
	(FFA_PROPERTY_DIRECT_SEND | FFA_PROPERTY_INDIRECT |  \
	 FFA_PROPERTY_NOTIFICATIONS | FFA_PROPERTY_AARCH64 | \
	 FFA_PROPERTY_DIRECT2_SEND)
#define SECONDARY_ALL                                          \
	(FFA_PROPERTY_DIRECT_RECEIVE | FFA_PROPERTY_INDIRECT | \
	 FFA_PROPERTY_NOTIFICATIONS | FFA_PROPERTY_AARCH64 |   \
	 FFA_PROPERTY_DIRECT2_RECEIVE)

/** vm2 of a machine that is not loaded yet. */
static struct manifest_vm *secondary(void)
{
	(void)load_fixture();
	cpio_add_text("service.bin", "service code");
	return load_fixture_add_vm("service");
}

/** The same as a partition of `version` with all properties it can ask for. */
static struct manifest_vm *partition(uint32_t version)
{
	struct manifest_vm *vm = secondary();

	vm->is_ffa_partition = true;
	vm->is_hyp_loaded = true;
	vm->partition.ffa_version = version;
	vm->partition.messaging_method = 0x607;
	vm->partition.has_notifications = true;
	return vm;
}

/** Loaded: VM `id`. */
static const struct vm *loaded(uint16_t id)
{
	const struct vm *vm;

	if (!load_fixture_run()) {
		FAIL("not loaded");
	}
	vm = vm_set_find(id);
	if (vm == NULL) {
		FAIL("no such VM");
	}
	return vm;
}

TEST(load_ffa, roles_have_their_properties)
{
	(void)secondary();

	EXPECT_EQ(loaded(1)->ffa_properties, PRIMARY_ALL);
	EXPECT_EQ(vm_set_find(2)->ffa_properties, SECONDARY_ALL);
}

TEST(load_ffa, manifest_takes_properties_away)
{
	secondary()->ffa_properties = FFA_PROPERTY_INDIRECT;

	EXPECT_EQ(loaded(2)->ffa_properties,
		  FFA_PROPERTY_INDIRECT | FFA_PROPERTY_AARCH64);
}

TEST(load_ffa, cap_to_1_1_takes_what_1_2_brought)
{
	secondary()->ffa_version_max = FFA_VERSION_1_1;

	EXPECT_EQ(loaded(2)->ffa_version_max, FFA_VERSION_1_1);
	EXPECT_EQ(vm_set_find(2)->ffa_properties,
		  SECONDARY_ALL & ~FFA_PROPERTY_DIRECT2_RECEIVE);
}

TEST(load_ffa, cap_to_1_0_takes_notifications_too)
{
	secondary()->ffa_version_max = FFA_VERSION_1_0;

	EXPECT_EQ(loaded(2)->ffa_properties, FFA_PROPERTY_DIRECT_RECEIVE |
						     FFA_PROPERTY_INDIRECT |
						     FFA_PROPERTY_AARCH64);
}

TEST(load_ffa, vm_of_no_version_is_legacy)
{
	(void)secondary();

	EXPECT_TRUE(partition_is_legacy(loaded(2)));
	EXPECT_EQ(vm_set_find(2)->ffa_version, FFA_VERSION_1_0);
}

TEST(load_ffa, partition_has_the_version_of_its_manifest)
{
	(void)partition(FFA_VERSION_1_1);

	EXPECT_EQ(loaded(2)->ffa_version, FFA_VERSION_1_1);
	EXPECT_FALSE(partition_is_legacy(vm_set_find(2)));
	EXPECT_FALSE(vm_set_find(2)->ffa_version_is_locked);
}

TEST(load_ffa, partition_that_is_capped_to_1_0_is_legacy)
{
	partition(FFA_VERSION_1_0)->ffa_version_max = FFA_VERSION_1_0;

	EXPECT_TRUE(partition_is_legacy(loaded(2)));
}

TEST(load_ffa, partition_gets_no_more_than_its_role_has)
{
	(void)partition(FFA_VERSION_1_2);

	EXPECT_EQ(loaded(2)->ffa_properties, SECONDARY_ALL);
}

TEST(load_ffa, partition_without_notification_support)
{
	partition(FFA_VERSION_1_2)->partition.has_notifications = false;

	EXPECT_EQ(loaded(2)->ffa_properties,
		  SECONDARY_ALL & ~FFA_PROPERTY_NOTIFICATIONS);
}

TEST(load_ffa, messaging_method_of_1_1_is_a_mask)
{
	partition(FFA_VERSION_1_1)->partition.messaging_method = 1;

	EXPECT_TRUE(partition_has(loaded(2), FFA_PROPERTY_DIRECT_RECEIVE));
	EXPECT_FALSE(partition_has(vm_set_find(2), FFA_PROPERTY_INDIRECT));
}

TEST(load_ffa, messaging_method_0_of_1_0_is_direct)
{
	partition(FFA_VERSION_1_0)->partition.messaging_method = 0;

	EXPECT_TRUE(partition_has(loaded(2), FFA_PROPERTY_DIRECT_RECEIVE));
	EXPECT_FALSE(partition_has(vm_set_find(2), FFA_PROPERTY_INDIRECT));
}

TEST(load_ffa, messaging_method_1_of_1_0_is_indirect)
{
	partition(FFA_VERSION_1_0)->partition.messaging_method = 1;

	EXPECT_TRUE(partition_has(loaded(2), FFA_PROPERTY_INDIRECT));
	EXPECT_FALSE(
		partition_has(vm_set_find(2), FFA_PROPERTY_DIRECT_RECEIVE));
}

TEST(load_ffa, messaging_method_7_of_1_0_is_a_mask)
{
	partition(FFA_VERSION_1_0)->partition.messaging_method = 7;

	EXPECT_TRUE(partition_has(loaded(2), FFA_PROPERTY_DIRECT_RECEIVE |
						     FFA_PROPERTY_INDIRECT));
}

TEST(load_ffa, uuids_are_words_in_memory_order)
{
	struct manifest_vm *vm = secondary();

	vm->partition.uuids = (struct uuid_list){
		.count = 8,
		.words = {0x11111111, 0x22222222, 0x33333333, 0x44444444, 5, 6,
			  7, 8},
	};

	ASSERT_EQ(loaded(2)->uuid_count, 2U);
	EXPECT_EQ(vm_set_find(2)->uuids[0].low, UINT64_C(0x2222222211111111));
	EXPECT_EQ(vm_set_find(2)->uuids[0].high, UINT64_C(0x4444444433333333));
	EXPECT_TRUE(partition_has_uuid(vm_set_find(2), UINT64_C(0x600000005),
				       UINT64_C(0x800000007)));
	EXPECT_FALSE(
		partition_has_uuid(vm_set_find(2), UINT64_C(0x600000005), 1));
	EXPECT_FALSE(
		partition_has_uuid(vm_set_find(2), 1, UINT64_C(0x800000007)));
}

TEST(load_ffa, null_uuid_is_any_partition)
{
	(void)secondary();

	EXPECT_TRUE(partition_has_uuid(loaded(2), 0, 0));
	EXPECT_FALSE(partition_has_uuid(vm_set_find(2), 1, 0));
}
