/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of a GICv3 that the primary may not have. See docs/interrupts.md.
 */
#pragma once

#include "hf/boot/load.h"

/**
 * Turn off each ITS and all LPIs and take what could turn them on again from
 * the primary, which is mapped. False, with a line in the log: not possible.
 */
must_check bool load_guard_gic(const struct load *load);
