/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary whose CPUs run secondaries at the same time. Run with QEMU's
 * CPUs in threads of their own, where every interleaving may come.
 */
#include <stdatomic.h>

#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"
#include "races.h"

#define PPI_HYPERVISOR_TIMER 26
#define SGI 5
/** Of no device of the machine. */
#define SHARED 45
#define INTID 9
#define SOON_TICKS UINT64_C(10000)
#define TIMER_ON 1

static void expect_interrupt(struct smccc_value frame, uint16_t vm)
{
	EXPECT_EQ(frame.x[0], FFA_INTERRUPT);
	EXPECT_EQ(frame.x[1], hft_vcpu(vm, 0));
}

/**
 * Until `vm` runs on another CPU. This one may get it by mistake, and then needs
 * its own timer to be rid of it.
 */
static void wait_until_it_runs(uint16_t vm)
{
	struct smccc_value frame;

	hft_irq_init();
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	do {
		hft_sysreg_write(cntv_tval_el0, SOON_TICKS);
		hft_sysreg_write(cntv_ctl_el0, TIMER_ON);
		frame = hft_run_any(vm, 0);
		hft_sysreg_write(cntv_ctl_el0, 0);
		hft_irq_unmask();
		hft_irq_mask();
	} while (!hft_is_error(frame, FFA_BUSY));
}

/** On another CPU: inject when asked, then kick. */
static void kick_cpu0(uint64_t intid)
{
	wait_until_it_runs(VM_PLAIN);
	if (intid != 0) {
		EXPECT_EQ(inject(VM_PLAIN, 0, (uint32_t)intid), 1);
	}
	hft_irq_send_sgi(0, SGI);
}

/** Run a vCPU that spins, until the SGI has come; what the last run was. */
static struct smccc_value run_until_kicked(uint16_t vm)
{
	struct smccc_value frame;

	do {
		frame = hft_run_any(vm, 0);
		hft_irq_unmask();
		hft_irq_mask();
	} while (hft_irq_count(SGI) == 0);
	return frame;
}

TEST(kick, sgi_of_another_cpu)
{
	struct order to_spin = order_word(WORD_SPIN, 0, 0);

	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	hft_irq_init();
	hft_irq_enable(SGI);
	puppet_start(VM_PLAIN);
	puppet_tell(VM_PLAIN, &to_spin);
	ASSERT_EQ(hft_cpu_start(1, kick_cpu0, 0), 0);
	expect_interrupt(run_until_kicked(VM_PLAIN), VM_PLAIN);
	hft_cpu_wait_off(1);
	EXPECT_EQ(hft_irq_count(SGI), 1);
}

/* It may be injected before the loop has begun: that is as good. */
TEST(kick, injected_interrupt_with_a_kick_reaches_a_running_vcpu)
{
	struct order to_await = order(ORDER_AWAIT, INTID, 0, 0);
	struct smccc_value frame;

	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	hft_irq_init();
	hft_irq_enable(SGI);
	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, INTID);
	puppet_tell(VM_PLAIN, &to_await);
	ASSERT_EQ(hft_cpu_start(1, kick_cpu0, INTID), 0);
	do {
		frame = hft_run_any(VM_PLAIN, 0);
		hft_irq_unmask();
		hft_irq_mask();
	} while (frame.x[0] == FFA_INTERRUPT || hft_is_error(frame, FFA_BUSY));
	EXPECT_EQ(puppet_answer(VM_PLAIN, frame).value[0], 1);
	hft_cpu_wait_off(1);
	hft_irq_wait(SGI, 1);
	EXPECT_EQ(hft_irq_count(SGI), 1);
}

static void raise_shared_for_cpu0(uint64_t unused)
{
	(void)unused;
	wait_until_it_runs(VM_PLAIN);
	hft_irq_set_pending(SHARED);
}

TEST(kick, shared_interrupt_comes_while_a_secondary_runs)
{
	struct order to_spin = order_word(WORD_SPIN, 0, 0);
	struct smccc_value frame;

	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	hft_irq_init();
	hft_irq_enable(SHARED);
	puppet_start(VM_PLAIN);
	puppet_tell(VM_PLAIN, &to_spin);
	ASSERT_EQ(hft_cpu_start(1, raise_shared_for_cpu0, 0), 0);
	do {
		frame = hft_run_any(VM_PLAIN, 0);
		hft_irq_unmask();
		hft_irq_mask();
	} while (hft_irq_count(SHARED) == 0);
	expect_interrupt(frame, VM_PLAIN);
	hft_cpu_wait_off(1);
	EXPECT_EQ(hft_irq_count(SHARED), 1);
}

#define PLUG_ROUNDS 20
#define MAP_ROUNDS 300

static atomic_uint yields;
static atomic_uint messages;
static atomic_uint is_over;

void run_on_all_cpus(void (*run)(uint64_t arg))
{
	ASSERT_EQ(hft_cpu_count(), CPU_COUNT);
	for (uint32_t i = 1; i < CPU_COUNT; i++) {
		ASSERT_EQ(hft_cpu_start(i, run, i), 0);
	}
	run(0);
	for (uint32_t i = 1; i < CPU_COUNT; i++) {
		hft_cpu_wait_off(i);
	}
}

/** Run one vCPU for as long as nobody has had its message. */
static void compete_for_one(uint64_t unused)
{
	(void)unused;
	while (is_over == 0) {
		struct smccc_value frame = hft_run_any(VM_PLAIN, 0);

		if (frame.x[0] == FFA_YIELD) {
			ASSERT_EQ(frame.x[1], hft_vcpu(VM_PLAIN, 0));
			atomic_fetch_add(&yields, 1);
		} else if (frame.x[0] == FFA_MSG_SEND) {
			atomic_fetch_add(&messages, 1);
			is_over = 1;
		} else {
			/* Its message may be on the way to another CPU. */
			ASSERT_TRUE(hft_is_error(frame, FFA_BUSY) ||
				    frame.x[0] == FFA_MSG_WAIT);
		}
	}
}

TEST(race, one_vcpu_on_four_cpus)
{
	hft_service_start(VM_PLAIN, "yielder");
	run_on_all_cpus(compete_for_one);
	/* Each yield was told to exactly one CPU, and so was the message. */
	EXPECT_EQ(messages, 1);
	EXPECT_EQ(yields, *(const uint32_t *)hft_rx);
}

/** Run every vCPU of the VM, beginning with another one on each CPU. */
static void compete_for_four(uint64_t cpu)
{
	for (uint64_t i = cpu; is_over == 0; i++) {
		struct smccc_value frame =
			hft_run_any(VM_SMP, (uint16_t)(i % 4));

		/* Off, or elsewhere, is what may be in the way. */
		if (frame.x[0] == FFA_ERROR) {
			ASSERT_TRUE(
				hft_is_error(frame, FFA_BUSY) ||
				hft_is_error(frame, FFA_INVALID_PARAMETERS));
		} else if (frame.x[0] == FFA_MSG_SEND) {
			is_over = 1;
		}
	}
}

TEST(race, four_vcpus_on_four_cpus)
{
	hft_service_start(VM_SMP, "counters");
	run_on_all_cpus(compete_for_four);
	EXPECT_EQ(*(const uint32_t *)hft_rx, 800);
}

TEST(race, translations_on_four_cpus)
{
	hft_service_start(VM_SMP, "private_maps");
	run_on_all_cpus(compete_for_four);
}

/** CPU 0 runs the vCPU, the others inject. */
static void make_storm(uint64_t cpu)
{
	if (cpu != 0) {
		for (uint32_t i = 0; is_over == 0; i++) {
			ASSERT_GE(inject(VM_PLAIN, 0, 8 + i % 8), 0);
		}
		return;
	}
	while (is_over == 0) {
		struct smccc_value frame = hft_run(VM_PLAIN, 0);

		ASSERT_NE(frame.x[0], FFA_ERROR);
		is_over = frame.x[0] == FFA_MSG_SEND;
	}
}

TEST(race, interrupts_from_three_cpus)
{
	hft_service_start(VM_PLAIN, "storm");
	run_on_all_cpus(make_storm);
}

/** Run one's own vCPU until it ends. */
static void run_to_the_end(uint64_t vcpu)
{
	struct smccc_value frame;

	/* It may not be on yet; vCPU 0, which ends the VM, is. */
	do {
		frame = hft_run_any(VM_SMP, (uint16_t)vcpu);
	} while (frame.x[0] != FFA_ERROR ||
		 (vcpu != 0 && hft_is_error(frame, FFA_INVALID_PARAMETERS)));
	EXPECT_TRUE(hft_is_error(frame, FFA_ABORTED));
	EXPECT_TRUE(hft_is_error(hft_run_any(VM_SMP, (uint16_t)vcpu),
				 FFA_INVALID_PARAMETERS));
}

TEST(race, vm_ends_on_four_cpus)
{
	hft_service_start(VM_SMP, "quitter");
	run_on_all_cpus(run_to_the_end);
}

static void run_some(uint64_t unused)
{
	(void)unused;
	for (unsigned int i = 0; i < 5; i++) {
		struct smccc_value frame = hft_run(VM_PLAIN, 0);

		ASSERT_EQ(frame.x[0], FFA_YIELD);
	}
}

TEST(race, vcpu_outlives_the_cpus_that_ran_it)
{
	hft_service_start(VM_PLAIN, "yielder");
	for (uint32_t i = 0; i < PLUG_ROUNDS; i++) {
		/* On, five yields, off again. */
		ASSERT_TRUE(hft_cpu_run(1 + i % 3, run_some, 0));
		run_some(0);
	}
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_MSG_SEND);
}

static uint8_t shared_pages[2 * HFT_PAGE_SIZE] __attribute__((aligned(4096)));

static void read_and_read(uint64_t unused)
{
	(void)unused;
	while (is_over == 0) {
		struct hft_fault fault =
			hft_fault_read((uintptr_t)&shared_pages[0]);

		ASSERT_EQ(fault.count, 0);
	}
}

TEST(race, reader_of_a_page_that_changes_sees_no_fault)
{
	uint64_t rx = (uintptr_t)&shared_pages[0];
	uint64_t tx = (uintptr_t)&shared_pages[HFT_PAGE_SIZE];

	ASSERT_EQ(hft_cpu_start(1, read_and_read, 0), 0);
	for (unsigned int i = 0; i < MAP_ROUNDS; i++) {
		ASSERT_EQ(hft_ffa(FFA_RXTX_MAP | SMCCC_64_BIT, tx, rx, 1).x[0],
			  FFA_SUCCESS);
		ASSERT_EQ(hft_ffa(FFA_RXTX_UNMAP, 0, 0, 0).x[0], FFA_SUCCESS);
	}
	is_over = 1;
	hft_cpu_wait_off(1);
}
