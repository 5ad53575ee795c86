/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the fake: forget this thread's registers. */
#pragma once

void fake_sysreg_reset(void);
