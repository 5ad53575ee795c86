/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers of the PMU and of debug, as instructions of a puppet. */
#pragma once

#include "hft/puppet.h"

#define PMCR 3, 3, 9, 12, 0
#define PMCNTENSET 3, 3, 9, 12, 1
#define PMCNTENCLR 3, 3, 9, 12, 2
#define PMSELR 3, 3, 9, 12, 5
#define PMCCNTR 3, 3, 9, 13, 0
#define PMUSERENR 3, 3, 9, 14, 0
#define PMEVCNTR0 3, 3, 14, 8, 0
#define PMEVCNTR5 3, 3, 14, 8, 5
#define PMEVTYPER0 3, 3, 14, 12, 0
#define PMCCFILTR 3, 3, 14, 15, 7
#define ID_DFR0 3, 0, 0, 5, 0
#define DBGBVR0 2, 0, 0, 0, 4
#define DBGBCR0 2, 0, 0, 0, 5
#define DBGWVR0 2, 0, 0, 0, 6
#define DBGWCR0 2, 0, 0, 0, 7
#define DBGCLAIMSET 2, 0, 7, 8, 6
#define DBGCLAIMCLR 2, 0, 7, 9, 6
#define OSLAR 2, 0, 1, 0, 4
#define MDSCR 2, 0, 0, 2, 2

/* So that a name above is three or five arguments. */
#define MRS(reg) WORD_MRS_OF(reg)
#define MSR(reg) WORD_MSR_OF(reg)
#define WORD_MRS_OF(...) WORD_MRS(__VA_ARGS__)
#define WORD_MSR_OF(...) WORD_MSR(__VA_ARGS__)

#define PMCR_E 1
#define PMCR_LC 0x40
#define CYCLES (UINT64_C(1) << 31)

/** PMUVer of ID_AA64DFR0_EL1. */
static inline uint64_t pmu_version(uint64_t dfr0)
{
	return (dfr0 >> 8) & 0xf;
}
