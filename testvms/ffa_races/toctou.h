/* SPDX-License-Identifier: BSD-3-Clause */
/* A word of the primary's TX that another CPU writes during calls. */
#pragma once

#include "cpus.h"

/**
 * `calls` on CPU 0, while CPU 1 flips the word at `offset` of TX between what is
 * there and `bad`.
 */
void race_with_flips(uint32_t offset, uint64_t bad, void (*calls)(void));

/** Before call number `call`: now and then, until the other value is there. */
void let_it_flip(uint32_t call);

/** Calls may use TX for something else until go_on_flipping(). */
void rest_flipping(void);
void go_on_flipping(void);
