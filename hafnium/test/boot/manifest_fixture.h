/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Manifests for tests, and what came of reading the last one. See
 * docs/testing.md.
 */
#pragma once

#include "hf/boot/manifest.h"

/** Begin: /hypervisor; a primary; also a secondary, whole or with a name. */
void manifest_begin(void);
void manifest_begin_primary(void);
void manifest_begin_secondary(void);
void manifest_begin_bare_secondary(void);

/** End /hypervisor, or a VM before that. */
struct bytes manifest_finish(void);
struct bytes manifest_finish_vm(void);

/** Everything that a manifest with no FF-A partition can have. */
struct bytes manifest_rich(void);

bool manifest_reads(struct bytes file);
struct manifest *manifest_result(void);
struct manifest_error *manifest_error(void);
const struct manifest_vm *manifest_vm(unsigned int number);
void manifest_expect_refused(struct bytes file, enum manifest_status status,
			     const char *path);
