/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CPU, firmware, caches and console of the fake architecture. See
 * docs/testing.md.
 */
#include "hf/arch/fake/machine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hf/arch/cache.h"
#include "hf/arch/cpu.h"
#include "hf/arch/feature.h"
#include "hf/arch/smc.h"
#include "hf/base/log.h"
#include "hf/base/sink.h"
#include "sysreg_file.h"

#define CONSOLE_SIZE 65536

static struct fake_machine {
	fake_firmware *firmware;
	/* guarded by smc_lock */
	struct smccc_value smc_last;
	pthread_mutex_t smc_lock;
	_Atomic unsigned int smc_count;
	_Atomic uint64_t cleaned_bytes;
	_Atomic uint64_t set_way_count;
	_Atomic uint64_t code_bytes;
	/* guarded by the lock of the log */
	char console[CONSOLE_SIZE];
	size_t console_length;
} fake_machine = {.smc_lock = PTHREAD_MUTEX_INITIALIZER};

static _Thread_local uint32_t this_cpu;
static _Atomic bool is_debug_build;

void fake_machine_reset(void)
{
	fake_machine.firmware = NULL;
	fake_machine.smc_count = 0;
	fake_machine.cleaned_bytes = 0;
	fake_machine.set_way_count = 0;
	fake_machine.code_bytes = 0;
	this_cpu = 0;
	is_debug_build = false;
	fake_console_clear();
	fake_sysreg_reset();
	log_reset();
}

bool arch_is_debug_build(void)
{
	return is_debug_build;
}

void fake_set_debug_build(bool is_debug)
{
	is_debug_build = is_debug;
}

void fake_cpu_set(uint32_t cpu_idx)
{
	this_cpu = cpu_idx;
}

uint32_t sink_cpu_slot(void)
{
	return this_cpu;
}

void fake_firmware_set(fake_firmware *firmware)
{
	fake_machine.firmware = firmware;
}

struct smccc_value arch_smc(struct smccc_value args)
{
	fake_machine.smc_count++;
	(void)pthread_mutex_lock(&fake_machine.smc_lock);
	fake_machine.smc_last = args;
	(void)pthread_mutex_unlock(&fake_machine.smc_lock);
	if (fake_machine.firmware != NULL) {
		return fake_machine.firmware(args);
	}
	args.x[0] = SMCCC_NOT_SUPPORTED;
	return args;
}

uint64_t arch_smc_call(uint32_t id, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	return arch_smc((struct smccc_value){{id, arg1, arg2, arg3}}).x[0];
}

unsigned int fake_smc_count(void)
{
	return fake_machine.smc_count;
}

struct smccc_value fake_smc_last(void)
{
	struct smccc_value last;

	(void)pthread_mutex_lock(&fake_machine.smc_lock);
	last = fake_machine.smc_last;
	(void)pthread_mutex_unlock(&fake_machine.smc_lock);
	return last;
}

uint64_t arch_cpu_mpidr(void)
{
	return sysreg_read(mpidr_el1) & MPIDR_AFFINITY_MASK;
}

void arch_cpu_init(void)
{
	sysreg_write(cntvoff_el2, 0);
	arch_feature_init_controls();
}

paddr_t arch_cpu_entry(void)
{
	return pa_init(0x40001000);
}

void arch_cache_clean_range(vaddr_t begin, size_t size)
{
	(void)begin;
	fake_machine.cleaned_bytes += size;
}

void arch_cache_sync_code(vaddr_t begin, size_t size)
{
	arch_cache_clean_range(begin, size);
	fake_machine.code_bytes += size;
}

void arch_cache_zero_pages(vaddr_t begin, size_t size)
{
	memset(ptr_from_va(begin), 0, size);
	arch_cache_sync_code(begin, size);
}

void arch_cache_clean_set_way(uint64_t set_way)
{
	(void)set_way;
	fake_machine.set_way_count++;
}

uint64_t fake_cache_cleaned_bytes(void)
{
	return fake_machine.cleaned_bytes;
}

uint64_t fake_cache_set_way_count(void)
{
	return fake_machine.set_way_count;
}

uint64_t fake_cache_code_bytes(void)
{
	return fake_machine.code_bytes;
}

void sink_put(char c)
{
	char *console = fake_machine.console;

	if (fake_machine.console_length == CONSOLE_SIZE - 1) {
		/* Full: the older half goes. */
		memmove(console, &console[CONSOLE_SIZE / 2], CONSOLE_SIZE / 2);
		fake_machine.console_length -= CONSOLE_SIZE / 2;
	}
	console[fake_machine.console_length++] = c;
	console[fake_machine.console_length] = '\0';
}

void sink_flush(void)
{
}

void sink_backtrace(void)
{
}

noreturn void sink_halt(void)
{
	/* Whoever expects a panic looks for the text; others see it here. */
	(void)fputs(fake_machine.console, stderr);
	exit(EXIT_FAILURE);
}

const char *fake_console_text(void)
{
	return fake_machine.console;
}

void fake_console_clear(void)
{
	fake_machine.console_length = 0;
	fake_machine.console[0] = '\0';
}
