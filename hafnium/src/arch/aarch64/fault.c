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

/** What own_fault in exceptions.S leaves: x0-x30 and SP. */
struct fault_frame {
	uint64_t x[31];
	uint64_t sp;
};

/* exceptions.S */
extern struct fault_frame fault_frame;
noreturn void arch_fault(uint64_t which);
noreturn void arch_refuse_level(uint64_t level);

/** A frame record that can be read: on a stack of ours, aligned. */
static bool is_frame(uint64_t fp)
{
	return (fp & 15) == 0 && fp >= image_stacks().begin.pa &&
	       fp < image_stacks().end.pa;
}

static void print_return_address(unsigned int n, uint64_t pc)
{
	log_unlocked("  #%u 0x%lx image+0x%lx\n", n, pc,
		     pc - image_range().begin.pa);
}

/** AAPCS64 frame records: [fp] is the caller's, [fp + 8] its address. */
static void print_frames(unsigned int n, uint64_t fp)
{
	uint64_t last = 0;

	/* Frames of callers lie higher: no loop, whatever is on the stack. */
	for (; n < BACKTRACE_MAX && is_frame(fp) && fp > last; n++) {
		const uint64_t *record = ptr_from_pa(pa_init(fp));

		if (record[1] == 0) {
			break;
		}
		print_return_address(n, record[1]);
		last = fp;
		fp = record[0];
	}
}

void sink_backtrace(void)
{
	/* Our own frame may be gone before it is printed: the caller's. */
	const uint64_t *own = __builtin_frame_address(0);

	print_frames(0, own[0]);
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
	uint64_t fp = fault_frame.x[29];

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
	print_frames(2, fp);
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
