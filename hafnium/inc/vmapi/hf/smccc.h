/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMC Calling Convention (Arm DEN0028): function ids and generic results.
 */
#pragma once

#include "hf/types.h"

/** x0-x7 of a call or of its answer. */
struct smccc_value {
	uint64_t x[8];
};

#define SMCCC_FAST_CALL UINT32_C(0x80000000)
#define SMCCC_64_BIT UINT32_C(0x40000000)
#define SMCCC_OWNER_MASK UINT32_C(0x3f000000)
#define SMCCC_OWNER_STANDARD_SECURE UINT32_C(0x04000000)

/** All 64 bits of x0: nobody here knows that call. */
#define SMCCC_NOT_SUPPORTED UINT64_C(0xffffffffffffffff)

/**
 * SMCCC_VERSION, DEN0028 7.2.
 *   in   w0 = 0x80000000
 *   out  x0 = 0x00010002
 */
#define SMCCC_VERSION UINT32_C(0x80000000)
#define SMCCC_VERSION_1_2 UINT32_C(0x00010002)

/**
 * SMCCC_ARCH_FEATURES, DEN0028 7.3.
 *   in   w0 = 0x80000001, w1 = function id
 *   out  x0 = 0: that call can be used; -1: it can not
 */
#define SMCCC_ARCH_FEATURES UINT32_C(0x80000001)
