/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why a manifest is refused. See docs/manifest.md.
 */
#pragma once

#include "hf/base/compiler.h"

enum manifest_status {
#define STATUS(id, text) id,
#include "hf/boot/manifest_status.def"
#undef STATUS
	MANIFEST_STATUS_COUNT,
};

/** What the panic says, without the stop. */
const char *manifest_status_text(enum manifest_status status);
