/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the framework keeps for each CPU; TPIDR_ELx of a CPU points at its own.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "hft/fault.h"
#include "hft/power.h"

#define HFT_INTID_COUNT 64

/** x19-x30 and sp; see crt0.S. */
struct hft_jump {
	uint64_t registers[13];
};

/** Registers of an interrupted context; see vectors.S. */
struct hft_frame {
	uint64_t x[31];
	uint64_t elr;
	uint64_t spsr;
	uint64_t esr;
	uint64_t far;
	uint64_t reserved;
};
_Static_assert(sizeof(struct hft_frame) == 288, "vectors.S");
_Static_assert(offsetof(struct hft_frame, elr) == 248, "vectors.S");
_Static_assert(offsetof(struct hft_frame, far) == 272, "vectors.S");

struct hft_cpu {
	uint64_t stack_end;
	struct hft_cpu_entry entry;
	uint32_t cpu_idx;
	void (*run)(uint64_t arg);
	uint64_t arg;
	/* AFFINITY_INFO alone may still say "off" for one about to start */
	atomic_bool is_done;

	/* the running test, or what the CPU was started for, ends here */
	struct hft_jump end;
	/* EL0 came back by SVC */
	struct hft_jump el0_end;
	uint64_t el0_value;
	bool is_at_el0;

	bool is_watching;
	struct hft_fault fault;

	_Atomic uint32_t irq_count[HFT_INTID_COUNT];
	_Atomic uint32_t fiq_count;
};
_Static_assert(offsetof(struct hft_cpu, entry) == 8, "crt0.S");

/* Values that hft_jump_save() returns the second time. */
#define HFT_JUMP_END 1
#define HFT_JUMP_CRASH 2

__attribute__((returns_twice)) int hft_jump_save(struct hft_jump *jump);
__attribute__((__noreturn__)) void hft_jump_back(struct hft_jump *jump,
						 int value);

/** The one that this runs on; NULL before hft_cpu_set_up(). */
struct hft_cpu *hft_cpu(void);

/** The boot CPU's state, and the list of CPUs from the FDT. */
void hft_cpu_init(void);

/** Vectors, FP, MMU, TPIDR of this CPU. */
void hft_cpu_set_up(struct hft_cpu *cpu);

/** Interrupt context; see irq.c. */
void hft_irq_take(bool is_fiq);
void hft_irq_reset(void);

/** Takes `address` when an FDT is there; see fdt.c. */
void hft_fdt_init(uint64_t address);

void hft_console_put(char c);
__attribute__((__noreturn__)) void hft_main(void);
__attribute__((__noreturn__)) void hft_secondary_main(struct hft_cpu *cpu);
void hft_exception(struct hft_frame *frame, uint64_t vector);
