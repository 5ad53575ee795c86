/* SPDX-License-Identifier: BSD-3-Clause */
/* A machine whose ITS or LPIs can not be kept from the primary. */
#include "hf/boot/load_gic.h"

#include "boot/load_fixture.h"
#include "fixture/gic.h"
#include "hftest.h"

/** A GICv3 among what the primary may have as devices, in large blocks. */
static struct load_fixture *machine(size_t pages)
{
	struct load_fixture *f;

	gic_begin(pages);
	f = load_fixture();
	f->params.device_ranges.list[0] = (struct pa_range){
		pa_init(align_down(gic_region(1).begin.pa, BIT(30))),
		pa_init(align_up(gic_region(GIC_FRAMES).end.pa, BIT(30))),
	};
	f->params.device_ranges.count = 1;
	return f;
}

static void add_redistributor(struct load_fixture *f)
{
	gic_set(0, GICR_TYPER, TYPER_LAST);
	f->params.gic.redistributors.list[0] = gic_region(1);
	f->params.gic.redistributors.count = 1;
}

static void add_its(struct load_fixture *f)
{
	f->params.gic.its.list[0] = gic_region(1);
	f->params.gic.its.count = 1;
}

static void use_up_page_tables(struct load_fixture *f)
{
	while (page_pool_alloc(&f->pool) != NULL) {
	}
}

TEST(load_gic, redistributor_that_can_not_be_reached_is_fatal)
{
	add_redistributor(machine(1));

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: GIC: unable to map 0x"));
}

TEST(load_gic, its_that_can_not_be_reached_is_fatal)
{
	add_its(machine(1));

	EXPECT_FALSE(load_fixture_run());
	EXPECT_TRUE(load_log_has("ERROR: GIC: unable to map the ITS at 0x"));
}

TEST(load_gic, its_that_the_primary_keeps_is_fatal)
{
	struct load_fixture *f = machine(32);

	ASSERT_TRUE(load_fixture_run());
	use_up_page_tables(f);
	add_its(f);

	EXPECT_FALSE(load_guard_gic(&f->load));
	EXPECT_TRUE(load_log_has("from the primary VM."));
}

TEST(load_gic, redistributor_that_the_primary_keeps_is_fatal)
{
	struct load_fixture *f = machine(32);

	ASSERT_TRUE(load_fixture_run());
	use_up_page_tables(f);
	add_redistributor(f);

	EXPECT_FALSE(load_guard_gic(&f->load));
	EXPECT_TRUE(load_log_has("from the primary VM."));
}
