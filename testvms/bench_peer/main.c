/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: the other side of the benchmarks: gives the CPU back as fast as it can,
 * and takes each interrupt that it is sent. See docs/performance.md.
 */
#include "hf/call.h"
#include "hft/arch.h"
#include "hft/boot.h"

/* peer.S */
extern char peer_vectors[];
void peer_loop(void);

void hft_role(void)
{
	for (uint64_t id = 0; id < HF_NUM_INTIDS; id++) {
		(void)hf_call(HF_INTERRUPT_ENABLE, id, 1, 0);
	}
	hft_sysreg_write(vbar_el1, (uintptr_t)peer_vectors);
	hft_irq_unmask();
	peer_loop();
}
