/* SPDX-License-Identifier: BSD-3-Clause */
/* Software generated interrupts of the GIC, as seen by who owns it. */
#pragma once

#include "hf/base/compiler.h"

/** Can this CPU send one without a look at the memory map? */
bool arch_sgi_is_available(void);

/** Non-secure group 1 interrupt `id` (0 to 15) for the CPU that this runs on. */
void arch_sgi_send_self(uint32_t id);
