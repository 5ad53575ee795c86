/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of others becomes a child of /reserved-memory with `no-map`, and no
 * entry of the memory reservation block: Linux does not leave a range out of
 * its linear map when it is reserved already. See docs/boot.md and
 * docs/decisions/0013-reserved-memory-nodes.md.
 */
#include "hf/boot/fdt_patch.h"

#include <libfdt.h>
#include <string.h>

#include "hf/base/log.h"
#include "hf/boot/fdt.h"
#include "hf/boot/fdt_disable.h"
#include "hf/types.h"

#define RESERVED_MEMORY "reserved-memory"

/** Bytes behind the last block that are inside the total size. */
static size_t spare_bytes(const void *dtb)
{
	uint64_t struct_end =
		(uint64_t)fdt_off_dt_struct(dtb) + fdt_size_dt_struct(dtb);
	uint64_t strings_end =
		(uint64_t)fdt_off_dt_strings(dtb) + fdt_size_dt_strings(dtb);

	return fdt_totalsize(dtb) - max_u64(struct_end, strings_end);
}

size_t fdt_patch_room(const void *dtb)
{
	size_t total = fdt_totalsize(dtb);

	return spare_bytes(dtb) >= FDT_PATCH_SPARE ? total
						   : total + FDT_PATCH_SPARE;
}

/** An address into a property of 4 or 8 bytes, whichever it is. */
static bool overwrite_address(void *dtb, int node, const char *name,
			      uint64_t address)
{
	struct bytes old = dt_property(dtb, node, name);

	if (old.size == sizeof(uint64_t)) {
		return fdt_setprop_inplace_u64(dtb, node, name, address) == 0;
	}
	return old.size == sizeof(uint32_t) && address <= UINT32_MAX &&
	       fdt_setprop_inplace_u32(dtb, node, name, (uint32_t)address) == 0;
}

static bool patch_chosen(void *dtb, int chosen, struct pa_range initrd)
{
	return overwrite_address(dtb, chosen, "linux,initrd-start",
				 initrd.begin.pa) &&
	       overwrite_address(dtb, chosen, "linux,initrd-end",
				 initrd.end.pa);
}

/**
 * /reserved-memory with the cells of the root, or as it is already. Negative:
 * no room.
 */
static int find_or_add_parent(void *dtb, int existing)
{
	uint32_t address_cells = (uint32_t)fdt_address_cells(dtb, 0);
	uint32_t size_cells = (uint32_t)fdt_size_cells(dtb, 0);
	int parent;

	if (existing >= 0) {
		return existing;
	}
	parent = fdt_add_subnode(dtb, 0, RESERVED_MEMORY);
	if (parent < 0 ||
	    fdt_setprop_u32(dtb, parent, "#address-cells", address_cells) !=
		    0 ||
	    fdt_setprop_u32(dtb, parent, "#size-cells", size_cells) != 0 ||
	    fdt_setprop_empty(dtb, parent, "ranges") != 0) {
		return -1;
	}
	return parent;
}

/** New nodes become the first child, which leaves `parent` where it is. */
static bool add_reserved(void *dtb, int parent,
			 const struct reserved_range *reserved)
{
	char name[32];
	int node;

	if (reserved->vm_id == HF_HYPERVISOR_VM_ID) {
		log_format(name, sizeof(name), "hypervisor@%lx",
			   reserved->range.begin.pa);
	} else {
		log_format(name, sizeof(name), "vm%u@%lx", reserved->vm_id,
			   reserved->range.begin.pa);
	}
	node = fdt_add_subnode(dtb, parent, name);
	return node >= 0 && fdt_setprop_empty(dtb, node, "no-map") == 0 &&
	       fdt_appendprop_addrrange(dtb, parent, node, "reg",
					reserved->range.begin.pa,
					pa_range_size(reserved->range)) == 0;
}

static bool patch_reserved(void *dtb, const struct load *load,
			   int reserved_memory)
{
	int parent = find_or_add_parent(dtb, reserved_memory);

	if (parent < 0) {
		return false;
	}
	for (uint32_t i = 0; i < load->reserved_count; i++) {
		if (!add_reserved(dtb, parent, &load->reserved[i])) {
			return false;
		}
	}
	return true;
}

/** As large as `room`; QEMU's tree has space inside and is not moved. */
static bool make_room(void *dtb, size_t room)
{
	return room <= fdt_totalsize(dtb) ||
	       fdt_open_into(dtb, dtb, (int)room) == 0;
}

bool fdt_patch(void *dtb, size_t room, const struct load *load)
{
	int reserved_memory = load->params->reserved_memory_node;

	if (!dt_is_in_order(dtb) || !make_room(dtb, room) ||
	    !patch_chosen(dtb, load->params->chosen_node, load->initrd) ||
	    !fdt_disable(dtb, load, &reserved_memory) ||
	    !patch_reserved(dtb, load, reserved_memory) || fdt_pack(dtb) != 0) {
		log_error("FDT: no room for the changes, or malformed.");
		return false;
	}
	return true;
}
