/* SPDX-License-Identifier: BSD-3-Clause */
/* The board has no C library: this is all of <stdlib.h> that there is. */
#pragma once

unsigned long strtoul(const char *restrict text, char **restrict end, int base);
