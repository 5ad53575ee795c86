/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The primary: its image by its own header, all of memory but what is not its
 * own. Secondaries are in load_secondary.c. See docs/boot.md.
 */
#include "hf/boot/load.h"

#include <string.h>

#include "hf/arch/cache.h"
#include "hf/arch/mmu.h"
#include "hf/base/check.h"
#include "hf/base/log.h"
#include "hf/boot/image.h"
#include "hf/boot/initrd.h"
#include "hf/boot/load_gic.h"
#include "hf/plat/image.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm_set.h"

/** Without device ranges in the FDT, this much may be devices. */
#define DEVICE_SPACE_END (UINT64_C(1) << 40)

#define NO_ROOM_TEXT "Kernel is larger than available memory."

#define MODE_RAM (MM_MODE_RWX | MM_MODE_OWNED)
#define MODE_DEVICE (MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE | MM_MODE_OWNED)

/** Guests see it even with their caches off. */
static void copy(paddr_t begin, struct bytes file)
{
	memcpy(ptr_from_pa(begin), file.data, file.size);
	arch_cache_sync_code(va_from_pa(begin), file.size);
}

void load_set_entry(struct vm *vm, ipaddr_t entry, uint64_t arg)
{
	struct vcpu_locked vcpu = vcpu_lock(vm_vcpu(vm, 0));

	vcpu_reset(vcpu, entry.ipa, arg);
	vcpu_set_state(vcpu, VCPU_READY);
	vcpu_unlock(&vcpu);
}

static void reserve(struct load *load, struct pa_range range, uint16_t owner)
{
	struct reserved_range *reserved = &load->reserved[load->reserved_count];

	CHECK(load->reserved_count < MAX_RESERVED);
	load->reserved_count++;
	reserved->range = range;
	reserved->vm_id = owner;
}

bool32 load_unmap_from_primary(struct pa_range range)
{
	struct vm_locked primary = vm_lock(vm_set_find(HF_PRIMARY_VM_ID));
	enum mm_status status =
		stage2_unmap(&primary.vm->stage2, ipa_from_pa(range.begin),
			     ipa_from_pa(range.end));

	vm_unlock(&primary);
	if (status != MM_OK) {
		log_error("Unable to unmap %#lx - %#lx from the primary VM.",
			  range.begin.pa, range.end.pa - 1);
	}
	return status == MM_OK;
}

bool32 load_take_from_primary(struct load *load, struct pa_range range,
			      uint16_t owner)
{
	if (!load_unmap_from_primary(range)) {
		return false;
	}
	reserve(load, range, owner);
	return true;
}

static bool map_all(struct stage2 *stage2, const struct boot_ranges *ranges,
		    mm_mode_t mode)
{
	for (size_t i = 0; i < ranges->count; i++) {
		if (stage2_map_identity(stage2, ranges->list[i], mode) !=
		    MM_OK) {
			return false;
		}
	}
	return true;
}

/** Everything that may be a device; RAM goes over it afterwards. */
static bool map_devices(struct stage2 *stage2, const struct boot_params *params)
{
	struct pa_range all = {
		.begin = pa_init(0),
		.end = pa_init(min_u64(DEVICE_SPACE_END, BIT(mmu_pa_bits()))),
	};

	if (params->device_ranges.count == 0) {
		log_warning("FDT: no device memory, all below %#lx is.",
			    all.end.pa);
		return stage2_map_identity(stage2, all, MODE_DEVICE) == MM_OK;
	}
	return map_all(stage2, &params->device_ranges, MODE_DEVICE);
}

static bool map_primary_locked(struct vm_locked primary,
			       const struct boot_params *params)
{
	struct stage2 *stage2 = &primary.vm->stage2;

	return map_devices(stage2, params) &&
	       map_all(stage2, &params->mem_ranges, MODE_RAM);
}

static bool map_primary(struct load *load, struct vm *vm)
{
	struct vm_locked primary = vm_lock(vm);
	bool is_mapped = map_primary_locked(primary, load->params);

	vm_unlock(&primary);
	if (!is_mapped) {
		log_error("Unable to map the primary VM's memory.");
		return false;
	}
	return load_take_from_primary(load, image_range(),
				      HF_HYPERVISOR_VM_ID) &&
	       load_guard_gic(load);
}

/** End of the RAM that `address` lies in; `address` itself when in none. */
static uint64_t ram_end_behind(const struct boot_params *params,
			       uint64_t address)
{
	for (size_t i = 0; i < params->mem_ranges.count; i++) {
		struct pa_range ram = params->mem_ranges.list[i];

		if (address >= ram.begin.pa && address < ram.end.pa) {
			return ram.end.pa;
		}
	}
	return address;
}

/** Where the primary's image goes, and that nothing is there yet. */
static bool place_kernel(struct load *load, const struct manifest_vm *from,
			 const struct image_layout *layout, paddr_t *entry)
{
	uint64_t begin = from->boot_address;

	if (begin == MANIFEST_ANY_ADDRESS) {
		begin = align_up(image_range().end.pa, IMAGE_BASE_ALIGNMENT) +
			layout->text_offset;
	}
	if (layout->size_bytes > ram_end_behind(load->params, begin) - begin) {
		log_error(NO_ROOM_TEXT);
		return false;
	}
	*entry = pa_init(begin);
	if (!claims_add(&load->claims,
			(struct pa_range){*entry,
					  pa_init(begin + layout->size_bytes)},
			"the primary VM's kernel")) {
		if (from->boot_address == MANIFEST_ANY_ADDRESS) {
			log_error(NO_ROOM_TEXT);
		}
		return false;
	}
	return true;
}

bool32 load_find(const struct load *load, const char *what, const char *name,
		 struct bytes *file)
{
	if (name[0] == '\0') {
		return true;
	}
	*file = initrd_find(load->ramdisk, name);
	if (!bytes_exist(*file)) {
		log_error("Unable to find %s\"%s\" in initrd.", what, name);
		return false;
	}
	return true;
}

/** A kernel from the RAM disk, or one that is at boot_address already. */
static bool load_kernel(struct load *load, const struct manifest_vm *from,
			paddr_t *entry)
{
	struct image_layout layout = {.size_bytes = PAGE_SIZE};
	struct bytes file = bytes_none();
	enum image_status status = IMAGE_OK;

	if (from->kernel_filename[0] == '\0' &&
	    from->boot_address == MANIFEST_ANY_ADDRESS) {
		log_error("vm1: no kernel_filename and no boot_address.");
		return false;
	}
	if (!load_find(load, "kernel ", from->kernel_filename, &file)) {
		return false;
	}
	if (bytes_exist(file)) {
		status = image_read_layout(file, &layout);
	}
	if (status != IMAGE_OK) {
		log_error("%s: %s.", from->kernel_filename,
			  image_status_text(status));
		return false;
	}
	if (!place_kernel(load, from, &layout, entry)) {
		return false;
	}
	if (bytes_exist(file)) {
		copy(*entry, file);
	}
	return true;
}

static bool find_ramdisk(struct load *load, const struct manifest_vm *from)
{
	struct bytes file = {.data = NULL};

	if (!load_find(load, "ramdisk ", from->ramdisk_filename, &file)) {
		return false;
	}
	load->initrd.begin = pa_from_ptr(file.data);
	load->initrd.end = pa_init(load->initrd.begin.pa + file.size);
	return true;
}

static bool load_primary(struct load *load)
{
	const struct manifest_vm *from = &load->manifest->vms[0];
	struct vm *vm;
	paddr_t entry;

	if (!load_kernel(load, from, &entry) || !find_ramdisk(load, from)) {
		return false;
	}
	vm = vm_set_add((uint16_t)cpu_count(), load->pool);
	if (vm == NULL) {
		log_error("Unable to create the primary VM.");
		return false;
	}
	load_set_identity(vm, from);
	if (!map_primary(load, vm)) {
		return false;
	}
	load_set_entry(vm, ipa_from_pa(entry), load->fdt.pa);
	log_info("Loaded primary VM with %u vCPUs, entry at %#lx.",
		 vm->vcpu_count, entry.pa);
	return true;
}

/** What is in memory before we put anything there. */
static bool claim_what_is_there(struct load *load)
{
	struct pa_range fdt = {
		.begin = load->fdt,
		.end = pa_init(load->fdt.pa + load->fdt_size),
	};

	if (!params_is_ram(load->params, fdt)) {
		log_error("FDT: it is not in RAM, or at its very end.");
		return false;
	}
	return claims_add(&load->claims, image_range(), "the hypervisor") &&
	       claims_add(&load->claims, fdt, "the FDT") &&
	       claims_add(&load->claims, load->params->ramdisk, "the RAM disk");
}

bool load_vms(struct load *load)
{
	load->ram = load->params->mem_ranges;
	if (!claim_what_is_there(load) || !load_primary(load)) {
		return false;
	}
	for (size_t i = 1; i < load->manifest->vm_count; i++) {
		if (!load_secondary(load, i)) {
			return false;
		}
	}
	return true;
}
