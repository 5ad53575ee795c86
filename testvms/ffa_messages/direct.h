/* SPDX-License-Identifier: BSD-3-Clause */
/* Kinds of direct messages and frames of each. */
#pragma once

#include "hft/actor.h"

struct direct_kind {
	const char *name;
	uint64_t request;
	uint64_t response;
	/* registers of the payload */
	unsigned int first;
	unsigned int last;
};

/** 32 bits, 64 bits, and those of 1.2. */
#define DIRECT_KIND_COUNT 3
extern const struct direct_kind direct_kinds[DIRECT_KIND_COUNT];

const struct direct_kind *direct_kind_of(uint64_t id);

/** `id` from one to the other, its payload made from `seed`. */
struct ffa_frame direct_frame(uint64_t id, uint16_t from, uint16_t to,
			      uint64_t seed);

/** `frame` is what was sent: a 32-bit one without upper halves. */
void expect_direct(const struct ffa_frame *frame, const struct ffa_frame *sent);
