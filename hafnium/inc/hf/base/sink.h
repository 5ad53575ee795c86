/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Upcall contract: what the base floor needs from the machine. Declared here,
 * defined on floor 2 (arch and dev), resolved by the linker.
 */
#pragma once

#include "hf/base/compiler.h"

/** Write one character to the console; may wait for the device. */
void sink_put(char c);

/** Wait until every character is on the wire. */
void sink_flush(void);

/** Print how we got here: `  #<n> 0x<address> image+0x<offset>` lines. */
void sink_backtrace(void);

/** End the machine; never returns. On the host, ends the process. */
noreturn void sink_halt(void);

/** Index of the CPU this runs on, below MAX_CPUS. */
uint32_t sink_cpu_slot(void);
