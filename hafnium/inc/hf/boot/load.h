/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * struct manifest -> VMs with memory, images in it, and a first vCPU that is
 * ready to run. See docs/boot.md.
 */
#pragma once

#include "hf/boot/claims.h"
#include "hf/boot/manifest.h"
#include "hf/mm/page_pool.h"

struct vm;

/** Hypervisor; per secondary its memory and its regions. */
#define MAX_RESERVED (1 + 9 * MAX_VMS)

/** Device regions of all VMs. */
#define MAX_TAKEN_DEVICES (PARTITION_MAX_REGIONS * MAX_VMS)

/** A range that the primary must not touch, and what it is. */
struct reserved_range {
	struct pa_range range;
	uint16_t vm_id; /* HF_HYPERVISOR_VM_ID: ourselves */
};

struct load {
	/* in */
	const struct boot_params *params;
	struct manifest *manifest;
	struct bytes ramdisk;
	paddr_t fdt;
	size_t fdt_size; /* with the room for patching it */
	struct page_pool *pool;

	/* out: what the FDT is told */
	struct pa_range initrd; /* of the primary; empty: none */
	struct reserved_range reserved[MAX_RESERVED];
	uint32_t reserved_count;
	struct pa_range devices[MAX_TAKEN_DEVICES];
	uint32_t device_count;

	/* ours */
	struct claims claims;
	struct boot_ranges ram; /* but for the ends that are given away */
};

/**
 * All VMs of the manifest; RAM is mapped writable. A secondary that cannot be
 * loaded is left out, the log says why. False: there is no primary, or it could
 * get at memory of others.
 */
must_check bool load_vms(struct load *load);

/** For load.c and its neighbours. */

/** Identity, as the manifest has it, into the VM. */
void load_set_identity(struct vm *vm, const struct manifest_vm *from);

/**
 * The file of that name in the RAM disk; none without a name. False, with a line
 * in the log, which says `what` it is: not there.
 */
must_check bool32 load_find(const struct load *load, const char *what,
			    const char *name, struct bytes *file);

/** vCPU 0 starts at `entry` with x0 = `arg`. */
void load_set_entry(struct vm *vm, ipaddr_t entry, uint64_t arg);

/** The primary has no access from now on. */
must_check bool32 load_unmap_from_primary(struct pa_range range);

/** The same for memory: its FDT says so. */
must_check bool32 load_take_from_primary(struct load *load,
					 struct pa_range range, uint16_t owner);

/** One secondary. False: the primary could get at its memory. */
must_check bool load_secondary(struct load *load, size_t manifest_idx);
