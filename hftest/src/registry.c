/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests found by section, selected by glob, run one after the other.
 */
#include "registry.h"

#include "carrier.h"
#include "report.h"

/* An empty entry of each kind, so that both sections are there. */
__attribute__((section("hft_tests"), used,
	       aligned(8))) static const struct hft_test no_test[0];
__attribute__((section("hft_services"), used,
	       aligned(8))) static const struct hft_test no_service[0];

/* Made by the linker. */
#define LINKER_MADE extern __attribute__((visibility("hidden")))
LINKER_MADE const struct hft_test __start_hft_tests[];
LINKER_MADE const struct hft_test __stop_hft_tests[];
LINKER_MADE const struct hft_test __start_hft_services[];
LINKER_MADE const struct hft_test __stop_hft_services[];

size_t hft_registry_count(void)
{
	return ((uintptr_t)__stop_hft_tests - (uintptr_t)__start_hft_tests) /
	       sizeof(struct hft_test);
}

const struct hft_test *hft_registry_test(size_t test_idx)
{
	return &__start_hft_tests[test_idx];
}

const struct hft_test *hft_registry_service(const char *name)
{
	size_t count = ((uintptr_t)__stop_hft_services -
			(uintptr_t)__start_hft_services) /
		       sizeof(struct hft_test);

	for (size_t i = 0; i < count; i++) {
		const struct hft_test *service = &__start_hft_services[i];

		/* A service's name has no wildcard: this compares. */
		if (hft_glob_matches(service->name, name)) {
			return service;
		}
	}
	return NULL;
}

bool hft_glob_matches(const char *glob, const char *text)
{
	const char *star = NULL;
	const char *resume = NULL;

	while (*text != '\0') {
		if (*glob == '*') {
			star = glob++;
			resume = text;
		} else if (*glob == '?' || *glob == *text) {
			glob++;
			text++;
		} else if (star != NULL) {
			/* Let the last star take one character more. */
			glob = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*glob == '*') {
		glob++;
	}
	return *glob == '\0';
}

size_t hft_registry_match_count(const char *glob)
{
	size_t matches = 0;

	for (size_t i = 0; i < hft_registry_count(); i++) {
		if (hft_glob_matches(glob, hft_registry_test(i)->name)) {
			matches++;
		}
	}
	return matches;
}

static const char *verdict_of(const struct hft_report *report, bool survived)
{
	if (!survived) {
		return "crash";
	}
	if (report->failed) {
		return "fail";
	}
	return report->skipped ? "skip" : "pass";
}

/** True unless the test failed or crashed. */
static bool run_one(const struct hft_test *test)
{
	struct hft_report *report = hft_carrier_report();
	bool survived;

	report->failed = false;
	report->skipped = false;
	hft_report_event("start %s", test->name);
	survived = hft_carrier_run(test);
	hft_report_event("end %s %s", test->name, verdict_of(report, survived));
	return survived && !report->failed;
}

bool hft_registry_run(const struct hft_request *request)
{
	size_t matches = hft_registry_match_count(request->run);
	bool all_good = true;

	if (!request->list) {
		hft_report_event("plan %zu", matches);
	}
	for (size_t i = 0; i < hft_registry_count(); i++) {
		const struct hft_test *test = hft_registry_test(i);

		if (!hft_glob_matches(request->run, test->name)) {
			continue;
		}
		if (request->list) {
			hft_report_event("test %s", test->name);
		} else if (!run_one(test)) {
			all_good = false;
		}
	}
	if (!request->list) {
		hft_report_event("finished %zu", matches);
	}
	return all_good;
}
