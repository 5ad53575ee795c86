/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/vm/cpu.c: the table of physical CPUs. */
#include "hf/vm/cpu.h"

#include "hftest.h"

static const uint64_t mpidrs[MAX_CPUS + 1] = {
	0x80, 0x81, UINT64_C(0x100000080), 3, 4, 5, 6, 7, 8,
};

TEST(cpu_table, boot_cpu_is_on_and_others_are_off)
{
	cpu_table_init(mpidrs, 3);

	EXPECT_TRUE(cpu_is_on(cpu_get(0)));
	EXPECT_FALSE(cpu_is_on(cpu_get(1)));
	EXPECT_FALSE(cpu_is_on(cpu_get(2)));
}

TEST(cpu_table, index_and_mpidr_are_kept_in_order)
{
	cpu_table_init(mpidrs, MAX_CPUS);

	EXPECT_EQ(cpu_count(), (uint32_t)MAX_CPUS);
	EXPECT_EQ(cpu_get(2)->idx, 2U);
	EXPECT_EQ(cpu_get(2)->mpidr, UINT64_C(0x100000080));
	EXPECT_EQ(cpu_get(MAX_CPUS - 1)->idx, MAX_CPUS - 1U);
}

TEST(cpu_table, none_at_all_panics)
{
	EXPECT_PANIC("count >= 1", cpu_table_init(mpidrs, 0));
}

TEST(cpu_table, more_than_fit_panics)
{
	EXPECT_PANIC("count <= MAX_CPUS", cpu_table_init(mpidrs, MAX_CPUS + 1));
}

TEST(cpu_table, index_behind_the_last_panics)
{
	cpu_table_init(mpidrs, 2);

	EXPECT_PANIC("idx < cpu_state.count", cpu_get(2));
}

TEST(cpu_table, reset_leaves_no_cpu)
{
	cpu_table_init(mpidrs, 2);

	cpu_table_reset();

	EXPECT_EQ(cpu_count(), 0U);
	EXPECT_EQ(cpu_find(0x80), NULL);
}

TEST(cpu_find, all_affinity_fields_count)
{
	cpu_table_init(mpidrs, 3);

	EXPECT_EQ(cpu_find(0x80), cpu_get(0));
	EXPECT_EQ(cpu_find(UINT64_C(0x100000080)), cpu_get(2));
}

TEST(cpu_find, unknown_mpidr_is_null)
{
	cpu_table_init(mpidrs, 3);

	EXPECT_EQ(cpu_find(0x82), NULL);
	EXPECT_EQ(cpu_find(0x80000080), NULL);
	EXPECT_EQ(cpu_find(UINT64_MAX), NULL);
}

TEST(cpu_find, cpu_behind_the_count_is_null)
{
	cpu_table_init(mpidrs, 3);
	cpu_table_init(mpidrs, 2);

	EXPECT_EQ(cpu_find(UINT64_C(0x100000080)), NULL);
}

TEST(cpu_turn_on, off_cpu_takes_entry_and_argument)
{
	cpu_table_init(mpidrs, 2);

	EXPECT_TRUE(cpu_try_turn_on(cpu_get(1), 0x1000, 7));

	EXPECT_TRUE(cpu_is_on(cpu_get(1)));
	EXPECT_EQ(cpu_get(1)->entry, 0x1000U);
	EXPECT_EQ(cpu_get(1)->arg, 7U);
}

TEST(cpu_turn_on, cpu_that_is_on_changes_nothing)
{
	cpu_table_init(mpidrs, 2);
	ASSERT_TRUE(cpu_try_turn_on(cpu_get(1), 0x1000, 7));

	EXPECT_FALSE(cpu_try_turn_on(cpu_get(1), 0x2000, 8));

	EXPECT_EQ(cpu_get(1)->entry, 0x1000U);
	EXPECT_EQ(cpu_get(1)->arg, 7U);
}

TEST(cpu_turn_on, off_again_can_be_turned_on_again)
{
	cpu_table_init(mpidrs, 2);
	ASSERT_TRUE(cpu_try_turn_on(cpu_get(1), 0x1000, 7));

	cpu_set_off(cpu_get(1));

	EXPECT_FALSE(cpu_is_on(cpu_get(1)));
	EXPECT_TRUE(cpu_try_turn_on(cpu_get(1), 0x2000, 8));
}

TEST(cpu_arrived, only_after_it_came_up)
{
	cpu_table_init(mpidrs, 2);
	ASSERT_TRUE(cpu_try_turn_on(cpu_get(1), 0, 0));

	EXPECT_FALSE(cpu_has_arrived(cpu_get(1)));
	cpu_set_arrived(cpu_get(1));
	EXPECT_TRUE(cpu_has_arrived(cpu_get(1)));
}

TEST(cpu_arrived, next_turn_on_waits_anew)
{
	cpu_table_init(mpidrs, 2);
	ASSERT_TRUE(cpu_try_turn_on(cpu_get(1), 0, 0));
	cpu_set_arrived(cpu_get(1));
	cpu_set_off(cpu_get(1));

	ASSERT_TRUE(cpu_try_turn_on(cpu_get(1), 0, 0));

	EXPECT_FALSE(cpu_has_arrived(cpu_get(1)));
}

TEST(cpu_resume, entry_and_argument_are_replaced)
{
	cpu_table_init(mpidrs, 1);

	cpu_set_resume(cpu_get(0), 0x5000, 9);

	EXPECT_EQ(cpu_get(0)->entry, 0x5000U);
	EXPECT_EQ(cpu_get(0)->arg, 9U);
	EXPECT_TRUE(cpu_is_on(cpu_get(0)));
}
