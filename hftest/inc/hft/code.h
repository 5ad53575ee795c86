/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One instruction by its number, for those that an assembler does not know or
 * that a table has. Each CPU has a page of its own for it.
 */
#pragma once

#include <stdint.h>

#define HFT_WORD_RET UINT32_C(0xd65f03c0)

/** Two words, which can be executed; where they are. */
uintptr_t hft_code_write(uint32_t word, uint32_t end);

/**
 * `word` with x0 and x1 as given, then back; x0 comes back. It may change x2, x3,
 * v0 and v1 as well.
 */
uint64_t hft_code_run(uint32_t word, uint64_t arg0, uint64_t arg1);
