/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random sequences of memory management calls by three VMs of random versions:
 * after each call answer, tables and contents are as the model says.
 * HF_MODEL_SEEDS=first,count runs others. See docs/testing.md.
 */
#include <stdio.h>
#include <stdlib.h>

#include "hftest.h"
#include "sequence.h"

#define STEPS 500U
#define SEQUENCES 60U

/** Sequences of seeds `first` on; how many calls they made. */
static uint64_t run_seeds(uint64_t first, uint64_t count)
{
	static struct sequence sequence;
	uint64_t calls = 0;

	for (uint64_t seed = first; seed < first + count; seed++) {
		struct sequence_result result;

		sequence_random(&sequence, seed, STEPS);
		result = sequence_try(&sequence);
		calls += result.calls;
		if (!result.is_ok) {
			sequence_minimise(&sequence);
			sequence_print(&sequence);
			result = sequence_try(&sequence);
			FAIL("seed %llu, at last step %u of %u: %s",
			     (unsigned long long)seed, result.step,
			     sequence.count, result.error);
		}
	}
	HFTEST_LOG("%llu calls, 0 differences", (unsigned long long)calls);
	return calls;
}

/* Four tests, so that none takes long; together 100,000 calls. */
TEST(memory_model, random_sequences_1)
{
	EXPECT_GE(run_seeds(1000, SEQUENCES), SEQUENCES * 400);
}

TEST(memory_model, random_sequences_2)
{
	EXPECT_GE(run_seeds(2000, SEQUENCES), SEQUENCES * 400);
}

TEST(memory_model, random_sequences_3)
{
	EXPECT_GE(run_seeds(3000, SEQUENCES), SEQUENCES * 400);
}

TEST(memory_model, random_sequences_4)
{
	EXPECT_GE(run_seeds(4000, SEQUENCES), SEQUENCES * 400);
}

TEST(memory_model, sequences_that_are_asked_for)
{
	const char *seeds = getenv("HF_MODEL_SEEDS");
	unsigned long long first;
	unsigned long long count;

	if (seeds == NULL) {
		SKIP("HF_MODEL_SEEDS=first,count is not set");
	}
	ASSERT_EQ(sscanf(seeds, "%llu,%llu", &first, &count), 2);
	(void)run_seeds(first, count);
}

static void replay(uint8_t versions, const struct step *steps, uint32_t count)
{
	static struct sequence sequence;
	struct sequence_result result;

	sequence.versions = versions;
	sequence.count = count;
	for (uint32_t i = 0; i < count; i++) {
		sequence.steps[i] = steps[i];
	}
	result = sequence_try(&sequence);
	if (!result.is_ok) {
		FAIL("step %u: %s", result.step, result.error);
	}
}

/* A fragment names pages that are lent and come back before the last one. */
TEST(memory_model, pages_that_were_lent_when_they_were_named)
{
	replay(0x48,
	       (struct step[]){
		       {192, 20, 94, 85, 43, 97, 255, 46, 156, 30, 147, 75,
			0x579ff85a},
		       {42, 29, 234, 173, 8, 239, 255, 197, 53, 228, 146, 250,
			0x90f6c67},
		       {146, 15, 143, 2, 43, 235, 255, 239, 176, 119, 235, 104,
			0xf166866a},
		       {132, 199, 236, 190, 51, 182, 27, 246, 142, 72, 114, 236,
			0x973f06d4},
		       {87, 118, 151, 108, 81, 182, 255, 158, 201, 56, 209, 206,
			0x587128c3},
		       {4, 35, 37, 138, 235, 150, 255, 222, 35, 143, 211, 189,
			0x1bda7363},
		       {0, 194, 115, 156, 221, 192, 255, 240, 98, 148, 55, 242,
			0xaa8b6d95},
	       },
	       7);
}
