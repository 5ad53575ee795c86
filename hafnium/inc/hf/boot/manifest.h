/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The manifest: which VMs there are, and what each gets. See docs/manifest.md.
 */
#pragma once

#include "hf/base/limits.h"
#include "hf/boot/ffa_partition.h"
#include "hf/boot/params.h"

/** Files in the RAM disk may be this large: the manifest, one of a partition. */
#define MANIFEST_MAX_SIZE (4096 + 1024 * MAX_VMS)
#define PARTITION_MANIFEST_MAX_SIZE 8192

#define MANIFEST_FILE_NAME "manifest.dtb"
#define MANIFEST_BOOT_PARAMS_SIZE 256

#define MANIFEST_IDENTITY "requires_identity_mapping"

/** The primary's image goes where there is room. */
#define MANIFEST_ANY_ADDRESS UINT64_MAX

struct smc_list {
	uint32_t count;
	uint32_t ids[MAX_SMCS];
};

/** Where a secondary finds its memory and what is in it. */
struct ipa_layout {
	bool is_given;	  /* else IPA = PA */
	bool is_identity; /* IPA = PA is asked for */
	uint64_t kernel;  /* start of its memory */
	uint64_t fdt;	  /* or MANIFEST_ANY_ADDRESS */
	uint64_t ramdisk; /* or MANIFEST_ANY_ADDRESS */
};

struct manifest_vm {
	bool is_ffa_partition;
	bool is_hyp_loaded;
	char debug_name[MANIFEST_STRING_SIZE];
	struct smc_list smc_whitelist;
	bool smc_whitelist_permissive;
	bool allow_pmu;
	bool allow_debug;
	uint8_t exception_level;
	uint32_t ffa_version_max;
	uint32_t ffa_properties; /* FFA_PROPERTY_* that it may have */
	/* names of files in the RAM disk; "" when not given */
	char kernel_filename[MANIFEST_STRING_SIZE];
	char ramdisk_filename[MANIFEST_STRING_SIZE];

	/* primary */
	uint64_t boot_address; /* or MANIFEST_ANY_ADDRESS */

	/* secondaries */
	uint64_t mem_size; /* whole pages */
	uint16_t vcpu_count;
	char fdt_filename[MANIFEST_STRING_SIZE];
	char boot_params[MANIFEST_BOOT_PARAMS_SIZE];
	struct ipa_layout layout;
	bool debug_raz_wi;

	/* FF-A partitions; the package is there in memory already */
	uint64_t load_address; /* or MANIFEST_ANY_ADDRESS */
	uint64_t image_offset; /* from load_address */
	struct ffa_partition partition;
};

/** `vms[0]` is vm1, the primary. */
struct manifest {
	bool has_ffa_tee;
	uint16_t vm_count;
	struct manifest_vm vms[MAX_VMS];
};

/** Where a manifest comes from, and what it may refer to. */
struct manifest_source {
	struct bytes file;
	struct bytes ramdisk;
	const struct boot_params *params;
};

/**
 * Read and check all of it; RAM is readable, for the packages of partitions
 * that are there already. False: `error` says why, and `manifest` is not to
 * be used. When true, every rule of docs/manifest.md holds.
 */
must_check bool manifest_read(struct manifest *manifest,
			      const struct manifest_source *source,
			      struct manifest_error *error);
