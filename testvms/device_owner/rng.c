/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A driver of a virtio-mmio entropy device (virtio 1.1, 4.2 and 5.4): one queue
 * in this VM's memory, one buffer, one interrupt.
 */
#include "rng.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "hf/hvc.h"
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/service.h"
#include "hftest.h"

#define MAGIC 0x000
#define VERSION 0x004
#define DEVICE_ID 0x008
#define DRIVER_FEATURES 0x020
#define DRIVER_FEATURES_SEL 0x024
#define QUEUE_SEL 0x030
#define QUEUE_NUM 0x038
#define QUEUE_READY 0x044
#define QUEUE_NOTIFY 0x050
#define INTERRUPT_STATUS 0x060
#define INTERRUPT_ACK 0x064
#define STATUS 0x070
#define QUEUE_DESC 0x080
#define QUEUE_DRIVER 0x090
#define QUEUE_DEVICE 0x0a0

#define ID_ENTROPY 4
#define ACKNOWLEDGE 1
#define DRIVER 2
#define DRIVER_OK 4
#define FEATURES_OK 8
/** VIRTIO_F_VERSION_1 is bit 32: bit 0 of the second word. */
#define FEATURE_VERSION_1 1
#define DESC_WRITE 2
#define QUEUE_SIZE 4

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

static struct {
	struct descriptor descriptors[QUEUE_SIZE];
	struct {
		uint16_t flags;
		_Atomic uint16_t idx;
		uint16_t ring[QUEUE_SIZE];
	} available __attribute__((aligned(16)));
	struct {
		uint16_t flags;
		_Atomic uint16_t idx;
		struct {
			uint32_t id;
			uint32_t length;
		} ring[QUEUE_SIZE];
	} used __attribute__((aligned(16)));
	uint8_t buffer[RNG_BYTES];
} queue __attribute__((aligned(4096)));

static uint32_t get(uint32_t offset)
{
	return *(volatile uint32_t *)(RNG_BASE + offset);
}

static void set(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(RNG_BASE + offset) = value;
}

static void set_address(uint32_t offset, const volatile void *address)
{
	set(offset, (uint32_t)(uintptr_t)address);
	set(offset + 4, (uint32_t)((uintptr_t)address >> 32));
}

static void start_device(void)
{
	ASSERT_EQ(get(DEVICE_ID), ID_ENTROPY);
	ASSERT_EQ(get(VERSION), 2);
	set(STATUS, 0);
	set(STATUS, ACKNOWLEDGE | DRIVER);
	set(DRIVER_FEATURES_SEL, 1);
	set(DRIVER_FEATURES, FEATURE_VERSION_1);
	set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
	ASSERT_EQ(get(STATUS), ACKNOWLEDGE | DRIVER | FEATURES_OK);
	set(QUEUE_SEL, 0);
	set(QUEUE_NUM, QUEUE_SIZE);
	set_address(QUEUE_DESC, queue.descriptors);
	set_address(QUEUE_DRIVER, &queue.available);
	set_address(QUEUE_DEVICE, &queue.used);
	set(QUEUE_READY, 1);
	set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
}

static void acknowledge(uint32_t intid)
{
	(void)intid;
	set(INTERRUPT_ACK, get(INTERRUPT_STATUS));
}

uint64_t rng_read(void)
{
	uint64_t word = 0;

	start_device();
	hft_irq_set_handler(acknowledge);
	ASSERT_EQ(hf_call(HF_INTERRUPT_ENABLE, RNG_INTID, 1, 0), 0);
	queue.descriptors[0] = (struct descriptor){(uintptr_t)queue.buffer,
						   RNG_BYTES, DESC_WRITE, 0};
	queue.available.ring[0] = 0;
	hft_dsb();
	queue.available.idx = 1;
	hft_dsb();
	set(QUEUE_NOTIFY, 0);
	hft_irq_wait(RNG_INTID, 1);
	ASSERT_EQ(queue.used.idx, 1);
	ASSERT_GE(queue.used.ring[0].length, sizeof(word));
	for (size_t i = 0; i < sizeof(word); i++) {
		word |= (uint64_t)queue.buffer[i] << (8 * i);
	}
	return word;
}
