/* SPDX-License-Identifier: BSD-3-Clause */
#include "hftest.h"
#include "hft/boot.h"
#include "hft/arch.h"
TEST(boot_state, starts_at_el1h)
{
	EXPECT_EQ(hft_boot_state.current_el >> 2, 1);
	EXPECT_EQ(hft_current_el(), 1);
}
