/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the system comes up: boot_main() is a list to read, the steps above it
 * say what gives up with which text. See docs/boot.md.
 */
#include "hf/arch/cache.h"
#include "hf/arch/cpu.h"
#include "hf/arch/entry.h"
#include "hf/arch/mmu.h"
#include "hf/base/check.h"
#include "hf/base/log.h"
#include "hf/boot/boot_memory.h"
#include "hf/boot/fdt.h"
#include "hf/boot/fdt_patch.h"
#include "hf/boot/initrd.h"
#include "hf/psci/psci.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm_set.h"

static struct boot_state {
	struct page_pool pool;
	struct boot_params params;
	struct load load;
	struct manifest manifest; /* large: the others are in reach of adr */
} boot;

/** RAM, CPUs and RAM disk; all RAM is mapped when it returns. */
static const void *read_params(paddr_t fdt)
{
	const void *dtb = boot_memory_map_fdt(fdt);

	if (dtb == NULL || !params_read(&boot.params, dtb)) {
		panic("Could not parse boot params.");
	}
	params_log(&boot.params);
	if (!boot_memory_map_ram(&boot.params)) {
		panic("Could not map the memory of the boot params.");
	}
	if (!pa_range_is_empty(boot.params.ramdisk)) {
		boot.load.ramdisk.data = ptr_from_pa(boot.params.ramdisk.begin);
		boot.load.ramdisk.size = pa_range_size(boot.params.ramdisk);
	}
	return dtb;
}

static void read_manifest(const void *dtb)
{
	struct manifest_error error;
	struct manifest_source source = {
		.file = {.data = dtb, .size = dt_claimed_size(dtb)},
		.ramdisk = boot.load.ramdisk,
		.params = &boot.params,
	};

	if (!boot.params.fdt_is_manifest) {
		source.file = initrd_find(source.ramdisk, MANIFEST_FILE_NAME);
	}
	if (!bytes_exist(source.file)) {
		panic("Could not find manifest in initrd.");
	}
	if (!manifest_read(&boot.manifest, &source, &error)) {
		const char *text = manifest_status_text(error.status);

		log_error("%s: %s", error.path, text);
		panic("Could not parse manifest: %s.", text);
	}
}

static void init_cpus(void)
{
	params_order_cpus(&boot.params, arch_cpu_mpidr());
	cpu_table_init(boot.params.cpu_ids, boot.params.cpu_count);
}

static void load_all(const void *dtb)
{
	boot.load.params = &boot.params;
	boot.load.manifest = &boot.manifest;
	boot.load.fdt = pa_from_ptr(dtb);
	boot.load.fdt_size = fdt_patch_room(dtb);
	boot.load.pool = &boot.pool;
	if (!load_vms(&boot.load)) {
		panic("Unable to load VMs.");
	}
}

static void patch_fdt(void)
{
	void *dtb = ptr_from_pa(boot.load.fdt);

	if (!fdt_patch(dtb, boot.load.fdt_size, &boot.load)) {
		panic("Unable to update boot flow.");
	}
	arch_cache_clean_range(va_from_ptr(dtb), dt_claimed_size(dtb));
}

static struct arch_regs *enter_primary(void)
{
	struct vcpu *vcpu = vm_vcpu(vm_set_find(HF_PRIMARY_VM_ID), 0);
	struct vcpu_locked locked = vcpu_lock(vcpu);

	vcpu_start_on(locked, cpu_get(0));
	vcpu_unlock(&locked);
	return &vcpu->regs;
}

struct arch_regs *boot_main(paddr_t fdt)
{
	const void *dtb;

	boot_memory_enable(&boot.pool); /* own map; MMU and caches on */
	mmu_stage2_enable();		/* how guests' addresses are walked */
	arch_cpu_init();		/* what else EL2 sets once per CPU */
	log_notice("Initialising hafnium");

	dtb = read_params(fdt);
	read_manifest(dtb);
	init_cpus(); /* the table that PSCI works on */
	psci_init(); /* which version the firmware has */

	load_all(dtb); /* from here on, VMs exist */
	patch_fdt();   /* the primary learns what is not its own */
	boot_memory_unmap_ram(&boot.params);
	log_info("Hafnium initialisation completed");
	return enter_primary();
}
