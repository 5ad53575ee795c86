/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtio-mmio entropy device of scenario devices. */
#pragma once

#include <stdint.h>

#define RNG_BASE UINT64_C(0x0a000000)
#define RNG_INTID 48
#define RNG_BYTES 64

/** Ask it for a buffer of bytes, wait for its interrupt; the first eight. */
uint64_t rng_read(void);
