/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a secondary VM that answers what it is sent; the smallest VM, to be
 * read first. Secondary VMs are loaded but not yet run, so for now it waits.
 */
#include "hft/boot.h"

void hft_role(void)
{
	for (;;) {
		__asm__ volatile("wfi");
	}
}
