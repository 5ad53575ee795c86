/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a secondary's own device tree is told about its memory. See
 * docs/boot.md.
 */
#pragma once

#include "hf/base/addr.h"

struct guest_fdt {
	void *dtb;   /* 8-byte aligned copy in the VM's memory */
	size_t room; /* bytes at `dtb` that may be used */
	struct ipa_range memory;
	struct ipa_range ramdisk; /* empty: none */
	const char *boot_params;  /* "": none */
};

/**
 * Add a `memory` node, and /chosen with RAM disk and bootargs where given; then
 * pack. False: not a device tree, or not enough room.
 */
must_check bool guest_fdt_complete(const struct guest_fdt *fdt);
