/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the device tree says about the interrupt controller. See
 * docs/interrupts.md.
 */
#pragma once

#include "hf/boot/fdt_path.h"
#include "hf/boot/params.h"

/**
 * Add the node, which has been left, to `gic` if it is a GIC or an ITS and says
 * that it controls interrupts. False, with a line in the log: it can not be
 * understood.
 */
must_check bool gic_node_read(struct boot_gic *gic,
			      const struct dt_level *node);
