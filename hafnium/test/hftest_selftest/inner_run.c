/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inner run has a process, shared memory and a console of its own.
 */
#include "inner_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "carrier.h"
#include "host/isolate.h"
#include "report.h"

#define CAPTURE_SIZE 8192

static struct {
	char *text;
} capture;

static void append(const char *line, size_t length)
{
	size_t used = strlen(capture.text);

	if (used + length < CAPTURE_SIZE) {
		memcpy(&capture.text[used], line, length);
		capture.text[used + length] = '\0';
	}
}

/** In the process of the inner run. */
static void run(void (*body)(void))
{
	struct hft_test test = {
		.name = "inner.test",
		.run = body,
		.file = "inner.c",
		.line = 1,
	};
	const struct hft_report *report;
	char line[64];
	int length;
	bool survived;

	if (!hft_isolate_init(append)) {
		return;
	}
	report = hft_carrier_report();
	survived = hft_carrier_run(&test);
	length = snprintf(line, sizeof(line),
			  "survived=%d failed=%d skipped=%d\n", survived,
			  report->failed, report->skipped);
	append(line, (size_t)length);
}

const char *inner_run(void (*body)(void))
{
	pid_t pid;

	capture.text = mmap(NULL, CAPTURE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(capture.text != MAP_FAILED);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		run(body);
		exit(EXIT_SUCCESS);
	}
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	return capture.text;
}

unsigned int count_of(const char *all, const char *text)
{
	unsigned int count = 0;

	while ((all = strstr(all, text)) != NULL) {
		count++;
		all += strlen(text);
	}
	return count;
}
