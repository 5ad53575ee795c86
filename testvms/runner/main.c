/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that gives each Linux secondary a UART, on PCI, and runs it
 * until it sleeps (harness/scenarios/linux_secondary.toml). Linux has no driver
 * for our interrupts: no timer, no tick, no terminal, but a console that it
 * writes to, so the scenario looks at that. See docs/boot.md.
 */
#include "hft/arch.h"
#include "hft/service.h"
#include "hftest.h"

/* QEMU's board with highmem=off. */
#define ECAM UINT64_C(0x3f000000)
#define ECAM_DEVICE_SIZE UINT64_C(0x8000)

#define PCI_COMMAND 0x4
#define PCI_COMMAND_IO 1U
#define PCI_BAR0 0x10
/** pci-serial of QEMU. */
#define PCI_ID_UART 0x00021b36U

#define PAGE_OF_VM(vm) (UINT32_C(0x1000) * ((vm)-1U))

static volatile uint32_t *config(uint16_t device, uint64_t offset)
{
	return (volatile uint32_t *)(ECAM + device * ECAM_DEVICE_SIZE + offset);
}

/** A page of I/O for its UART, as its manifest has it. */
static void place_uart(uint16_t vm)
{
	uint16_t device = vm - 1;

	ASSERT_EQ(*config(device, 0), PCI_ID_UART);
	*config(device, PCI_BAR0) = PAGE_OF_VM(vm);
	*config(device, PCI_COMMAND) = PCI_COMMAND_IO;
}

/** Without a timer it sleeps for ever. */
static void run_until_it_sleeps(uint16_t vm)
{
	struct smccc_value frame;

	do {
		frame = hft_run(vm, 0);
	} while (frame.x[0] == FFA_YIELD);
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(frame.x[1], hft_vcpu(vm, 0));
	EXPECT_EQ(frame.x[2], HF_SLEEP_INDEFINITE);
}

TEST(linux, boots_at_an_address_of_its_own)
{
	place_uart(2);
	run_until_it_sleeps(2);
}

TEST(linux, boots_where_its_memory_is)
{
	place_uart(3);
	run_until_it_sleeps(3);
}

TEST(linux, two_boot_one_after_the_other)
{
	place_uart(2);
	place_uart(3);
	run_until_it_sleeps(2);
	run_until_it_sleeps(3);
}
