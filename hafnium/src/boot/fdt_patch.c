/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of others becomes a child of /reserved-memory with `no-map`, and no
 * entry of the memory reservation block: Linux does not leave a range out of
 * its linear map when it is reserved already. See docs/boot.md and
 * docs/decisions/0013-reserved-memory-nodes.md.
 */
#include "hf/boot/fdt_patch.h"

#include "hf/base/log.h"
#include "hf/boot/fdt.h"
#include "hf/boot/fdt_disable.h"
#include "hf/boot/fdt_edit.h"
#include "hf/types.h"

#define RESERVED_MEMORY "reserved-memory"

size_t fdt_patch_room(const void *dtb)
{
	size_t total = dt_claimed_size(dtb);

	return dt_spare(dtb) >= FDT_PATCH_SPARE ? total
						: total + FDT_PATCH_SPARE;
}

/** An address into a property of 4 or 8 bytes, whichever it is. */
static void overwrite_address(void *dtb, int node, const char *name,
			      paddr_t address)
{
	struct bytes old = dt_property(dtb, node, name);

	dt_set_number(dtb, node, name,
		      (struct dt_number){
			      .cells = (int)(old.size / 4),
			      .value = address.pa,
		      });
}

/** A number of one cell: how many cells something has. */
static void set_width(void *dtb, int node, const char *name, int cells)
{
	dt_set_number(dtb, node, name, (struct dt_number){1, (uint64_t)cells});
}

/** /reserved-memory with the cells of the root, or as it is already. */
static int find_or_add_parent(void *dtb, int existing)
{
	int parent;

	if (existing >= 0) {
		return existing;
	}
	parent = dt_add_node(dtb, 0, RESERVED_MEMORY);
	set_width(dtb, parent, "#address-cells", dt_address_cells(dtb, 0));
	set_width(dtb, parent, "#size-cells", dt_size_cells(dtb, 0));
	dt_set_property(dtb, parent, "ranges", bytes_empty());
	return parent;
}

/** New nodes become the first child, which leaves `parent` where it is. */
static void add_reserved(void *dtb, int parent,
			 const struct reserved_range *reserved)
{
	struct dt_range range = {
		.begin = reserved->range.begin.pa,
		.size = pa_range_size(reserved->range),
	};
	char name[32];
	int node;

	if (reserved->vm_id == HF_HYPERVISOR_VM_ID) {
		log_format(name, sizeof(name), "hypervisor@%lx", range.begin);
	} else {
		log_format(name, sizeof(name), "vm%u@%lx", reserved->vm_id,
			   range.begin);
	}
	if (dt_find_child(dtb, parent, name) >= 0) {
		dt_spoil(dtb);
	}
	node = dt_add_node(dtb, parent, name);
	dt_set_property(dtb, node, "no-map", bytes_empty());
	dt_set_reg(dtb, parent, node, range);
}

/** Nodes that are known by their offsets come before what moves them. */
static void patch(void *dtb, const struct load *load)
{
	const struct boot_params *params = load->params;
	int chosen = params->nodes[BOOT_CHOSEN];
	int parent;

	overwrite_address(dtb, chosen, "linux,initrd-start",
			  load->initrd.begin);
	overwrite_address(dtb, chosen, "linux,initrd-end", load->initrd.end);
	parent = find_or_add_parent(dtb, fdt_disable_its(dtb, params));
	for (size_t i = 0; i < load->reserved_count; i++) {
		add_reserved(dtb, parent, &load->reserved[i]);
	}
	fdt_disable_devices(dtb, load);
}

bool fdt_patch(void *dtb, size_t room, const struct load *load)
{
	bool is_open = dt_open(dtb, room);

	if (is_open) {
		patch(dtb, load);
	}
	if (!is_open || !dt_pack(dtb)) {
		log_error("FDT: no room for the changes, or malformed.");
		return false;
	}
	return true;
}
