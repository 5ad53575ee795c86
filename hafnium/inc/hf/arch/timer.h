/* SPDX-License-Identifier: BSD-3-Clause */
/* The system counter. */
#pragma once

#include "hf/base/compiler.h"

/** CNTPCT_EL0. */
uint64_t arch_timer_count(void);
/** CNTFRQ_EL0. */
uint64_t arch_timer_freq_hz(void);
