/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL011 UART (DDI0183) as the console. The loader has set it up, and the
 * primary VM drives it as well, so nothing but data is ever written. See
 * docs/porting.md.
 */
#include "hf/base/sink.h"
#include "hf/plat/board.h"

enum pl011_register {
	PL011_DR = 0x00,
	PL011_FR = 0x18,
};

#define FR_BUSY UINT32_C(0x08)
#define FR_TXFF UINT32_C(0x20)

static volatile uint32_t *pl011(enum pl011_register offset)
{
	return ptr_from_pa(
		pa_init(board_get()->uart.begin.pa + (uint64_t)offset));
}

void sink_put(char c)
{
	while ((*pl011(PL011_FR) & FR_TXFF) != 0) {
	}
	*pl011(PL011_DR) = (uint8_t)c;
}

void sink_flush(void)
{
	while ((*pl011(PL011_FR) & FR_BUSY) != 0) {
	}
}
