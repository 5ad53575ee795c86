/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The service `puppet` (testvms/services) does what the primary tells it, one
 * call or instruction at a time, and says what became of it. One message each
 * way; every vCPU of its VM that waits for a message can be told.
 */
#pragma once

#include <stdint.h>

#include "hft/boot.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/registers.h"
#include "hft/service.h"

enum order_op {
	/* value = x0-x7 of the answer to args */
	ORDER_HVC,
	ORDER_SMC,
	/* args: instruction word, x0, x1; value: x0; the fault */
	ORDER_INSTRUCTION,
	ORDER_INSTRUCTION_EL0,
	/* the same of A32: r0, r1 */
	ORDER_INSTRUCTION_EL0_32,
	/* args: virtual interrupt id, 1 to enable */
	ORDER_ENABLE,
	/* IRQs unmasked and masked again; value[n]: times id args[n] came */
	ORDER_TAKE,
	/* FIQs unmasked and masked again; value: FIQs, times id args[0] came */
	ORDER_TAKE_FIQ,
	/* args: id; IRQs unmasked, a busy loop until it has come */
	ORDER_AWAIT,
	/* args: 1 to leave IRQs unmasked from now on, 0 not */
	ORDER_UNMASK,
	/* value[n]: times id args[n] was taken on this vCPU */
	ORDER_COUNTS,
	/* args: enum order_switch, seed, id of SWITCH_SMC; registers before
	 * and behind it */
	ORDER_REGISTERS,
	/* how it was started */
	ORDER_BOOT_STATE,
	/* args: begin, end; value: first byte that is not 0, or end */
	ORDER_FIND_NONZERO,
	/* value: begin and end of the image, its FDT or 0, MPIDR, VM id */
	ORDER_IDENTITY,
	/* value: x0, CurrentEL, DAIF, SPSel, SCTLR of a vCPU turned on */
	ORDER_VCPU_ENTRY,
	/* first_fp_change: what is not 0 of them; 66: all is */
	ORDER_FP_RESIDUE,
	/* args: physical address, HFT_VIEW_*; value: virtual address */
	ORDER_VIEW,
	/* args: such an address; it is gone, by a TLBI of this CPU */
	ORDER_DROP_VIEW,
	/* args: physical address of a table; value: address behind it */
	ORDER_VIEW_THROUGH_TABLE,
	/* value: memory node of the FDT, begin and end; 0 when absent */
	ORDER_FDT_MEMORY,
	/* value: of /chosen RAM disk begin and end; from [2] on bootargs */
	ORDER_FDT_CHOSEN,
	/* args: TX, RX: instead of its own; value: w0 and w2 of the answer */
	ORDER_MAP_MAILBOX,
	/* args: vCPU; it becomes a puppet too. value: CPU_ON's answer */
	ORDER_START_VCPU,
	/* args: word address, what to add; value: what is there then */
	ORDER_ADD,
	/* a virtual timer that has expired, then WFI */
	ORDER_PAST_TIMER_WFI,
	/* args: SPSR_EL1; an exception return with it, and the fault */
	ORDER_ILLEGAL_RETURN,
	/* fails a check */
	ORDER_FAIL,
	/* the service ends */
	ORDER_LEAVE,
	ORDER_COUNT,
};

/** Instructions that ORDER_REGISTERS has patterns around. */
enum order_switch {
	SWITCH_YIELD,
	SWITCH_WFI,
	SWITCH_WFE,
	SWITCH_SPIN,
	SWITCH_MSG_WAIT,
	SWITCH_SMC,
};

struct order {
	uint64_t op;
	uint64_t args[8];
};

struct answer {
	uint64_t value[8];
	struct hft_fault fault;
	struct hft_boot_state boot_state;
	/* ORDER_REGISTERS: index of the first that changed; 31 and 66: none */
	uint64_t first_change;
	uint64_t first_fp_change;
};
_Static_assert(sizeof(struct answer) <= 4096, "one message");

/* Instructions: x0 in and out, x1 in. */
#define WORD_SPIN UINT64_C(0x14000000)
#define WORD_WFI UINT64_C(0xd503207f)
#define WORD_WFE UINT64_C(0xd503205f)
#define WORD_LDR UINT64_C(0xf9400020)
#define WORD_STR UINT64_C(0xf9000020)
#define WORD_LDRB UINT64_C(0x39400020)
#define WORD_STRB UINT64_C(0x39000020)
/** br x1: a fetch that fails returns to the caller. */
#define WORD_CALL UINT64_C(0xd61f0020)

/* MRS x0, MSR x0 of a register by its number. */
#define WORD_MRS(op0, op1, crn, crm, op2)                         \
	(UINT64_C(0xd5300000) | ((uint64_t)((op0)-2) << 19) |     \
	 ((uint64_t)(op1) << 16) | ((crn) << 12) | ((crm) << 8) | \
	 ((op2) << 5))
#define WORD_MSR(op0, op1, crn, crm, op2) \
	(WORD_MRS(op0, op1, crn, crm, op2) & ~UINT64_C(0x200000))

/* --- the primary ---------------------------------------------------------- */

/* VMs of the manifests that have puppets. */
/** One vCPU, with an FDT. */
#define VM_FDT UINT16_C(2)
/** One vCPU, no FDT. */
#define VM_PLAIN UINT16_C(3)
/** Four vCPUs, no FDT. */
#define VM_SMP UINT16_C(4)

/** testvms/services/vm.dts */
#define SERVICE_MEM_SIZE UINT64_C(0x100000)

/** Make it a puppet that waits for its first order. */
void puppet_start(uint16_t vm);

/** Its other vCPU becomes a puppet that waits for an order, too. */
void puppet_start_vcpu(uint16_t vm, uint16_t vcpu);

/** The order is in its RX; it has not run. */
void puppet_tell(uint16_t vm, const struct order *order);

/** Run until it answers, whatever FFA_RUN says meanwhile. */
struct answer puppet_finish(uint16_t vm, uint16_t vcpu);

/** The answer that `frame` announces; ends the test if it does not. */
struct answer puppet_answer(uint16_t vm, struct smccc_value frame);

/** Tell, run, and what FFA_RUN returned. */
struct smccc_value puppet_begin(uint16_t vm, struct order order);

/** Tell, run once, and it has answered. */
struct answer puppet_do(uint16_t vm, struct order order);
struct answer puppet_do_on(uint16_t vm, uint16_t vcpu, struct order order);

/* Orders. */
static inline struct order order(enum order_op op, uint64_t arg0, uint64_t arg1,
				 uint64_t arg2)
{
	return (struct order){.op = op, .args = {arg0, arg1, arg2}};
}

static inline struct order order_call(uint64_t id, uint64_t arg1, uint64_t arg2,
				      uint64_t arg3)
{
	return (struct order){.op = ORDER_HVC, .args = {id, arg1, arg2, arg3}};
}

/** One instruction with x0 and x1. */
static inline struct order order_word(uint64_t word, uint64_t x0, uint64_t x1)
{
	return order(ORDER_INSTRUCTION, word, x0, x1);
}

/** Orders that need an answer's first value only. */
uint64_t puppet_call(uint16_t vm, uint64_t id, uint64_t arg1, uint64_t arg2);
uint64_t puppet_mrs(uint16_t vm, uint64_t word);
void puppet_msr(uint16_t vm, uint64_t word, uint64_t value);
struct hft_fault puppet_fault(uint16_t vm, uint64_t word, uint64_t x1);
void puppet_enable(uint16_t vm, uint32_t intid);

/** Memory of a VM, from the puppet's own point of view. */
struct hft_range puppet_memory(uint16_t vm);

/** HF_INTERRUPT_INJECT by this VM. */
int64_t inject(uint16_t vm, uint16_t vcpu, uint32_t intid);
