/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Indirect messages since FF-A 1.1: what a payload has in front of it in TX and
 * RX (DEN0077A v1.2 7.2.2.1).
 */
#pragma once

#include "hf/types.h"

struct ffa_message {
	uint32_t flags_mbz;
	uint32_t reserved_mbz;
	uint32_t offset; /* of the payload, from the start of the buffer */
	uint16_t receiver;
	uint16_t sender;
	uint32_t size_bytes; /* of the payload */
	/* since 1.2 */
	uint32_t reserved_1;
	uint64_t uuid[2]; /* of the receiver's service, or 0 */
};
_Static_assert(sizeof(struct ffa_message) == 40, "FF-A ABI");
_Static_assert(offsetof(struct ffa_message, receiver) == 12, "FF-A ABI");
_Static_assert(offsetof(struct ffa_message, size_bytes) == 16, "FF-A ABI");
_Static_assert(offsetof(struct ffa_message, uuid) == 24, "FF-A ABI");
