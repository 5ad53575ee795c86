/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The paravirtual interrupt controller: a vCPU's calls to enable and to
 * acknowledge, and injection into others. Contracts are in hf/hvc.h. See
 * docs/interrupts.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

struct vcpu *irq_enable(struct vcpu *current);
struct vcpu *irq_get(struct vcpu *current);
struct vcpu *irq_inject(struct vcpu *current);
