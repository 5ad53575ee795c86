/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions from a guest taken apart, and exceptions given to it. See
 * docs/exceptions.md.
 */
#include "hf/arch/trap.h"

#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"

/* ESR_ELx.EC, DDI0487 D17.2.37. */
#define EC_UNKNOWN 0x00
#define EC_WFX 0x01
#define EC_PAUTH 0x09
#define EC_SYSREG 0x18
#define EC_INSTR_ABORT_LOWER 0x20
#define EC_INSTR_ABORT_SAME 0x21
#define EC_DATA_ABORT_LOWER 0x24
#define EC_DATA_ABORT_SAME 0x25

#define ESR_EC_SHIFT 26
#define ESR_IL BIT(25)
#define ESR_ISS_MASK BITS(24, 0)
#define FSC_PERMISSION 3 /* bits 5:2 */
#define ISS_WNR BIT(6)
#define ISS_S1PTW BIT(7)
#define ISS_CM BIT(8)
#define ISS_SF BIT(15)
#define ISS_SSE BIT(21)
#define ISS_ISV BIT(24)

#define PSTATE_DAIF BITS(9, 6)
#define PSTATE_EL1H UINT64_C(5)
#define PSTATE_MODE_MASK BITS(3, 0)
#define PSTATE_AARCH32 BIT(4)
#define PSTATE_BTYPE BITS(11, 10)
#define PSTATE_SS BIT(21)
#define PSTATE_PAN BIT(22)

#define SCTLR_EL1_SPAN BIT(23)

static enum trap_class class_of(uint64_t ec)
{
	switch (ec) {
	case EC_WFX:
		return TRAP_WFX;
	case EC_SYSREG:
		return TRAP_SYSREG;
	case EC_DATA_ABORT_LOWER:
		return TRAP_DATA_ABORT;
	case EC_INSTR_ABORT_LOWER:
		return TRAP_INSTRUCTION_ABORT;
	case EC_PAUTH:
		return TRAP_PAUTH;
	default:
		return TRAP_UNKNOWN;
	}
}

/**
 * The load or store itself. ISV is set for those of one general register
 * without write-back alone, and never on a walk or for cache maintenance.
 */
static void decode_access(struct trap *trap)
{
	uint64_t iss = trap->esr;

	trap->has_register = (iss & (ISS_ISV | ISS_CM | ISS_S1PTW)) == ISS_ISV;
	trap->rt = (uint8_t)bits_get(iss, 20, 16);
	trap->size_bytes = (uint8_t)BIT(bits_get(iss, 23, 22));
	trap->is_sign_extended = (iss & ISS_SSE) != 0;
	trap->is_64bit = (iss & ISS_SF) != 0;
}

/** PAR_EL1.F: the translation was aborted; PA is in 47:12. */
#define PAR_F BIT(0)

/**
 * HPFAR_EL2 is UNKNOWN after a permission fault that is not of a walk (DDI0487
 * D17.2.65): the guest's stage 1 is asked again. False when it does not
 * translate the address any more; then the access is simply made again.
 */
static bool translate(struct trap *trap)
{
	uint64_t saved = sysreg_read(par_el1);
	uint64_t par;

	address_translate_s1e1r(trap->va.va);
	isb();
	par = sysreg_read(par_el1);
	sysreg_write(par_el1, saved);
	trap->ipa.ipa =
		(par & BITS(47, PAGE_BITS)) | (trap->va.va & (PAGE_SIZE - 1));
	return (par & PAR_F) == 0;
}

static void decode_abort(struct trap *trap)
{
	uint64_t fsc = bits_get(trap->esr, 5, 2);
	bool is_write = (trap->esr & ISS_WNR) != 0;

	trap->va.va = sysreg_read(far_el2);
	/* HPFAR_EL2 bits 43:4 are bits 51:12 of the IPA. */
	trap->ipa.ipa = (bits_get(sysreg_read(hpfar_el2), 43, 4) << 12) |
			(trap->va.va & (PAGE_SIZE - 1));
	/* DFSC: 0b0001xx translation, 0b0010xx access flag, 0b0011xx perm. */
	trap->is_stage2 = fsc >= 1 && fsc <= 3;
	if (fsc == FSC_PERMISSION && (trap->esr & ISS_S1PTW) == 0) {
		trap->is_gone = !translate(trap);
	}

	if ((trap->esr & ISS_S1PTW) != 0) {
		/* On a walk FAR_EL2 is what was walked for, not the table. */
		trap->ipa.ipa = align_down(trap->ipa.ipa, PAGE_SIZE);
		trap->access = is_write ? TRAP_ACCESS_WRITE : TRAP_ACCESS_READ;
	} else if (trap->class == TRAP_INSTRUCTION_ABORT) {
		trap->access = TRAP_ACCESS_EXECUTE;
	} else if (is_write && (trap->esr & ISS_CM) == 0) {
		trap->access = TRAP_ACCESS_WRITE;
	} else {
		/* Cache maintenance says WnR but needs to read only. */
		trap->access = TRAP_ACCESS_READ;
	}
}

static void decode_sysreg(struct trap *trap)
{
	uint64_t iss = trap->esr;

	trap->sysreg = SYSREG_ID(bits_get(iss, 21, 20), bits_get(iss, 16, 14),
				 bits_get(iss, 13, 10), bits_get(iss, 4, 1),
				 bits_get(iss, 19, 17));
	trap->rt = (uint8_t)bits_get(iss, 9, 5);
	trap->is_read = (iss & BIT(0)) != 0;
}

void trap_decode(struct trap *trap, uint64_t esr)
{
	*trap = (struct trap){
		.class = class_of(bits_get(esr, 31, ESR_EC_SHIFT)),
		.esr = esr,
	};
	switch (trap->class) {
	case TRAP_DATA_ABORT:
		decode_access(trap);
		decode_abort(trap);
		break;
	case TRAP_INSTRUCTION_ABORT:
		decode_abort(trap);
		break;
	case TRAP_WFX:
		/*
		 * ISS.TI: 0 WFI, 1 WFE; 2 and 3 the same with a timeout, which
		 * nobody here waits for: they may end early.
		 */
		trap->is_wfe = (esr & BITS(1, 0)) != 0;
		break;
	case TRAP_SYSREG:
		decode_sysreg(trap);
		break;
	default:
		break;
	}
}

uint64_t trap_rt_read(const struct arch_regs *regs, uint8_t rt)
{
	return rt < 31 ? regs->x[rt] : 0;
}

void trap_rt_write(struct arch_regs *regs, uint8_t rt, uint64_t value)
{
	if (rt < 31) {
		regs->x[rt] = value;
	}
}

uint64_t trap_store_value(const struct arch_regs *regs, const struct trap *trap)
{
	return bits_get(trap_rt_read(regs, trap->rt),
			trap->size_bytes * 8U - 1U, 0);
}

void trap_load_finish(struct arch_regs *regs, const struct trap *trap,
		      uint64_t value)
{
	unsigned int unused = 64 - trap->size_bytes * 8U;

	value <<= unused;
	value = trap->is_sign_extended ? (uint64_t)((int64_t)value >> unused)
				       : value >> unused;
	/* A w register is written with its upper half 0. */
	trap_rt_write(regs, trap->rt, trap->is_64bit ? value : (uint32_t)value);
}

void trap_skip_instruction(struct arch_regs *regs)
{
	bool is_aarch32 = (regs->pstate & PSTATE_AARCH32) != 0;

	regs->pc += (sysreg_read(esr_el2) & ESR_IL) != 0 ? 4 : 2;
	/* As if it had been executed: a single step is over (DDI0487 D2.12). */
	regs->pstate &= ~(is_aarch32 ? PSTATE_SS : PSTATE_SS | PSTATE_BTYPE);
}

static uint64_t vector_offset(uint64_t pstate)
{
	if ((pstate & PSTATE_AARCH32) != 0) {
		return 0x600;
	}
	switch (pstate & PSTATE_MODE_MASK) {
	case 0: /* EL0t */
		return 0x400;
	case 4: /* EL1t */
		return 0x000;
	default: /* EL1h */
		return 0x200;
	}
}

uint64_t trap_vector(const struct arch_regs *regs)
{
	return sysreg_read(vbar_el1) + vector_offset(regs->pstate);
}

/**
 * PSTATE of the handler. PAN is set, or with SCTLR_EL1.SPAN left as it was
 * (DDI0487 D1.3.1): Linux relies on it to keep its hands off user memory.
 */
static uint64_t handler_pstate(uint64_t pstate)
{
	bool has_pan = bits_get(sysreg_read(id_aa64mmfr1_el1), 23, 20) != 0;
	bool keeps_pan = (sysreg_read(sctlr_el1) & SCTLR_EL1_SPAN) != 0;
	uint64_t pan = pstate & PSTATE_PAN;

	if (has_pan && !keeps_pan) {
		pan = PSTATE_PAN;
	}
	return PSTATE_DAIF | PSTATE_EL1H | pan;
}

static void inject(struct arch_regs *regs, uint64_t esr)
{
	sysreg_write(esr_el1, esr);
	sysreg_write(elr_el1, regs->pc);
	sysreg_write(spsr_el1, regs->pstate);
	regs->pc = trap_vector(regs);
	regs->pstate = handler_pstate(regs->pstate);
}

void trap_inject_unknown(struct arch_regs *regs, uint64_t esr)
{
	inject(regs, ((uint64_t)EC_UNKNOWN << ESR_EC_SHIFT) | (esr & ESR_IL));
}

void trap_inject_abort(struct arch_regs *regs, const struct trap *trap)
{
	bool is_from_el0 = (regs->pstate & PSTATE_AARCH32) != 0 ||
			   (regs->pstate & PSTATE_MODE_MASK) == 0;
	uint64_t ec = trap->class == TRAP_DATA_ABORT ? EC_DATA_ABORT_LOWER
						     : EC_INSTR_ABORT_LOWER;

	/* From EL1 itself: the same class, one up. */
	if (!is_from_el0) {
		ec++;
	}
	sysreg_write(far_el1, trap->va.va);
	inject(regs,
	       (ec << ESR_EC_SHIFT) | (trap->esr & (ESR_IL | ESR_ISS_MASK)));
}
