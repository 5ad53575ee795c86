/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_FEATURES: what the one table of calls says to this caller. See
 * docs/ffa.md.
 */
#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/function.h"
#include "hf/ffa/mailbox.h"
#include "hf/ffa/notification.h"
#include "hf/ffa/setup.h"
#include "hf/smccc.h"

/** Both the input and the answer: the NS bit of memory is handled. */
#define MEM_RETRIEVE_REQ_NS BIT(1)

#define RXTX_MAX_PAGES_SHIFT 16

/** w1: a function id, else a feature id. */
#define FEATURE_IS_FUNCTION UINT32_C(0x80000000)

static bool is_listed(const struct vm *vm, struct ffa_function function,
		      uint32_t id)
{
	uint32_t row = function.packed;
	uint32_t minor = FFA_MINOR(vm->ffa_version);
	uint32_t forms = partition_is_legacy(vm) ? row >> 2 : row;

	return (forms & ffa_form_of(id)) != 0 && minor >= FFA_MINOR(row >> 6) &&
	       minor <= FFA_MINOR(row >> 8) && ffa_meets_needs(vm, row >> 4);
}

/** Interface properties of a function; false: it is not there. */
static bool function_properties(const struct vm *vm, uint32_t id,
				uint32_t input, uint32_t *properties)
{
	struct ffa_function function;
	uint32_t expected = 0;

	if ((id & ~SMCCC_64_BIT) - FFA_FIRST > FFA_LAST - FFA_FIRST) {
		return false;
	}
	function = ffa_function_of(id);
	switch (function.packed >> 10) {
	case INTERFACE_RXTX_MAP:
		/* Buffers are of 4 KiB at least: bits 1:0 are 0. */
		*properties = vm->ffa_version >= FFA_VERSION_1_2
				      ? RXTX_MAX_PAGES << RXTX_MAX_PAGES_SHIFT
				      : 0;
		break;
	case INTERFACE_MEM_RETRIEVE_REQ:
		*properties = partition_is_legacy(vm) ? 0 : MEM_RETRIEVE_REQ_NS;
		expected = vm->ffa_version >= FFA_VERSION_1_1
				   ? MEM_RETRIEVE_REQ_NS
				   : 0;
		break;
	default:
		*properties = 0;
		break;
	}
	return input == expected && is_listed(vm, function, id);
}

struct vcpu *ffa_features(struct vcpu *current)
{
	uint32_t id = (uint32_t)current->regs.x[1];
	uint32_t input = (uint32_t)current->regs.x[2];
	uint32_t properties;

	if ((id & FEATURE_IS_FUNCTION) == 0) {
		/* An id in bits 7:0; the rest is 0. */
		properties =
			input == 0 ? notification_feature(current->vm, id) : 0;
		if (properties == 0) {
			return ffa_refuse(current, FFA_NOT_SUPPORTED);
		}
		ffa_success(&current->regs, properties, 0);
		return current;
	}
	if (!function_properties(current->vm, id, input, &properties)) {
		return ffa_refuse(current, FFA_NOT_SUPPORTED);
	}
	ffa_success(&current->regs, properties, 0);
	return current;
}
