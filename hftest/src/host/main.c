/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registry as a host program. With `hft.` arguments it speaks the protocol
 * of hftest/protocol.md; on a terminal, or with names of tests as arguments, it
 * writes a line a test for people.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isolate.h"
#include "registry.h"

/* Leak checks once per child would take longer than the tests. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static struct {
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
} human;

static void write_all(const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(STDOUT_FILENO, text, length);

		if (written <= 0) {
			_exit(2);
		}
		text += written;
		length -= (size_t)written;
	}
}

/** `end name verdict` of the protocol as one line, counted. */
static void write_verdict(const char *name_and_verdict)
{
	const char *verdict = strrchr(name_and_verdict, ' ');
	int name_length = (int)(verdict - name_and_verdict);

	if (strcmp(verdict, " pass\n") == 0) {
		human.passed++;
	} else if (strcmp(verdict, " skip\n") == 0) {
		human.skipped++;
	} else {
		human.failed++;
	}
	(void)printf("%-5.*s %.*s\n", (int)strcspn(verdict + 1, "\n"),
		     verdict + 1, name_length, name_and_verdict);
	(void)fflush(stdout);
}

/** For people: the event without `[hft nonce seq] `; starts are left out. */
static void write_for_people(const char *line, size_t length)
{
	const char *event = strstr(line, "] ");
	char text[HFT_RECORD_SIZE + 1];

	(void)length;
	if (event == NULL) {
		return;
	}
	(void)snprintf(text, sizeof(text), "%s", event + 2);
	text[strcspn(text, "\n") + 1] = '\0';
	if (strncmp(text, "end ", 4) == 0) {
		write_verdict(text + 4);
	} else if (strncmp(text, "test ", 5) == 0) {
		write_all(text + 5, strlen(text + 5));
	} else if (strncmp(text, "fail ", 5) == 0 ||
		   strncmp(text, "skip ", 5) == 0 ||
		   strncmp(text, "log ", 4) == 0) {
		write_all("      ", 6);
		write_all(text, strlen(text));
	}
}

static const char *value_of(const char *argument, const char *key)
{
	size_t length = strlen(key);

	return strncmp(argument, key, length) == 0 ? argument + length : NULL;
}

/** Wrong use ends with 2, a question with 0. */
static void usage(const char *program, const char *complaint)
{
	FILE *to = complaint != NULL ? stderr : stdout;

	if (complaint != NULL) {
		(void)fprintf(to, "%s: %s\n", program, complaint);
	}
	(void)fprintf(to,
		      "usage: %s [hft.nonce=HEX] [hft.run=GLOB] [hft.list]\n"
		      "           the protocol of hftest/protocol.md\n"
		      "       %s [GLOB]\n"
		      "           a line a test, for people\n",
		      program, program);
	exit(complaint != NULL ? 2 : EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
	struct hft_request request = {.run = "*"};
	bool for_people = argc == 1 && isatty(STDOUT_FILENO);
	const char *nonce = "0";
	bool all_good;

	for (int i = 1; i < argc; i++) {
		if (value_of(argv[i], "hft.nonce=") != NULL) {
			nonce = value_of(argv[i], "hft.nonce=");
		} else if (value_of(argv[i], "hft.run=") != NULL) {
			request.run = value_of(argv[i], "hft.run=");
		} else if (strcmp(argv[i], "hft.list") == 0) {
			request.list = true;
		} else if (strcmp(argv[i], "--help") == 0) {
			usage(argv[0], NULL);
		} else if (argc == 2 && argv[i][0] != '-' &&
			   value_of(argv[i], "hft.") == NULL) {
			request.run = argv[i];
			for_people = true;
		} else {
			usage(argv[0], "unknown argument");
		}
	}
	if (!hft_isolate_init(for_people ? write_for_people : write_all)) {
		usage(argv[0], "no shared memory");
	}
	if (!hft_report_set_nonce(nonce)) {
		usage(argv[0], "nonce is not 1 to 32 of 0-9a-f");
	}
	if (hft_registry_match_count(request.run) == 0) {
		usage(argv[0], "no test has that name");
	}
	all_good = hft_registry_run(&request);
	if (for_people && !request.list) {
		(void)printf("%u passed, %u failed, %u skipped\n", human.passed,
			     human.failed, human.skipped);
	}
	return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
