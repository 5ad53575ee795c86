/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The texts, one per status. See docs/manifest.md.
 */
#include "hf/boot/manifest_status.h"

#include "hf/base/texts.h"

static const char status_texts[] =
#define STATUS(id, text) text "\0"
#include "hf/boot/manifest_status.def"
#undef STATUS
	;

const char *manifest_status_text(enum manifest_status status)
{
	return texts_nth(status_texts, status);
}
