/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that has given devices away (harness/scenarios/devices.toml):
 * they are their owners' alone, and their interrupts can be forwarded. See
 * docs/manifest.md.
 */
#include <string.h>

#include "../device_owner/order.h"
#include "../device_owner/rng.h"
#include "hft/arch.h"
#include "hft/fdt.h"
#include "hft/irq.h"
#include "hft/mm.h"
#include "hft/service.h"
#include "hftest.h"

/* VMs of the scenario. */
/** RTC and virtio-mmio. */
#define VM_RTC UINT16_C(2)
/** No devices. */
#define VM_OTHER UINT16_C(3)
/** An FF-A partition with the PL061, read-only, and memory elsewhere. */
#define VM_PARTITION UINT16_C(4)

#define UART_BASE UINT64_C(0x09000000)
#define FW_CFG_BASE UINT64_C(0x09020000)
#define GPIO_BASE UINT64_C(0x09030000)
#define GIC_BASE UINT64_C(0x08000000)
#define VIRTIO_BASE UINT64_C(0x0a000000)
#define VIRTIO_SIZE UINT64_C(0x200)
#define VIRTIO_MAGIC 0x74726976U
#define ELSEWHERE UINT64_C(0x43000000)
#define ELSEWHERE_SIZE UINT64_C(0x10000)
/** Peripheral and component identification of a PrimeCell. */
#define PRIMECELL_ID 0xfe0

static void start(uint16_t vm)
{
	hft_service_start(vm, "device");
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_MSG_WAIT);
}

static struct device_answer answer_of(struct smccc_value frame)
{
	struct device_answer answer;

	ASSERT_EQ(frame.x[0], FFA_MSG_SEND);
	ASSERT_EQ(frame.x[3], sizeof(answer));
	memcpy(&answer, hft_rx, sizeof(answer));
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
	return answer;
}

static struct smccc_value begin(uint16_t vm, enum device_op op,
				uint64_t address, uint64_t value)
{
	struct device_order order = {op, address, value};

	memcpy(hft_tx, &order, sizeof(order));
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, vm, sizeof(order)).x[0],
		  FFA_SUCCESS);
	return hft_run(vm, 0);
}

static struct device_answer tell(uint16_t vm, enum device_op op,
				 uint64_t address, uint64_t value)
{
	return answer_of(begin(vm, op, address, value));
}

static uint32_t read_by(uint16_t vm, uint64_t address)
{
	struct device_answer answer = tell(vm, DEVICE_READ, address, 0);

	EXPECT_EQ(answer.fault.count, 0);
	return (uint32_t)answer.value;
}

/** Bytes of the identification registers, the first one lowest. */
static uint64_t primecell_id(uint16_t vm, uint64_t base)
{
	uint64_t id = 0;

	for (unsigned int i = 0; i < 8; i++) {
		id |= (uint64_t)read_by(vm, base + PRIMECELL_ID + 4 * i)
		      << (8 * i);
	}
	return id;
}

static bool is_translation_fault(struct hft_fault fault)
{
	return fault.count == 1 &&
	       hft_esr_class(fault.esr) == HFT_EC_DATA_ABORT &&
	       hft_esr_is_translation(fault.esr);
}

/** Neither to be read nor to be written by that VM. */
static void expect_not_of(uint16_t vm, uint64_t address)
{
	EXPECT_TRUE(
		is_translation_fault(tell(vm, DEVICE_READ, address, 0).fault));
	EXPECT_TRUE(
		is_translation_fault(tell(vm, DEVICE_WRITE, address, 0).fault));
}

static void expect_not_ours(uint64_t address)
{
	EXPECT_TRUE(is_translation_fault(hft_fault_read(address)));
	EXPECT_TRUE(is_translation_fault(hft_fault_write(address)));
}

/** Of the node with that name. */
static bool is_disabled(const char *path)
{
	int node = fdt_path_offset(hft_fdt(), path);
	const char *status;

	ASSERT_LE(0, node);
	status = fdt_getprop(hft_fdt(), node, "status", NULL);
	return status != NULL && strcmp(status, "disabled") == 0;
}

TEST(rtc, is_there_for_its_owner)
{
	start(VM_RTC);
	EXPECT_EQ(primecell_id(VM_RTC, RTC_BASE), 0xb105f00d00141031);
}

TEST(rtc, can_be_written_by_its_owner)
{
	start(VM_RTC);
	EXPECT_EQ(tell(VM_RTC, DEVICE_WRITE, RTC_BASE + RTC_MR, 0x12345678)
			  .fault.count,
		  0);
	EXPECT_EQ(read_by(VM_RTC, RTC_BASE + RTC_MR), 0x12345678);
}

TEST(rtc, can_not_be_executed)
{
	struct hft_fault fault;

	start(VM_RTC);
	fault = tell(VM_RTC, DEVICE_EXECUTE, RTC_BASE, 0).fault;
	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), HFT_EC_INSTRUCTION_ABORT);
}

TEST(rtc, is_not_the_primarys)
{
	expect_not_ours(RTC_BASE);
	expect_not_ours(RTC_BASE + HFT_PAGE_SIZE - 8);
}

TEST(rtc, is_not_another_vms)
{
	start(VM_OTHER);
	expect_not_of(VM_OTHER, RTC_BASE);
	start(VM_PARTITION);
	expect_not_of(VM_PARTITION, RTC_BASE);
}

TEST(rtc, owner_has_that_page_and_no_other)
{
	start(VM_RTC);
	expect_not_of(VM_RTC, RTC_BASE - 4);
	expect_not_of(VM_RTC, RTC_BASE + HFT_PAGE_SIZE);
	expect_not_of(VM_RTC, UART_BASE);
	expect_not_of(VM_RTC, GIC_BASE);
	expect_not_of(VM_RTC, GPIO_BASE);
}

TEST(rtc, node_is_disabled)
{
	EXPECT_TRUE(is_disabled("/pl031@9010000"));
	EXPECT_FALSE(is_disabled("/pl011@9000000"));
	EXPECT_FALSE(is_disabled("/fw-cfg@9020000"));
	EXPECT_FALSE(is_disabled("/platform-bus@c000000"));
}

/** The RTC asserts it until its owner says otherwise: off until then. */
static void mask_rtc(uint32_t intid)
{
	if (intid == RTC_INTID) {
		hft_irq_disable(RTC_INTID);
	}
}

static void route_rtc_to_us(void)
{
	hft_irq_init();
	hft_irq_set_handler(mask_rtc);
	hft_irq_enable(RTC_INTID);
}

TEST(rtc, interrupt_is_forwarded_by_injection)
{
	struct smccc_value frame;
	uint64_t taken;

	start(VM_RTC);
	route_rtc_to_us();
	frame = begin(VM_RTC, DEVICE_ALARM, 0, 0);
	ASSERT_EQ(frame.x[0], FFA_INTERRUPT);
	hft_irq_wait(RTC_INTID, 1);
	EXPECT_EQ(hf_call(HF_INTERRUPT_INJECT, VM_RTC, 0, RTC_INTID), 1);
	taken = answer_of(hft_run(VM_RTC, 0)).value;

	/* Taken once, and the RTC is quiet. */
	EXPECT_EQ(taken, 1);
	hft_irq_enable(RTC_INTID);
	hft_irq_unmask();
	hft_irq_mask();
	EXPECT_EQ(hft_irq_count(RTC_INTID), 1);
}

TEST(rtc, interrupt_is_forwarded_again)
{
	start(VM_RTC);
	route_rtc_to_us();
	for (uint32_t i = 1; i <= 3; i++) {
		ASSERT_EQ(begin(VM_RTC, DEVICE_ALARM, 0, 0).x[0],
			  FFA_INTERRUPT);
		hft_irq_wait(RTC_INTID, i);
		(void)hf_call(HF_INTERRUPT_INJECT, VM_RTC, 0, RTC_INTID);
		EXPECT_EQ(answer_of(hft_run(VM_RTC, 0)).value, i);
		hft_irq_enable(RTC_INTID);
	}
}

TEST(virtio, two_devices_on_a_page_are_one_vms)
{
	start(VM_RTC);
	EXPECT_EQ(read_by(VM_RTC, VIRTIO_BASE), VIRTIO_MAGIC);
	EXPECT_EQ(read_by(VM_RTC, VIRTIO_BASE + VIRTIO_SIZE), VIRTIO_MAGIC);
	expect_not_ours(VIRTIO_BASE);
	expect_not_ours(VIRTIO_BASE + VIRTIO_SIZE);
}

TEST(virtio, all_nodes_of_the_page_are_disabled)
{
	EXPECT_TRUE(is_disabled("/virtio_mmio@a000000"));
	EXPECT_TRUE(is_disabled("/virtio_mmio@a000200"));
	EXPECT_TRUE(is_disabled("/virtio_mmio@a000e00"));
}

static void mask_rng(uint32_t intid)
{
	if (intid == RNG_INTID) {
		hft_irq_disable(RNG_INTID);
	}
}

/** Until the device has raised its interrupt, whatever its owner does. */
static void forward_rng(void)
{
	while (hft_irq_count(RNG_INTID) == 0) {
		(void)hft_run(VM_RTC, 0);
		hft_irq_unmask();
		hft_irq_mask();
	}
	(void)hf_call(HF_INTERRUPT_INJECT, VM_RTC, 0, RNG_INTID);
}

/* Its queue lies in its owner's memory, which it reads and writes by itself. */
TEST(virtio, owner_drives_it_by_interrupts)
{
	struct device_order order = {DEVICE_RANDOM, 0, 0};
	uint64_t random;

	start(VM_RTC);
	hft_irq_init();
	hft_irq_set_handler(mask_rng);
	hft_irq_enable(RNG_INTID);
	memcpy(hft_tx, &order, sizeof(order));
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_RTC, sizeof(order)).x[0],
		  FFA_SUCCESS);
	forward_rng();
	random = answer_of(hft_run(VM_RTC, 0)).value;

	/* One in 2^64 that it is. */
	EXPECT_NE(random, 0);
	EXPECT_EQ(hft_irq_count(RNG_INTID), 1);
}

TEST(virtio, next_page_is_still_the_primarys)
{
	EXPECT_FALSE(is_disabled("/virtio_mmio@a001000"));
	EXPECT_NO_FAULT(
		EXPECT_EQ(*(volatile uint32_t *)(VIRTIO_BASE + HFT_PAGE_SIZE),
			  VIRTIO_MAGIC));
}

TEST(gpio, read_only_region_of_a_partition)
{
	struct hft_fault fault;

	start(VM_PARTITION);
	EXPECT_EQ(primecell_id(VM_PARTITION, GPIO_BASE), 0xb105f00d00041061);
	fault = tell(VM_PARTITION, DEVICE_WRITE, GPIO_BASE + 0x400, 1).fault;
	EXPECT_EQ(fault.count, 1);
	EXPECT_TRUE(hft_esr_is_permission(fault.esr));
	expect_not_ours(GPIO_BASE);
	EXPECT_TRUE(is_disabled("/pl061@9030000"));
}

TEST(region, memory_elsewhere_is_the_partitions)
{
	start(VM_PARTITION);
	EXPECT_EQ(read_by(VM_PARTITION, ELSEWHERE), 0);
	EXPECT_EQ(tell(VM_PARTITION, DEVICE_WRITE,
		       ELSEWHERE + ELSEWHERE_SIZE - 4, 0x5a5a)
			  .fault.count,
		  0);
	EXPECT_EQ(read_by(VM_PARTITION, ELSEWHERE + ELSEWHERE_SIZE - 4),
		  0x5a5a);
	expect_not_ours(ELSEWHERE);
	expect_not_ours(ELSEWHERE + ELSEWHERE_SIZE - 8);
	EXPECT_EQ(hft_fault_read(ELSEWHERE - 8).count, 0);
	EXPECT_EQ(hft_fault_read(ELSEWHERE + ELSEWHERE_SIZE).count, 0);
	start(VM_OTHER);
	expect_not_of(VM_OTHER, ELSEWHERE);
}

TEST(region, memory_elsewhere_is_reserved)
{
	struct hft_range range = {0, 0};
	bool is_found = false;

	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		is_found |= range.begin == ELSEWHERE &&
			    range.end == ELSEWHERE + ELSEWHERE_SIZE;
	}
	EXPECT_TRUE(is_found);
}
