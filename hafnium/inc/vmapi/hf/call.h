/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guest stubs: one way to make a call by HVC or SMC. For code at EL1.
 */
#pragma once

#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hf/smccc.h"

#define HF_CALL(instruction, args)                                           \
	register uint64_t x0 __asm__("x0") = (args).x[0];                    \
	register uint64_t x1 __asm__("x1") = (args).x[1];                    \
	register uint64_t x2 __asm__("x2") = (args).x[2];                    \
	register uint64_t x3 __asm__("x3") = (args).x[3];                    \
	register uint64_t x4 __asm__("x4") = (args).x[4];                    \
	register uint64_t x5 __asm__("x5") = (args).x[5];                    \
	register uint64_t x6 __asm__("x6") = (args).x[6];                    \
	register uint64_t x7 __asm__("x7") = (args).x[7];                    \
	__asm__ volatile(instruction " #0"                                   \
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), \
			   "+r"(x5), "+r"(x6), "+r"(x7)                      \
			 :                                                   \
			 : "x8", "x9", "x10", "x11", "x12", "x13", "x14",    \
			   "x15", "x16", "x17", "memory");                   \
	return (struct smccc_value)                                          \
	{                                                                    \
		{                                                            \
			x0, x1, x2, x3, x4, x5, x6, x7                       \
		}                                                            \
	}

/** x0-x7 in and out, by HVC. */
static inline struct smccc_value hf_hvc(struct smccc_value args)
{
	HF_CALL("hvc", args);
}

/** x0-x7 in and out, by SMC. */
static inline struct smccc_value hf_smc(struct smccc_value args)
{
	HF_CALL("smc", args);
}

/** A call of up to three arguments by HVC; the answer in x0. */
static inline int64_t hf_call(uint64_t id, uint64_t arg1, uint64_t arg2,
			      uint64_t arg3)
{
	struct smccc_value args = {{id, arg1, arg2, arg3}};

	return (int64_t)hf_hvc(args).x[0];
}

static inline void hf_debug_log(char c)
{
	(void)hf_call(HF_DEBUG_LOG, (uint8_t)c, 0, 0);
}
