/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the framework needs from where it runs. Defined once by the host program
 * (src/host) and once by the images (src/guest), resolved by the linker.
 */
#pragma once

#include "hftest.h"
#include "report.h"

/** One line, newline included, to whoever reads records. */
void hft_carrier_write(const char *line, size_t length);

/** Records of several CPUs or threads do not mix between these two. */
void hft_carrier_lock(void);
void hft_carrier_unlock(void);

/** The one report of this run; on the host it is shared by all processes. */
struct hft_report *hft_carrier_report(void);

/** Run one test so that it can end at any depth; true unless it crashed. */
bool hft_carrier_run(const struct hft_test *test);

/** Leave the running test at once. */
__attribute__((__noreturn__)) void hft_carrier_end_test(void);
