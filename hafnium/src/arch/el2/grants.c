/* SPDX-License-Identifier: BSD-3-Clause */
/* See grants.h and docs/exceptions.md. */
#include "grants.h"

#include "hf/arch/feature.h"
#include "hf/arch/sysreg.h"
#include "hf/arch/sysreg_trap.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"

/** PMCR_EL0.N */
#define PMCR_N(pmcr) bits_get(pmcr, 15, 11)
/** All counters of PMCNTENCLR_EL0 and its like. */
#define ALL_COUNTERS BITS(31, 0)

/* OSLAR_EL1, OSLSR_EL1, MDCCINT_EL1 */
#define OS_LOCK SYSREG_ID(2, 0, 1, 0, 4)
#define OS_LOCK_STATUS SYSREG_ID(2, 0, 1, 1, 4)
#define CHANNEL_INTERRUPT SYSREG_ID(2, 0, 0, 2, 0)
/** OSLSR_EL1.OSLK */
#define OS_LOCKED BIT(1)

enum slot {
	SLOT_PMCR,
	SLOT_CNTEN,
	SLOT_INTEN,
	SLOT_OVS,
	SLOT_SELR,
	SLOT_USERENR,
	SLOT_CCFILTR,
	SLOT_CCNTR,
	SLOT_EVENTS, /* type and count of each */
	SLOT_OS_LOCK = SLOT_EVENTS + 2 * GRANT_COUNTERS,
	SLOT_CHANNEL,
	SLOT_BREAKPOINTS, /* op2 4 to 7 of CRm 0 to 15 */
	SLOT_END = SLOT_BREAKPOINTS + 4 * 16,
};

static_assert(ARCH_GRANT_SLOTS == 0 || SLOT_END <= ARCH_GRANT_SLOTS, "room");

/* clang-format off */
#define FOR_EACH_COUNTER(use) use(0) use(1) use(2) use(3) use(4) use(5)
/* clang-format on */

static uint64_t counter_count(void)
{
	uint64_t count = PMCR_N(sysreg_read(pmcr_el0));

	return count < GRANT_COUNTERS ? count : GRANT_COUNTERS;
}

static void save_counters(uint64_t *slots)
{
	uint64_t count = counter_count();

	slots[SLOT_PMCR] = sysreg_read(pmcr_el0);
	slots[SLOT_CNTEN] = sysreg_read(pmcntenset_el0);
	slots[SLOT_INTEN] = sysreg_read(pmintenset_el1);
	slots[SLOT_OVS] = sysreg_read(pmovsset_el0);
	slots[SLOT_SELR] = sysreg_read(pmselr_el0);
	slots[SLOT_USERENR] = sysreg_read(pmuserenr_el0);
	slots[SLOT_CCFILTR] = sysreg_read(pmccfiltr_el0);
	slots[SLOT_CCNTR] = sysreg_read(pmccntr_el0);
#define SAVE_COUNTER(n)                                                       \
	if (count > (n)) {                                                    \
		slots[SLOT_EVENTS + 2 * (n)] = sysreg_read(S3_3_C14_C12_##n); \
		slots[SLOT_EVENTS + 2 * (n) + 1] =                            \
			sysreg_read(S3_3_C14_C8_##n);                         \
	}
	FOR_EACH_COUNTER(SAVE_COUNTER)

	/* Stopped, and nothing is left to interrupt for. */
	sysreg_write(pmcntenclr_el0, ALL_COUNTERS);
	sysreg_write(pmintenclr_el1, ALL_COUNTERS);
	sysreg_write(pmovsclr_el0, ALL_COUNTERS);
	sysreg_write(pmuserenr_el0, 0);
}

static void load_counters(const uint64_t *slots)
{
	uint64_t count = counter_count();

	sysreg_write(pmcr_el0, slots[SLOT_PMCR]);
	sysreg_write(pmselr_el0, slots[SLOT_SELR]);
	sysreg_write(pmuserenr_el0, slots[SLOT_USERENR]);
	sysreg_write(pmccfiltr_el0, slots[SLOT_CCFILTR]);
	sysreg_write(pmccntr_el0, slots[SLOT_CCNTR]);
#define LOAD_COUNTER(n)                                                       \
	if (count > (n)) {                                                    \
		sysreg_write(S3_3_C14_C12_##n, slots[SLOT_EVENTS + 2 * (n)]); \
		sysreg_write(S3_3_C14_C8_##n,                                 \
			     slots[SLOT_EVENTS + 2 * (n) + 1]);               \
	}
	FOR_EACH_COUNTER(LOAD_COUNTER)
	sysreg_write(pmovsset_el0, slots[SLOT_OVS]);
	sysreg_write(pmintenset_el1, slots[SLOT_INTEN]);
	sysreg_write(pmcntenset_el0, slots[SLOT_CNTEN]);
}

static uint64_t debug_read(uint32_t sysreg)
{
	uint64_t value = 0;

	/* One that is missing is 0. */
	(void)!arch_debug_register_read(sysreg, &value);
	return value;
}

static void debug_write(uint32_t sysreg, uint64_t value)
{
	(void)!arch_debug_register_write(sysreg, value);
}

static uint32_t breakpoint_register(uint32_t idx)
{
	return SYSREG_ID(2, 0, 0, idx / 4, 4 + idx % 4);
}

static void save_debug(uint64_t *slots)
{
	slots[SLOT_OS_LOCK] = debug_read(OS_LOCK_STATUS) & OS_LOCKED;
	slots[SLOT_CHANNEL] = debug_read(CHANNEL_INTERRUPT);
	for (uint32_t i = 0; i < SLOT_END - SLOT_BREAKPOINTS; i++) {
		slots[SLOT_BREAKPOINTS + i] =
			debug_read(breakpoint_register(i));
	}
}

static void load_debug(const uint64_t *slots)
{
	debug_write(OS_LOCK, slots[SLOT_OS_LOCK] != 0);
	debug_write(CHANNEL_INTERRUPT, slots[SLOT_CHANNEL]);
	for (uint32_t i = 0; i < SLOT_END - SLOT_BREAKPOINTS; i++) {
		debug_write(breakpoint_register(i),
			    slots[SLOT_BREAKPOINTS + i]);
	}
}

void grants_leave(struct arch_regs *regs)
{
	if ((regs->grants & ARCH_GRANT_PMU) != 0 && arch_feature_has_pmu()) {
		save_counters(regs->granted);
	}
	if ((regs->grants & ARCH_GRANT_DEBUG) != 0) {
		save_debug(regs->granted);
	}
}

void grants_enter(const struct arch_regs *regs)
{
	if ((regs->grants & ARCH_GRANT_PMU) != 0 && arch_feature_has_pmu()) {
		load_counters(regs->granted);
	}
	if ((regs->grants & ARCH_GRANT_DEBUG) != 0) {
		load_debug(regs->granted);
	}
}
