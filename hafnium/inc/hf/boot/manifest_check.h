/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules that values of a manifest have to follow; one function per rule.
 * See docs/manifest.md.
 */
#pragma once

#include "hf/boot/manifest.h"

/** Rules of one VM, its partition manifest not included. */
must_check bool manifest_check_vm(const struct manifest_vm *vm, bool is_primary,
				  struct field_reader *reader);

/**
 * Rules of one partition by itself; finds the RX and TX regions and takes
 * back what does not apply to it (managed exit above S-EL1, messages about
 * power for a single vCPU).
 */
must_check bool partition_check(struct manifest_vm *vm,
				struct field_reader *reader);

/** Rules of the regions of a partition; partition_check() calls it. */
must_check bool regions_check(struct manifest_vm *vm,
			      struct field_reader *reader);

/** Rules of device regions by themselves. */
must_check bool device_regions_check(const struct ffa_partition *partition,
				     struct field_reader *reader);

/** Rules of device regions on this machine: not memory, not ours. */
must_check bool devices_check(const struct manifest *manifest,
			      const struct boot_params *params,
			      struct field_reader *reader);

/**
 * Where a secondary that is no partition finds its memory: children of its
 * `node`, and their rules. `mem_size` and its devices are known.
 */
must_check bool ipa_layout_read(struct manifest_vm *vm,
				struct field_reader *reader, int node);

/** The scope of what is said about regions of that VM. */
void reader_set_scope(struct field_reader *reader,
		      const struct manifest *manifest, uint32_t vm_idx);

/** Rules between VMs. */
must_check bool manifest_check_all(const struct manifest *manifest,
				   struct field_reader *reader);
