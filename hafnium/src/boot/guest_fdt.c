/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device tree from the RAM disk, completed for the VM that gets it. See
 * docs/boot.md.
 */
#include "hf/boot/guest_fdt.h"

#include <libfdt.h>
#include <string.h>

#include "hf/boot/fdt.h"

/** The node of that name below the root; made when there is none. */
static int find_or_add(void *dtb, const char *name)
{
	int node = fdt_subnode_offset(dtb, 0, name);

	return node >= 0 ? node : fdt_add_subnode(dtb, 0, name);
}

static bool set_string(void *dtb, int node, const char *name, const char *text)
{
	return fdt_setprop(dtb, node, name, text, (int)strlen(text) + 1) == 0;
}

/** libfdt appends to what is there. */
static bool remove_property(void *dtb, int node, const char *name)
{
	int status = fdt_delprop(dtb, node, name);

	return status == 0 || status == -FDT_ERR_NOTFOUND;
}

static bool add_memory(const struct guest_fdt *fdt)
{
	int node = find_or_add(fdt->dtb, "memory");

	return node >= 0 &&
	       set_string(fdt->dtb, node, "device_type", "memory") &&
	       remove_property(fdt->dtb, node, "reg") &&
	       fdt_appendprop_addrrange(fdt->dtb, 0, node, "reg",
					fdt->memory.begin.ipa,
					ipa_range_size(fdt->memory)) == 0;
}

static bool add_chosen(const struct guest_fdt *fdt)
{
	bool has_ramdisk = ipa_range_size(fdt->ramdisk) != 0;
	int node;

	if (!has_ramdisk && fdt->boot_params[0] == '\0') {
		return true;
	}
	node = find_or_add(fdt->dtb, "chosen");
	if (node < 0) {
		return false;
	}
	if (fdt->boot_params[0] != '\0' &&
	    !set_string(fdt->dtb, node, "bootargs", fdt->boot_params)) {
		return false;
	}
	return !has_ramdisk ||
	       (fdt_setprop_u64(fdt->dtb, node, "linux,initrd-start",
				fdt->ramdisk.begin.ipa) == 0 &&
		fdt_setprop_u64(fdt->dtb, node, "linux,initrd-end",
				fdt->ramdisk.end.ipa) == 0);
}

bool guest_fdt_complete(const struct guest_fdt *fdt)
{
	return dt_check(fdt->dtb, fdt->room) && dt_is_in_order(fdt->dtb) &&
	       fdt_open_into(fdt->dtb, fdt->dtb, (int)fdt->room) == 0 &&
	       add_memory(fdt) && add_chosen(fdt) && fdt_pack(fdt->dtb) == 0;
}
