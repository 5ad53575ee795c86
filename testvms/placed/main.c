/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that the manifest puts at an address of its choice.
 */
#include "hft/boot.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hftest.h"

/* vm.dts */
#define BOOT_ADDRESS UINT64_C(0x42600000)

TEST(placed, image_is_where_the_manifest_says)
{
	EXPECT_EQ((uintptr_t)hft_image_begin, BOOT_ADDRESS);
}

TEST(placed, memory_before_it_is_ours_too)
{
	struct hft_range hypervisor;

	ASSERT_TRUE(hft_fdt_reserved(0, &hypervisor));
	EXPECT_EQ(hft_fault_write(BOOT_ADDRESS - 8).count, 0);
	EXPECT_EQ(hft_fault_read(hypervisor.end).count, 0);
	EXPECT_EQ(hft_fault_read(hypervisor.end - 8).count, 1);
}
