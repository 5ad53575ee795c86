/* SPDX-License-Identifier: BSD-3-Clause */
/* What the device tree says about the interrupt controller. */
#include "hf/boot/gic_nodes.h"

#include <string.h>

#include "boot/dtb_builder.h"
#include "boot/machine_tree.h"
#include "hf/arch/fake/machine.h"
#include "hf/boot/fdt.h"
#include "hftest.h"

static struct boot_params params;

static const struct boot_gic *gic(void)
{
	return &params.gic;
}

static bool reads(struct bytes blob)
{
	fake_console_clear();
	return dt_check(blob.data, blob.size) &&
	       params_read(&params, blob.data);
}

static bool reads_tree(const struct machine_tree *tree)
{
	return reads(machine_tree_build(tree));
}

static bool says_why(void)
{
	return strstr(fake_console_text(), "the node of the GIC") != NULL;
}

/** A tree with what is needed; the current node is a GIC's. */
static void begin(const char *compatible)
{
	dtb_begin();
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
	dtb_node("chosen");
	dtb_u64("linux,initrd-start", 0x48000000);
	dtb_u64("linux,initrd-end", 0x48001000);
	dtb_end();
	dtb_node("cpus");
	dtb_u32("#address-cells", 1);
	dtb_node("cpu@0");
	dtb_string("device_type", "cpu");
	dtb_u32("reg", 0);
	dtb_end();
	dtb_end();
	dtb_node("intc");
	dtb_flag("interrupt-controller");
	dtb_string("compatible", compatible);
	dtb_u32("#address-cells", 2);
	dtb_u32("#size-cells", 2);
}

static bool finish_reads(void)
{
	dtb_end();
	return reads(dtb_finish(0));
}

static void add_its(const char *name, uint32_t at)
{
	dtb_node(name);
	dtb_flag("msi-controller");
	dtb_string("compatible", "arm,gic-v3-its");
	dtb_cells("reg", 0, at, 0, 0x20000);
	dtb_end();
}

TEST(gic_nodes, machine_without_one)
{
	struct machine_tree tree = machine_tree_default();

	ASSERT_TRUE(reads_tree(&tree));
	EXPECT_EQ(gic()->ranges.count, 0U);
	EXPECT_EQ(gic()->redistributors.count, 0U);
	EXPECT_EQ(gic()->its.count, 0U);
}

TEST(gic_nodes, gicv3_of_qemu)
{
	struct machine_tree tree = machine_tree_default();

	tree.redistributors = (struct pa_range){{0x080a0000}, {0x09000000}};
	tree.its = (struct pa_range){{0x08080000}, {0x080a0000}};

	ASSERT_TRUE(reads_tree(&tree));
	ASSERT_EQ(gic()->redistributors.count, 1U);
	EXPECT_EQ(gic()->redistributors.list[0].begin.pa, 0x080a0000U);
	EXPECT_EQ(gic()->redistributors.list[0].end.pa, 0x09000000U);
	ASSERT_EQ(gic()->its.count, 1U);
	EXPECT_EQ(gic()->its.list[0].begin.pa, 0x08080000U);
	EXPECT_EQ(gic()->its.list[0].end.pa, 0x080a0000U);
	EXPECT_EQ(gic()->ranges.count, 3U);
}

TEST(gic_nodes, gicv2_has_registers_only)
{
	begin("arm,cortex-a15-gic");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x08010000, 0, 0x10000);

	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->ranges.count, 2U);
	EXPECT_EQ(gic()->redistributors.count, 0U);
}

TEST(gic_nodes, gic_400_is_a_gicv2)
{
	begin("arm,gic-400");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000);

	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->ranges.count, 1U);
}

TEST(gic_nodes, other_controllers_are_none)
{
	begin("arm,pl061");
	dtb_cells("reg", 0, 0x09030000, 0, 0x1000);

	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->ranges.count, 0U);
}

TEST(gic_nodes, registers_are_widened_to_pages)
{
	begin("arm,gic-400");
	dtb_cells("reg", 0, 0x08000800, 0, 0x1000);

	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->ranges.list[0].begin.pa, 0x08000000U);
	EXPECT_EQ(gic()->ranges.list[0].end.pa, 0x08002000U);
}

TEST(gic_nodes, several_regions_of_redistributors)
{
	begin("arm,gic-v3");
	dtb_u32("#redistributor-regions", 2);
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000,
		  1, 0, 0, 0x20000, 0, 0x08010000, 0, 0x10000);

	ASSERT_TRUE(finish_reads());
	ASSERT_EQ(gic()->redistributors.count, 2U);
	EXPECT_EQ(gic()->redistributors.list[1].begin.pa, 0x100000000U);
	EXPECT_EQ(gic()->ranges.count, 4U);
}

TEST(gic_nodes, region_that_is_missing_is_refused)
{
	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000);

	EXPECT_FALSE(finish_reads());
	EXPECT_TRUE(says_why());
}

TEST(gic_nodes, too_many_regions_are_refused)
{
	begin("arm,gic-v3");
	dtb_u32("#redistributor-regions", 5);
	dtb_cells("reg", 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
		  0, 1, 0, 0, 0, 1);

	EXPECT_FALSE(finish_reads());
	EXPECT_TRUE(says_why());
}

TEST(gic_nodes, malformed_number_of_regions_is_refused)
{
	begin("arm,gic-v3");
	dtb_bytes("#redistributor-regions", "abc", 3);
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);

	EXPECT_FALSE(finish_reads());
}

TEST(gic_nodes, stride_is_0_without_one)
{
	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);

	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->redistributor_stride, 0U);
}

TEST(gic_nodes, stride_of_either_width)
{
	begin("arm,gic-v3");
	dtb_u32("redistributor-stride", 0x40000);
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->redistributor_stride, 0x40000U);

	begin("arm,gic-v3");
	dtb_cells("redistributor-stride", 1, 0);
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->redistributor_stride, 0x100000000U);
}

TEST(gic_nodes, stride_that_can_not_be_is_refused)
{
	begin("arm,gic-v3");
	dtb_u32("redistributor-stride", 0x21000);
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	EXPECT_FALSE(finish_reads());
	EXPECT_TRUE(says_why());

	begin("arm,gic-v3");
	dtb_bytes("redistributor-stride", "abc", 3);
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	EXPECT_FALSE(finish_reads());
	EXPECT_TRUE(says_why());
}

TEST(gic_nodes, too_many_registers_are_refused)
{
	static uint32_t cells[4 * (MAX_GIC_RANGES + 1)];

	for (size_t i = 3; i < ARRAY_SIZE(cells); i += 4) {
		cells[i] = 0x1000;
	}
	begin("arm,gic-400");
	dtb_cell_list("reg", cells, ARRAY_SIZE(cells));

	EXPECT_FALSE(finish_reads());
}

TEST(gic_nodes, malformed_reg_is_refused)
{
	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0);
	EXPECT_FALSE(finish_reads());

	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0);
	EXPECT_FALSE(finish_reads());

	begin("arm,gic-v3");
	dtb_cells("reg", 0xffffffff, 0xfffff000, 0, 0x10000, 0, 0, 0, 1);
	EXPECT_FALSE(finish_reads());

	begin("arm,gic-v3");
	dtb_cells("reg", 0xffffffff, 0xfffff000, 0, 0xfff, 0, 0, 0, 1);
	EXPECT_FALSE(finish_reads());
}

TEST(gic_nodes, several_its)
{
	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	dtb_flag("ranges");
	add_its("a", 0x09000000);
	add_its("b", 0x09020000);

	ASSERT_TRUE(finish_reads());
	ASSERT_EQ(gic()->its.count, 2U);
	EXPECT_LT(gic()->its_nodes[0], gic()->its_nodes[1]);
	EXPECT_EQ(gic()->its.list[1].begin.pa, 0x09020000U);
}

TEST(gic_nodes, its_beside_the_gic)
{
	begin("arm,gic-400");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000);
	dtb_end();
	add_its("its", 0x09000000);
	dtb_node("last");

	ASSERT_TRUE(finish_reads());
	EXPECT_EQ(gic()->its.count, 1U);
}

TEST(gic_nodes, too_many_its_are_refused)
{
	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	dtb_flag("ranges");
	add_its("a", 0x09000000);
	add_its("b", 0x09020000);
	add_its("c", 0x09040000);
	add_its("d", 0x09060000);
	add_its("e", 0x09080000);

	EXPECT_FALSE(finish_reads());
	EXPECT_TRUE(says_why());
}

/** Where it is then is not what `reg` says. */
TEST(gic_nodes, its_behind_other_addresses_is_refused)
{
	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	dtb_cells("ranges", 0, 0, 0, 0x08000000, 0, 0x1000000);
	add_its("a", 0x00080000);
	EXPECT_FALSE(finish_reads());

	begin("arm,gic-v3");
	dtb_cells("reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x20000);
	add_its("a", 0x00080000);
	EXPECT_FALSE(finish_reads());
}
