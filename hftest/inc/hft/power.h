/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CPUs and the machine, by PSCI with the conduit that the FDT names.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HFT_MAX_CPUS 8

/** State of a CPU when it came up, before anything was changed. */
struct hft_cpu_entry {
	uint64_t x0;
	uint64_t current_el;
	uint64_t daif;
	uint64_t sp_sel;
	uint64_t sctlr;
};

uint32_t hft_cpu_count(void);

/** Index of this CPU; the boot CPU is 0, others follow in FDT order. */
uint32_t hft_cpu_index(void);

/** Affinity fields; all ones for an index that is too large. */
uint64_t hft_cpu_mpidr(uint32_t cpu_idx);

/** A PSCI call with the conduit of the FDT; x0 of the answer. */
int64_t hft_psci(uint32_t id, uint64_t arg1, uint64_t arg2, uint64_t arg3);

/** Orders for a CPU that something else than hft_cpu_start() turns on. */
void hft_cpu_prepare(uint32_t cpu_idx, void (*run)(uint64_t arg), uint64_t arg);

/** `run` on that CPU; it is off again when `run` returns. CPU_ON's answer. */
int64_t hft_cpu_start(uint32_t cpu_idx, void (*run)(uint64_t arg),
		      uint64_t arg);

/** What a CPU that was started recorded. */
struct hft_cpu_entry hft_cpu_entry(uint32_t cpu_idx);

/** Until its orders are done and AFFINITY_INFO says that it is off. */
void hft_cpu_wait_off(uint32_t cpu_idx);

/** Start and wait; false when CPU_ON refused. */
bool hft_cpu_run(uint32_t cpu_idx, void (*run)(uint64_t arg), uint64_t arg);

/** Where CPU_ON sends a CPU of hft_cpu_start(); its argument. */
uint64_t hft_cpu_entry_address(void);
uint64_t hft_cpu_entry_context(uint32_t cpu_idx);

__attribute__((__noreturn__)) void hft_power_off(void);
