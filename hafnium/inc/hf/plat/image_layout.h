/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the image is laid out: the numbers that C, assembly and the linker script
 * agree on. See docs/memory.md.
 */
#pragma once

/** Guard page and stack of one CPU. */
#define STACK_SLOT_SIZE 0x4000

/**
 * Of the image header: the smallest that QEMU does not move up by 2 MiB to
 * make room for its own boot code.
 */
#define TEXT_OFFSET 0x1000
