/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A row of dispatch/hypercalls.def as far as FFA_FEATURES reads it: sixteen
 * bits each. See docs/ffa.md.
 */
#pragma once

#include "hf/ffa.h"
#include "hf/ffa/partition.h"

/** Forms of a function: bits of a mask. */
#define FORM_32 1U
#define FORM_64 2U

/** To whom a function is offered: 0 anybody, else bits of a mask. */
#define NEEDS_PRIMARY 1U
#define NEEDS_NOTIFICATIONS 2U

/** What FFA_FEATURES tells about a function beside that it is there. */
enum ffa_interface {
	INTERFACE_PLAIN,
	INTERFACE_RXTX_MAP,
	INTERFACE_MEM_RETRIEVE_REQ,
};

struct ffa_function {
	uint16_t packed; /* 0: there is no such function */
};

#define FFA_MINOR(version) ((version)&3U)

#define FFA_FUNCTION(since, until, forms, legacy_forms, needs, interface)  \
	{                                                                  \
		(uint16_t)((forms) | (legacy_forms) << 2 | (needs) << 4 |  \
			   FFA_MINOR(since) << 6 | FFA_MINOR(until) << 8 | \
			   (interface) << 10)                              \
	}

static inline unsigned int ffa_form_of(uint32_t id)
{
	return id == FFA_64(id) ? FORM_64 : FORM_32;
}

/**
 * Is the function with `id` offered to `vm`, by its version, by what the
 * function needs, and by the form of `id`, which shall be one of `forms`?
 */
bool ffa_is_offered(const struct vm *vm, uint32_t id,
		    struct ffa_function function, unsigned int forms);

/** Of `id`, which is of FF-A's range. Defined by dispatch from the one table. */
struct ffa_function ffa_function_of(uint32_t id);
