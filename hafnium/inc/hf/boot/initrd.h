/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RAM disk: a cpio archive in the formats newc (070701, 070702) and "old
 * binary" in little endian. Nothing is copied, nothing outside of the archive
 * is read, whatever it says. See docs/boot.md.
 */
#pragma once

#include "hf/boot/bytes.h"

/**
 * The contents of the file called `name`, the whole of it; a "./" in front of
 * the name in the archive does not count. Of two files with one name the first.
 * Absent when there is none, or the archive is broken before it is reached. The
 * contents may start at any address.
 */
must_check struct bytes initrd_find(struct bytes archive, const char *name);
