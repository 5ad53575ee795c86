/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the CPU offers (ID registers), and what a VM is shown of it.
 */
#pragma once

#include "hf/arch/regs.h"

/** Width of a physical address: 32, 36, 40, 42, 44, 48 (52 is used as 48). */
unsigned int arch_feature_pa_bits(void);

/** True when FEAT_RAS is there. */
bool arch_feature_has_ras(void);

/** True when FEAT_SME is there. */
bool arch_feature_has_sme(void);

/** True when the GIC's CPU interface is system registers. */
bool arch_feature_has_gicv3(void);

/** True when there is an architected PMU. */
bool arch_feature_has_pmu(void);

/** On each CPU, once: controls of features that no VM is shown. */
void arch_feature_init_controls(void);

/**
 * An ID register (SYSREG_ID of op0 = 3, op1 = 0, CRn = 0, CRm 1-7) as `role`
 * sees it: the real value with the fields of hidden features cleared;
 * unallocated ones read 0.
 */
uint64_t arch_feature_id_register(enum arch_role role, uint32_t sysreg);
