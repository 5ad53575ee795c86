/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors of FF-A memory management, byte by byte: written and read by
 * offsets, so that a mistake in a struct of the ABI shows. See docs/testing.md.
 */
#pragma once

#include "page_model.h"

#define DESCRIPTOR_SIZE 8192U

/** What stands in front of the ranges. */
struct descriptor {
	enum model_version version;
	uint16_t sender;
	uint16_t receiver;
	uint16_t attributes;
	uint32_t flags;
	uint64_t handle;
	uint64_t tag;
	uint8_t permissions;
};

/** A whole one; ranges behind it by descriptor_add_range(). */
struct descriptor_bytes {
	uint8_t bytes[DESCRIPTOR_SIZE];
	uint32_t size;
	uint32_t endpoint; /* where its parts begin */
	uint32_t composite;
};

/** Of a send, with an empty composite. */
void descriptor_send(struct descriptor_bytes *out, const struct descriptor *in);
void descriptor_add_range(struct descriptor_bytes *out, uint64_t address,
			  uint32_t page_count);

/** Of a retrieve request. */
void descriptor_request(struct descriptor_bytes *out,
			const struct descriptor *in);

void descriptor_relinquish(struct descriptor_bytes *out, uint64_t handle,
			   uint32_t flags, uint16_t endpoint);

/** What the answer to a retrieve request says, without the ranges. */
struct descriptor_answer {
	struct descriptor said;
	uint32_t page_count;
	uint32_t range_count;
	uint32_t ranges; /* where they begin */
};

/** False when its layout is not that of `version`. */
bool descriptor_read(const uint8_t *bytes, uint32_t size,
		     enum model_version version, struct descriptor_answer *out);

void descriptor_put(uint8_t *bytes, uint64_t value, unsigned int size);
uint64_t descriptor_get(const uint8_t *bytes, unsigned int size);
