/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libFuzzer drives (make fuzz T=name), and CI replays: any bytes are an
 * input. A target returns when all is well and aborts otherwise. See
 * docs/testing.md.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Steps of hafnium/test/model: calls about memory against a plain model. */
void fuzz_sequence(const uint8_t *bytes, size_t size);

/** Whole descriptors in TX, as any call that takes one. */
void fuzz_descriptor(const uint8_t *bytes, size_t size);

/** Any calls, by whoever runs. */
void fuzz_calls(const uint8_t *bytes, size_t size);

/** A device tree; libfdt is the other opinion. */
void fuzz_tree(const uint8_t *bytes, size_t size);

/** Print and abort. */
_Noreturn void fuzz_fail(const char *text);
