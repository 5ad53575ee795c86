/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions that a test provokes. Between hft_fault_watch() and
 * hft_fault_end() a synchronous exception is recorded and the instruction
 * skipped (a branch to nowhere returns to its caller); outside, it ends the test
 * as a crash.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hft/arch.h"

/** The first exception that was taken, and how many there were. */
struct hft_fault {
	uint64_t count;
	uint64_t vector; /* offset from VBAR */
	uint64_t esr;
	uint64_t far;
	uint64_t elr;
	uint64_t spsr;
	bool pan; /* PSTATE.PAN of the handler; false without FEAT_PAN */
};

/* Offsets from VBAR of synchronous exceptions. */
#define HFT_VECTOR_SP0 0x000
#define HFT_VECTOR_SPX 0x200
#define HFT_VECTOR_EL0_64 0x400
#define HFT_VECTOR_EL0_32 0x600

void hft_fault_watch(void);
struct hft_fault hft_fault_end(void);

/** One statement under watch; the value is what it was answered with. */
#define HFT_FAULT_OF(statement)    \
	({                         \
		hft_fault_watch(); \
		statement;         \
		hft_fault_end();   \
	})

/** Exactly one exception, of class 0: the register does not exist. */
#define EXPECT_UNDEFINED(statement)                                   \
	do {                                                          \
		struct hft_fault hft_fault = HFT_FAULT_OF(statement); \
		EXPECT_EQ(hft_fault.count, 1);                        \
		EXPECT_EQ(hft_fault.esr, HFT_ESR_IL);                 \
	} while (0)

/** The statement goes through. */
#define EXPECT_NO_FAULT(statement)                                    \
	do {                                                          \
		struct hft_fault hft_fault = HFT_FAULT_OF(statement); \
		EXPECT_EQ(hft_fault.count, 0);                        \
	} while (0)

/** One access of eight bytes, one fetch; what happened. */
struct hft_fault hft_fault_read(uint64_t va);
struct hft_fault hft_fault_write(uint64_t va);
struct hft_fault hft_fault_execute(uint64_t va);

/** Call `run` on the stack of EL0 with SPSel = 0; at EL1 or EL2. */
void hft_run_on_sp0(void (*run)(uint64_t arg), uint64_t arg);

/**
 * EL1 only. Go to EL0 at `entry` with `arg` in x1 (r1), until an SVC comes
 * back; what is in x0 (r0) then. Page tables are the caller's.
 */
uint64_t hft_run_at_el0(uint64_t entry, uint64_t arg, bool is_aarch32);
