/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CPU under a test image: registers, barriers, exception level.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** By name, or as S<op0>_<op1>_C<n>_C<m>_<op2>. */
#define hft_sysreg_read(name)                      \
	({                                         \
		uint64_t hft_value;                \
		__asm__ volatile("mrs %0, " #name  \
				 : "=r"(hft_value) \
				 :                 \
				 : "memory");      \
		hft_value;                         \
	})

#define hft_sysreg_write(name, value)              \
	__asm__ volatile("msr " #name ", %x0"      \
			 :                         \
			 : "rZ"((uint64_t)(value)) \
			 : "memory")

/** Later instructions see the system registers written before. */
static inline void hft_isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

/** All accesses and TLB operations before are done, for every CPU. */
static inline void hft_dsb(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

static inline unsigned int hft_current_el(void)
{
	return (unsigned int)(hft_sysreg_read(CurrentEL) >> 2) & 3;
}

/** FEAT_PAN: EL1 can be kept from memory of EL0. */
static inline bool hft_has_pan(void)
{
	return ((hft_sysreg_read(id_aa64mmfr1_el1) >> 20) & 0xf) != 0;
}

/** IRQs only; D, A and F stay as they are. */
static inline void hft_irq_unmask(void)
{
	__asm__ volatile("msr daifclr, #2" : : : "memory");
	hft_isb();
}

/** FIQs only. */
static inline void hft_fiq_unmask(void)
{
	__asm__ volatile("msr daifclr, #1" : : : "memory");
	hft_isb();
}

static inline void hft_fiq_mask(void)
{
	__asm__ volatile("msr daifset, #1" : : : "memory");
}

static inline void hft_irq_mask(void)
{
	__asm__ volatile("msr daifset, #2" : : : "memory");
}

/** Clean and invalidate to the point of coherency. */
void hft_cache_clean(const void *begin, uint64_t size);

/** Instructions written to [begin, begin + size) can be executed. */
void hft_cache_sync_code(const void *begin, uint64_t size);

#define HFT_PAGE_SIZE UINT64_C(4096)

/** Affinity fields of MPIDR_EL1. */
#define HFT_MPIDR_MASK UINT64_C(0xff00ffffff)

/* Exception classes, ESR_ELx[31:26]. */
#define HFT_EC_UNKNOWN 0x00
#define HFT_EC_SVC32 0x11
#define HFT_EC_SVC64 0x15
#define HFT_EC_INSTRUCTION_ABORT_LOWER 0x20
#define HFT_EC_INSTRUCTION_ABORT 0x21
#define HFT_EC_DATA_ABORT_LOWER 0x24
#define HFT_EC_DATA_ABORT 0x25

/** ESR_ELx.IL: the instruction was 32 bits long. */
#define HFT_ESR_IL (UINT64_C(1) << 25)
/** Data abort ISS: a write. */
#define HFT_ESR_WNR (UINT64_C(1) << 6)

static inline unsigned int hft_esr_class(uint64_t esr)
{
	return (unsigned int)(esr >> 26) & 0x3f;
}

/** Data and instruction abort ISS: fault status code. */
static inline unsigned int hft_esr_fault_status(uint64_t esr)
{
	return (unsigned int)esr & 0x3f;
}

/** Translation fault, any level. */
static inline bool hft_esr_is_translation(uint64_t esr)
{
	return (hft_esr_fault_status(esr) & 0x3c) == 0x04;
}

/** Permission fault, any level. */
static inline bool hft_esr_is_permission(uint64_t esr)
{
	return (hft_esr_fault_status(esr) & 0x3c) == 0x0c;
}
