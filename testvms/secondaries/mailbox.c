/* SPDX-License-Identifier: BSD-3-Clause */
/* RX and TX: mapping them, and waiting for somebody else's. */
#include "hft/arch.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/puppet.h"
#include "hftest.h"

#define DEVICE UINT64_C(0x09000000)
#define NO_RAM UINT64_C(0x2000000000)
#define NOTIFY 1

static uint8_t pages[3 * HFT_PAGE_SIZE] __attribute__((aligned(4096)));

#define PAGE(n) ((uintptr_t)&pages[(n)*HFT_PAGE_SIZE])

static struct smccc_value map(uint64_t tx, uint64_t rx, uint64_t count)
{
	return hft_ffa(FFA_RXTX_MAP | SMCCC_64_BIT, tx, rx, count);
}

static void expect_refused(struct smccc_value frame, int32_t code)
{
	EXPECT_EQ(frame.x[0], FFA_ERROR);
	EXPECT_EQ(frame.x[1], 0);
	EXPECT_EQ(frame.x[2], (uint32_t)code);
	for (unsigned int i = 3; i < 8; i++) {
		EXPECT_EQ(frame.x[i], 0);
	}
}

TEST(rxtx_map, needs_one_page_each)
{
	expect_refused(map(PAGE(0), PAGE(1), 0), FFA_INVALID_PARAMETERS);
	expect_refused(map(PAGE(0), PAGE(1), 2), FFA_INVALID_PARAMETERS);
	expect_refused(map(PAGE(0), PAGE(1), 65), FFA_INVALID_PARAMETERS);
}

TEST(rxtx_map, needs_aligned_pages)
{
	expect_refused(map(PAGE(0) + 8, PAGE(1), 1), FFA_INVALID_PARAMETERS);
	expect_refused(map(PAGE(0), PAGE(1) + 2048, 1), FFA_INVALID_PARAMETERS);
}

TEST(rxtx_map, needs_two_pages)
{
	expect_refused(map(PAGE(0), PAGE(0), 1), FFA_INVALID_PARAMETERS);
}

TEST(rxtx_map, device_memory_is_denied)
{
	expect_refused(map(DEVICE, PAGE(1), 1), FFA_DENIED);
	expect_refused(map(PAGE(0), DEVICE, 1), FFA_DENIED);
}

TEST(rxtx_map, what_is_nobodys_is_denied)
{
	expect_refused(map(NO_RAM, PAGE(1), 1), FFA_DENIED);
	expect_refused(map(PAGE(0), NO_RAM, 1), FFA_DENIED);
	expect_refused(map(UINT64_MAX & ~UINT64_C(0xfff), PAGE(1), 1),
		       FFA_INVALID_PARAMETERS);
}

TEST(rxtx_map, hypervisor_and_secondaries_are_denied)
{
	struct hft_range range;

	for (int i = 0; hft_fdt_reserved(i, &range); i++) {
		expect_refused(map(range.begin, PAGE(1), 1), FFA_DENIED);
		expect_refused(map(PAGE(0), range.begin, 1), FFA_DENIED);
		expect_refused(map(PAGE(0), range.end - HFT_PAGE_SIZE, 1),
			       FFA_DENIED);
	}
}

TEST(rxtx_map, refusal_maps_nothing)
{
	expect_refused(map(PAGE(0), DEVICE, 1), FFA_DENIED);
	EXPECT_EQ(map(PAGE(0), PAGE(1), 1).x[0], FFA_SUCCESS);
}

TEST(rxtx_map, second_time_is_denied)
{
	ASSERT_EQ(map(PAGE(0), PAGE(1), 1).x[0], FFA_SUCCESS);
	expect_refused(map(PAGE(0), PAGE(1), 1), FFA_DENIED);
	expect_refused(map(PAGE(0), PAGE(2), 0), FFA_DENIED);
}

TEST(rxtx_map, rx_is_read_only_and_tx_is_not)
{
	ASSERT_EQ(map(PAGE(0), PAGE(1), 1).x[0], FFA_SUCCESS);
	EXPECT_EQ(hft_fault_read(PAGE(0)).count, 0);
	EXPECT_EQ(hft_fault_write(PAGE(0)).count, 0);
	EXPECT_EQ(hft_fault_read(PAGE(1)).count, 0);
	EXPECT_EQ(hft_fault_write(PAGE(1)).count, 1);
	EXPECT_EQ(hft_fault_write(PAGE(2)).count, 0);
}

TEST(rxtx_map, neither_is_executable)
{
	ASSERT_EQ(map(PAGE(0), PAGE(1), 1).x[0], FFA_SUCCESS);
	EXPECT_EQ(hft_esr_class(hft_fault_execute(PAGE(0)).esr),
		  HFT_EC_INSTRUCTION_ABORT);
	EXPECT_EQ(hft_esr_class(hft_fault_execute(PAGE(1)).esr),
		  HFT_EC_INSTRUCTION_ABORT);
}

TEST(rxtx_map, unmapped_pages_are_as_before)
{
	ASSERT_EQ(map(PAGE(0), PAGE(1), 1).x[0], FFA_SUCCESS);
	ASSERT_EQ(hft_ffa(FFA_RXTX_UNMAP, 0, 0, 0).x[0], FFA_SUCCESS);
	EXPECT_EQ(hft_fault_write(PAGE(1)).count, 0);
	EXPECT_EQ(map(PAGE(2), PAGE(1), 1).x[0], FFA_SUCCESS);
}

/** FFA_RXTX_MAP by the puppet, which has to have unmapped first. */
static uint64_t map_code(uint16_t vm, uint64_t tx, uint64_t rx)
{
	hft_service_start(vm, "mapper");
	((uint64_t *)hft_tx)[0] = tx;
	((uint64_t *)hft_tx)[1] = rx;
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, vm, 16).x[0], FFA_SUCCESS);
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_MSG_SEND);
	return *(const uint64_t *)hft_rx;
}

TEST(rxtx_map, secondary_is_denied_the_primarys_memory)
{
	EXPECT_EQ(map_code(VM_PLAIN, PAGE(0), PAGE(1)), (uint32_t)FFA_DENIED);
}

TEST(rxtx_map, secondary_is_denied_another_secondarys_memory)
{
	uint64_t begin;

	puppet_start(VM_FDT);
	begin = puppet_memory(VM_FDT).begin;
	EXPECT_EQ(map_code(VM_PLAIN, begin, begin + HFT_PAGE_SIZE),
		  (uint32_t)FFA_DENIED);
}

TEST(mailbox, vm_without_rx_is_busy)
{
	hft_mailbox_map();
	expect_refused(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 0), FFA_BUSY);
}

TEST(mailbox, sender_without_tx_is_invalid)
{
	expect_refused(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 0),
		       FFA_INVALID_PARAMETERS);
}

TEST(mailbox, release_of_what_is_empty_is_denied)
{
	hft_mailbox_map();
	expect_refused(hft_ffa(FFA_RX_RELEASE, 0, 0, 0), FFA_DENIED);
	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_do(VM_PLAIN, order_call(FFA_RX_RELEASE, 0, 0, 0))
			  .value[2],
		  (uint32_t)FFA_DENIED);
}

/** FFA_MSG_SEND from the primary, to be told when there is room. */
static struct smccc_value send_and_wait(uint16_t vm)
{
	uint64_t pair = ((uint64_t)HF_PRIMARY_VM_ID << 16) | vm;

	return hf_hvc((struct smccc_value){{FFA_MSG_SEND, pair, 0, 1, NOTIFY}});
}

/** The primary is the one waiter for `vm`, and is told so once. */
static void expect_room(uint16_t vm)
{
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, vm, 0, 0), HF_PRIMARY_VM_ID);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, vm, 0, 0), -1);
	EXPECT_EQ(hf_call(HF_MAILBOX_WRITABLE_GET, 0, 0, 0), vm);
	EXPECT_EQ(hf_call(HF_MAILBOX_WRITABLE_GET, 0, 0, 0), -1);
}

TEST(mailbox, waiter_is_told_when_rx_is_mapped)
{
	struct smccc_value frame;

	hft_mailbox_map();
	expect_refused(send_and_wait(VM_PLAIN), FFA_BUSY);
	/* Nothing to have yet. */
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, VM_PLAIN, 0, 0), -1);

	frame = hft_run(VM_PLAIN, 0);
	EXPECT_EQ(frame.x[0], FFA_RX_RELEASE);
	EXPECT_EQ(frame.x[1], 0);
	expect_room(VM_PLAIN);
	/* The one that mapped it goes on. */
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_MSG_WAIT);
}

TEST(mailbox, waiter_is_told_when_rx_is_released)
{
	hft_service_start(VM_PLAIN, "echo");
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, VM_PLAIN, 1).x[0], FFA_SUCCESS);
	expect_refused(send_and_wait(VM_PLAIN), FFA_BUSY);
	expect_refused(send_and_wait(VM_PLAIN), FFA_BUSY);

	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_RX_RELEASE);
	expect_room(VM_PLAIN);
	EXPECT_EQ(send_and_wait(VM_PLAIN).x[0], FFA_SUCCESS);
	EXPECT_EQ(hft_run(VM_PLAIN, 0).x[0], FFA_MSG_SEND);
}

/** Run a persistent sender until it waits for this VM's RX. */
static void let_it_wait(uint16_t vm)
{
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_MSG_SEND);
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_MSG_WAIT);
}

TEST(mailbox, primary_is_told_who_waits_for_it)
{
	hft_service_start(VM_PLAIN, "persistent");
	let_it_wait(VM_PLAIN);
	EXPECT_EQ(hft_rx[0], VM_PLAIN);

	EXPECT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_RX_RELEASE);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, HF_PRIMARY_VM_ID, 0, 0),
		  VM_PLAIN);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, HF_PRIMARY_VM_ID, 0, 0), -1);
	EXPECT_EQ(inject(VM_PLAIN, 0, HF_MAILBOX_WRITABLE_INTID), 1);
	let_it_wait(VM_PLAIN);
}

TEST(mailbox, waiters_come_in_order)
{
	hft_service_start(VM_FDT, "persistent");
	hft_service_start(VM_PLAIN, "persistent");
	let_it_wait(VM_PLAIN);
	/* The other one finds it full at once. */
	ASSERT_EQ(hft_run(VM_FDT, 0).x[0], FFA_MSG_WAIT);

	EXPECT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_RX_RELEASE);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, HF_PRIMARY_VM_ID, 0, 0),
		  VM_PLAIN);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, HF_PRIMARY_VM_ID, 0, 0),
		  VM_FDT);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, HF_PRIMARY_VM_ID, 0, 0), -1);
}

TEST(mailbox, waiters_are_the_primarys_to_know)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_call(VM_PLAIN, HF_MAILBOX_WAITER_GET, VM_PLAIN, 0),
		  UINT64_MAX);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, 99, 0, 0), -1);
	EXPECT_EQ(hf_call(HF_MAILBOX_WAITER_GET, 0x10001, 0, 0), -1);
	EXPECT_EQ(hf_call(HF_MAILBOX_WRITABLE_GET, 0, 0, 0), -1);
}
