/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Properties of an FF-A partition manifest, and each of their rules. See
 * docs/manifest.md.
 */
#include <stdio.h>

#include "boot/cpio_builder.h"
#include "boot/dtb_builder.h"
#include "boot/partition_fixture.h"
#include "hftest.h"

/** One number that does not do. */
static void expect_bad_value(const char *name, uint32_t value,
			     enum manifest_status status)
{
	char path[64];

	partition_begin_without(name);
	dtb_u32(name, value);
	partition_finish();
	(void)snprintf(path, sizeof(path), "vm2/partition/%s", name);
	partition_expect_refused(status, path);
}

static void expect_required(const char *name)
{
	char path[64];

	partition_begin_without(name);
	partition_finish();
	(void)snprintf(path, sizeof(path), "vm2/partition/%s", name);
	partition_expect_refused(MANIFEST_PROPERTY_NOT_FOUND, path);
}

TEST(ffa_partition, defaults_hold)
{
	partition_begin();
	partition_finish();

	ASSERT_TRUE(partition_reads());
	EXPECT_EQ(partition_of(0)->ffa_version, 0x10001U);
	EXPECT_EQ(partition_of(0)->uuids.count, 0U);
	EXPECT_EQ(partition_of(0)->boot_order, PARTITION_NO_BOOT_ORDER);
	EXPECT_EQ(partition_of(0)->gp_register, PARTITION_NO_GP_REGISTER);
	EXPECT_EQ(partition_of(0)->ns_action, NS_ACTION_SIGNALED);
	EXPECT_EQ(partition_of(0)->other_s_action, OTHER_S_ACTION_SIGNALED);
	EXPECT_EQ(partition_of(0)->messaging_method, 3);
	EXPECT_FALSE(partition_of(0)->rxtx.is_given);
	EXPECT_FALSE(partition_of(0)->wants_boot_info);
	EXPECT_EQ(partition_of(0)->memory_count, 0U);
}

TEST(ffa_partition, contexts_become_vcpus)
{
	partition_begin();
	partition_finish();

	ASSERT_TRUE(partition_reads());
	EXPECT_EQ(partition_state()->manifest.vms[1].vcpu_count, 2);
	EXPECT_EQ(partition_state()->manifest.vms[1].image_offset,
		  (uint64_t)IMAGE_AT);
}

TEST(ffa_partition, every_property_is_kept)
{
	partition_finish_rich();

	ASSERT_TRUE(partition_reads());
	EXPECT_EQ(partition_of(0)->uuids.count, 8U);
	EXPECT_EQ(partition_of(0)->uuids.words[5], 6U);
	EXPECT_EQ(partition_of(0)->load_address, 0x7000000U);
	EXPECT_EQ(partition_of(0)->entrypoint_offset, 0x4000U);
	EXPECT_EQ(partition_of(0)->boot_order, 5);
	EXPECT_EQ(partition_of(0)->gp_register, 0U);
	EXPECT_EQ(partition_of(0)->ns_action, NS_ACTION_MANAGED_EXIT);
	EXPECT_EQ(partition_of(0)->sri_policy, 3);
	EXPECT_TRUE(partition_of(0)->has_notifications);
	EXPECT_EQ(partition_of(0)->vm_availability_messages, 3U);
	EXPECT_EQ(partition_of(0)->power_messages, 9U);
	EXPECT_TRUE(partition_of(0)->wants_boot_info);
	EXPECT_TRUE(partition_of(0)->wants_manifest);
}

TEST(ffa_partition, regions_are_kept)
{
	const struct region *device;

	partition_finish_rich();
	ASSERT_TRUE(partition_reads());
	device = &partition_of(0)->regions[2];

	EXPECT_EQ(partition_of(0)->memory_count, 2U);
	EXPECT_STREQ(partition_of(0)->regions[1].description, "tx");
	EXPECT_EQ(partition_of(0)->regions[1].streams.count, 2U);
	EXPECT_EQ(partition_of(0)->regions[0].smmu_id, PARTITION_NO_SMMU);
	EXPECT_EQ(device->base_address, 0x1c110000U);
	EXPECT_EQ(device->interrupts.count, 4U);
	EXPECT_EQ(device->streams.ids[3], 4U);
	EXPECT_TRUE(device->is_exclusive);
}

TEST(ffa_partition, managed_exit_is_for_s_el1)
{
	partition_finish_rich();
	ASSERT_TRUE(partition_reads());
	EXPECT_FALSE(partition_of(0)->has_managed_exit);
	EXPECT_FALSE(partition_of(0)->has_managed_exit_virq);

	partition_begin_without("exception-level");
	dtb_u32("exception-level", PARTITION_S_EL1);
	dtb_flag("managed-exit");
	partition_finish();
	ASSERT_TRUE(partition_reads());
	EXPECT_TRUE(partition_of(1)->has_managed_exit);
}

TEST(ffa_partition, power_messages_are_not_for_one_vcpu)
{
	partition_begin_without("execution-ctx-count");
	dtb_u32("execution-ctx-count", 1);
	dtb_u32("power-management-messages", 9);
	partition_finish();

	ASSERT_TRUE(partition_reads());
	EXPECT_EQ(partition_of(0)->power_messages, 0U);
}

TEST(ffa_partition, file_in_the_ram_disk_instead_of_a_package)
{
	struct bytes blob;

	partition_begin();
	blob = dtb_finish(0);
	cpio_begin(CPIO_NEWC, partition_state()->ramdisk,
		   sizeof(partition_state()->ramdisk));
	cpio_add("part.dtb", blob);
	(void)cpio_finish();
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "part");
	dtb_flag("is_ffa_partition");
	dtb_flag("hyp_loaded");
	dtb_u32("mem_size", 0x10000);
	dtb_u32("vcpu_count", 1);
	dtb_string("fdt_filename", "part.dtb");
	dtb_end();
	dtb_end();

	ASSERT_TRUE(partition_read_file(dtb_finish(0)));
	EXPECT_EQ(partition_of(0)->ffa_version, 0x10001U);
}

TEST(ffa_partition, file_in_the_ram_disk_is_missing)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "part");
	dtb_flag("is_ffa_partition");
	dtb_flag("hyp_loaded");
	dtb_u32("mem_size", 0x10000);
	dtb_u32("vcpu_count", 1);
	dtb_end();
	dtb_end();

	EXPECT_FALSE(partition_read_file(dtb_finish(0)));
	EXPECT_EQ(partition_state()->error.status,
		  MANIFEST_PARTITION_FILE_MISSING);
}

TEST(ffa_partition, not_compatible)
{
	dtb_begin();
	dtb_string("compatible", "arm,other");
	partition_finish();

	partition_expect_refused(MANIFEST_NOT_COMPATIBLE,
				 "vm2/partition/compatible");
}

TEST(ffa_partition, version_is_required)
{
	expect_required("ffa-version");
}

TEST(ffa_partition, context_count_is_required)
{
	expect_required("execution-ctx-count");
}

TEST(ffa_partition, exception_level_is_required)
{
	expect_required("exception-level");
}

TEST(ffa_partition, execution_state_is_required)
{
	expect_required("execution-state");
}

TEST(ffa_partition, messaging_method_is_required)
{
	expect_required("messaging-method");
}

TEST(ffa_partition, version_above_ours)
{
	expect_bad_value("ffa-version", 0x10003, MANIFEST_BAD_FFA_VERSION);
}

TEST(ffa_partition, version_below_1_0)
{
	expect_bad_value("ffa-version", 0x0ffff, MANIFEST_BAD_FFA_VERSION);
}

TEST(ffa_partition, incomplete_uuid)
{
	partition_begin();
	dtb_cells("uuid", 1, 2, 3);
	partition_finish();

	partition_expect_refused(MANIFEST_BAD_UUID, "vm2/partition/uuid");
}

TEST(ffa_partition, uuid_of_zeros)
{
	partition_begin();
	dtb_cells("uuid", 1, 2, 3, 4, 0, 0, 0, 0);
	partition_finish();

	partition_expect_refused(MANIFEST_BAD_UUID, "vm2/partition/uuid");
}

TEST(ffa_partition, more_uuids_than_fit)
{
	uint32_t words[20];

	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++) {
		words[i] = i + 1;
	}
	partition_begin();
	dtb_cell_list("uuid", words, ARRAY_SIZE(words));
	partition_finish();

	partition_expect_refused(MANIFEST_BAD_UUID, "vm2/partition/uuid");
}

TEST(ffa_partition, uuid_twice_in_one_partition)
{
	partition_begin();
	dtb_cells("uuid", 1, 2, 3, 4, 1, 2, 3, 4);
	partition_finish();

	partition_expect_refused(MANIFEST_DUPLICATE_UUID, "vm2/partition/uuid");
}

TEST(ffa_partition, uuid_twice_in_two_partitions)
{
	partition_begin();
	dtb_cells("uuid", 1, 2, 3, 4);
	partition_finish();
	partition_begin();
	dtb_cells("uuid", 5, 6, 7, 8, 1, 2, 3, 4);
	partition_finish();

	partition_expect_refused(MANIFEST_DUPLICATE_UUID, "vm3/partition/uuid");
}

TEST(ffa_partition, no_contexts)
{
	expect_bad_value("execution-ctx-count", 0, MANIFEST_BAD_VCPU_COUNT);
}

TEST(ffa_partition, more_contexts_than_cpus)
{
	expect_bad_value("execution-ctx-count", MAX_CPUS + 1,
			 MANIFEST_BAD_VCPU_COUNT);
}

TEST(ffa_partition, unknown_exception_level)
{
	expect_bad_value("exception-level", 3, MANIFEST_BAD_EXCEPTION_LEVEL);
}

TEST(ffa_partition, aarch32)
{
	expect_bad_value("execution-state", 1, MANIFEST_BAD_EXECUTION_STATE);
}

TEST(ffa_partition, other_granule)
{
	expect_bad_value("xlat-granule", 1, MANIFEST_BAD_GRANULE);
}

TEST(ffa_partition, entry_point_outside_of_its_memory)
{
	expect_bad_value("entrypoint-offset", PACKAGE_SIZE,
			 MANIFEST_BAD_ENTRYPOINT);
}

TEST(ffa_partition, entry_point_in_an_instruction)
{
	expect_bad_value("entrypoint-offset", 0x2002, MANIFEST_BAD_ENTRYPOINT);
}

TEST(ffa_partition, boot_order_twice)
{
	partition_begin();
	dtb_u32("boot-order", 1);
	partition_finish();
	partition_begin();
	dtb_u32("boot-order", 1);
	partition_finish();

	partition_expect_refused(MANIFEST_BAD_BOOT_ORDER,
				 "vm3/partition/boot-order");
}

TEST(ffa_partition, no_boot_order_is_no_conflict)
{
	partition_begin();
	partition_finish();
	partition_begin();
	partition_finish();

	EXPECT_TRUE(partition_reads());
}

TEST(ffa_partition, unknown_messaging_method)
{
	expect_bad_value("messaging-method", 8, MANIFEST_BAD_MESSAGING_METHOD);
}

TEST(ffa_partition, direct_messages_2_need_1_2)
{
	dtb_begin();
	dtb_string("compatible", "arm,ffa-manifest-1.0");
	dtb_u32("ffa-version", 0x10002);
	dtb_u32("execution-ctx-count", 1);
	dtb_u32("exception-level", 0);
	dtb_u32("execution-state", 0);
	dtb_u32("messaging-method", 0x600);
	partition_finish();
	EXPECT_TRUE(partition_reads());

	partition_begin_without("messaging-method");
	dtb_u32("messaging-method", 0x600);
	partition_finish();
	partition_expect_refused(MANIFEST_BAD_MESSAGING_METHOD,
				 "vm3/partition/messaging-method");
}

TEST(ffa_partition, register_for_boot_information)
{
	expect_bad_value("gp-register-num", 8, MANIFEST_BAD_GP_REGISTER);
}

TEST(ffa_partition, unknown_ns_action)
{
	expect_bad_value("ns-interrupts-action", 3, MANIFEST_BAD_NS_ACTION);
}

TEST(ffa_partition, unknown_other_s_action)
{
	expect_bad_value("other-s-interrupts-action", 2,
			 MANIFEST_BAD_OTHER_S_ACTION);
}

TEST(ffa_partition, other_s_queued_needs_ns_queued)
{
	partition_begin();
	dtb_u32("ns-interrupts-action", NS_ACTION_QUEUED);
	dtb_u32("other-s-interrupts-action", OTHER_S_ACTION_QUEUED);
	partition_finish();
	EXPECT_TRUE(partition_reads());

	partition_begin();
	dtb_u32("ns-interrupts-action", NS_ACTION_SIGNALED);
	dtb_u32("other-s-interrupts-action", OTHER_S_ACTION_QUEUED);
	partition_finish();
	partition_expect_refused(MANIFEST_BAD_OTHER_S_ACTION,
				 "vm3/partition/other-s-interrupts-action");
}

TEST(ffa_partition, unknown_sri_policy)
{
	expect_bad_value("sri-interrupts-policy", 4, MANIFEST_BAD_SRI_POLICY);
}

TEST(ffa_partition, unknown_availability_message)
{
	expect_bad_value("vm-availability-messages", 4,
			 MANIFEST_BAD_AVAILABILITY_MESSAGES);
}

TEST(ffa_partition, unknown_power_message)
{
	expect_bad_value("power-management-messages", 0x10,
			 MANIFEST_BAD_POWER_MESSAGES);
}

TEST(ffa_partition, malformed_property_names_the_partition)
{
	partition_begin();
	dtb_u32("notification-support", 1);
	partition_finish();

	partition_expect_refused(MANIFEST_MALFORMED_BOOLEAN,
				 "vm2/partition/notification-support");
}
