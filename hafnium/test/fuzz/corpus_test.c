/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every input in hafnium/test/fuzz/corpus is replayed, each in a process of its
 * own: what a fuzzer once found stays found. See docs/testing.md.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "hftest.h"

/* Tests run in the top folder. */
#define CORPUS "hafnium/test/fuzz/corpus"
#define INPUT_SIZE 65536

static uint8_t input[INPUT_SIZE];

static size_t read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	if (file == NULL) {
		FAIL("cannot open %s", path);
	}
	size = fread(input, 1, sizeof(input), file);
	(void)fclose(file);
	return size;
}

static void replay(const char *target, void (*run)(const uint8_t *, size_t))
{
	char folder[256];
	char path[600];
	struct dirent *entry;
	unsigned int count = 0;
	DIR *dir;

	(void)snprintf(folder, sizeof(folder), CORPUS "/%s", target);
	dir = opendir(folder);
	if (dir == NULL) {
		FAIL("cannot open %s", folder);
	}
	while ((entry = readdir(dir)) != NULL) {
		int status = 0;
		pid_t child;

		if (entry->d_name[0] == '.') {
			continue;
		}
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
			       entry->d_name);
		count++;
		child = fork();
		if (child == 0) {
			run(input, read_file(path));
			exit(0);
		}
		ASSERT_EQ(waitpid(child, &status, 0), child);
		if (status != 0) {
			hft_fail(false, __FILE__, __LINE__, "%s: status %#x",
				 path, status);
		}
	}
	(void)closedir(dir);
	EXPECT_GT(count, 0);
}

TEST(fuzz_corpus, sequence)
{
	replay("sequence", fuzz_sequence);
}

TEST(fuzz_corpus, descriptor)
{
	replay("descriptor", fuzz_descriptor);
}

TEST(fuzz_corpus, calls)
{
	replay("calls", fuzz_calls);
}

TEST(fuzz_corpus, tree)
{
	replay("tree", fuzz_tree);
}
