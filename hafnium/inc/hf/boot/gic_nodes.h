/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the device tree says about the interrupt controller. See
 * docs/interrupts.md.
 */
#pragma once

#include "hf/boot/params.h"

/** A node in the tree, and the one that it is in. */
struct gic_node {
	const void *dtb;
	int node;
	int parent;
};

/**
 * Add the node to `gic` if it is a GIC or an ITS; it says that it controls
 * interrupts. False, with a line in the log: it can not be understood.
 */
must_check bool gic_node_read(struct boot_gic *gic,
			      const struct gic_node *node);
