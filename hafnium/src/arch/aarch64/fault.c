/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When EL2 itself is at fault: show all there is, and stop. See
 * docs/debugging.md.
 */
#include "hf/arch/smc.h"
#include "hf/arch/sysreg.h"
#include "hf/base/check.h"
#include "hf/base/log.h"
#include "hf/base/sink.h"
#include "hf/base/texts.h"
#include "hf/plat/image.h"
#include "hf/plat/image_layout.h"
#include "hf/psci.h"

#define BACKTRACE_MAX 32

/* Arm ARM C6.2: the bits that make an instruction a call. */
#define INSN_BL 0x94000000U
#define INSN_BL_MASK 0xfc000000U
#define INSN_BLR 0xd63f0000U
#define INSN_BLR_MASK 0xfffffc1fU

/** What own_fault in exceptions.S leaves: x0-x30 and SP. */
struct fault_frame {
	uint64_t x[31];
	uint64_t sp;
};

/* exceptions.S */
extern struct fault_frame fault_frame;
noreturn void arch_fault(uint64_t which);
noreturn void arch_refuse_level(uint64_t level);

static void print_return_address(unsigned int n, uint64_t pc)
{
	log_unlocked("  #%u 0x%lx image+0x%lx\n", n, pc,
		     pc - image_range().begin.pa);
}

/** Of our code, behind a BL or BLR. */
static bool is_return_address(uint64_t pc)
{
	struct pa_range text = image_text();
	uint32_t call;

	if (!is_aligned(pc, 4) || pc <= text.begin.pa || pc > text.end.pa) {
		return false;
	}
	call = *(const uint32_t *)ptr_from_pa(pa_init(pc - 4));
	return (call & INSN_BL_MASK) == INSN_BL ||
	       (call & INSN_BLR_MASK) == INSN_BLR;
}

/**
 * Functions leave no frame records: all return addresses on the stack, from `n`
 * on. One that was left by an earlier call may be among them.
 */
static void print_stack(unsigned int n, uint64_t sp)
{
	struct pa_range stacks = image_stacks();
	uint64_t at = sp - stacks.begin.pa;
	uint64_t slot = sp - at % STACK_SLOT_SIZE;

	if (at >= pa_range_size(stacks) || !is_aligned(sp, 16)) {
		return;
	}
	if (sp < slot + PAGE_SIZE) {
		sp = slot + PAGE_SIZE; /* it overflowed into its guard page */
	}
	for (; n < BACKTRACE_MAX && sp < slot + STACK_SLOT_SIZE; sp += 8) {
		uint64_t pc = *(const uint64_t *)ptr_from_pa(pa_init(sp));

		if (is_return_address(pc)) {
			print_return_address(n++, pc);
		}
	}
}

void sink_backtrace(void)
{
	print_stack(0, stack_pointer());
}

noreturn void sink_halt(void)
{
	(void)arch_smc_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;) {
		__asm__ volatile("wfi");
	}
}

noreturn void arch_fault(uint64_t which)
{
	static const char names[] = "Synchronous exception\0IRQ\0FIQ\0SError\0";
	static bool is_handling;
	const char *name = texts_nth(names, which & 3);
	uint64_t elr = sysreg_read(elr_el2);

	if (is_handling) {
		sink_halt();
	}
	is_handling = true;

	log_unlocked("\n%s at EL2: esr=%#lx elr=%#lx far=%#lx spsr=%#lx\n",
		     name, sysreg_read(esr_el2), elr, sysreg_read(far_el2),
		     sysreg_read(spsr_el2));
	for (unsigned int i = 0; i < 31; i++) {
		log_unlocked("  x%-2u %016lx%s", i, fault_frame.x[i],
			     i % 4 == 3 ? "\n" : "");
	}
	log_unlocked("  sp  %016lx\n", fault_frame.sp);
	print_return_address(0, elr);
	print_return_address(1, fault_frame.x[30]);
	print_stack(2, fault_frame.sp);
	panic("%s at EL2", name);
}

/**
 * Not at EL2. Nothing is set up and nothing can be asked of EL3 from EL3; from
 * EL1 the PSCI of a hypervisor or of the emulator answers HVC.
 */
noreturn void arch_refuse_level(uint64_t level)
{
	log_unlocked("\nPanic: Hafnium must be entered at EL2, not EL%lu.\n",
		     level);
	sink_flush();
	if (level == 1) {
		register uint64_t x0 __asm__("x0") = PSCI_SYSTEM_OFF;

		__asm__ volatile("hvc #0" : "+r"(x0) : : "memory");
	}
	for (;;) {
		__asm__ volatile("wfi");
	}
}
