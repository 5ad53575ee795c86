/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages of memory with one behind them that faults. See docs/testing.md.
 */
#include "boot/guard.h"

#include <string.h>
#include <sys/mman.h>

#include "hf/base/bits.h"
#include "hftest.h"

#define GUARD_ROOM (16 * PAGE_SIZE)
#define GUARD_MAX_INPUT 16384

static struct guard_state {
	uint8_t *begin;
	uint8_t input[GUARD_MAX_INPUT] __attribute__((aligned(8)));
} guard;

static void map_once(void)
{
	void *memory;

	if (guard.begin != NULL) {
		return;
	}
	memory = mmap(NULL, GUARD_ROOM + PAGE_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || mprotect((uint8_t *)memory + GUARD_ROOM,
					     PAGE_SIZE, PROT_NONE) != 0) {
		FAIL("no memory with a guard page");
	}
	guard.begin = memory;
}

struct bytes guard_place(struct bytes input, size_t alignment)
{
	uint8_t *place;

	map_once();
	ASSERT_LE(input.size, GUARD_ROOM);
	place = guard.begin + GUARD_ROOM - align_up(input.size, alignment);
	if (input.size != 0) {
		memcpy(place, input.data, input.size);
	}
	return (struct bytes){.data = place, .size = input.size};
}

/** Our own copy, because the probe may be given the only one. */
static struct bytes keep(struct bytes input)
{
	ASSERT_LE(input.size, (size_t)GUARD_MAX_INPUT);
	memcpy(guard.input, input.data, input.size);
	return (struct bytes){.data = guard.input, .size = input.size};
}

static size_t corrupt_thoroughly(struct bytes input, size_t at,
				 guard_probe *probe)
{
	for (unsigned int add = 1; add < 256; add++) {
		guard.input[at]++;
		probe(input);
	}
	guard.input[at]++;
	return 255;
}

static size_t corrupt_quickly(struct bytes input, size_t at, guard_probe *probe)
{
	uint8_t good = guard.input[at];

	for (unsigned int bit = 0; bit < 8; bit++) {
		guard.input[at] = (uint8_t)(good ^ BIT(bit));
		probe(input);
	}
	guard.input[at] = 0x00;
	probe(input);
	guard.input[at] = 0xff;
	probe(input);
	guard.input[at] = good;
	return 10;
}

size_t guard_corrupt(struct bytes input, bool thorough, guard_probe *probe)
{
	struct bytes copy = keep(input);
	size_t count = 0;

	for (size_t at = 0; at < copy.size; at++) {
		count += thorough ? corrupt_thoroughly(copy, at, probe)
				  : corrupt_quickly(copy, at, probe);
	}
	return count;
}

size_t guard_truncate(struct bytes input, guard_probe *probe)
{
	struct bytes copy = keep(input);

	for (size_t size = 0; size < input.size; size++) {
		copy.size = size;
		probe(copy);
	}
	return input.size;
}
