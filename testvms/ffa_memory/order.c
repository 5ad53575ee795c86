/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two things wrong at once: the check that comes first in the table decides.
 * Only pairs whose codes differ can tell.
 */
#include "rows.h"

/** Something of a table row, and of a later one. */
static void expect_first(uint32_t version, unsigned int calls, int32_t code,
			 spoil_function *spoil)
{
	struct send_row row = {calls, code, spoil};

	expect_send_row(version, &row);
}

#define ORDER(name, on, code)                                  \
	static void spoil_##name(struct mem_transaction *t);   \
	TEST_NEW(ffa_order, name)                              \
	{                                                      \
		expect_first(version, on, code, spoil_##name); \
	}                                                      \
	static void spoil_##name(struct mem_transaction *t)

ORDER(reserved_field_before_sender, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->header_reserved = 1;
	t->sender = 0xffff;
}

ORDER(sender_before_receiver_count, ON_ALL, FFA_DENIED)
{
	t->sender = 0xffff;
	t->receiver_count = 0;
}

ORDER(sender_before_receiver, ON_ALL, FFA_DENIED)
{
	t->sender = ACTOR_SMP;
	t->receivers[0].id = 0xffff;
}

ORDER(sender_before_flags, ON_ALL, FFA_DENIED)
{
	t->sender = ACTOR_SMP;
	t->flags = MEM_TIME_SLICE;
}

ORDER(length_before_sender, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length = t->total_length + 16;
	t->sender = 0xffff;
}

ORDER(permissions_before_attributes, ON_SHARE, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions |= MEM_X;
	t->attributes = MEM_NORMAL_OUTER;
}

ORDER(flags_before_attributes, ON_SHARE, FFA_INVALID_PARAMETERS)
{
	t->flags = MEM_CLEAR;
	t->attributes = MEM_NORMAL_OUTER;
}

ORDER(attributes_before_pages, ON_SHARE, FFA_DENIED)
{
	t->attributes = MEM_NORMAL_OUTER;
	t->page_count++;
}

static struct mem_range bad;

ORDER(count_before_ownership, ON_ALL, FFA_INVALID_PARAMETERS)
{
	bad = (struct mem_range){vm_tx(t->sender), 1, 0};
	t->ranges = &bad;
	t->page_count = 2;
}

ORDER(alignment_before_ownership, ON_ALL, FFA_INVALID_PARAMETERS)
{
	bad = (struct mem_range){vm_tx(t->sender) + 8, 1, 0};
	t->ranges = &bad;
}

/* --- of MEM_RETRIEVE_REQ -------------------------------------------------- */

#define RETRIEVE_ORDER(name, on, code)                          \
	static void spoil_##name(struct mem_transaction *t);    \
	TEST_NEW(ffa_retrieve_order, name)                      \
	{                                                       \
		struct send_row row = {on, code, spoil_##name}; \
                                                                \
		expect_retrieve_row(version, &row);             \
	}                                                       \
	static void spoil_##name(struct mem_transaction *t)

RETRIEVE_ORDER(handle_before_sender, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->handle++;
	t->sender = 0xffff;
}

RETRIEVE_ORDER(type_before_sender, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = t->flags == MEM_TYPE_SHARE ? MEM_TYPE_LEND : MEM_TYPE_SHARE;
	t->sender = 0xffff;
}

RETRIEVE_ORDER(sender_before_tag, ON_ALL, FFA_DENIED)
{
	t->sender = 0xffff;
	t->tag++;
}

RETRIEVE_ORDER(sender_before_who_asks, ON_ALL, FFA_DENIED)
{
	t->sender = 0xffff;
	t->receivers[0].id = ACTOR_SMP;
}

RETRIEVE_ORDER(flags_before_clear, ON_LEND | ON_DONATE, FFA_INVALID_PARAMETERS)
{
	t->flags |= MEM_CLEAR | MEM_TIME_SLICE;
}

RETRIEVE_ORDER(clear_before_instruction_access, ON_LEND | ON_DONATE, FFA_DENIED)
{
	t->flags |= MEM_CLEAR;
	t->receivers[0].permissions &= 3;
}

RETRIEVE_ORDER(instruction_access_before_attributes, ON_ALL,
	       FFA_INVALID_PARAMETERS)
{
	t->receivers[0].permissions &= 3;
	if ((t->flags & MEM_TYPE_DONATE) == MEM_TYPE_SHARE) {
		t->receivers[0].permissions |= MEM_NX;
	}
	t->attributes = MEM_DEVICE_NGNRE;
}
