/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role of this VM: the primary that checks everything the hypervisor promises
 * to a primary. Here: what it is started with.
 */
#include <string.h>

#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/fdt.h"
#include "hftest.h"
#include "registry.h"

/* SCTLR_EL1: MMU, data and instruction cache. */
#define SCTLR_M_C_I UINT64_C(0x1005)
#define DAIF_ALL UINT64_C(0x3c0)

TEST(boot, enters_el1h)
{
	EXPECT_EQ(hft_boot_state.current_el, UINT64_C(1) << 2);
	EXPECT_EQ(hft_boot_state.sp_sel, 1);
}

TEST(boot, all_interrupts_are_masked)
{
	EXPECT_EQ(hft_boot_state.daif, DAIF_ALL);
}

TEST(boot, mmu_and_caches_are_off)
{
	EXPECT_EQ(hft_boot_state.sctlr & SCTLR_M_C_I, 0);
}

TEST(boot, x0_is_the_fdt)
{
	const void *fdt = (const void *)hft_boot_state.x[0];

	EXPECT_EQ(hft_boot_state.x[0] % 8, 0);
	ASSERT_EQ(fdt_check_header(fdt), 0);
	EXPECT_LT(fdt_totalsize(fdt), UINT32_C(0x200000));
}

TEST(boot, other_registers_are_zero)
{
	for (unsigned int i = 1; i <= 30; i++) {
		if (hft_boot_state.x[i] != 0) {
			FAIL("x%u is %#llx", i,
			     (unsigned long long)hft_boot_state.x[i]);
		}
	}
}

TEST(boot, bootargs_pass_unchanged)
{
	const void *fdt = hft_fdt();
	int length = 0;
	const char *text = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
				       "bootargs", &length);
	const char *run;

	ASSERT_TRUE(text != NULL);
	/* One NUL, at the end; what selects this test is the last word. */
	ASSERT_EQ(strlen(text) + 1, (size_t)length);
	EXPECT_TRUE(strncmp(text, "hft.", 4) == 0);
	run = strrchr(text, '=');
	ASSERT_TRUE(run != NULL);
	EXPECT_TRUE(hft_glob_matches(run + 1, "boot.bootargs_pass_unchanged"));
}

TEST(boot, no_ramdisk_file_means_an_empty_initrd)
{
	int chosen = fdt_path_offset(hft_fdt(), "/chosen");
	uint64_t begin = 1;
	uint64_t end = 1;

	ASSERT_TRUE(hft_fdt_integer(chosen, "linux,initrd-start", &begin));
	ASSERT_TRUE(hft_fdt_integer(chosen, "linux,initrd-end", &end));
	EXPECT_EQ(begin, 0);
	EXPECT_EQ(end, 0);
}

TEST(boot, psci_node_is_there_by_smc)
{
	const void *fdt = hft_fdt();
	const char *method =
		fdt_getprop(fdt, fdt_path_offset(fdt, "/psci"), "method", NULL);

	ASSERT_TRUE(method != NULL);
	EXPECT_STREQ(method, "smc");
}

TEST(boot, image_is_at_its_header_alignment)
{
	/* text_offset is 0: the base of the image is 2 MiB aligned. */
	EXPECT_EQ((uintptr_t)hft_image_begin % UINT64_C(0x200000), 0);
}
