/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests are found in the section `hft_tests`, in link order.
 */
#pragma once

#include "hftest.h"

/** What the arguments of hftest/protocol.md ask for. */
struct hft_request {
	const char *run; /* glob */
	bool list;
};

size_t hft_registry_count(void);
const struct hft_test *hft_registry_test(size_t test_idx);

/** The service of that name, or NULL. */
const struct hft_test *hft_registry_service(const char *name);

/** `*` stands for any text, `?` for one character. */
bool hft_glob_matches(const char *glob, const char *text);

/** Tests that `glob` selects. */
size_t hft_registry_match_count(const char *glob);

/** List or run; true when no test failed or crashed. */
bool hft_registry_run(const struct hft_request *request);
