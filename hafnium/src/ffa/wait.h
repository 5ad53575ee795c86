/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RUN of a vCPU that is not ready; inside FF-A only. */
#pragma once

#include "hf/vm/vcpu.h"

/** `target` is not READY: entered if what it waits for has come. */
struct vcpu *wait_run(struct vcpu *current, struct vcpu_locked target);
