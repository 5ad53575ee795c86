/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A calls of a test: x0-x17 in and out, checks that name the call. Calls go
 * by HVC and SMC in turn, so that each test makes half of them by either; what
 * went wrong says which it was. See docs/hftest.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hf/call.h"
#include "hf/types.h"
#include "hftest.h"

/** x0-x17. */
struct ffa_frame {
	uint64_t x[18];
};

/** FFA(id, x1, x2, ...): what is not said is 0. */
#define FFA(...) ((struct ffa_frame){{__VA_ARGS__}})

/** One call by that conduit; all registers of the answer. */
struct ffa_frame hft_ffa_hvc(struct ffa_frame args);
struct ffa_frame hft_ffa_smc(struct ffa_frame args);

/** The conduits in turn. */
struct ffa_frame hft_ffa_call(struct ffa_frame args);

/** FFA_VERSION; w0 of the answer. */
uint32_t hft_ffa_version(uint32_t asked);

/** `sender` << 16 | `receiver`, also VM << 16 | vCPU. */
static inline uint64_t ffa_pair(uint16_t upper, uint16_t lower)
{
	return ((uint64_t)upper << 16) | lower;
}

/** "FFA_MEM_SHARE", or "?". */
const char *hft_ffa_name(uint64_t id);

/** "DENIED", or "?". */
const char *hft_ffa_code_name(int32_t code);

/* --- checks --------------------------------------------------------------- */

/** w0 = FFA_ERROR, w2 = `code`, the rest of x1-x7 0. */
bool hft_ffa_is_error(const struct ffa_frame *frame, int32_t code);

/** FFA_SUCCESS in either width, x1 = 0. */
bool hft_ffa_is_success(const struct ffa_frame *frame);

/** FFA_SUCCESS_32 and nothing else in x1-x7. */
bool hft_ffa_is_done(const struct ffa_frame *frame);

/** The last call, its answer, and what was expected; for a failure. */
const char *hft_ffa_describe(const struct ffa_frame *frame,
			     const char *expected);

/** What checks are about in a test that goes through cases; or NULL. */
extern const char *hft_ffa_case;

#define HFT_FFA_CHECK(answer, test, expected, is_fatal)                   \
	do {                                                              \
		struct ffa_frame hft_frame = (answer);                    \
		if (!(test)) {                                            \
			hft_fail(is_fatal, __FILE__, __LINE__, "%s",      \
				 hft_ffa_describe(&hft_frame, expected)); \
		}                                                         \
	} while (0)

#define EXPECT_FFA_ERROR(answer, code)                            \
	HFT_FFA_CHECK(answer, hft_ffa_is_error(&hft_frame, code), \
		      hft_ffa_code_name(code), false)
#define ASSERT_FFA_ERROR(answer, code)                            \
	HFT_FFA_CHECK(answer, hft_ffa_is_error(&hft_frame, code), \
		      hft_ffa_code_name(code), true)
/** Success with results that the test looks at. */
#define EXPECT_FFA_SUCCESS(answer) \
	HFT_FFA_CHECK(answer, hft_ffa_is_success(&hft_frame), "success", false)
#define ASSERT_FFA_SUCCESS(answer) \
	HFT_FFA_CHECK(answer, hft_ffa_is_success(&hft_frame), "success", true)
/** Success without results. */
#define EXPECT_FFA_DONE(answer)                            \
	HFT_FFA_CHECK(answer, hft_ffa_is_done(&hft_frame), \
		      "success and no result", false)
#define ASSERT_FFA_DONE(answer)                            \
	HFT_FFA_CHECK(answer, hft_ffa_is_done(&hft_frame), \
		      "success and no result", true)
/** A frame of another function. */
#define EXPECT_FFA_FRAME(answer, id) \
	HFT_FFA_CHECK(answer, hft_frame.x[0] == (id), #id, false)
#define ASSERT_FFA_FRAME(answer, id) \
	HFT_FFA_CHECK(answer, hft_frame.x[0] == (id), #id, true)

/** Of x[first..last], the first that is not 0; 18 when all are. */
unsigned int hft_ffa_first_nonzero(const struct ffa_frame *frame,
				   unsigned int first, unsigned int last);

/* --- tests by version ----------------------------------------------------- */

/** vm_start(): never asks for a version. */
#define LEGACY UINT32_C(0)

/**
 * A test of its own for each version that the caller can have; `version` is
 * what vm_start() takes.
 */
#define TEST_LEGACY(suite, test) HFT_VERSION_TEST(suite, test, legacy, LEGACY)
#define TEST_1_0(suite, test) \
	HFT_VERSION_TEST(suite, test, v1_0, FFA_VERSION_1_0)
#define TEST_1_1(suite, test) \
	HFT_VERSION_TEST(suite, test, v1_1, FFA_VERSION_1_1)
#define TEST_1_2(suite, test) \
	HFT_VERSION_TEST(suite, test, v1_2, FFA_VERSION_1_2)

#define HFT_VERSION_TEST(suite, test, name, version_of_test) \
	TEST(suite, test##_##name)                           \
	{                                                    \
		suite##_##test(version_of_test);             \
	}

#define HFT_VERSION_BODY(suite, test) \
	static void suite##_##test(uint32_t version)

/* LEGACY, 1.0, 1.1, 1.2. */
#define TEST_ALL(suite, test)          \
	HFT_VERSION_BODY(suite, test); \
	TEST_LEGACY(suite, test)       \
	TEST_1_0(suite, test)          \
	TEST_1_1(suite, test)          \
	TEST_1_2(suite, test)          \
	HFT_VERSION_BODY(suite, test)

/* 1.0, 1.1, 1.2: as ALL, where a legacy VM is no different from 1.0. */
#define TEST_ASKED(suite, test)        \
	HFT_VERSION_BODY(suite, test); \
	TEST_1_0(suite, test)          \
	TEST_1_1(suite, test)          \
	TEST_1_2(suite, test)          \
	HFT_VERSION_BODY(suite, test)

/* Both that have the layouts and codes of 1.0. */
#define TEST_OLD(suite, test)          \
	HFT_VERSION_BODY(suite, test); \
	TEST_LEGACY(suite, test)       \
	TEST_1_0(suite, test)          \
	HFT_VERSION_BODY(suite, test)

/* 1.1, 1.2. */
#define TEST_NEW(suite, test)          \
	HFT_VERSION_BODY(suite, test); \
	TEST_1_1(suite, test)          \
	TEST_1_2(suite, test)          \
	HFT_VERSION_BODY(suite, test)
