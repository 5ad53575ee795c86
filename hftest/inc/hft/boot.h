/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the boot CPU was started with, recorded before anything is changed.
 */
#pragma once

#include <stdint.h>

/** Layout known to crt0.S. */
struct hft_boot_state {
	uint64_t x[31]; /* x29 is not recorded */
	uint64_t current_el;
	uint64_t daif;
	uint64_t sp_sel;
	uint64_t sctlr;
	uint64_t counter; /* CNTVCT_EL0; some ten instructions after entry */
};

extern struct hft_boot_state hft_boot_state;

/** Made by the linker: [begin, end) is the image with bss and stacks. */
extern char hft_image_begin[];
extern char hft_image_end[];

/**
 * A VM that serves others defines this: it runs in place of the tests and does
 * not return.
 */
void hft_role(void);
