/* SPDX-License-Identifier: BSD-3-Clause */
/* Nodes in the order of QEMU 7.2. See docs/testing.md. */
#include "boot/machine_tree.h"

#include <stdio.h>

#include "boot/dtb_builder.h"
#include "hftest.h"

struct machine_tree machine_tree_default(void)
{
	return (struct machine_tree){
		.address_cells = 2,
		.size_cells = 2,
		.cpu_address_cells = 1,
		.has_chosen = true,
		.has_initrd = true,
		.initrd = {{0x48000000}, {0x48012345}},
		.bootargs = "console=ttyAMA0 hft.run=*",
		.has_cpus = true,
		.cpu_ids = {0, 1, 2, 3},
		.cpu_count = 4,
		.memory = {{{0x40000000}, {0x80000000}}},
		.memory_count = 1,
		.virtio_count = 2,
	};
}

static size_t put_cells(uint32_t *cells, uint32_t width, uint64_t value)
{
	if (width == 1) {
		cells[0] = (uint32_t)value;
		return 1;
	}
	cells[0] = (uint32_t)(value >> 32);
	cells[1] = (uint32_t)value;
	return 2;
}

static void add_reg(const struct machine_tree *tree, struct pa_range range)
{
	uint32_t cells[4];
	size_t count = put_cells(cells, tree->address_cells, range.begin.pa);

	count += put_cells(cells + count, tree->size_cells,
			   pa_range_size(range));
	dtb_cell_list("reg", cells, count);
}

static void add_address(const struct machine_tree *tree, const char *name,
			paddr_t address)
{
	if (tree->is_initrd_32bit) {
		dtb_u32(name, (uint32_t)address.pa);
	} else {
		dtb_u64(name, address.pa);
	}
}

static void add_chosen(const struct machine_tree *tree)
{
	dtb_node("chosen");
	if (tree->has_initrd) {
		add_address(tree, "linux,initrd-end", tree->initrd.end);
		add_address(tree, "linux,initrd-start", tree->initrd.begin);
	}
	dtb_string("bootargs", tree->bootargs);
	dtb_string("stdout-path", "/pl011@9000000");
	dtb_end();
}

static void add_cpus(const struct machine_tree *tree)
{
	dtb_node("cpus");
	dtb_u32("#address-cells", tree->cpu_address_cells);
	dtb_u32("#size-cells", 0);
	dtb_node("cpu-map");
	dtb_end();
	for (size_t i = 0; i < tree->cpu_count; i++) {
		uint32_t cells[2];
		char name[32];

		(void)snprintf(name, sizeof(name), "cpu@%zu", i);
		dtb_node(name);
		dtb_string("device_type", "cpu");
		dtb_string("compatible", "arm,cortex-a57");
		dtb_string("enable-method", "psci");
		dtb_cell_list("reg", cells,
			      put_cells(cells, tree->cpu_address_cells,
					tree->cpu_ids[i]));
		dtb_end();
	}
	dtb_end();
}

static void add_ranges(const struct machine_tree *tree, const char *type,
		       const struct pa_range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char name[40];

		(void)snprintf(name, sizeof(name), "%s@%lx", type,
			       ranges[i].begin.pa);
		dtb_node(name);
		add_reg(tree, ranges[i]);
		dtb_string("device_type", type);
		dtb_end();
	}
}

static void add_devices(const struct machine_tree *tree)
{
	dtb_node("psci");
	dtb_bytes("compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci", 35);
	dtb_string("method", "smc");
	dtb_end();
	for (size_t i = 0; i < tree->virtio_count; i++) {
		char name[40];

		(void)snprintf(name, sizeof(name), "virtio_mmio@%zx",
			       0xa000000 + i * 0x200);
		dtb_node(name);
		dtb_string("compatible", "virtio,mmio");
		dtb_cells("interrupts", 0, 16, 1);
		dtb_flag("dma-coherent");
		dtb_end();
	}
}

static void add_gic(const struct machine_tree *tree)
{
	uint32_t cells[8];
	size_t count = put_cells(cells, tree->address_cells, 0x08000000);

	dtb_node("intc@8000000");
	count += put_cells(cells + count, tree->size_cells, 0x10000);
	count += put_cells(cells + count, tree->address_cells,
			   tree->redistributors.begin.pa);
	count += put_cells(cells + count, tree->size_cells,
			   pa_range_size(tree->redistributors));
	dtb_cell_list("reg", cells, count);
	dtb_u32("#redistributor-regions", 1);
	dtb_string("compatible", "arm,gic-v3");
	dtb_flag("ranges");
	dtb_u32("#address-cells", tree->address_cells);
	dtb_u32("#size-cells", tree->size_cells);
	dtb_flag("interrupt-controller");
	if (!pa_range_is_empty(tree->its)) {
		dtb_node("its@8080000");
		add_reg(tree, tree->its);
		dtb_flag("msi-controller");
		dtb_string("compatible", "arm,gic-v3-its");
		dtb_end();
	}
	dtb_end();
}

static void add_reserved_memory(void)
{
	dtb_node("reserved-memory");
	dtb_u32("#address-cells", 1);
	dtb_u32("#size-cells", 1);
	dtb_flag("ranges");
	dtb_node("firmware@7f000000");
	dtb_cells("reg", 0x7f000000, 0x1000);
	dtb_end();
	dtb_end();
}

static void add_manifest(void)
{
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_end();
	dtb_end();
}

struct bytes machine_tree_build(const struct machine_tree *tree)
{
	dtb_begin();
	dtb_u32("#address-cells", tree->address_cells);
	dtb_u32("#size-cells", tree->size_cells);
	dtb_string("compatible", "linux,dummy-virt");
	add_ranges(tree, "memory", tree->memory, tree->memory_count);
	add_devices(tree);
	add_ranges(tree, "device-memory", tree->devices, tree->device_count);
	if (!pa_range_is_empty(tree->redistributors)) {
		add_gic(tree);
	}
	if (tree->has_cpus) {
		add_cpus(tree);
	}
	if (tree->has_reserved_memory) {
		add_reserved_memory();
	}
	if (tree->is_manifest) {
		add_manifest();
	}
	if (tree->has_chosen) {
		add_chosen(tree);
	}
	return dtb_finish(tree->spare);
}

struct bytes machine_tree_default_blob(void)
{
	struct machine_tree tree = machine_tree_default();

	return machine_tree_build(&tree);
}
