/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A row of a call's table of checks as a test: what is spoilt in a valid call,
 * and the code in each column of versions. Every row is tried for each pair of
 * VMs, each of SHARE, LEND and DONATE that it is for, in both widths, by HVC and
 * SMC; afterwards nothing has changed and the valid call works.
 */
#pragma once

#include "hft/ffa_memory.h"

/** In place of a code: the call succeeds. */
#define ACCEPTED 0

/* Which calls a row is for. */
#define ON_SHARE (1U << 0)
#define ON_LEND (1U << 1)
#define ON_DONATE (1U << 2)
#define ON_ALL (ON_SHARE | ON_LEND | ON_DONATE)

struct pair {
	uint16_t from;
	uint16_t to;
};

/** Primary to secondary, secondary to primary, secondary to secondary. */
#define PAIR_COUNT 3
extern const struct pair pairs[PAIR_COUNT];

/** SHARE, LEND, DONATE; bit n of ON_ALL is for kinds[n]. */
#define KIND_COUNT 3
extern const uint64_t kinds[KIND_COUNT];
extern const char *const kind_names[KIND_COUNT];

/** The primary and two actors with that version, and their buffers. */
void start_all(uint32_t version);

/** A case for hft_ffa_case: "SHARE 1 -> 2, what". */
const char *case_name(unsigned int kind, struct pair pair, const char *what);

/** The page that rows use, of the sender; filled. */
uint64_t row_page(uint16_t vm);
#define ROW_SEED 77

/** A valid transaction of row_page(). */
struct mem_transaction valid(unsigned int kind, struct pair pair);

/** `code` as the answer, or success if it is ACCEPTED. */
void expect_code(struct ffa_frame frame, int32_t code);

/** A transaction that was sent is taken back, what it was. */
void expect_reclaim(uint16_t vm, uint64_t handle);

/** The sender has its page, with what was in it. */
void expect_untouched(uint16_t vm);

/** The code for a VM that never asked for a version, or that of all others. */
static inline int32_t column(uint32_t version, int32_t legacy_code,
			     int32_t code)
{
	return version == LEGACY ? legacy_code : code;
}

typedef void spoil_function(struct mem_transaction *t);

/** All that a send row is about. */
struct send_row {
	unsigned int calls;
	int32_t code;
	spoil_function *spoil;
};

void expect_send_row(uint32_t version, const struct send_row *row);

/**
 * SEND_ROW(name, calls, code) for 1.0, 1.1 and 1.2, followed by a body that
 * spoils `t`; SEND_ROW_LEGACY also for a VM that never asks, which has a code of
 * its own; SEND_ROW_NEW for fields that came with 1.1.
 */
#define SEND_ROW(name, on, code) \
	ROW(TEST_ASKED, ffa_send, name, expect_send_row, on, code, code)
#define SEND_ROW_LEGACY(name, on, legacy_code, code) \
	ROW(TEST_ALL, ffa_send, name, expect_send_row, on, legacy_code, code)
#define SEND_ROW_NEW(name, on, code) \
	ROW(TEST_NEW, ffa_send, name, expect_send_row, on, code, code)

/** A retrieve request is spoilt after a valid send. */
#define RETRIEVE_ROW(name, on, code) \
	ROW(TEST_ASKED, ffa_retrieve, name, expect_retrieve_row, on, code, code)
#define RETRIEVE_ROW_LEGACY(name, on, legacy_code, code)           \
	ROW(TEST_ALL, ffa_retrieve, name, expect_retrieve_row, on, \
	    legacy_code, code)
#define RETRIEVE_ROW_NEW(name, on, code) \
	ROW(TEST_NEW, ffa_retrieve, name, expect_retrieve_row, on, code, code)

void expect_retrieve_row(uint32_t version, const struct send_row *row);

#define ROW(versions, suite, name, try, on, legacy_code, code)       \
	static void suite##_spoil_##name(struct mem_transaction *t); \
	versions(suite, name)                                        \
	{                                                            \
		struct send_row row = {                              \
			(on),                                        \
			column(version, legacy_code, code),          \
			suite##_spoil_##name,                        \
		};                                                   \
                                                                     \
		try(version, &row);                                  \
	}                                                            \
	static void suite##_spoil_##name(struct mem_transaction *t)
