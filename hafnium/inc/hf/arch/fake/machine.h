/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host tests: the machine that the fake architecture pretends to be. What a
 * thread sets is its own, but for the console and the firmware. See
 * docs/testing.md.
 */
#pragma once

#include "hf/arch/sysreg.h"
#include "hf/base/addr.h"
#include "hf/smccc.h"

/** All as at power-on: registers 0, console empty, firmware refusing. */
void fake_machine_reset(void);

/** Which CPU this thread is; 0 if it never says. */
void fake_cpu_set(uint32_t cpu_idx);

/** EL3: answers every arch_smc(); NULL: all calls are unknown (-1). */
typedef struct smccc_value fake_firmware(struct smccc_value args);
void fake_firmware_set(fake_firmware *firmware);

/** Calls since reset, and the arguments of the last one. */
unsigned int fake_smc_count(void);
struct smccc_value fake_smc_last(void);

/** What sink_put() has written, NUL-terminated; the last 64 KiB of it. */
const char *fake_console_text(void);
void fake_console_clear(void);

/** Bytes cleaned by address, lines cleaned by set and way, code synced. */
uint64_t fake_cache_cleaned_bytes(void);
uint64_t fake_cache_set_way_count(void);
uint64_t fake_cache_code_bytes(void);
