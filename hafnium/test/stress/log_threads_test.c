/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs that write to the log at once: lines stay whole. */
#include <stdlib.h>
#include <string.h>

#include "fixture/machine.h"
#include "fixture/threads.h"
#include "hf/base/log.h"
#include "hf/hvc.h"
#include "hftest.h"

#define CPUS 4U
#define LINES 200U

static void write_lines(uint32_t cpu_idx)
{
	for (unsigned int i = 0; i < LINES; i++) {
		log_notice("cpu %u line %03u end", cpu_idx, i);
	}
}

/** How many lines of `length` end in `end`; 0 when any line does not. */
static size_t whole_lines(const char *text, size_t length, const char *end)
{
	size_t count = 0;

	while (*text != '\0') {
		if (strcspn(text, "\n") != length ||
		    strncmp(&text[length - strlen(end)], end, strlen(end)) !=
			    0) {
			return 0;
		}
		text += length + 1;
		count++;
	}
	return count;
}

TEST(stress_log, lines_of_cpus_do_not_mix)
{
	fake_machine_reset();
	threads_run(CPUS, write_lines);

	EXPECT_EQ(whole_lines(fake_console_text(),
			      sizeof("NOTICE: cpu 0 line 000 end") - 1, " end"),
		  CPUS * LINES);
	EXPECT_EQ(log_ring_get()->next, strlen(fake_console_text()));
}

static void write_vm_lines(uint32_t cpu_idx)
{
	for (unsigned int i = 0; i < LINES; i++) {
		log_vm_line((uint16_t)(cpu_idx + 1), "text end");
	}
}

TEST(stress_log, lines_of_vms_do_not_mix)
{
	fake_machine_reset();
	threads_run(CPUS, write_vm_lines);

	EXPECT_EQ(whole_lines(fake_console_text(), sizeof("VM 1: text end") - 1,
			      " end"),
		  CPUS * LINES);
}

static struct vcpu *vcpus[CPUS];

static void log_characters(uint32_t cpu_idx)
{
	for (unsigned int i = 0; i < LINES; i++) {
		(void)machine_hvc(vcpus[cpu_idx], CALL(HF_DEBUG_LOG, 'x'));
	}
}

TEST(stress_log, vcpus_of_a_vm_lose_no_character)
{
	struct vcpu *vcpu = machine_start();
	size_t xs = 0;

	vcpus[0] = vcpu;
	for (uint32_t i = 1; i < CPUS; i++) {
		vcpus[i] = machine_run_on(i);
	}
	fake_cpu_set(0);
	threads_run(CPUS, log_characters);
	(void)machine_hvc(vcpu, CALL(HF_DEBUG_LOG, '\n'));
	for (const char *c = fake_console_text(); *c != '\0'; c++) {
		xs += *c == 'x' ? 1 : 0;
	}

	EXPECT_EQ(xs, CPUS * LINES);
}
