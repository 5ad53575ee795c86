/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who lies where in memory: two images that overlap are found before one of
 * them destroys the other. See docs/boot.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/base/limits.h"

/** Hypervisor, FDT, RAM disk, primary; VMs with regions of their own. */
#define MAX_CLAIMS (4 + 9 * MAX_VMS)

struct claim {
	struct pa_range range;
	const char *name; /* outlives the claim */
};

struct claims {
	struct claim list[MAX_CLAIMS];
	uint32_t count;
};

/** The first claim that meets `range`; NULL: it is free. */
const struct claim *claims_find(const struct claims *claims,
				struct pa_range range);

/**
 * False, and nothing changes, when `range` meets another claim: the log says
 * which. An empty range meets nobody.
 */
must_check bool32 claims_add(struct claims *claims, struct pa_range range,
			     const char *name);
