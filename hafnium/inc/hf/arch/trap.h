/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why a guest came here: ESR_EL2 and friends taken apart (DDI0487 D17.2.37),
 * and the exceptions that a guest is given back.
 */
#pragma once

#include "hf/arch/regs.h"
#include "hf/base/addr.h"

enum trap_class {
	TRAP_UNKNOWN,
	TRAP_WFX,
	TRAP_SYSREG,
	TRAP_DATA_ABORT,
	TRAP_INSTRUCTION_ABORT,
	TRAP_PAUTH,
	TRAP_CLASS_COUNT,
};

/** What an abort was about; a walk of stage 1 reads, or writes a flag. */
enum trap_access {
	TRAP_ACCESS_READ,
	TRAP_ACCESS_WRITE,
	TRAP_ACCESS_EXECUTE,
	TRAP_ACCESS_COUNT,
};

/** One exception from a lower EL, decoded. */
struct trap {
	enum trap_class class;
	uint64_t esr;

	/* TRAP_*_ABORT */
	vaddr_t va;   /* FAR_EL2 */
	ipaddr_t ipa; /* HPFAR_EL2 and the page offset of FAR_EL2 */
	enum trap_access access;
	bool is_stage2; /* translation, access flag or permission, of ours */
	bool is_gone;	/* the guest's stage 1 has no such address any more */

	/* TRAP_DATA_ABORT of a load or store of `rt` alone (ISS.ISV) */
	bool has_register;
	bool is_sign_extended;
	bool is_64bit;	    /* of the register: x, not w */
	uint8_t size_bytes; /* 1, 2, 4 or 8 */

	/* TRAP_WFX */
	bool is_wfe;

	/* TRAP_SYSREG: op0, op1, CRn, CRm, op2 packed by SYSREG_ID() */
	uint32_t sysreg;
	bool is_read;

	uint8_t rt; /* 31 = xzr */
};

/** System register name as one number; the fields' widths are 2,3,4,4,3. */
#define SYSREG_ID(op0, op1, crn, crm, op2)                   \
	(((uint32_t)(op0) << 14) | ((uint32_t)(op1) << 11) | \
	 ((uint32_t)(crn) << 7) | ((uint32_t)(crm) << 3) | (uint32_t)(op2))

/** Reads FAR_EL2 and HPFAR_EL2 as well, so it is called once, first. */
void trap_decode(struct trap *trap, uint64_t esr);

/** Value of Rt as the access sees it: 0 for the zero register. */
uint64_t trap_rt_read(const struct arch_regs *regs, uint8_t rt);
void trap_rt_write(struct arch_regs *regs, uint8_t rt, uint64_t value);

/** What a store with has_register set writes; a load's result into Rt. */
uint64_t trap_store_value(const struct arch_regs *regs,
			  const struct trap *trap);
void trap_load_finish(struct arch_regs *regs, const struct trap *trap,
		      uint64_t value);

/** Go on behind the trapped instruction. */
void trap_skip_instruction(struct arch_regs *regs);

/**
 * Make the running guest take a synchronous exception at EL1 (DDI0487
 * D1.3.1): ELR_EL1, SPSR_EL1, ESR_EL1, FAR_EL1, PC and PSTATE are set. The
 * vector is VBAR_EL1 + 0x200 from EL1h, + 0x000 from EL1t, + 0x400 from EL0
 * AArch64, + 0x600 from EL0 AArch32.
 */
void trap_inject_unknown(struct arch_regs *regs, uint64_t esr);
/** Where an exception that is injected now would be taken to. */
uint64_t trap_vector(const struct arch_regs *regs);
/** The abort in `trap` becomes one of EL1 with the original ISS and FAR. */
void trap_inject_abort(struct arch_regs *regs, const struct trap *trap);
