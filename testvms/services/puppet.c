/* SPDX-License-Identifier: BSD-3-Clause */
/* A service that does what it is told, one instruction or call at a time. */
#include <string.h>

#include "hf/call.h"
#include "hft/arch.h"
#include "hft/code.h"
#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/irq.h"
#include "hft/mm.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hft/service.h"
#include "hftest.h"

#define WORD_SVC UINT32_C(0xd4000001)
#define WORD_SVC_A32 UINT32_C(0xef000000)

static bool is_unmasked[HFT_MAX_CPUS];

static void call_hvc(const struct order *order, struct answer *answer)
{
	struct smccc_value value;

	memcpy(&value, order->args, sizeof(value));
	value = hf_hvc(value);
	memcpy(answer->value, &value, sizeof(value));
}

static void call_smc(const struct order *order, struct answer *answer)
{
	struct smccc_value value;

	memcpy(&value, order->args, sizeof(value));
	value = hf_smc(value);
	memcpy(answer->value, &value, sizeof(value));
}

static void run_instruction(const struct order *order, struct answer *answer)
{
	hft_fault_watch();
	answer->value[0] = hft_code_run((uint32_t)order->args[0],
					order->args[1], order->args[2]);
	answer->fault = hft_fault_end();
}

static void run_at_el0(const struct order *order, struct answer *answer,
		       bool is_aarch32)
{
	uint64_t entry;

	entry = hft_code_write((uint32_t)order->args[0],
			       is_aarch32 ? WORD_SVC_A32 : WORD_SVC);
	entry = hft_mm_view(entry, HFT_VIEW_EXECUTE | HFT_VIEW_EL0);
	hft_fault_watch();
	answer->value[0] = hft_run_at_el0(entry, order->args[2], is_aarch32);
	answer->fault = hft_fault_end();
}

static void run_instruction_el0(const struct order *order,
				struct answer *answer)
{
	run_at_el0(order, answer, false);
}

static void run_instruction_el0_32(const struct order *order,
				   struct answer *answer)
{
	run_at_el0(order, answer, true);
}

static void enable(const struct order *order, struct answer *answer)
{
	answer->value[0] = (uint64_t)hf_call(HF_INTERRUPT_ENABLE,
					     order->args[0], order->args[1], 0);
}

static void count_interrupts(const struct order *order, struct answer *answer)
{
	for (size_t i = 0; i < 8; i++) {
		answer->value[i] = hft_irq_count((uint32_t)order->args[i]);
	}
}

static void take_interrupts(const struct order *order, struct answer *answer)
{
	struct answer before = {0};

	count_interrupts(order, &before);
	hft_irq_unmask();
	hft_irq_mask();
	count_interrupts(order, answer);
	for (size_t i = 0; i < 8; i++) {
		answer->value[i] -= before.value[i];
	}
}

/** Busy: it does not leave by itself. */
static void await_interrupt(const struct order *order, struct answer *answer)
{
	hft_irq_unmask();
	while (hft_irq_count((uint32_t)order->args[0]) == 0) {
		__asm__ volatile("" : : : "memory");
	}
	hft_irq_mask();
	answer->value[0] = hft_irq_count((uint32_t)order->args[0]);
}

static void take_fiqs(const struct order *order, struct answer *answer)
{
	uint32_t fiqs = hft_fiq_count();
	uint32_t count = hft_irq_count((uint32_t)order->args[0]);

	hft_fiq_unmask();
	hft_fiq_mask();
	answer->value[0] = hft_fiq_count() - fiqs;
	answer->value[1] = hft_irq_count((uint32_t)order->args[0]) - count;
}

static void unmask(const struct order *order, struct answer *answer)
{
	(void)answer;
	is_unmasked[hft_cpu_index()] = order->args[0] != 0;
}

static void check_registers(const struct order *order, struct answer *answer)
{
	static void (*const run[])(struct hft_registers *) = {
		[SWITCH_YIELD] = hft_registers_hvc,
		[SWITCH_WFI] = hft_registers_wfi,
		[SWITCH_WFE] = hft_registers_wfe,
		[SWITCH_SPIN] = hft_registers_spin,
		[SWITCH_MSG_WAIT] = hft_registers_hvc,
		[SWITCH_SMC] = hft_registers_smc,
	};
	const uint64_t ids[] = {
		[SWITCH_YIELD] = FFA_YIELD,
		[SWITCH_MSG_WAIT] = FFA_MSG_WAIT,
		[SWITCH_SMC] = order->args[2],
	};
	struct hft_registers before = hft_registers_pattern(
		ids[order->args[0]], (uint8_t)order->args[1]);
	struct hft_registers after = before;
	bool is_call = ids[order->args[0]] != 0;

	run[order->args[0]](&after);
	answer->value[0] = after.x[0];
	answer->first_change = hft_registers_first_change(&before, &after,
							  is_call ? 8 : 0, 30);
	answer->first_fp_change =
		hft_registers_first_fp_change(&before, &after);
}

static void find_fp_residue(const struct order *order, struct answer *answer)
{
	struct hft_registers registers = {0};
	struct hft_registers zero = {0};

	(void)order;
	hft_registers_store_fp(&registers);
	answer->first_fp_change =
		hft_registers_first_fp_change(&zero, &registers);
}

static void tell_boot_state(const struct order *order, struct answer *answer)
{
	(void)order;
	answer->boot_state = hft_boot_state;
}

static void find_nonzero(const struct order *order, struct answer *answer)
{
	uint64_t begin = order->args[0];

	while (begin < order->args[1] && *(const uint8_t *)begin == 0) {
		begin++;
	}
	answer->value[0] = begin;
}

static void tell_identity(const struct order *order, struct answer *answer)
{
	(void)order;
	answer->value[0] = (uintptr_t)hft_image_begin;
	answer->value[1] = (uintptr_t)hft_image_end;
	answer->value[2] = (uintptr_t)hft_fdt();
	answer->value[3] = hft_sysreg_read(mpidr_el1);
	answer->value[4] = hft_own_id();
}

static void tell_vcpu_entry(const struct order *order, struct answer *answer)
{
	struct hft_cpu_entry entry = hft_cpu_entry(hft_cpu_index());

	(void)order;
	answer->value[0] = entry.x0 == hft_cpu_entry_context(hft_cpu_index());
	answer->value[1] = entry.current_el;
	answer->value[2] = entry.daif;
	answer->value[3] = entry.sp_sel;
	answer->value[4] = entry.sctlr;
}

static void view(const struct order *order, struct answer *answer)
{
	answer->value[0] = hft_mm_view(order->args[0], order->args[1]);
}

static void drop_view(const struct order *order, struct answer *answer)
{
	(void)answer;
	hft_mm_drop_view(order->args[0]);
}

static void view_through_table(const struct order *order, struct answer *answer)
{
	answer->value[0] = hft_mm_view_through_table(order->args[0]);
}

static void tell_fdt_memory(const struct order *order, struct answer *answer)
{
	struct hft_range range = {0};

	(void)order;
	if (hft_fdt() != NULL) {
		(void)hft_fdt_memory(0, &range);
	}
	answer->value[0] = range.begin;
	answer->value[1] = range.end;
}

static void tell_fdt_chosen(const struct order *order, struct answer *answer)
{
	const char *bootargs = hft_fdt_bootargs();
	int chosen;

	(void)order;
	if (hft_fdt() == NULL) {
		return;
	}
	chosen = fdt_path_offset(hft_fdt(), "/chosen");
	(void)hft_fdt_integer(chosen, "linux,initrd-start", &answer->value[0]);
	(void)hft_fdt_integer(chosen, "linux,initrd-end", &answer->value[1]);
	memcpy(&answer->value[2], bootargs,
	       strnlen(bootargs, 6 * sizeof(answer->value[0]) - 1));
}

/** Its own are back in the end, to answer. */
static void map_mailbox(const struct order *order, struct answer *answer)
{
	struct smccc_value value;

	ASSERT_EQ(hft_ffa(FFA_RXTX_UNMAP, 0, 0, 0).x[0], FFA_SUCCESS);
	value = hft_ffa(FFA_RXTX_MAP | SMCCC_64_BIT, order->args[0],
			order->args[1], 1);
	answer->value[0] = value.x[0];
	answer->value[1] = value.x[2];
	if (value.x[0] == FFA_SUCCESS) {
		(void)hft_ffa(FFA_RXTX_UNMAP, 0, 0, 0);
	}
	ASSERT_EQ(hft_ffa(FFA_RXTX_MAP | SMCCC_64_BIT, (uintptr_t)hft_tx,
			  (uintptr_t)hft_rx, 1)
			  .x[0],
		  FFA_SUCCESS);
}

static void puppet(uint64_t unused);

static void start_vcpu(const struct order *order, struct answer *answer)
{
	answer->value[0] =
		(uint64_t)hft_cpu_start((uint32_t)order->args[0], puppet, 0);
}

static void add(const struct order *order, struct answer *answer)
{
	volatile uint64_t *word = (volatile uint64_t *)order->args[0];

	*word += order->args[1];
	answer->value[0] = *word;
}

static void wait_for_past_timer(const struct order *order,
				struct answer *answer)
{
	(void)order;
	(void)answer;
	hft_sysreg_write(cntv_cval_el0, 0);
	hft_sysreg_write(cntv_ctl_el0, 1);
	__asm__ volatile("isb; wfi" : : : "memory");
}

static void return_illegally(const struct order *order, struct answer *answer)
{
	uint64_t where;

	hft_fault_watch();
	__asm__ volatile(
		"adr %0, 1f\n"
		"msr elr_el1, %0\n"
		"msr spsr_el1, %1\n"
		"eret\n"
		"1: nop\n"
		: "=&r"(where)
		: "r"(order->args[0])
		: "memory");
	answer->fault = hft_fault_end();
}

static void fail(const struct order *order, struct answer *answer)
{
	(void)order;
	(void)answer;
	FAIL("told to fail");
}

static void leave(const struct order *order, struct answer *answer)
{
	(void)order;
	(void)answer;
}

typedef void order_function(const struct order *order, struct answer *answer);

static order_function *const functions[ORDER_COUNT] = {
	[ORDER_HVC] = call_hvc,
	[ORDER_SMC] = call_smc,
	[ORDER_INSTRUCTION] = run_instruction,
	[ORDER_INSTRUCTION_EL0] = run_instruction_el0,
	[ORDER_INSTRUCTION_EL0_32] = run_instruction_el0_32,
	[ORDER_ENABLE] = enable,
	[ORDER_TAKE] = take_interrupts,
	[ORDER_AWAIT] = await_interrupt,
	[ORDER_TAKE_FIQ] = take_fiqs,
	[ORDER_UNMASK] = unmask,
	[ORDER_COUNTS] = count_interrupts,
	[ORDER_REGISTERS] = check_registers,
	[ORDER_BOOT_STATE] = tell_boot_state,
	[ORDER_FIND_NONZERO] = find_nonzero,
	[ORDER_IDENTITY] = tell_identity,
	[ORDER_VCPU_ENTRY] = tell_vcpu_entry,
	[ORDER_FP_RESIDUE] = find_fp_residue,
	[ORDER_VIEW] = view,
	[ORDER_DROP_VIEW] = drop_view,
	[ORDER_VIEW_THROUGH_TABLE] = view_through_table,
	[ORDER_FDT_MEMORY] = tell_fdt_memory,
	[ORDER_FDT_CHOSEN] = tell_fdt_chosen,
	[ORDER_MAP_MAILBOX] = map_mailbox,
	[ORDER_START_VCPU] = start_vcpu,
	[ORDER_ADD] = add,
	[ORDER_PAST_TIMER_WFI] = wait_for_past_timer,
	[ORDER_ILLEGAL_RETURN] = return_illegally,
	[ORDER_FAIL] = fail,
	[ORDER_LEAVE] = leave,
};

static void puppet(uint64_t unused)
{
	uint16_t self = hft_own_id();
	struct order order;
	struct answer answer;

	(void)unused;
	do {
		ASSERT_EQ(hft_service_receive(), sizeof(order));
		memcpy(&order, hft_rx, sizeof(order));
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		ASSERT_LT(order.op, ORDER_COUNT);
		answer = (struct answer){0};
		if (is_unmasked[hft_cpu_index()]) {
			hft_irq_unmask();
		}
		functions[order.op](&order, &answer);
		hft_irq_mask();
		memcpy(hft_tx, &answer, sizeof(answer));
		ASSERT_EQ(hft_send(self, HF_PRIMARY_VM_ID, sizeof(answer)).x[0],
			  FFA_SUCCESS);
	} while (order.op != ORDER_LEAVE);
}

SERVICE(puppet)
{
	puppet(0);
}
