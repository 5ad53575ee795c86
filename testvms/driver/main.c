/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: the primary as the public driver for Linux has it: legacy FF-A 1.0, a
 * thread for each vCPU, frames of FFA_RUN turned into sleeping and waking.
 */
#include <string.h>

#include "driver.h"
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"

#define TIMER HF_VIRTUAL_TIMER_INTID
#define MSR_CNTV_TVAL WORD_MSR(3, 3, 14, 3, 0)
#define MSR_CNTV_CTL WORD_MSR(3, 3, 14, 3, 1)
#define SOON_TICKS UINT64_C(30000)
#define TEXT_SIZE 40
#define ROUNDS 8
#define CPU_COUNT 4

static bool never(void)
{
	return false;
}

static bool plain_has_answered(void)
{
	return driver_has_message(VM_PLAIN);
}

static bool fdt_has_answered(void)
{
	return driver_has_message(VM_FDT);
}

static bool smp_has_answered(void)
{
	return driver_has_message(VM_SMP);
}

static bool both_have_answered(void)
{
	return driver_has_message(VM_PLAIN) && driver_has_message(VM_FDT);
}

/** The interrupt that it has to enable: the fourth of the timer's node. */
TEST(driver, timer_node_has_the_hypervisors_interrupt)
{
	const void *fdt = hft_fdt();
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,armv8-timer");
	int length;
	const fdt32_t *interrupts;

	ASSERT_GE(node, 0);
	interrupts = fdt_getprop(fdt, node, "interrupts", &length);
	ASSERT_EQ(length, 4 * 12);
	EXPECT_EQ(fdt32_to_cpu(interrupts[9]), 1);
	EXPECT_EQ(fdt32_to_cpu(interrupts[10]) + 16, 26);
}

TEST(driver, learns_of_all_vcpus)
{
	driver_load();
	EXPECT_EQ(driver_vm_count(), 3);
	EXPECT_EQ(driver_thread_count(), 6);
}

/** vCPU 0 waits for a message, others are off: nothing is left to do. */
TEST(driver, woken_threads_find_their_way_to_sleep)
{
	driver_load();
	driver_wake(VM_FDT, 0);
	driver_wake(VM_PLAIN, 0);
	for (uint16_t i = 0; i < 4; i++) {
		driver_wake(VM_SMP, i);
	}
	EXPECT_FALSE(driver_run_until(never));
	EXPECT_TRUE(driver_sleeps(VM_PLAIN, 0));
	EXPECT_TRUE(driver_sleeps(VM_SMP, 3));
}

/** Make it that service, and run it until it waits. */
static void begin(uint16_t vm, const char *service)
{
	hft_service_start(vm, service);
	driver_wake(vm, 0);
	(void)driver_run_until(never);
}

static void send_text(uint16_t vm, uint8_t seed)
{
	for (uint8_t i = 0; i < TEXT_SIZE; i++) {
		hft_tx[i] = (uint8_t)(seed + i);
	}
	driver_send(vm, TEXT_SIZE);
}

static void expect_text(uint16_t vm, uint8_t seed)
{
	const struct driver_message *message = driver_take_message(vm);

	ASSERT_EQ(message->size, TEXT_SIZE);
	for (uint8_t i = 0; i < TEXT_SIZE; i++) {
		ASSERT_EQ(message->bytes[i], (uint8_t)(seed + i));
	}
}

TEST(driver, echo_of_two_vms)
{
	driver_load();
	begin(VM_PLAIN, "echo");
	begin(VM_FDT, "echo");
	for (uint8_t i = 0; i < ROUNDS; i++) {
		send_text(VM_PLAIN, i);
		send_text(VM_FDT, (uint8_t)~i);
		ASSERT_TRUE(driver_run_until(both_have_answered));
		expect_text(VM_PLAIN, i);
		expect_text(VM_FDT, (uint8_t)~i);
		(void)driver_run_until(never);
	}
	EXPECT_EQ(driver_counts(VM_PLAIN)->injected, 0);
}

TEST(driver, message_from_one_secondary_wakes_another)
{
	driver_load();
	begin(VM_FDT, "relay");
	begin(VM_PLAIN, "relay");
	memcpy(hft_tx, (uint16_t[]){VM_PLAIN, HF_PRIMARY_VM_ID}, 4);
	memset(&hft_tx[4], 0x5a, TEXT_SIZE);
	driver_send(VM_FDT, 4 + TEXT_SIZE);
	ASSERT_TRUE(driver_run_until(plain_has_answered));
	EXPECT_EQ(driver_take_message(VM_PLAIN)->size, TEXT_SIZE);
	EXPECT_EQ(driver_counts(VM_PLAIN)->delivered, 1);
}

/** The puppet's answer to an order that the driver has delivered. */
static struct answer answer_of(uint16_t vm)
{
	struct answer answer;
	const struct driver_message *message = driver_take_message(vm);

	ASSERT_EQ(message->size, sizeof(answer));
	memcpy(&answer, message->bytes, sizeof(answer));
	return answer;
}

static void tell(uint16_t vm, struct order order)
{
	memcpy(hft_tx, &order, sizeof(order));
	driver_send(vm, sizeof(order));
}

/** An order, its answer, and the puppet waits for the next. */
static struct answer ask(uint16_t vm, struct order order)
{
	tell(vm, order);
	(void)driver_run_until(never);
	ASSERT_TRUE(driver_has_message(vm));
	return answer_of(vm);
}

/* It sleeps in WFI: what tells it of a message is interrupt 1. */
TEST(driver, vm_that_waits_for_no_message_is_interrupted)
{
	driver_load();
	begin(VM_PLAIN, "puppet");
	(void)ask(VM_PLAIN,
		  order(ORDER_ENABLE, HF_MAILBOX_READABLE_INTID, 1, 0));
	tell(VM_PLAIN, order_word(WORD_WFI, 0, 0));
	EXPECT_FALSE(driver_run_until(plain_has_answered));
	EXPECT_EQ(driver_counts(VM_PLAIN)->injected, 0);

	tell(VM_PLAIN, order_call(HF_INTERRUPT_GET, 0, 0, 0));
	EXPECT_EQ(driver_counts(VM_PLAIN)->injected, 1);
	ASSERT_TRUE(driver_run_until(plain_has_answered));
	EXPECT_EQ(answer_of(VM_PLAIN).fault.count, 0);
	/* The other order was in its RX meanwhile. */
	ASSERT_TRUE(driver_run_until(plain_has_answered));
	EXPECT_EQ(answer_of(VM_PLAIN).value[0], HF_MAILBOX_READABLE_INTID);
}

/* RX is full of partition information meanwhile. */
TEST(driver, who_waits_for_the_primarys_rx_is_told)
{
	driver_load();
	hft_service_start(VM_PLAIN, "persistent");
	hft_service_start(VM_FDT, "persistent");
	ASSERT_EQ(hft_ffa(FFA_PARTITION_INFO_GET, 0, 0, 0).x[0], FFA_SUCCESS);
	driver_wake(VM_PLAIN, 0);
	driver_wake(VM_FDT, 0);
	EXPECT_FALSE(driver_run_until(both_have_answered));
	EXPECT_EQ(driver_counts(VM_PLAIN)->told, 0);

	driver_release_rx();
	ASSERT_TRUE(driver_run_until(both_have_answered));
	EXPECT_EQ(driver_counts(VM_PLAIN)->told, 1);
	EXPECT_EQ(driver_counts(VM_FDT)->told, 1);
}

/** Set its timer, then wait by `wait`: it is run again in time. */
static struct answer wait_for_timer(struct order wait)
{
	driver_load();
	begin(VM_PLAIN, "puppet");
	(void)ask(VM_PLAIN, order(ORDER_ENABLE, TIMER, 1, 0));
	(void)ask(VM_PLAIN, order_word(MSR_CNTV_TVAL, SOON_TICKS, 0));
	/* From now on it does not wait for long. */
	tell(VM_PLAIN, order_word(MSR_CNTV_CTL, 1, 0));
	ASSERT_TRUE(driver_run_until(plain_has_answered));
	(void)answer_of(VM_PLAIN);
	tell(VM_PLAIN, wait);
	ASSERT_TRUE(driver_run_until(plain_has_answered));
	return answer_of(VM_PLAIN);
}

TEST(driver, sleep_in_wfi_ends_with_the_vms_timer)
{
	EXPECT_EQ(wait_for_timer(order_word(WORD_WFI, 0, 0)).fault.count, 0);
	EXPECT_GE(driver_counts(VM_PLAIN)->timers, 1);
	EXPECT_EQ(ask(VM_PLAIN, order_call(HF_INTERRUPT_GET, 0, 0, 0)).value[0],
		  TIMER);
}

TEST(driver, sleep_in_msg_wait_ends_with_the_vms_timer)
{
	struct answer answer =
		wait_for_timer(order_call(FFA_MSG_WAIT, 0, 0, 0));

	EXPECT_EQ(answer.value[0], FFA_ERROR);
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_INTERRUPTED);
	EXPECT_GE(driver_counts(VM_PLAIN)->timers, 1);
}

/* The tick is the primary's own timer, which is PPI 26 under a secondary. */
TEST(driver, tick_ends_the_turn_of_who_never_leaves)
{
	driver_load();
	begin(VM_PLAIN, "puppet");
	begin(VM_FDT, "echo");
	tell(VM_PLAIN, order_word(WORD_SPIN, 0, 0));
	for (uint8_t i = 0; i < ROUNDS; i++) {
		send_text(VM_FDT, i);
		ASSERT_TRUE(driver_run_until(fdt_has_answered));
		expect_text(VM_FDT, i);
	}
	EXPECT_GE(driver_counts(VM_PLAIN)->interrupts, ROUNDS);
}

TEST(driver, vcpus_that_are_turned_on_are_woken)
{
	driver_load();
	begin(VM_SMP, "counters");
	ASSERT_TRUE(driver_run_until(smp_has_answered));
	EXPECT_EQ(driver_counts(VM_SMP)->woken, 3);
	EXPECT_EQ(driver_counts(VM_SMP)->aborted, 0);
}

TEST(driver, all_vcpus_of_a_vm_that_ends_go_to_sleep)
{
	driver_load();
	begin(VM_PLAIN, "echo");
	hft_service_start(VM_SMP, "quitter");
	driver_wake(VM_SMP, 0);
	EXPECT_FALSE(driver_run_until(never));
	/* Each is told once. */
	EXPECT_EQ(driver_counts(VM_SMP)->aborted, 4);
	send_text(VM_PLAIN, 1);
	ASSERT_TRUE(driver_run_until(plain_has_answered));
	expect_text(VM_PLAIN, 1);
}

static bool all_have_answered(void)
{
	return both_have_answered() && smp_has_answered();
}

static void schedule(uint64_t unused)
{
	(void)unused;
	(void)driver_run_until(all_have_answered);
}

TEST(driver, four_cpus_share_the_threads)
{
	if (hft_cpu_count() < CPU_COUNT) {
		SKIP("this machine has fewer than four CPUs");
	}
	driver_load();
	begin(VM_PLAIN, "patient_echo");
	begin(VM_FDT, "patient_echo");
	hft_service_start(VM_SMP, "counters");
	driver_wake(VM_SMP, 0);
	send_text(VM_PLAIN, 3);
	send_text(VM_FDT, 4);
	for (uint32_t i = 1; i < CPU_COUNT; i++) {
		ASSERT_EQ(hft_cpu_start(i, schedule, 0), 0);
	}
	ASSERT_TRUE(driver_run_until(all_have_answered));
	for (uint32_t i = 1; i < CPU_COUNT; i++) {
		hft_cpu_wait_off(i);
	}
	expect_text(VM_PLAIN, 3);
	expect_text(VM_FDT, 4);
	EXPECT_EQ(driver_counts(VM_SMP)->woken, 3);
}
