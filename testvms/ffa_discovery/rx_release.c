/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RX_RELEASE, and what is in RX when it is unmapped. */
#include "hft/actor.h"

static struct ffa_frame fill_rx(void)
{
	return hft_ffa_call(FFA(FFA_PARTITION_INFO_GET));
}

TEST_ASKED(ffa_rxtx, unmap_discards_what_was_in_rx)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_SUCCESS(fill_rx());
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE)), FFA_DENIED);
	EXPECT_FFA_SUCCESS(fill_rx());
}

TEST_ASKED(ffa_rxtx, another_place_after_unmap)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	EXPECT_FFA_DONE(
		hft_ffa_call(FFA(FFA_64(FFA_RXTX_MAP), vm_page(PRIMARY, 3),
				 vm_page(PRIMARY, 9), 1)));
	EXPECT_FFA_SUCCESS(fill_rx());
	EXPECT_EQ(*(const volatile uint16_t *)vm_page(PRIMARY, 9), PRIMARY);
}

TEST_NEW(ffa_rxtx, release_for_another_vm_is_invalid)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_SUCCESS(fill_rx());
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE, ACTOR_A)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE, 0xffff)),
			 FFA_INVALID_PARAMETERS);
	vm_release_rx(PRIMARY);
}

TEST_ALL(ffa_rxtx, release_of_an_empty_rx_is_denied)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_RX_RELEASE)), FFA_DENIED);
}
