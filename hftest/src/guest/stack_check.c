/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libfdt is built with a stack protector: this is what it needs. Weak, because
 * an EL2 image gets it from the hypervisor's objects.
 */
#include "carrier.h"

extern uintptr_t __stack_chk_guard;
__attribute__((weak)) uintptr_t __stack_chk_guard =
	(uintptr_t)0x5bd1e995a7c3ff0d;

__attribute__((__noreturn__, weak)) void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	hft_report_fail(__FILE__, __LINE__, "stack overwritten");
	hft_carrier_end_test();
}
