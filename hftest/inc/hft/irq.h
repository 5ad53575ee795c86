/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interrupt controller, GICv2 or GICv3, as far as a test needs it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Private interrupts of each CPU. */
#define HFT_PPI_VIRTUAL_TIMER 27
#define HFT_PPI_PHYSICAL_TIMER 30

/** 2 or 3; 0 when the FDT names none. */
unsigned int hft_irq_gic_version(void);

/** The interface of this CPU, and on the boot CPU the distributor. */
void hft_irq_init(void);

/** A shared one (32 and up) comes to the CPU that enables it. */
void hft_irq_enable(uint32_t intid);
void hft_irq_disable(uint32_t intid);
bool hft_irq_is_pending(uint32_t intid);

/** As if its device had raised it. */
void hft_irq_set_pending(uint32_t intid);

/** Enabled, as a FIQ of this CPU. */
void hft_irq_enable_as_fiq(uint32_t intid);

/** Bit n: this CPU's private interrupt n. */
uint32_t hft_irq_private_pending(void);
uint32_t hft_irq_private_active(void);

/** Software generated interrupt `intid` (0-15) to a CPU by index. */
void hft_irq_send_sgi(uint32_t cpu_idx, uint32_t intid);

/** How often this CPU took `intid` since the test began. */
uint32_t hft_irq_count(uint32_t intid);

/** How many exceptions of this CPU were FIQs since the test began. */
uint32_t hft_fiq_count(void);

/** Called in interrupt context with each interrupt taken; NULL for none. */
void hft_irq_set_handler(void (*handler)(uint32_t intid));

/** Unmasked until `intid` came `count` times; masked afterwards. */
void hft_irq_wait(uint32_t intid, uint32_t count);
