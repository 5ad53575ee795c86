/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages from all CPUs at once, and CPUs that come and go meanwhile. */
#include <stdatomic.h>

#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"
#include "races.h"

#define MESSAGES 400
#define MESSAGE_SIZE 64
#define TURNS 25

static atomic_uint sent;
static atomic_uint echoed;

/** Whoever is told of an echo has RX for itself until it releases it. */
static void take_echo(struct smccc_value frame)
{
	ASSERT_EQ(frame.x[3], MESSAGE_SIZE);
	for (unsigned int i = 0; i < MESSAGE_SIZE; i++) {
		ASSERT_EQ(hft_rx[i], i);
	}
	atomic_fetch_add(&echoed, 1);
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
}

static void send_and_run(uint16_t vm)
{
	struct smccc_value frame;

	if (sent < MESSAGES) {
		frame = hft_send(HF_PRIMARY_VM_ID, vm, MESSAGE_SIZE);
		if (frame.x[0] == FFA_SUCCESS) {
			atomic_fetch_add(&sent, 1);
		} else {
			ASSERT_TRUE(hft_is_error(frame, FFA_BUSY));
		}
	}
	frame = hft_run_any(vm, 0);
	if (frame.x[0] == FFA_MSG_SEND) {
		ASSERT_EQ(hft_sender(frame), vm);
		take_echo(frame);
	} else if (frame.x[0] == FFA_ERROR) {
		ASSERT_TRUE(hft_is_error(frame, FFA_BUSY));
	}
}

/** Two VMs, four CPUs, one RX here: each message comes back once. */
static void send_from_all(uint64_t cpu)
{
	for (uint64_t i = cpu; sent < MESSAGES || echoed < sent; i++) {
		send_and_run(i % 2 == 0 ? VM_PLAIN : VM_FDT);
	}
}

TEST(race, messages_from_four_cpus)
{
	hft_service_start(VM_PLAIN, "patient_echo");
	hft_service_start(VM_FDT, "patient_echo");
	for (unsigned int i = 0; i < MESSAGE_SIZE; i++) {
		hft_tx[i] = (uint8_t)i;
	}
	run_on_all_cpus(send_from_all);
	EXPECT_GE(sent, MESSAGES);
	EXPECT_EQ(echoed, sent);
}

static atomic_bool is_over;

/** A few turns, then this CPU is off. */
static void run_some_of_four(uint64_t cpu)
{
	for (uint64_t i = 0; i < TURNS && !is_over; i++) {
		struct smccc_value frame =
			hft_run_any(VM_SMP, (uint16_t)((cpu + i) % 4));

		if (frame.x[0] == FFA_MSG_SEND) {
			is_over = true;
		}
	}
}

static bool is_off(uint32_t cpu)
{
	return hft_psci(PSCI_64(PSCI_AFFINITY_INFO), hft_cpu_mpidr(cpu), 0,
			0) == PSCI_AFFINITY_OFF;
}

TEST(race, cpus_come_and_go_under_four_vcpus)
{
	uint32_t starts = 0;

	hft_service_start(VM_SMP, "counters");
	for (uint32_t cpu = 1; !is_over; cpu = 1 + cpu % 3) {
		if (is_off(cpu)) {
			ASSERT_EQ(hft_cpu_start(cpu, run_some_of_four, cpu), 0);
			starts++;
		}
		run_some_of_four(0);
	}
	for (uint32_t cpu = 1; cpu < CPU_COUNT; cpu++) {
		hft_cpu_wait_off(cpu);
	}
	EXPECT_GT(starts, 3);
	EXPECT_EQ(*(const uint32_t *)hft_rx, 800);
}
