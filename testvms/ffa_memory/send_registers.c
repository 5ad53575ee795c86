/* SPDX-License-Identifier: BSD-3-Clause */
/* MEM_SHARE, LEND, DONATE: registers, lengths, counts; DEN0077A 16.1-16.3. */
#include "rows.h"

SEND_ROW(buffer_other_than_tx, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->buffer_address = row_page(t->sender);
	t->buffer_pages = 1;
}

SEND_ROW(buffer_pages_without_address, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->buffer_pages = 1;
}

SEND_ROW(buffer_address_without_pages, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->buffer_address = vm_tx(t->sender);
}

SEND_ROW(fragment_longer_than_all, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length = t->total_length + 16;
}

SEND_ROW(nothing_at_all, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length = 0;
	t->fragment_length = 0;
}

SEND_ROW(fragment_of_nothing, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length = 0;
}

SEND_ROW(fragment_without_a_receiver, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length = mem_header_size(t->version);
}

SEND_ROW(fragment_with_half_a_header, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length = 16;
}

SEND_ROW(fragment_larger_than_tx, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length = HF_PAGE_SIZE + 16;
	t->fragment_length = HF_PAGE_SIZE + 16;
	t->range_count =
		(uint32_t)(HF_PAGE_SIZE + 16 - mem_ranges_offset(t->version)) /
		16;
}

SEND_ROW(largest_lengths, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length = UINT32_MAX;
	t->fragment_length = UINT32_MAX;
}

SEND_ROW(total_longer_than_its_ranges, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length += 16;
	t->fragment_length += 16;
}

SEND_ROW(total_longer_than_its_ranges_in_fragments, ON_ALL,
	 FFA_INVALID_PARAMETERS)
{
	t->total_length += 16;
}

SEND_ROW(more_ranges_than_fit_the_total, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->range_count++;
}

/* 16 bytes each: the product wraps in 32 bits to what one takes. */
SEND_ROW(range_count_that_wraps, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->range_count = UINT32_C(0x10000001);
}

SEND_ROW(no_ranges, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->range_count = 0;
	t->page_count = 0;
	t->total_length -= 16;
	t->fragment_length -= 16;
}

SEND_ROW_NEW(total_that_is_no_multiple_of_16, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length += 8;
	t->fragment_length += 8;
}

SEND_ROW_NEW(fragment_that_is_no_multiple_of_16, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length -= 8;
}

TEST_ASKED(ffa_send, without_tx)
{
	uint16_t vms[] = {PRIMARY, ACTOR_A};

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction t = valid(kind, pairs[i]);

			EXPECT_FFA_ERROR(
				vm_call(vms[i], FFA(t.call, t.total_length,
						    t.fragment_length)),
				FFA_INVALID_PARAMETERS);
		}
	}
}

TEST_ASKED(ffa_send, after_tx_was_unmapped)
{
	struct mem_transaction t;

	start_all(version);
	t = valid(0, pairs[0]);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	EXPECT_FFA_ERROR(mem_send_first(PRIMARY, &t), FFA_INVALID_PARAMETERS);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_SUCCESS(mem_send_first(PRIMARY, &t));
}
