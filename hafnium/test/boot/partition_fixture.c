/* SPDX-License-Identifier: BSD-3-Clause */
/* Packages as sptool makes them. See docs/testing.md. */
#include "boot/partition_fixture.h"

#include <stdio.h>
#include <string.h>

#include "boot/dtb_builder.h"
#include "hf/plat/image.h"
#include "hftest.h"

static struct partition_state fixture;

struct partition_state *partition_state(void)
{
	return &fixture;
}

struct package_header *package_header_of(uint32_t idx)
{
	return (struct package_header *)fixture.memory[idx];
}

const struct ffa_partition *partition_of(uint32_t idx)
{
	return &fixture.manifest.vms[idx + 1].partition;
}

/** All that is required, in a manifest that is begun. */
void partition_begin(void)
{
	dtb_begin();
	dtb_string("compatible", "arm,ffa-manifest-1.0");
	dtb_u32("ffa-version", 0x10001);
	dtb_u32("execution-ctx-count", 2);
	dtb_u32("exception-level", 0);
	dtb_u32("execution-state", 0);
	dtb_u32("messaging-method", 3);
}

/** The same without the property of that name; it is added by the caller. */
void partition_begin_without(const char *name)
{
	static const char *const names[] = {
		"ffa-version",	   "execution-ctx-count", "exception-level",
		"execution-state", "messaging-method",
	};
	static const uint32_t values[] = {0x10001, 2, 0, 0, 3};

	dtb_begin();
	dtb_string("compatible", "arm,ffa-manifest-1.0");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name) != 0) {
			dtb_u32(names[i], values[i]);
		}
	}
}

/** The manifest that was begun goes into the next package. */
void partition_finish(void)
{
	struct bytes blob = dtb_finish(0);

	ASSERT_LT(fixture.count, (uint32_t)MAX_PARTITIONS);
	ASSERT_LE(blob.size, (size_t)(IMAGE_AT - MANIFEST_AT));
	*package_header_of(fixture.count) = (struct package_header){
		.magic = 0x474b5053,
		.version = 1,
		.pm_offset = MANIFEST_AT,
		.pm_size = (uint32_t)blob.size,
		.img_offset = IMAGE_AT,
		.img_size = 0x1000,
	};
	memcpy(fixture.memory[fixture.count] + MANIFEST_AT, blob.data,
	       blob.size);
	fixture.count++;
}

/** A hypervisor manifest of vm1 and of a vm for each package. */
static struct bytes hypervisor_manifest(void)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_end();
	for (uint32_t i = 0; i < fixture.count; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "vm%u", i + 2);
		dtb_node(name);
		dtb_string("debug_name", name);
		dtb_flag("is_ffa_partition");
		dtb_u32("mem_size", PACKAGE_SIZE);
		dtb_u32("vcpu_count", 1);
		dtb_u64("load_address", (uintptr_t)fixture.memory[i]);
		dtb_end();
	}
	dtb_end();
	return dtb_finish(0);
}

bool partition_read_file(struct bytes file)
{
	struct manifest_source source = {
		.file = file,
		.ramdisk = {fixture.ramdisk, sizeof(fixture.ramdisk)},
		.params = &fixture.params,
	};

	fixture.params.mem_ranges.list[0].begin = pa_from_ptr(fixture.memory);
	fixture.params.mem_ranges.list[0].end =
		pa_from_ptr(fixture.memory[0] + sizeof(fixture.memory));
	fixture.params.mem_ranges.list[1] = image_range();
	fixture.params.mem_ranges.count = 2;
	return manifest_read(&fixture.manifest, &source, &fixture.error);
}

bool partition_reads(void)
{
	return partition_read_file(hypervisor_manifest());
}

void partition_expect_refused(enum manifest_status status, const char *path)
{
	ASSERT_FALSE(partition_reads());
	EXPECT_STREQ(manifest_status_text(fixture.error.status),
		     manifest_status_text(status));
	EXPECT_STREQ(fixture.error.path, path);
}

void begin_memory_regions(void)
{
	partition_begin();
	dtb_node("memory-regions");
	dtb_string("compatible", "arm,ffa-manifest-memory-regions");
}

void begin_device_regions(void)
{
	partition_begin();
	dtb_node("device-regions");
	dtb_string("compatible", "arm,ffa-manifest-device-regions");
}

/** A region of `pages`; the node stays open. */
void begin_region(const char *name, uint64_t base, uint32_t pages,
		  uint32_t attributes)
{
	dtb_node(name);
	dtb_string("description", name);
	dtb_u64("base-address", base);
	dtb_u32("pages-count", pages);
	dtb_u32("attributes", attributes);
}

void add_region(const char *name, uint64_t base, uint32_t pages,
		uint32_t attributes)
{
	begin_region(name, base, pages, attributes);
	dtb_end();
}

void finish_regions(void)
{
	dtb_end();
	partition_finish();
}

static void add_all_regions(void)
{
	dtb_node("memory-regions");
	dtb_string("compatible", "arm,ffa-manifest-memory-regions");
	begin_region("rx", 0x80000000, 1, 1);
	dtb_u32("phandle", 1);
	dtb_end();
	begin_region("tx", 0x80100000, 1, 3);
	dtb_u32("phandle", 2);
	dtb_u32("smmu-id", 1);
	dtb_cells("stream-ids", 7, 8);
	dtb_u32("stream-ids-access-permissions", 3);
	dtb_end();
	dtb_end();
	dtb_node("device-regions");
	dtb_string("compatible", "arm,ffa-manifest-device-regions");
	begin_region("timer", 0x1c110000, 2, 3);
	dtb_cells("interrupts", 33, 0x900, 34, 0x901);
	dtb_cells("interrupts-target", 34, 0, 1);
	dtb_u32("smmu-id", 2);
	dtb_cells("stream-ids", 1, 2, 3, 4);
	dtb_flag("exclusive-access");
	dtb_end();
	dtb_end();
	dtb_node("rx_tx-info");
	dtb_string("compatible", "arm,ffa-manifest-rx_tx-buffer");
	dtb_u32("rx-buffer", 1);
	dtb_u32("tx-buffer", 2);
	dtb_end();
}

void partition_finish_rich(void)
{
	partition_begin();
	dtb_cells("uuid", 1, 2, 3, 4, 5, 6, 7, 8);
	dtb_u64("load-address", 0x7000000);
	dtb_u64("entrypoint-offset", 0x4000);
	dtb_u32("boot-order", 5);
	dtb_u32("xlat-granule", 0);
	dtb_u32("gp-register-num", 0);
	dtb_flag("managed-exit");
	dtb_flag("managed-exit-virq");
	dtb_u32("ns-interrupts-action", 1);
	dtb_u32("other-s-interrupts-action", 1);
	dtb_u32("sri-interrupts-policy", 3);
	dtb_flag("notification-support");
	dtb_u32("vm-availability-messages", 3);
	dtb_u32("power-management-messages", 9);
	dtb_node("boot-info");
	dtb_string("compatible", "arm,ffa-manifest-boot-info");
	dtb_flag("ffa_manifest");
	dtb_end();
	add_all_regions();
	partition_finish();
}
