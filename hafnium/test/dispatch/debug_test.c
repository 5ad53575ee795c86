/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/dispatch/debug.c. */
#include "fixture/machine.h"
#include "hf/arch/build.h"
#include "hf/hvc.h"
#include "hf/plat/image.h"
#include "hftest.h"

static struct vcpu *start(bool is_debug)
{
	struct vcpu *primary = machine_start();

	fake_set_debug_build(is_debug);
	return primary;
}

TEST(debug_call, a_production_build_has_none)
{
	struct vcpu *primary = start(false);

	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_STAGE2, 1)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(primary,
			      CALL(HF_DEBUG_MEMORY, image_range().begin.pa)),
		  UINT64_MAX);
}

TEST(debug_call, tells_the_primary_where_tables_are)
{
	struct vcpu *primary = start(true);

	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_STAGE2, 1)),
		  stage2_vttbr(&primary->vm->stage2));
	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_STAGE2, 0)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_STAGE2, 0x7777)),
		  UINT64_MAX);
	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_STAGE2, 0x10001)),
		  UINT64_MAX);
	EXPECT_EQ(machine_hvc(primary, CALL(0xff22)), UINT64_MAX);
}

TEST(debug_call, reads_words_of_the_hypervisor_only)
{
	struct vcpu *primary = start(true);
	struct pa_range own = image_range();
	const uint64_t *word = ptr_from_pa(image_data().begin);

	EXPECT_EQ(machine_hvc(primary,
			      CALL(HF_DEBUG_MEMORY, image_data().begin.pa)),
		  *word);
	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_MEMORY, own.begin.pa + 4)),
		  UINT64_MAX);
	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_MEMORY, own.begin.pa - 8)),
		  UINT64_MAX);
	EXPECT_EQ(machine_hvc(primary, CALL(HF_DEBUG_MEMORY, own.end.pa)),
		  UINT64_MAX);
}

TEST(debug_call, a_secondary_has_none)
{
	struct vcpu *secondary;

	(void)start(true);
	secondary = machine_add_secondary();

	EXPECT_EQ(machine_hvc(secondary, CALL(HF_DEBUG_STAGE2, 1)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(secondary,
			      CALL(HF_DEBUG_MEMORY, image_data().begin.pa)),
		  UINT64_MAX);
}
