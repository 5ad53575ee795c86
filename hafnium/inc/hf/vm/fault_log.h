/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many of a vCPU's faults are worth a line: a guest that does nothing but
 * fault must not fill the log. See docs/exceptions.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/** So many at once; later ones as often. */
#define FAULT_LOG_BURST 64
#define FAULT_LOG_PER_S 10

/**
 * A fault of `current`, which runs on this CPU, may be logged. Those that were
 * not are counted, which the line before the next one says.
 */
bool fault_log_take(struct vcpu *current);
