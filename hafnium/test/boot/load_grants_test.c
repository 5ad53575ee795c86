/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Performance monitors and debug registers for a secondary: in a debug build,
 * when the manifest says so. See docs/manifest.md.
 */
#include "boot/cpio_builder.h"
#include "boot/load_fixture.h"
#include "hf/arch/build.h"
#include "hf/vm/vm_set.h"
#include "hftest.h"

#define ALL (ARCH_GRANT_PMU | ARCH_GRANT_DEBUG)

/** Two secondaries, of which the first asks. */
static void load(bool is_debug, bool pmu, bool debug)
{
	struct manifest_vm *vm;

	(void)load_fixture();
	fake_set_debug_build(is_debug);
	cpio_add_text("service.bin", "service code");
	vm = load_fixture_add_vm("one");
	vm->allow_pmu = pmu;
	vm->allow_debug = debug;
	(void)load_fixture_add_vm("two");
	ASSERT_TRUE(load_fixture_run());
}

static uint32_t grants(uint16_t vm)
{
	return vm_vcpu(vm_set_find(vm), 0)->regs.grants;
}

TEST(load_grants, production_build_gives_none_and_says_so)
{
	load(false, true, false);
	EXPECT_EQ(grants(2), 0U);
	EXPECT_EQ(grants(HF_PRIMARY_VM_ID), 0U);
	EXPECT_TRUE(
		load_log_has("WARNING: VM 0x2: no PMU, no debug registers: "
			     "this is a production build."));
	load(false, false, true);
	EXPECT_EQ(grants(2), 0U);
	EXPECT_TRUE(load_log_has("this is a production build"));
}

TEST(load_grants, production_build_is_silent_when_nobody_asks)
{
	load(false, false, false);
	EXPECT_FALSE(load_log_has("production build"));
}

TEST(load_grants, debug_build_gives_what_is_asked_for)
{
	load(true, true, false);
	EXPECT_EQ(grants(2), ARCH_GRANT_PMU);
	EXPECT_EQ(grants(3), 0U);
	load(true, false, true);
	EXPECT_EQ(grants(2), ARCH_GRANT_DEBUG);
	load(true, true, true);
	EXPECT_EQ(grants(2), ALL);
	EXPECT_FALSE(load_log_has("production build"));
}

TEST(load_grants, primarys_are_saved_in_a_debug_build)
{
	load(true, true, true);
	EXPECT_EQ(vm_set_find(HF_PRIMARY_VM_ID)->grants, ALL);
}
