/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one writer of hftest/protocol.md.
 */
#pragma once

#include <stdatomic.h>

#include "hftest.h"

#define HFT_NONCE_SIZE 33

/** Bytes of one record; a VM's line buffer holds 256. */
#define HFT_RECORD_SIZE 248

/** State of a run; lives where the carrier says. */
struct hft_report {
	char nonce[HFT_NONCE_SIZE];
	uint32_t seq;
	/* of the running test */
	atomic_bool failed;
	atomic_bool skipped;
};

/** False when `nonce` is not 1 to 32 lower-case hexadecimal digits. */
bool hft_report_set_nonce(const char *nonce);

/** Write one record; `format` makes the event. */
__attribute__((format(printf, 1, 2))) void hft_report_event(const char *format,
							    ...);

/** A `fail` record that ends nothing, for the framework itself. */
__attribute__((format(printf, 3, 4))) void hft_report_fail(const char *file,
							   int line,
							   const char *format,
							   ...);
