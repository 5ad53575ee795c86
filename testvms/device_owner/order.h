/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the service `device` is told to do, and what became of it. One message
 * each way.
 */
#pragma once

#include <stdint.h>

#include "hft/fault.h"

/* PL031 on QEMU's virt. */
#define RTC_BASE UINT64_C(0x09010000)
#define RTC_DR 0x00
#define RTC_MR 0x04
#define RTC_LR 0x08
#define RTC_IMSC 0x10
#define RTC_RIS 0x14
#define RTC_MIS 0x18
#define RTC_ICR 0x1c
#define RTC_INTID 34

enum device_op {
	/* 32 bits at `address`; value: what was read */
	DEVICE_READ,
	/* `value` is written */
	DEVICE_WRITE,
	/* a branch to `address` */
	DEVICE_EXECUTE,
	/*
	 * An alarm of the RTC, now; value: interrupts that were taken, and in
	 * the upper half whether the RTC still asserts it
	 */
	DEVICE_ALARM,
	/* value: random, from the virtio-mmio device, by its interrupt */
	DEVICE_RANDOM,
};

struct device_order {
	uint64_t op;
	uint64_t address;
	uint64_t value;
};

struct device_answer {
	uint64_t value;
	struct hft_fault fault;
};
