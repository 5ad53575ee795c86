/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where characters go: HF_DEBUG_LOG in a VM, PL011 in a bare image. Also PL011
 * when nobody knows the call, so that a VM says something on a bare machine.
 */
#include "cpu.h"
#include "hf/call.h"
#include "hft/arch.h"

#define PL011_DR UINT64_C(0x09000000)
#define PL011_FR UINT64_C(0x09000018)
#define PL011_FR_TXFF (1U << 5)

static bool has_no_hypervisor;

static void pl011_put(char c)
{
	volatile uint32_t *data = (volatile uint32_t *)PL011_DR;
	volatile uint32_t *flags = (volatile uint32_t *)PL011_FR;

	while ((*flags & PL011_FR_TXFF) != 0) {
		/* The queue is full. */
	}
	*data = (uint8_t)c;
}

void hft_console_put(char c)
{
	if (!has_no_hypervisor && hft_current_el() == 1) {
		if (hf_call(HF_DEBUG_LOG, (uint8_t)c, 0, 0) == 0) {
			return;
		}
		has_no_hypervisor = true;
	}
	pl011_put(c);
}
