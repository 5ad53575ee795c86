/* SPDX-License-Identifier: BSD-3-Clause */
/* See fuzz.h. A byte of versions, then steps of 16 bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model/sequence.h"

void fuzz_fail(const char *text)
{
	(void)fprintf(stderr, "fuzz: %s\n", text);
	abort();
}

void fuzz_sequence(const uint8_t *bytes, size_t size)
{
	static struct sequence sequence;
	struct sequence_result result;
	size_t count = (size - 1) / sizeof(sequence.steps[0]);

	if (size == 0) {
		return;
	}
	sequence.versions = bytes[0];
	sequence.count =
		(uint32_t)(count < SEQUENCE_MAX ? count : SEQUENCE_MAX);
	memcpy(sequence.steps, &bytes[1],
	       sequence.count * sizeof(sequence.steps[0]));
	result = sequence_run(&sequence);
	if (!result.is_ok) {
		fuzz_fail(result.error);
	}
}
