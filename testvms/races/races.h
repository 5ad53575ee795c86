/* SPDX-License-Identifier: BSD-3-Clause */
/* What the races share. */
#pragma once

#include <stdint.h>

#define CPU_COUNT 4

/** `run` on all CPUs at once, this one included; done when all are. */
void run_on_all_cpus(void (*run)(uint64_t arg));
