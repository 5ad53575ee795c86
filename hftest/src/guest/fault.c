/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions: expected ones are recorded and skipped, an SVC ends a stay at EL0,
 * the rest is the end of the test.
 */
#include "hft/fault.h"

#include "carrier.h"
#include "cpu.h"
#include "hft/boot.h"
#include "layout.h"

/* Vector offsets modulo 0x200. */
#define KIND_MASK 0x180
#define KIND_SYNC 0x000
#define KIND_IRQ 0x080
#define KIND_FIQ 0x100

#define BRANCH_TO_ITSELF UINT32_C(0x14000000)

/* SPSR: AArch64 EL0t and AArch32 user mode, all interrupts masked. */
#define SPSR_EL0_64 UINT64_C(0x3c0)
#define SPSR_EL0_32 UINT64_C(0x1d0)

static uint8_t sp0_stack[HFT_MAX_CPUS][HFT_STACK_SIZE]
	__attribute__((aligned(16)));

void hft_call_on_sp0(void (*run)(uint64_t arg), uint64_t arg, void *stack_end);
__attribute__((__noreturn__)) void hft_enter_el0(uint64_t entry, uint64_t arg,
						 uint64_t spsr);

void hft_fault_watch(void)
{
	struct hft_cpu *cpu = hft_cpu();

	cpu->fault = (struct hft_fault){0};
	cpu->is_watching = true;
	__asm__ volatile("" : : : "memory");
}

struct hft_fault hft_fault_end(void)
{
	struct hft_cpu *cpu = hft_cpu();

	__asm__ volatile("" : : : "memory");
	cpu->is_watching = false;
	return cpu->fault;
}

struct hft_fault hft_fault_read(uint64_t va)
{
	uint64_t value;

	return HFT_FAULT_OF(__asm__ volatile("ldr %0, [%1]"
					     : "=r"(value)
					     : "r"(va)
					     : "memory"));
}

struct hft_fault hft_fault_write(uint64_t va)
{
	return HFT_FAULT_OF(__asm__ volatile("str xzr, [%0]"
					     :
					     : "r"(va)
					     : "memory"));
}

struct hft_fault hft_fault_execute(uint64_t va)
{
	return HFT_FAULT_OF(__asm__ volatile(
		"blr %0"
		:
		: "r"(va)
		: "memory", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7",
		  "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
		  "x17", "x18", "x30"));
}

void hft_run_on_sp0(void (*run)(uint64_t arg), uint64_t arg)
{
	uint32_t cpu_idx = hft_cpu()->cpu_idx;

	hft_call_on_sp0(run, arg, &sp0_stack[cpu_idx][HFT_STACK_SIZE]);
}

uint64_t hft_run_at_el0(uint64_t entry, uint64_t arg, bool is_aarch32)
{
	struct hft_cpu *cpu = hft_cpu();

	cpu->is_at_el0 = true;
	if (hft_jump_save(&cpu->el0_end) == 0) {
		hft_enter_el0(entry, arg,
			      is_aarch32 ? SPSR_EL0_32 : SPSR_EL0_64);
	}
	cpu->is_at_el0 = false;
	return cpu->el0_value;
}

/** SPSR.IL: the state was illegal; left there, it would be again. */
#define SPSR_IL (UINT64_C(1) << 20)

/** Record, and go on behind it. */
static void record(struct hft_cpu *cpu, struct hft_frame *frame,
		   uint64_t vector)
{
	unsigned int class = hft_esr_class(frame->esr);

	if (cpu->fault.count++ == 0) {
		cpu->fault.vector = vector;
		cpu->fault.esr = frame->esr;
		cpu->fault.far = frame->far;
		cpu->fault.elr = frame->elr;
		cpu->fault.spsr = frame->spsr;
		cpu->fault.pan = hft_has_pan() && hft_sysreg_read(S3_0_C4_C2_3);
	}
	frame->spsr &= ~SPSR_IL;
	if (class == HFT_EC_INSTRUCTION_ABORT ||
	    class == HFT_EC_INSTRUCTION_ABORT_LOWER) {
		/* Nothing there to skip: return to the caller; r14 if A32. */
		frame->elr = vector == HFT_VECTOR_EL0_32 ? frame->x[14]
							 : frame->x[30];
	} else {
		frame->elr += 4;
	}
}

/** Out of the test, or off, without coming back here. */
__attribute__((__noreturn__)) static void crash(struct hft_cpu *cpu,
						const struct hft_frame *frame,
						uint64_t vector)
{
	hft_report_fail(
		"exception", 0,
		"unexpected, vector %#llx esr %#llx far %#llx at "
		"%#llx = image+%#llx, x30 = image+%#llx, cpu %u",
		(unsigned long long)vector, (unsigned long long)frame->esr,
		(unsigned long long)frame->far, (unsigned long long)frame->elr,
		(unsigned long long)(frame->elr - (uintptr_t)hft_image_begin),
		(unsigned long long)(frame->x[30] - (uintptr_t)hft_image_begin),
		cpu->cpu_idx);
	cpu->is_watching = false;
	hft_jump_back(&cpu->end, HFT_JUMP_CRASH);
}

/** An interrupt ends a branch to itself, which is how a test spins. */
static void leave_spin(struct hft_frame *frame)
{
	if (*(const uint32_t *)frame->elr == BRANCH_TO_ITSELF) {
		frame->elr += 4;
	}
}

void hft_exception(struct hft_frame *frame, uint64_t vector)
{
	struct hft_cpu *cpu = hft_cpu();
	unsigned int class = hft_esr_class(frame->esr);

	if ((vector & KIND_MASK) == KIND_IRQ ||
	    (vector & KIND_MASK) == KIND_FIQ) {
		hft_irq_take((vector & KIND_MASK) == KIND_FIQ);
		leave_spin(frame);
		return;
	}
	if ((vector & KIND_MASK) != KIND_SYNC) {
		crash(cpu, frame, vector);
	}
	if (cpu->is_at_el0 &&
	    (class == HFT_EC_SVC64 || class == HFT_EC_SVC32)) {
		cpu->el0_value = frame->x[0];
		hft_jump_back(&cpu->el0_end, 1);
	}
	if (!cpu->is_watching) {
		crash(cpu, frame, vector);
	}
	record(cpu, frame, vector);
}
