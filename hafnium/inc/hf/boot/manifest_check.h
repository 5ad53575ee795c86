/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules that values of a manifest have to follow; one function per rule.
 * See docs/manifest.md.
 */
#pragma once

#include "hf/boot/manifest.h"

/** Rules of one VM, its partition manifest not included. */
void manifest_check_vm(const struct manifest_vm *vm, bool is_primary,
		       struct field_reader *reader);

/**
 * Rules of one partition by itself; takes back what does not apply to it
 * (managed exit above S-EL1, messages about power for a single vCPU).
 */
void partition_check(struct manifest_vm *vm, struct field_reader *reader);

/** Rules of the regions of a VM by themselves. */
void regions_check(const struct manifest_vm *vm, struct field_reader *reader);

/** Rules of device regions on this machine: not memory, not ours. */
void devices_check(const struct manifest *manifest,
		   const struct boot_params *params,
		   struct field_reader *reader);

/**
 * Where a secondary that is no partition finds its memory: children of its
 * `node`, and their rules. `mem_size` and its devices are known.
 */
void ipa_layout_read(struct manifest_vm *vm, struct field_reader *reader,
		     int node);

/** What is said from now on is about that VM; or about its partition. */
void reader_set_scope(struct field_reader *reader, uint32_t vm_number,
		      bool is_partition);

/** Rules between VMs. */
void manifest_check_all(const struct manifest *manifest,
			struct field_reader *reader);
