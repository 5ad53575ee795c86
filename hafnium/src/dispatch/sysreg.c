/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trapped system registers. Each row covers a group of encodings; the first
 * that matches decides, and what no row covers is refused. See
 * docs/exceptions.md.
 */
#include "hf/dispatch/sysreg.h"

#include "hf/arch/cache.h"
#include "hf/arch/feature.h"
#include "hf/arch/sysreg_trap.h"
#include "hf/base/bits.h"
#include "hf/base/log.h"
#include "hf/vm/fault_log.h"
#include "hf/vm/vm.h"

enum sysreg_kind {
	SYSREG_ID_REGISTER,
	SYSREG_SET_WAY,
	SYSREG_DEBUG,
};

struct sysreg_row {
	uint16_t mask;
	uint16_t value;
	uint8_t kind; /* enum sysreg_kind */
};

/** Fields of SYSREG_ID() that a row compares. */
#define OP0 SYSREG_ID(3, 0, 0, 0, 0)
#define OP1 SYSREG_ID(0, 7, 0, 0, 0)
#define CRN SYSREG_ID(0, 0, 15, 0, 0)
#define CRM SYSREG_ID(0, 0, 0, 15, 0)
#define OP2 SYSREG_ID(0, 0, 0, 0, 7)

#define ID_AA64DFR0_EL1 SYSREG_ID(3, 0, 0, 5, 0)
#define DFR0_PMUVER BITS(11, 8)

/* Writes are UNDEFINED before they trap; should one come, no effect. */
static bool id_register(struct vcpu *current, const struct trap *trap,
			uint64_t *value)
{
	enum arch_role role = vm_is_primary(current->vm) ? ARCH_ROLE_PRIMARY
							 : ARCH_ROLE_SECONDARY;

	*value = arch_feature_id_register(role, trap->sysreg);
	if (arch_is_debug_build() &&
	    (current->regs.grants & ARCH_GRANT_PMU) != 0 &&
	    trap->sysreg == ID_AA64DFR0_EL1) {
		*value |= arch_feature_id_register(ARCH_ROLE_PRIMARY,
						   trap->sysreg) &
			  DFR0_PMUVER;
	}
	return true;
}

/** CRn of claim tags, which are not switched: the primary's alone. */
#define CLAIMS SYSREG_ID(0, 0, 7, 0, 0)

static bool has_debug_register(const struct vcpu *current, uint32_t sysreg)
{
	return vm_is_primary(current->vm) ||
	       ((current->regs.grants & ARCH_GRANT_DEBUG) != 0 &&
		(sysreg & CRN) != CLAIMS);
}

/**
 * Debug registers of whom they are granted. One that is not known reads as what
 * was in the register, so that a newer CPU's does not stop the guest.
 */
static bool debug_register(struct vcpu *current, const struct trap *trap,
			   uint64_t *value)
{
	if (!has_debug_register(current, trap->sysreg)) {
		/* A guest may need that there are some, but not what they do. */
		*value = 0;
		return current->vm->has_inert_debug;
	}
	if ((trap->is_read
		     ? !arch_debug_register_read(trap->sysreg, value)
		     : !arch_debug_register_write(trap->sysreg, *value)) &&
	    fault_log_take(current)) {
		log_notice("Unhandled debug register %s: %#x",
			   trap->is_read ? "read" : "write", trap->sysreg);
	}
	return true;
}

static const struct sysreg_row sysreg_rows[] = {
	/* ID_*_EL1: op0 3, op1 0, CRn 0, CRm 1-7 (HCR_EL2.TID3) */
	{OP0 | OP1 | CRN, SYSREG_ID(3, 0, 0, 0, 0), SYSREG_ID_REGISTER},
	/* DC ISW, CSW, CISW (HCR_EL2.TSW) */
	{OP0 | OP1 | CRN | CRM | OP2, SYSREG_ID(1, 0, 7, 6, 2), SYSREG_SET_WAY},
	{OP0 | OP1 | CRN | CRM | OP2, SYSREG_ID(1, 0, 7, 10, 2),
	 SYSREG_SET_WAY},
	{OP0 | OP1 | CRN | CRM | OP2, SYSREG_ID(1, 0, 7, 14, 2),
	 SYSREG_SET_WAY},
	/* trace: op0 2, op1 1 is refused; other op0 2 are debug (MDCR_EL2) */
	{OP0 | OP1, SYSREG_ID(2, 0, 0, 0, 0), SYSREG_DEBUG},
	{OP0 | OP1, SYSREG_ID(2, 3, 0, 0, 0), SYSREG_DEBUG},
	{OP0 | OP1, SYSREG_ID(2, 4, 0, 0, 0), SYSREG_DEBUG},
};

/** `*value` is what is written, or becomes what is read. */
static bool emulate(struct vcpu *current, const struct trap *trap,
		    enum sysreg_kind kind, uint64_t *value)
{
	switch (kind) {
	case SYSREG_ID_REGISTER:
		return id_register(current, trap, value);
	case SYSREG_SET_WAY:
		/*
		 * DC ISW, CSW and CISW: clean and invalidate, which loses
		 * nothing of anybody, whichever was asked for.
		 */
		arch_cache_clean_set_way(*value);
		return true;
	case SYSREG_DEBUG:
		break;
	}
	return debug_register(current, trap, value);
}

bool sysreg_emulate(struct vcpu *current, const struct trap *trap)
{
	const struct sysreg_row *row = sysreg_rows;
	uint64_t value = trap_rt_read(&current->regs, trap->rt);

	while ((trap->sysreg & row->mask) != row->value) {
		if (++row == &sysreg_rows[ARRAY_SIZE(sysreg_rows)]) {
			return false;
		}
	}
	if (!emulate(current, trap, (enum sysreg_kind)row->kind, &value)) {
		return false;
	}
	if (trap->is_read) {
		trap_rt_write(&current->regs, trap->rt, value);
	}
	trap_skip_instruction(&current->regs);
	return true;
}
