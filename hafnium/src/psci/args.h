/* SPDX-License-Identifier: BSD-3-Clause */
/* What PSCI of all VMs has in common; inside PSCI only. See docs/psci.md. */
#pragma once

#include "hf/base/bits.h"
#include "hf/psci.h"
#include "hf/smccc.h"

/** A PSCI function, in a mask of those that there are. */
#define PSCI_BIT(id) BIT((id)-PSCI_VERSION)

/** Those of any VM, but for CPU_SUSPEND, of which there is more to say. */
#define PSCI_OF_ALL                                              \
	(PSCI_BIT(PSCI_VERSION) | PSCI_BIT(PSCI_FEATURES) |      \
	 PSCI_BIT(PSCI_AFFINITY_INFO) | PSCI_BIT(PSCI_CPU_OFF) | \
	 PSCI_BIT(PSCI_CPU_ON))

/** PSCI_FEATURES: is it one of `functions`, or SMCCC_VERSION? */
static inline int64_t psci_feature(uint32_t asked, uint64_t functions)
{
	uint32_t n = (asked & ~SMCCC_64_BIT) - PSCI_VERSION;

	return asked == SMCCC_VERSION || (n < 64 && (functions >> n & 1) != 0)
		       ? PSCI_SUCCESS
		       : PSCI_NOT_SUPPORTED;
}
