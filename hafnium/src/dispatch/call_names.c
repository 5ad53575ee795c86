/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The names in the table of calls. Not linked unless somebody logs them: the
 * default level does not. See docs/debugging.md.
 */
#include "hf/dispatch/call_names.h"

#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/smccc.h"

/** Of the longest, with its NUL. */
#define NAME_SIZE 32

const char *call_name(uint32_t id)
{
	/* Without pointers, which would have to be relocated. */
	static const struct {
		uint32_t id;
		char name[NAME_SIZE];
	} names[] = {
#define FFA_CALL(id, function, since, until, forms, legacy, needs, interface) \
	{id, #id},
#define FFA_RESULT(id, forms, legacy) {id, #id},
#define HVC_CALL(id, function) {id, #id},
#include "hypercalls.def"
#undef FFA_CALL
#undef FFA_RESULT
#undef HVC_CALL
		{HF_DEBUG_LOG, "HF_DEBUG_LOG"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].id == id || FFA_64(names[i].id) == id) {
			return names[i].name;
		}
	}
	return "?";
}
