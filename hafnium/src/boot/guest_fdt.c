/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device tree from the RAM disk, completed for the VM that gets it. See
 * docs/boot.md.
 */
#include "hf/boot/guest_fdt.h"

#include "hf/boot/fdt_edit.h"

/** The node of that name below the root; made when there is none. */
static int find_or_add(void *dtb, const char *name)
{
	int node = dt_find_child(dtb, 0, name);

	return node >= 0 ? node : dt_add_node(dtb, 0, name);
}

static void add_memory(const struct guest_fdt *fdt)
{
	int node = find_or_add(fdt->dtb, "memory");
	struct dt_range range = {
		.begin = fdt->memory.begin.ipa,
		.size = ipa_range_size(fdt->memory),
	};

	dt_set_string(fdt->dtb, node, "device_type", "memory");
	dt_set_reg(fdt->dtb, 0, node, range);
}

static void set_address(void *dtb, int node, const char *name, ipaddr_t address)
{
	dt_set_number(dtb, node, name, (struct dt_number){2, address.ipa});
}

static void add_chosen(const struct guest_fdt *fdt)
{
	bool has_ramdisk = ipa_range_size(fdt->ramdisk) != 0;
	bool has_params = fdt->boot_params[0] != '\0';
	int node;

	if (!has_ramdisk && !has_params) {
		return;
	}
	node = find_or_add(fdt->dtb, "chosen");
	if (has_params) {
		dt_set_string(fdt->dtb, node, "bootargs", fdt->boot_params);
	}
	if (has_ramdisk) {
		set_address(fdt->dtb, node, "linux,initrd-start",
			    fdt->ramdisk.begin);
		set_address(fdt->dtb, node, "linux,initrd-end",
			    fdt->ramdisk.end);
	}
}

bool guest_fdt_complete(const struct guest_fdt *fdt)
{
	if (!dt_check(fdt->dtb, fdt->room) || !dt_open(fdt->dtb, fdt->room)) {
		return false;
	}
	add_memory(fdt);
	add_chosen(fdt);
	return dt_pack(fdt->dtb);
}
