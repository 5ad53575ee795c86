/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the FF-A manifest of a partition says (DEN0077A 5.2), as numbers: its
 * rules are in manifest_check.h. See docs/manifest.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/boot/manifest_field.h"

#define PARTITION_MAX_UUIDS 4
#define PARTITION_MAX_REGIONS 8 /* of each kind */
#define PARTITION_MAX_INTERRUPTS 4
#define PARTITION_MAX_STREAMS 4

/** The address of a region for which the manifest leaves us the choice. */
#define PARTITION_ANY_ADDRESS UINT64_MAX
#define PARTITION_NO_SMMU UINT32_MAX
#define PARTITION_NO_BOOT_ORDER UINT16_C(0xffff)
#define PARTITION_NO_GP_REGISTER UINT32_MAX

#define REGION_READ BIT(0)
#define REGION_WRITE BIT(1)
#define REGION_EXECUTE BIT(2)
#define REGION_NON_SECURE BIT(3)

enum partition_exception_level {
	PARTITION_EL1,
	PARTITION_S_EL0,
	PARTITION_S_EL1,
	PARTITION_EL_COUNT,
};

enum partition_ns_action {
	NS_ACTION_QUEUED,
	NS_ACTION_MANAGED_EXIT,
	NS_ACTION_SIGNALED,
	NS_ACTION_COUNT,
};

enum partition_other_s_action {
	OTHER_S_ACTION_QUEUED,
	OTHER_S_ACTION_SIGNALED,
	OTHER_S_ACTION_COUNT,
};

/** Lists of a known greatest length, as FIELD_U32_LIST fills them. */
struct uuid_list {
	uint32_t count; /* of words */
	uint32_t words[4 * PARTITION_MAX_UUIDS];
};

struct stream_list {
	uint32_t count;
	uint32_t ids[PARTITION_MAX_STREAMS];
};

struct interrupt_list {
	uint32_t count; /* of words: pairs of id and attributes */
	uint32_t words[2 * PARTITION_MAX_INTERRUPTS];
};

struct interrupt_target_list {
	uint32_t count; /* of words: id, high and low half of the MPIDR */
	uint32_t words[3 * PARTITION_MAX_INTERRUPTS];
};

/** Of memory, or of a device. */
struct region {
	char description[MANIFEST_STRING_SIZE];
	bool is_device;
	bool is_own; /* a part of the VM's own memory: load_regions_claim() */
	uint64_t base_address; /* or PARTITION_ANY_ADDRESS */
	uint32_t page_count;
	uint32_t attributes;
	uint32_t smmu_id;
	struct stream_list streams;

	/* memory */
	uint64_t load_relative_offset; /* or PARTITION_ANY_ADDRESS */
	uint32_t phandle;	       /* 0: none */
	uint32_t streams_permissions;

	/* devices */
	struct interrupt_list interrupts;
	struct interrupt_target_list targets;
	bool is_exclusive;
};

struct partition_rxtx {
	bool is_given;
	uint32_t rx_phandle;
	uint32_t tx_phandle;
};

struct ffa_partition {
	uint32_t ffa_version;
	struct uuid_list uuids;
	uint16_t execution_ctx_count;
	uint8_t exception_level;
	uint8_t execution_state;
	uint64_t load_address;
	uint64_t entrypoint_offset;
	uint16_t boot_order;
	uint8_t xlat_granule;
	uint16_t messaging_method;
	uint32_t gp_register;
	bool has_managed_exit;
	bool has_managed_exit_virq;
	uint8_t ns_action;
	uint8_t other_s_action;
	uint8_t sri_policy;
	bool has_notifications;
	uint32_t vm_availability_messages;
	uint32_t power_messages;
	bool wants_boot_info;
	bool wants_manifest; /* as boot information */

	struct partition_rxtx rxtx;
	/** Of memory first. */
	struct region regions[2 * PARTITION_MAX_REGIONS];
	uint32_t memory_count;
	uint32_t region_count;
};

/** Physical pages of a region whose address is known. */
static inline struct pa_range region_range(const struct region *region)
{
	return (struct pa_range){
		pa_init(region->base_address),
		pa_init(region->base_address + region->page_count * PAGE_SIZE),
	};
}

/**
 * All of the manifest whose blob `reader` is on. Values are only as wide as their
 * fields, no rule has been applied yet.
 */
void ffa_partition_read(struct ffa_partition *partition,
			struct field_reader *reader);

/**
 * Regions of one kind below `node`: 0 for a partition manifest's, else a vmN.
 * Those of memory come first.
 */
void regions_read(struct ffa_partition *partition, struct field_reader *reader,
		  int node, bool are_devices);
