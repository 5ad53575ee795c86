/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a secondary that drives devices of its own, as testvms/devices orders.
 * See docs/manifest.md.
 */
#include <string.h>

#include "hf/hvc.h"
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/irq.h"
#include "hft/mm.h"
#include "hft/service.h"
#include "hftest.h"
#include "order.h"
#include "rng.h"

void hft_role(void)
{
	hft_service_main();
}

static uint32_t read32(uint64_t address)
{
	return *(volatile uint32_t *)address;
}

static void write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static void clear_alarm(uint32_t intid)
{
	(void)intid;
	write32(RTC_BASE + RTC_ICR, 1);
}

/**
 * The RTC compares at the moment at which the match register is written, and
 * once a second: written again if a second has begun in between.
 */
static void set_alarm_to_now(uint32_t taken)
{
	do {
		write32(RTC_BASE + RTC_MR, read32(RTC_BASE + RTC_DR));
	} while (read32(RTC_BASE + RTC_RIS) == 0 &&
		 hft_irq_count(RTC_INTID) == taken);
}

static uint64_t take_alarm(void)
{
	uint32_t taken = hft_irq_count(RTC_INTID);

	ASSERT_EQ(hf_call(HF_INTERRUPT_ENABLE, RTC_INTID, 1, 0), 0);
	hft_irq_set_handler(clear_alarm);
	write32(RTC_BASE + RTC_ICR, 1);
	write32(RTC_BASE + RTC_IMSC, 1);
	set_alarm_to_now(taken);
	hft_irq_wait(RTC_INTID, taken + 1);
	write32(RTC_BASE + RTC_IMSC, 0);
	return hft_irq_count(RTC_INTID) |
	       ((uint64_t)read32(RTC_BASE + RTC_RIS) << 32);
}

static struct device_answer carry_out(const struct device_order *order)
{
	struct device_answer answer = {.value = 0};

	switch ((enum device_op)order->op) {
	case DEVICE_READ:
		answer.fault =
			HFT_FAULT_OF(answer.value = read32(order->address));
		break;
	case DEVICE_WRITE:
		answer.fault = HFT_FAULT_OF(
			write32(order->address, (uint32_t)order->value));
		break;
	case DEVICE_EXECUTE:
		answer.fault = hft_fault_execute(hft_mm_view(
			order->address, HFT_VIEW_EXECUTE | HFT_VIEW_UNCACHED));
		break;
	case DEVICE_ALARM:
		answer.value = take_alarm();
		break;
	case DEVICE_RANDOM:
		answer.value = rng_read();
		break;
	}
	return answer;
}

/** Carries out one order after the other. */
SERVICE(device)
{
	uint16_t self = hft_own_id();

	for (;;) {
		struct device_order order;
		struct device_answer answer;

		ASSERT_EQ(hft_service_receive(), sizeof(order));
		memcpy(&order, hft_rx, sizeof(order));
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		answer = carry_out(&order);
		memcpy(hft_tx, &answer, sizeof(answer));
		ASSERT_EQ(hft_send(self, HF_PRIMARY_VM_ID, sizeof(answer)).x[0],
			  FFA_SUCCESS);
	}
}
