/* SPDX-License-Identifier: BSD-3-Clause */
/* See sequence.h. */
#include "sequence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hftest.h"

/** All pages are looked at after so many steps. */
#define LOOK_AT_ALL 128U
/** A seed that gets smaller by fewer tries than this is small. */
#define MOST_TRIES 400U

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void sequence_random(struct sequence *sequence, uint64_t seed, uint32_t count)
{
	sequence->versions = (uint8_t)next_random(&seed);
	sequence->count = count;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t words[2] = {next_random(&seed), next_random(&seed)};
		struct step *step = &sequence->steps[i];

		memcpy(step, words, sizeof(*step));
		/* One step in six is wrong on purpose. */
		if (next_random(&seed) % 6 != 0) {
			step->defect = 255;
		} else {
			step->defect %= 28;
		}
	}
}

struct sequence_result sequence_run(const struct sequence *sequence)
{
	static struct run run;
	struct sequence_result result = {.is_ok = true};

	run_start(&run, sequence->versions);
	for (uint32_t i = 0; i < sequence->count && result.is_ok; i++) {
		result.step = i;
		result.is_ok = run_step(&run, &sequence->steps[i]) &&
			       run_check(&run, i % LOOK_AT_ALL == 0);
	}
	if (result.is_ok) {
		result.step = sequence->count;
		result.is_ok = run_finish(&run);
	}
	result.calls = run.calls;
	memcpy(result.error, run.error, sizeof(result.error));
	return result;
}

struct sequence_result sequence_try(const struct sequence *sequence)
{
	struct sequence_result *shared =
		mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sequence_result result = {.error = "it crashed"};
	int status = 0;
	pid_t child;

	if (shared == MAP_FAILED) {
		abort();
	}
	*shared = result;
	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		*shared = sequence_run(sequence);
		/* Not _exit(): coverage counts. */
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		abort();
	}
	result = *shared;
	result.is_ok = result.is_ok && status == 0;
	(void)munmap(shared, sizeof(*shared));
	return result;
}

/** `count` steps from `first` on are left out. */
static void cut(const struct sequence *from, struct sequence *to,
		uint32_t first, uint32_t count)
{
	to->versions = from->versions;
	to->count = from->count - count;
	memcpy(to->steps, from->steps, first * sizeof(to->steps[0]));
	memcpy(&to->steps[first], &from->steps[first + count],
	       (to->count - first) * sizeof(to->steps[0]));
}

void sequence_minimise(struct sequence *sequence)
{
	static struct sequence shorter;
	uint32_t tries = 0;

	for (uint32_t size = sequence->count / 2; size > 0; size /= 2) {
		uint32_t first = 0;

		while (first + size <= sequence->count && tries < MOST_TRIES) {
			cut(sequence, &shorter, first, size);
			tries++;
			if (sequence_try(&shorter).is_ok) {
				first += size;
			} else {
				*sequence = shorter;
			}
		}
	}
}

void sequence_print(const struct sequence *sequence)
{
	HFTEST_LOG("as a test: replay(%#x, (struct step[]){",
		   sequence->versions);
	for (uint32_t i = 0; i < sequence->count; i++) {
		const struct step *s = &sequence->steps[i];

		HFTEST_LOG(
			"{%u, %u, %u, %u, %u, %u, %u, %u, %u, %u, %u, %u, "
			"%#x},",
			s->kind, s->vm, s->other, s->type, s->permissions,
			s->flags, s->defect, s->slot, s->first, s->count,
			s->stride, s->part, s->seed);
	}
	HFTEST_LOG("}, %u)", sequence->count);
}
