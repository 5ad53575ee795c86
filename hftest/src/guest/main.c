/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registry as an image: boot arguments, tests one after the other, power
 * off. An image that has a main of its own role defines hft_role().
 */
#include <stdatomic.h>
#include <string.h>

#include "carrier.h"
#include "cpu.h"
#include "hft/boot.h"
#include "hft/fdt.h"
#include "hft/mm.h"
#include "registry.h"

/* In .data: written before bss is cleared. */
struct hft_boot_state hft_boot_state __attribute__((section(".data")));

/** Runs in place of the tests; for VMs that only serve others. */
__attribute__((weak)) void hft_role(void);

static struct {
	struct hft_report report;
	atomic_flag lock;
	char run[HFT_RECORD_SIZE];
} image;

struct hft_report *hft_carrier_report(void)
{
	return &image.report;
}

void hft_carrier_lock(void)
{
	while (atomic_flag_test_and_set_explicit(&image.lock,
						 memory_order_acquire)) {
		__asm__ volatile("yield");
	}
}

void hft_carrier_unlock(void)
{
	atomic_flag_clear_explicit(&image.lock, memory_order_release);
}

void hft_carrier_write(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		hft_console_put(line[i]);
	}
}

void hft_carrier_end_test(void)
{
	hft_jump_back(&hft_cpu()->end, HFT_JUMP_END);
}

bool hft_carrier_run(const struct hft_test *test)
{
	struct hft_cpu *cpu = hft_cpu();
	int how;

	how = hft_jump_save(&cpu->end);
	if (how == 0) {
		test->run();
	}
	cpu->is_watching = false;
	cpu->is_at_el0 = false;
	hft_irq_reset();
	hft_mm_reset_views();
	return how != HFT_JUMP_CRASH;
}

/** The word behind `key` in `arguments`; false when it is not there. */
static bool find_argument(const char *arguments, const char *key, char *value,
			  size_t size)
{
	size_t length = strlen(key);
	const char *word = arguments;
	size_t at = 0;

	while (strncmp(word, key, length) != 0) {
		word = strchr(word, ' ');
		if (word == NULL) {
			return false;
		}
		word++;
	}
	for (word += length; *word != '\0' && *word != ' '; word++) {
		if (at + 1 < size) {
			value[at++] = *word;
		}
	}
	value[at] = '\0';
	return true;
}

__attribute__((__noreturn__)) static void run_tests(void)
{
	struct hft_request request = {.run = "*"};
	const char *arguments = hft_fdt_bootargs();
	char nonce[HFT_NONCE_SIZE];
	char rest[2];

	if (find_argument(arguments, "hft.nonce=", nonce, sizeof(nonce))) {
		(void)hft_report_set_nonce(nonce);
	}
	if (find_argument(arguments, "hft.run=", image.run,
			  sizeof(image.run))) {
		request.run = image.run;
	}
	request.list = find_argument(arguments, "hft.list", rest, sizeof(rest));
	(void)hft_registry_run(&request);
	hft_power_off();
}

void hft_main(void)
{
	hft_fdt_init(hft_boot_state.x[0]);
	hft_cpu_init();
	if (hft_role != NULL) {
		hft_role();
	}
	run_tests();
}
