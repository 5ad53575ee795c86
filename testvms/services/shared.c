/* SPDX-License-Identifier: BSD-3-Clause */
/* Services of several vCPUs at the same time. */
#include <stdatomic.h>

#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/mm.h"
#include "hft/power.h"
#include "hft/registers.h"
#include "hft/service.h"
#include "hftest.h"

#define VCPU_COUNT 4
#define ROUNDS 200

static atomic_uint counter;
static atomic_uint finished;

static void count(uint64_t unused)
{
	(void)unused;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		atomic_fetch_add(&counter, 1);
		(void)hft_ffa(FFA_YIELD, 0, 0, 0);
	}
	atomic_fetch_add(&finished, 1);
}

/** All vCPUs add to one number; vCPU 0 tells the sum when all are done. */
SERVICE(counters)
{
	for (uint32_t i = 1; i < VCPU_COUNT; i++) {
		ASSERT_EQ(hft_cpu_start(i, count, 0), PSCI_SUCCESS);
	}
	count(0);
	while (finished < VCPU_COUNT) {
		(void)hft_ffa(FFA_YIELD, 0, 0, 0);
	}
	ASSERT_EQ(counter, VCPU_COUNT * ROUNDS);
	*(uint32_t *)hft_tx = counter;
	ASSERT_EQ(hft_send(hft_own_id(), HF_PRIMARY_VM_ID, 4).x[0],
		  FFA_SUCCESS);
	(void)hft_service_receive();
}

/* Stage 1 that differs between two vCPUs, at one address: see hft/mm.h. */
#define ENTRIES 512
#define GIB (UINT64_C(1) << 30)
#define PRIVATE_ENTRY 255
#define PAGE                                                     \
	(UINT64_C(3) | (UINT64_C(1) << 2) | (UINT64_C(3) << 8) | \
	 (UINT64_C(1) << 10))
#define TABLE UINT64_C(3)

struct private_map {
	uint64_t level1[ENTRIES];
	uint64_t level2[ENTRIES];
	uint64_t level3[ENTRIES];
	uint64_t page[ENTRIES];
};

static struct private_map maps[2] __attribute__((aligned(4096)));

/** Read one's own page at an address that both have, switch, again. */
static void compare_maps(uint64_t own)
{
	struct private_map *map = &maps[own];
	const volatile uint64_t *word =
		(const volatile uint64_t *)(PRIVATE_ENTRY * GIB);
	const uint64_t *shared = (const uint64_t *)hft_sysreg_read(ttbr0_el1);

	for (unsigned int i = 0; i < ENTRIES; i++) {
		map->level1[i] = shared[i];
	}
	map->level1[PRIVATE_ENTRY] = (uintptr_t)map->level2 | TABLE;
	map->level2[0] = (uintptr_t)map->level3 | TABLE;
	map->level3[0] = (uintptr_t)map->page | PAGE;
	map->page[0] = own + 0x100;
	hft_dsb();
	hft_sysreg_write(ttbr0_el1, (uintptr_t)map->level1);
	__asm__ volatile("isb; tlbi vmalle1; dsb sy; isb" : : : "memory");
	for (unsigned int i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(*word, own + 0x100);
		(void)hft_ffa(FFA_YIELD, 0, 0, 0);
	}
	hft_sysreg_write(ttbr0_el1, (uintptr_t)shared);
	__asm__ volatile("isb; tlbi vmalle1; dsb sy; isb" : : : "memory");
	atomic_fetch_add(&finished, 1);
}

/** Two vCPUs whose maps differ, with the same ASID. */
SERVICE(private_maps)
{
	ASSERT_EQ(hft_cpu_start(1, compare_maps, 1), PSCI_SUCCESS);
	compare_maps(0);
	while (finished < 2) {
		(void)hft_ffa(FFA_YIELD, 0, 0, 0);
	}
	ASSERT_EQ(hft_send(hft_own_id(), HF_PRIMARY_VM_ID, 0).x[0],
		  FFA_SUCCESS);
	(void)hft_service_receive();
}

/** Yields with patterns in all registers; says how often. */
SERVICE(yielder)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct hft_registers before =
			hft_registers_pattern(FFA_YIELD, (uint8_t)i);
		struct hft_registers after = before;

		hft_registers_hvc(&after);
		ASSERT_EQ(hft_registers_first_change(&before, &after, 8, 30),
			  31);
		ASSERT_EQ(hft_registers_first_fp_change(&before, &after), 66);
	}
	*(uint32_t *)hft_tx = ROUNDS;
	ASSERT_EQ(hft_send(hft_own_id(), HF_PRIMARY_VM_ID, 4).x[0],
		  FFA_SUCCESS);
	(void)hft_service_receive();
}

#define STORM_IDS 8
#define STORM_TIMES 20

/** Enough of it: or there would be no end to a storm. */
static void disable_when_enough(uint32_t intid)
{
	if (hft_irq_count(intid) + 1 >= STORM_TIMES) {
		(void)hf_call(HF_INTERRUPT_ENABLE, intid, 0, 0);
	}
}

/** Takes interrupts 8 to 15 until each has come often enough. */
SERVICE(storm)
{
	hft_irq_set_handler(disable_when_enough);
	for (uint32_t id = 8; id < 8 + STORM_IDS; id++) {
		ASSERT_EQ(hf_call(HF_INTERRUPT_ENABLE, id, 1, 0), 0);
	}
	for (uint32_t id = 8; id < 8 + STORM_IDS; id++) {
		hft_irq_wait(id, STORM_TIMES);
	}
	ASSERT_EQ(hft_send(hft_own_id(), HF_PRIMARY_VM_ID, 0).x[0],
		  FFA_SUCCESS);
	(void)hft_service_receive();
}

static void yield_for_ever(uint64_t unused)
{
	(void)unused;
	for (;;) {
		(void)hft_ffa(FFA_YIELD, 0, 0, 0);
	}
}

/** Four vCPUs; the first one gives up after a while. */
SERVICE(quitter)
{
	for (uint32_t i = 1; i < VCPU_COUNT; i++) {
		ASSERT_EQ(hft_cpu_start(i, yield_for_ever, 0), PSCI_SUCCESS);
	}
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)hft_ffa(FFA_YIELD, 0, 0, 0);
	}
	hft_service_give_up();
}
