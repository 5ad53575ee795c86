/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CPUs of the machine and PSCI. A CPU that is started comes in through crt0.S
 * with the MMU off and finds its stack and orders in struct hft_cpu, which is
 * why these are cleaned from the caches first.
 */
#include "hft/power.h"

#include <string.h>

#include "carrier.h"
#include "cpu.h"
#include "hf/call.h"
#include "hft/boot.h"
#include "hft/fdt.h"
#include "hft/mm.h"
#include "layout.h"

uint8_t hft_stacks[HFT_MAX_CPUS][HFT_STACK_SIZE] __attribute__((aligned(16)));

static struct {
	struct hft_cpu cpus[HFT_MAX_CPUS];
	uint64_t mpidr[HFT_MAX_CPUS];
	uint32_t count;
	bool uses_hvc;
} power;

extern char hft_vectors[];
void hft_secondary_entry(void);

struct hft_cpu *hft_cpu(void)
{
	return (struct hft_cpu *)(hft_current_el() == 2
					  ? hft_sysreg_read(tpidr_el2)
					  : hft_sysreg_read(tpidr_el1));
}

uint32_t hft_cpu_index(void)
{
	return hft_cpu()->cpu_idx;
}

uint32_t hft_cpu_count(void)
{
	return power.count;
}

uint64_t hft_cpu_mpidr(uint32_t cpu_idx)
{
	return cpu_idx < power.count ? power.mpidr[cpu_idx] : UINT64_MAX;
}

static void read_cpus(void)
{
	const void *fdt = hft_fdt();
	int parent = fdt_path_offset(fdt, "/cpus");
	int node;

	fdt_for_each_subnode(node, fdt, parent)
	{
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);
		uint64_t mpidr;

		if (type == NULL || strcmp(type, "cpu") != 0 ||
		    !hft_fdt_integer(node, "reg", &mpidr) ||
		    mpidr == power.mpidr[0] || power.count == HFT_MAX_CPUS) {
			continue;
		}
		power.mpidr[power.count++] = mpidr;
	}
}

/** A secondary without an FDT: vCPU n is n; nobody says how many there are. */
static void assume_cpus(void)
{
	for (uint32_t i = 1; i < HFT_MAX_CPUS; i++) {
		power.mpidr[i] = i;
	}
	power.count = HFT_MAX_CPUS;
}

static void read_conduit(void)
{
	const void *fdt = hft_fdt();
	const char *method =
		fdt_getprop(fdt, fdt_path_offset(fdt, "/psci"), "method", NULL);

	power.uses_hvc = method != NULL && strcmp(method, "hvc") == 0;
}

void hft_cpu_init(void)
{
	for (uint32_t i = 0; i < HFT_MAX_CPUS; i++) {
		power.cpus[i].cpu_idx = i;
		power.cpus[i].stack_end =
			(uintptr_t)&hft_stacks[i][HFT_STACK_SIZE];
	}
	power.mpidr[0] = hft_sysreg_read(mpidr_el1) & HFT_MPIDR_MASK;
	power.count = 1;
	hft_cpu_set_up(&power.cpus[0]);
	if (hft_fdt() != NULL) {
		read_cpus();
		read_conduit();
	} else {
		assume_cpus();
	}
}

void hft_cpu_set_up(struct hft_cpu *cpu)
{
	if (hft_current_el() == 2) {
		/* EL1 is AArch64; nothing traps; FP is there. */
		hft_sysreg_write(hcr_el2, UINT64_C(1) << 31);
		hft_sysreg_write(cptr_el2, UINT64_C(0x33ff));
		hft_sysreg_write(vbar_el2, (uintptr_t)hft_vectors);
		hft_sysreg_write(tpidr_el2, (uintptr_t)cpu);
	} else {
		hft_sysreg_write(cpacr_el1, UINT64_C(3) << 20);
		hft_sysreg_write(vbar_el1, (uintptr_t)hft_vectors);
		hft_sysreg_write(tpidr_el1, (uintptr_t)cpu);
	}
	hft_isb();
	hft_mm_enable();
}

int64_t hft_psci(uint32_t id, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	struct smccc_value args = {{id, arg1, arg2, arg3}};

	args = power.uses_hvc ? hf_hvc(args) : hf_smc(args);
	return (int32_t)args.x[0];
}

uint64_t hft_cpu_entry_address(void)
{
	return (uintptr_t)hft_secondary_entry;
}

uint64_t hft_cpu_entry_context(uint32_t cpu_idx)
{
	return (uintptr_t)&power.cpus[cpu_idx];
}

void hft_cpu_prepare(uint32_t cpu_idx, void (*run)(uint64_t arg), uint64_t arg)
{
	struct hft_cpu *cpu = &power.cpus[cpu_idx % HFT_MAX_CPUS];

	cpu->run = run;
	cpu->arg = arg;
	cpu->is_done = false;
	hft_cache_clean(&power, sizeof(power));
	hft_cache_clean(hft_stacks[cpu->cpu_idx], HFT_STACK_SIZE);
}

int64_t hft_cpu_start(uint32_t cpu_idx, void (*run)(uint64_t arg), uint64_t arg)
{
	hft_cpu_prepare(cpu_idx, run, arg);
	return hft_psci(PSCI_64(PSCI_CPU_ON), hft_cpu_mpidr(cpu_idx),
			hft_cpu_entry_address(),
			hft_cpu_entry_context(cpu_idx % HFT_MAX_CPUS));
}

struct hft_cpu_entry hft_cpu_entry(uint32_t cpu_idx)
{
	const struct hft_cpu *cpu = &power.cpus[cpu_idx % HFT_MAX_CPUS];

	/* It was written with the MMU off. */
	hft_cache_clean(cpu, sizeof(*cpu));
	return cpu->entry;
}

void hft_cpu_wait_off(uint32_t cpu_idx)
{
	const struct hft_cpu *cpu = &power.cpus[cpu_idx % HFT_MAX_CPUS];

	while (!cpu->is_done) {
		__asm__ volatile("yield");
	}
	while (hft_psci(PSCI_64(PSCI_AFFINITY_INFO), hft_cpu_mpidr(cpu_idx), 0,
			0) != PSCI_AFFINITY_OFF) {
		__asm__ volatile("yield");
	}
}

bool hft_cpu_run(uint32_t cpu_idx, void (*run)(uint64_t arg), uint64_t arg)
{
	if (hft_cpu_start(cpu_idx, run, arg) != PSCI_SUCCESS) {
		return false;
	}
	hft_cpu_wait_off(cpu_idx);
	return true;
}

void hft_secondary_main(struct hft_cpu *cpu)
{
	hft_cpu_set_up(cpu);
	/* A failed ASSERT, or a crash, ends this CPU's part only. */
	switch (hft_jump_save(&cpu->end)) {
	case 0:
		cpu->run(cpu->arg);
		break;
	case HFT_JUMP_CRASH:
		hft_carrier_report()->failed = true;
		break;
	}
	cpu->is_done = true;
	(void)hft_psci(PSCI_CPU_OFF, 0, 0, 0);
	hft_report_fail(__FILE__, __LINE__, "CPU_OFF came back");
	for (;;) {
		__asm__ volatile("wfi");
	}
}

void hft_power_off(void)
{
	(void)hft_psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;) {
		__asm__ volatile("wfi");
	}
}
