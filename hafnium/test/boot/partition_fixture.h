/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partition packages in memory, and a hypervisor manifest with a VM for each.
 * See docs/testing.md.
 */
#pragma once

#include "hf/boot/manifest.h"

#define PACKAGE_SIZE 0x10000
#define MANIFEST_AT 0x1000
#define IMAGE_AT 0x4000
#define MAX_PARTITIONS 3

struct partition_state {
	uint8_t memory[MAX_PARTITIONS][PACKAGE_SIZE]
		__attribute__((aligned(4096)));
	uint32_t count;
	struct manifest manifest;
	struct manifest_error error;
	struct boot_params params;
	uint8_t ramdisk[8192];
};
struct partition_state *partition_state(void);

struct package_header {
	uint32_t magic;
	uint32_t version;
	uint32_t pm_offset;
	uint32_t pm_size;
	uint32_t img_offset;
	uint32_t img_size;
};

struct package_header *package_header_of(uint32_t idx);
const struct ffa_partition *partition_of(uint32_t idx);

/** Begin a partition manifest with all that is required. */
void partition_begin(void);

/** The same without one property, which the test adds. */
void partition_begin_without(const char *name);

/** The manifest that was begun goes into the next package. */
void partition_finish(void);

/** A manifest with everything there is. */
void partition_finish_rich(void);

/** Regions; begin_region() leaves its node open. */
void begin_memory_regions(void);
void begin_device_regions(void);
void begin_region(const char *name, uint64_t base, uint32_t pages,
		  uint32_t attributes);
void add_region(const char *name, uint64_t base, uint32_t pages,
		uint32_t attributes);
void finish_regions(void);

/** Read `file`, or a manifest that has all packages. */
bool partition_read_file(struct bytes file);
bool partition_reads(void);

void partition_expect_refused(enum manifest_status status, const char *path);
