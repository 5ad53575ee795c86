/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that C and assembly agree on. */
#pragma once

#define HFT_STACK_SIZE 16384
