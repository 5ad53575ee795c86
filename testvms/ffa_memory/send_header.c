/* SPDX-License-Identifier: BSD-3-Clause */
/* MEM_SHARE, LEND, DONATE: the header, its receivers, flags. */
#include "rows.h"

SEND_ROW_NEW(reserved_bytes_of_the_header, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->header_reserved = 1;
}

/* Not looked at in 1.0. */
SEND_ROW_LEGACY(reserved_word_of_the_receiver, ON_ALL, ACCEPTED,
		FFA_INVALID_PARAMETERS)
{
	t->receivers[0].reserved = 1;
}

SEND_ROW_NEW(receiver_size_of_0, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_size = 0;
}

SEND_ROW_NEW(receiver_size_of_8, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_size = 8;
}

SEND_ROW_NEW(receiver_size_of_24, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_size = 24;
}

SEND_ROW_NEW(receiver_size_of_48, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_size = 48;
}

SEND_ROW_NEW(receiver_size_of_all_memory, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_size = UINT32_MAX;
}

SEND_ROW_NEW(receivers_inside_of_the_header, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_offset = 32;
}

SEND_ROW_NEW(receivers_at_no_multiple_of_16, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_offset += 8;
}

SEND_ROW_NEW(receivers_behind_the_fragment, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_offset = (uint32_t)t->fragment_length;
}

SEND_ROW_NEW(receivers_behind_all_memory, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_offset = UINT32_C(0xfffffff0);
}

SEND_ROW_LEGACY(sender_that_is_another_vm, ON_ALL, FFA_INVALID_PARAMETERS,
		FFA_DENIED)
{
	t->sender = t->sender == ACTOR_B ? ACTOR_A : ACTOR_B;
}

SEND_ROW_LEGACY(sender_that_is_the_hypervisor, ON_ALL, FFA_INVALID_PARAMETERS,
		FFA_DENIED)
{
	t->sender = HF_HYPERVISOR_VM_ID;
}

SEND_ROW_LEGACY(sender_that_is_nobody, ON_ALL, FFA_INVALID_PARAMETERS,
		FFA_DENIED)
{
	t->sender = 0xffff;
}

SEND_ROW(no_receiver, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_count = 0;
}

/* At most two VMs have a page. */
SEND_ROW(two_receivers, ON_ALL, FFA_INVALID_PARAMETERS)
{
	uint32_t size = mem_receiver_size(t->version);

	t->receiver_count = 2;
	t->receivers[0].composite_offset += size;
	t->receivers[1] = t->receivers[0];
	t->receivers[1].id = ACTOR_SMP;
	t->total_length += size;
	t->fragment_length += size;
}

SEND_ROW(one_receiver_twice, ON_ALL, FFA_INVALID_PARAMETERS)
{
	uint32_t size = mem_receiver_size(t->version);

	t->receiver_count = 2;
	t->receivers[0].composite_offset += size;
	t->receivers[1] = t->receivers[0];
	t->total_length += size;
	t->fragment_length += size;
}

SEND_ROW(receiver_count_of_all_memory, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_count = UINT32_MAX;
}

SEND_ROW(receiver_that_is_the_sender, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = t->sender;
}

SEND_ROW(receiver_that_does_not_exist, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = ACTOR_SMP + 1;
}

SEND_ROW(receiver_that_is_nobody, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = 0xffff;
}

SEND_ROW(receiver_that_is_no_vm, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = HF_INVALID_VM_ID;
}

SEND_ROW(receiver_that_is_the_hypervisor, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = HF_HYPERVISOR_VM_ID;
}

/* There is no secure world here. */
SEND_ROW(receiver_that_is_the_secure_world, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = HF_TEE_VM_ID;
}

SEND_ROW(composite_at_0, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].composite_offset = 0;
}

SEND_ROW(composite_among_the_receivers, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].composite_offset -= 16;
}

SEND_ROW(composite_behind_the_fragment, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].composite_offset = (uint32_t)t->fragment_length;
}

SEND_ROW(composite_header_half_in_the_fragment, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].composite_offset = (uint32_t)t->fragment_length - 8;
}

SEND_ROW(composite_at_no_multiple_of_16, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].composite_offset += 8;
}

SEND_ROW(composite_behind_all_memory, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].composite_offset = UINT32_C(0xfffffff0);
}

SEND_ROW_NEW(reserved_word_of_the_composite, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->composite_reserved = 1;
}

SEND_ROW_LEGACY(handle_that_is_not_0, ON_ALL, ACCEPTED, FFA_INVALID_PARAMETERS)
{
	t->handle = UINT64_C(1) << 63;
}

SEND_ROW(tag_of_any_value, ON_ALL, ACCEPTED)
{
	t->tag = UINT64_MAX;
}

/* --- flags ---------------------------------------------------------------- */

SEND_ROW(clear_flag_of_a_share, ON_SHARE, FFA_INVALID_PARAMETERS)
{
	t->flags = MEM_CLEAR;
}

SEND_ROW(time_slicing, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = MEM_TIME_SLICE;
}

SEND_ROW(clear_after_flag, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = MEM_CLEAR_AFTER;
}

SEND_ROW(hint_flags, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = MEM_HINT_VALID;
}

SEND_ROW(bypass_flag, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = MEM_BYPASS;
}

SEND_ROW(reserved_flags, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = UINT32_C(1) << 31;
}

SEND_ROW(next_reserved_flag, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = UINT32_C(1) << 11;
}
