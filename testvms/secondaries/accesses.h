/* SPDX-License-Identifier: BSD-3-Clause */
/* Instructions that go to memory, each by its number. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum since {
	ALWAYS,
	LSE,  /* FEAT_LSE; FEAT_LOR is of the same Armv8.1 */
	RCPC, /* FEAT_LRCPC */
};

/** Through x1; x0 and x2-x5 are what is loaded or stored. */
struct access {
	const char *name;
	uint32_t word;
	bool is_write; /* what WnR says */
};

struct later_access {
	const char *name;
	uint32_t word;
	enum since since;
};

#define ACCESS_COUNT 17
#define LATER_ACCESS_COUNT 23

extern const struct access accesses[ACCESS_COUNT];
extern const struct later_access later_accesses[LATER_ACCESS_COUNT];

/** Does this CPU have it? */
bool access_is_there(const struct later_access *access);
