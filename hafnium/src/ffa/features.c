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

bool ffa_is_offered(const struct vm *vm, uint32_t id,
		    struct ffa_function function, unsigned int forms)
{
	uint32_t row = function.packed;
	uint32_t minor = FFA_MINOR(vm_ffa_version(vm));

	return (forms & ffa_form_of(id)) != 0 && minor >= FFA_MINOR(row >> 6) &&
	       minor <= FFA_MINOR(row >> 8) &&
	       (((row >> 4) & NEEDS_PRIMARY) == 0 || vm_is_primary(vm)) &&
	       (((row >> 4) & NEEDS_NOTIFICATIONS) == 0 ||
		partition_has(vm, FFA_PROPERTY_NOTIFICATIONS));
}

/** Interface properties of a function; false: it is not there. */
static bool function_properties(const struct vm *vm, uint32_t id,
				uint32_t input, uint32_t *properties)
{
	struct ffa_function function = ffa_function_of(id);
	uint32_t expected = 0;

	switch (function.packed >> 10) {
	case INTERFACE_RXTX_MAP:
		/* Buffers are of 4 KiB at least: bits 1:0 are 0. */
		*properties = vm_ffa_version(vm) >= FFA_VERSION_1_2
				      ? RXTX_MAX_PAGES << RXTX_MAX_PAGES_SHIFT
				      : 0;
		break;
	case INTERFACE_MEM_RETRIEVE_REQ:
		*properties = partition_is_legacy(vm) ? 0 : MEM_RETRIEVE_REQ_NS;
		expected = vm_ffa_version(vm) >= FFA_VERSION_1_1
				   ? MEM_RETRIEVE_REQ_NS
				   : 0;
		break;
	default:
		*properties = 0;
		break;
	}
	return input == expected &&
	       ffa_is_offered(vm, id, function,
			      partition_is_legacy(vm) ? function.packed >> 2
						      : function.packed);
}

struct vcpu *ffa_features(struct vcpu *current)
{
	uint32_t id = (uint32_t)current->regs.x[1];
	uint32_t input = (uint32_t)current->regs.x[2];
	uint32_t properties = 0;
	bool is_there;

	if ((id & FEATURE_IS_FUNCTION) != 0) {
		is_there = function_properties(current->vm, id, input,
					       &properties);
	} else {
		/* An id in bits 7:0; the rest is 0. */
		properties = notification_feature(current->vm, id);
		is_there = input == 0 && properties != 0;
	}
	return is_there ? ffa_succeed(current, properties, 0)
			: ffa_not_supported(current);
}
