/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupt translation services of a GICv3. They read and write tables in
 * memory, wherever their registers say, so nobody has them: they are off, and
 * mapped nowhere. See docs/interrupts.md.
 */
#pragma once

#include "hf/base/addr.h"

/** In the FDT. */
#define MAX_ITS 4

/** Turn it off. Boot only. False, with a line in the log: it stays on. */
must_check bool its_disable(struct pa_range registers);
