/* SPDX-License-Identifier: BSD-3-Clause */
/* Puppets on strings: orders go out, answers come back. */
#include "hft/puppet.h"

#include <string.h>

#include "hftest.h"

void puppet_start(uint16_t vm)
{
	hft_service_start(vm, "puppet");
	ASSERT_EQ(hft_run(vm, 0).x[0], FFA_MSG_WAIT);
}

void puppet_start_vcpu(uint16_t vm, uint16_t vcpu)
{
	struct smccc_value frame =
		puppet_begin(vm, order(ORDER_START_VCPU, vcpu, 0, 0));

	ASSERT_EQ(frame.x[0], HF_FFA_RUN_WAKE_UP);
	ASSERT_EQ(frame.x[1], hft_vcpu(vm, vcpu));
	ASSERT_EQ(puppet_finish(vm, 0).value[0], PSCI_SUCCESS);
	ASSERT_EQ(hft_run(vm, vcpu).x[0], FFA_MSG_WAIT);
}

void puppet_tell(uint16_t vm, const struct order *order)
{
	memcpy(hft_tx, order, sizeof(*order));
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, vm, sizeof(*order)).x[0],
		  FFA_SUCCESS);
}

struct answer puppet_answer(uint16_t vm, struct smccc_value frame)
{
	struct answer answer;

	ASSERT_EQ(frame.x[0], FFA_MSG_SEND);
	ASSERT_EQ(frame.x[1], ((uint64_t)vm << 16) | HF_PRIMARY_VM_ID);
	ASSERT_EQ(frame.x[3], sizeof(answer));
	memcpy(&answer, hft_rx, sizeof(answer));
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
	return answer;
}

struct answer puppet_finish(uint16_t vm, uint16_t vcpu)
{
	struct smccc_value frame;

	do {
		frame = hft_run(vm, vcpu);
	} while (frame.x[0] != FFA_MSG_SEND && frame.x[0] != FFA_ERROR);
	return puppet_answer(vm, frame);
}

struct smccc_value puppet_begin(uint16_t vm, struct order order)
{
	puppet_tell(vm, &order);
	return hft_run(vm, 0);
}

struct answer puppet_do(uint16_t vm, struct order order)
{
	return puppet_do_on(vm, 0, order);
}

struct answer puppet_do_on(uint16_t vm, uint16_t vcpu, struct order order)
{
	puppet_tell(vm, &order);
	return puppet_answer(vm, hft_run(vm, vcpu));
}

uint64_t puppet_call(uint16_t vm, uint64_t id, uint64_t arg1, uint64_t arg2)
{
	return puppet_do(vm, order_call(id, arg1, arg2, 0)).value[0];
}

uint64_t puppet_mrs(uint16_t vm, uint64_t word)
{
	struct answer answer = puppet_do(vm, order_word(word, 0, 0));

	EXPECT_EQ(answer.fault.count, 0);
	return answer.value[0];
}

void puppet_msr(uint16_t vm, uint64_t word, uint64_t value)
{
	struct answer answer = puppet_do(vm, order_word(word, value, 0));

	EXPECT_EQ(answer.fault.count, 0);
}

struct hft_fault puppet_fault(uint16_t vm, uint64_t word, uint64_t x1)
{
	return puppet_do(vm, order_word(word, 0, x1)).fault;
}

void puppet_enable(uint16_t vm, uint32_t intid)
{
	ASSERT_EQ(puppet_do(vm, order(ORDER_ENABLE, intid, 1, 0)).value[0], 0);
}

struct hft_range puppet_memory(uint16_t vm)
{
	uint64_t begin = puppet_do(vm, order(ORDER_IDENTITY, 0, 0, 0)).value[0];

	return (struct hft_range){begin, begin + SERVICE_MEM_SIZE};
}

int64_t inject(uint16_t vm, uint16_t vcpu, uint32_t intid)
{
	return hf_call(HF_INTERRUPT_INJECT, vm, vcpu, intid);
}
