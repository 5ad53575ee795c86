/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers that a secondary does not have: one UNDEFINED for each access. */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/puppet.h"
#include "hftest.h"

/** FPEN, ZEN, SMEN: nothing traps to EL1. */
#define CPACR_ALL UINT64_C(0x3330000)

struct access {
	const char *name;
	uint64_t word;
};

#define READ(name, ...)                             \
	{                                           \
		"read " name, WORD_MRS(__VA_ARGS__) \
	}
#define WRITE(name, ...)                             \
	{                                            \
		"write " name, WORD_MSR(__VA_ARGS__) \
	}
#define BOTH(name, ...) READ(name, __VA_ARGS__), WRITE(name, __VA_ARGS__)

#define EXPECT_ALL_UNDEFINED(rows) \
	expect_undefined(rows, sizeof(rows) / sizeof((rows)[0]))

/** Each is one exception of class 0, and x0 is as it was. */
static void expect_undefined(const struct access *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct answer answer = puppet_do(
			VM_PLAIN, order_word(rows[i].word, 0x5a5a, 0));

		if (answer.fault.count != 1 || answer.fault.esr != HFT_ESR_IL ||
		    answer.value[0] != 0x5a5a) {
			FAIL("%s: %llu faults, esr %#llx, x0 %#llx",
			     rows[i].name,
			     (unsigned long long)answer.fault.count,
			     (unsigned long long)answer.fault.esr,
			     (unsigned long long)answer.value[0]);
		}
	}
}

TEST(secondary_traps, debug)
{
	static const struct access rows[] = {
		BOTH("MDSCR_EL1", 2, 0, 0, 2, 2),
		BOTH("MDCCINT_EL1", 2, 0, 0, 2, 0),
		READ("MDCCSR_EL0", 2, 3, 0, 1, 0),
		BOTH("DBGDTR_EL0", 2, 3, 0, 4, 0),
		BOTH("DBGBVR0_EL1", 2, 0, 0, 0, 4),
		BOTH("DBGBCR0_EL1", 2, 0, 0, 0, 5),
		BOTH("DBGWVR0_EL1", 2, 0, 0, 0, 6),
		BOTH("DBGWCR0_EL1", 2, 0, 0, 0, 7),
		BOTH("DBGBVR15_EL1", 2, 0, 0, 15, 4),
		READ("MDRAR_EL1", 2, 0, 1, 0, 0),
		WRITE("OSLAR_EL1", 2, 0, 1, 0, 4),
		READ("OSLSR_EL1", 2, 0, 1, 1, 4),
		BOTH("OSDLR_EL1", 2, 0, 1, 3, 4),
		BOTH("DBGPRCR_EL1", 2, 0, 1, 4, 4),
		BOTH("DBGCLAIMSET_EL1", 2, 0, 7, 8, 6),
		BOTH("DBGCLAIMCLR_EL1", 2, 0, 7, 9, 6),
		READ("DBGAUTHSTATUS_EL1", 2, 0, 7, 14, 6),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, performance_monitors)
{
	static const struct access rows[] = {
		BOTH("PMCR_EL0", 3, 3, 9, 12, 0),
		BOTH("PMCNTENSET_EL0", 3, 3, 9, 12, 1),
		BOTH("PMCNTENCLR_EL0", 3, 3, 9, 12, 2),
		BOTH("PMOVSCLR_EL0", 3, 3, 9, 12, 3),
		BOTH("PMSELR_EL0", 3, 3, 9, 12, 5),
		READ("PMCEID0_EL0", 3, 3, 9, 12, 6),
		BOTH("PMCCNTR_EL0", 3, 3, 9, 13, 0),
		BOTH("PMXEVTYPER_EL0", 3, 3, 9, 13, 1),
		BOTH("PMXEVCNTR_EL0", 3, 3, 9, 13, 2),
		BOTH("PMUSERENR_EL0", 3, 3, 9, 14, 0),
		BOTH("PMOVSSET_EL0", 3, 3, 9, 14, 3),
		BOTH("PMINTENSET_EL1", 3, 0, 9, 14, 1),
		BOTH("PMINTENCLR_EL1", 3, 0, 9, 14, 2),
		BOTH("PMEVCNTR0_EL0", 3, 3, 14, 8, 0),
		BOTH("PMEVTYPER0_EL0", 3, 3, 14, 12, 0),
		BOTH("PMCCFILTR_EL0", 3, 3, 14, 15, 7),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, ras)
{
	static const struct access rows[] = {
		READ("ERRIDR_EL1", 3, 0, 5, 3, 0),
		BOTH("ERRSELR_EL1", 3, 0, 5, 3, 1),
		READ("ERXFR_EL1", 3, 0, 5, 4, 0),
		BOTH("ERXCTLR_EL1", 3, 0, 5, 4, 1),
		BOTH("ERXSTATUS_EL1", 3, 0, 5, 4, 2),
		BOTH("ERXADDR_EL1", 3, 0, 5, 4, 3),
		BOTH("ERXMISC0_EL1", 3, 0, 5, 5, 0),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, interrupt_controller)
{
	static const struct access rows[] = {
		BOTH("ICC_PMR_EL1", 3, 0, 4, 6, 0),
		READ("ICC_IAR0_EL1", 3, 0, 12, 8, 0),
		READ("ICC_IAR1_EL1", 3, 0, 12, 12, 0),
		WRITE("ICC_EOIR1_EL1", 3, 0, 12, 12, 1),
		READ("ICC_HPPIR1_EL1", 3, 0, 12, 12, 2),
		BOTH("ICC_BPR1_EL1", 3, 0, 12, 12, 3),
		BOTH("ICC_CTLR_EL1", 3, 0, 12, 12, 4),
		BOTH("ICC_IGRPEN0_EL1", 3, 0, 12, 12, 6),
		BOTH("ICC_IGRPEN1_EL1", 3, 0, 12, 12, 7),
		WRITE("ICC_DIR_EL1", 3, 0, 12, 11, 1),
		READ("ICC_RPR_EL1", 3, 0, 12, 11, 3),
		WRITE("ICC_SGI1R_EL1", 3, 0, 12, 11, 5),
		WRITE("ICC_ASGI1R_EL1", 3, 0, 12, 11, 6),
		WRITE("ICC_SGI0R_EL1", 3, 0, 12, 11, 7),
		BOTH("ICC_AP0R0_EL1", 3, 0, 12, 8, 4),
		BOTH("ICC_AP1R0_EL1", 3, 0, 12, 9, 0),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

/* A CPU may have it fixed to "system registers are used". */
TEST(secondary_traps, system_register_enable_is_fixed)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	(void)puppet_fault(VM_PLAIN, WORD_MSR(3, 0, 12, 12, 5), 0);
	answer = puppet_do(VM_PLAIN,
			   order_word(WORD_MRS(3, 0, 12, 12, 5), 0, 0));
	if (answer.fault.count == 0) {
		EXPECT_EQ(answer.value[0], 7);
	} else {
		EXPECT_EQ(answer.fault.esr, HFT_ESR_IL);
	}
}

TEST(secondary_traps, limited_ordering_profiling_and_trace)
{
	static const struct access rows[] = {
		BOTH("LORSA_EL1", 3, 0, 10, 4, 0),
		BOTH("LOREA_EL1", 3, 0, 10, 4, 1),
		BOTH("LORN_EL1", 3, 0, 10, 4, 2),
		BOTH("LORC_EL1", 3, 0, 10, 4, 3),
		READ("LORID_EL1", 3, 0, 10, 4, 7),
		BOTH("PMSCR_EL1", 3, 0, 9, 9, 0),
		BOTH("PMBLIMITR_EL1", 3, 0, 9, 10, 0),
		BOTH("PMBPTR_EL1", 3, 0, 9, 10, 1),
		BOTH("TRFCR_EL1", 3, 0, 1, 2, 1),
		BOTH("TRCPRGCTLR", 2, 1, 0, 1, 0),
		READ("TRCIDR0", 2, 1, 0, 8, 7),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, pointer_authentication_keys)
{
	static const struct access rows[] = {
		BOTH("APIAKEYLO_EL1", 3, 0, 2, 1, 0),
		BOTH("APIAKEYHI_EL1", 3, 0, 2, 1, 1),
		BOTH("APIBKEYLO_EL1", 3, 0, 2, 1, 2),
		BOTH("APDAKEYLO_EL1", 3, 0, 2, 2, 0),
		BOTH("APGAKEYLO_EL1", 3, 0, 2, 3, 0),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

/** SCTLR_EL1: EnIA, EnIB, EnDA, EnDB. */
#define SCTLR_KEYS                                                   \
	(UINT64_C(1) << 31 | UINT64_C(1) << 30 | UINT64_C(1) << 27 | \
	 UINT64_C(1) << 13)

/* Without the key enabled they do nothing, which needs no trap. */
TEST(secondary_traps, pointer_authentication)
{
	static const struct access rows[] = {
		{"pacga x0, x1, x2", 0x9ac23020}, {"pacia x0, x1", 0xdac10020},
		{"pacib x0, x1", 0xdac10420},	  {"pacda x0, x1", 0xdac10820},
		{"pacdb x0, x1", 0xdac10c20},	  {"autia x0, x1", 0xdac11020},
		{"autdb x0, x1", 0xdac11c20},	  {"paciza x0", 0xdac123e0},
	};
	uint64_t sctlr;

	puppet_start(VM_PLAIN);
	sctlr = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 1, 0, 0));
	puppet_msr(VM_PLAIN, WORD_MSR(3, 0, 1, 0, 0), sctlr | SCTLR_KEYS);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, vectors_activity_monitors_and_tags)
{
	static const struct access rows[] = {
		BOTH("ZCR_EL1", 3, 0, 1, 2, 0),
		BOTH("SMCR_EL1", 3, 0, 1, 2, 6),
		BOTH("SVCR", 3, 3, 4, 2, 2),
		BOTH("AMCR_EL0", 3, 3, 13, 2, 0),
		BOTH("AMUSERENR_EL0", 3, 3, 13, 2, 3),
		{"rdvl x0, #1", 0x04bf5020},
		{"ptrue p0.b", 0x2518e3e0},
	};

	puppet_start(VM_PLAIN);
	/* What CPACR_EL1 traps is not the hypervisor's doing. */
	puppet_msr(VM_PLAIN, WORD_MSR(3, 0, 1, 0, 2), CPACR_ALL);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, implementation_defined)
{
	static const struct access rows[] = {
		BOTH("ACTLR_EL1", 3, 0, 1, 0, 1),
		BOTH("S3_0_C11_C0_0", 3, 0, 11, 0, 0),
		BOTH("S3_1_C11_C7_3", 3, 1, 11, 7, 3),
		BOTH("S3_0_C15_C1_7", 3, 0, 15, 1, 7),
		BOTH("S3_7_C15_C15_7", 3, 7, 15, 15, 7),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, registers_of_el2_and_el3)
{
	static const struct access rows[] = {
		BOTH("HCR_EL2", 3, 4, 1, 1, 0),
		BOTH("VTTBR_EL2", 3, 4, 2, 1, 0),
		BOTH("VBAR_EL2", 3, 4, 12, 0, 0),
		BOTH("SP_EL1", 3, 4, 4, 1, 0),
		BOTH("TPIDR_EL2", 3, 4, 13, 0, 2),
		BOTH("CNTHP_CTL_EL2", 3, 4, 14, 2, 1),
		BOTH("CNTVOFF_EL2", 3, 4, 14, 0, 3),
		BOTH("ICH_HCR_EL2", 3, 4, 12, 11, 0),
		BOTH("SCTLR_EL12", 3, 5, 1, 0, 0),
		BOTH("SCR_EL3", 3, 6, 1, 1, 0),
		BOTH("SP_EL2", 3, 6, 4, 1, 0),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, physical_timer)
{
	static const struct access rows[] = {
		BOTH("CNTP_TVAL_EL0", 3, 3, 14, 2, 0),
		BOTH("CNTP_CTL_EL0", 3, 3, 14, 2, 1),
		BOTH("CNTP_CVAL_EL0", 3, 3, 14, 2, 2),
		BOTH("CNTPS_CTL_EL1", 3, 7, 14, 2, 1),
	};

	puppet_start(VM_PLAIN);
	EXPECT_ALL_UNDEFINED(rows);
}

TEST(secondary_traps, undefined_leaves_far)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	puppet_msr(VM_PLAIN, WORD_MSR(3, 0, 6, 0, 0), 0x1234);
	answer = puppet_do(VM_PLAIN, order_word(WORD_MRS(2, 0, 0, 2, 2), 0, 0));
	EXPECT_EQ(answer.fault.vector, HFT_VECTOR_SPX);
	EXPECT_EQ(answer.fault.far, 0x1234);
	EXPECT_EQ(answer.fault.spsr & 0x1f, 5);
}

/* DC ISW, CSW, CISW of set 0, way 0. */
TEST(secondary_traps, cache_maintenance_by_set_and_way_is_harmless)
{
	static const uint64_t words[] = {0xd5087640, 0xd5087a40, 0xd5087e40};

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < 3; i++) {
		EXPECT_EQ(puppet_fault(VM_PLAIN, words[i], 0).count, 0);
	}
}

static uint64_t field(uint64_t value, unsigned int low)
{
	return (value >> low) & 0xf;
}

TEST(secondary_id, hidden_features_are_zero)
{
	uint64_t pfr0;
	uint64_t pfr1;
	uint64_t dfr0;
	uint64_t isar1;
	uint64_t mmfr1;

	puppet_start(VM_PLAIN);
	pfr0 = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 4, 0));
	pfr1 = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 4, 1));
	dfr0 = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 5, 0));
	isar1 = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 6, 1));
	mmfr1 = puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 7, 1));
	EXPECT_EQ(field(pfr0, 28), 0);	/* RAS */
	EXPECT_EQ(field(pfr0, 32), 0);	/* SVE */
	EXPECT_EQ(field(pfr0, 44), 0);	/* AMU */
	EXPECT_EQ(field(pfr1, 8), 0);	/* MTE */
	EXPECT_EQ(field(pfr1, 24), 0);	/* SME */
	EXPECT_EQ(field(dfr0, 4), 0);	/* TraceVer */
	EXPECT_EQ(field(dfr0, 8), 0);	/* PMUVer */
	EXPECT_EQ(field(dfr0, 32), 0);	/* PMSVer */
	EXPECT_EQ(field(isar1, 4), 0);	/* APA */
	EXPECT_EQ(field(isar1, 8), 0);	/* API */
	EXPECT_EQ(field(isar1, 24), 0); /* GPA */
	EXPECT_EQ(field(isar1, 28), 0); /* GPI */
	EXPECT_EQ(field(mmfr1, 8), 0);	/* VH */
	EXPECT_EQ(field(mmfr1, 16), 0); /* LO */
}

TEST(secondary_id, what_is_not_hidden_is_the_cpus)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 7, 0)),
		  hft_sysreg_read(id_aa64mmfr0_el1));
	EXPECT_EQ(puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 6, 0)),
		  hft_sysreg_read(id_aa64isar0_el1));
	EXPECT_EQ(puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, 0, 0)),
		  hft_sysreg_read(midr_el1));
	EXPECT_EQ(puppet_mrs(VM_PLAIN, WORD_MRS(3, 3, 0, 0, 1)),
		  hft_sysreg_read(ctr_el0));
}

TEST(secondary_id, group_can_be_read_and_not_written)
{
	puppet_start(VM_PLAIN);
	for (uint64_t crm = 1; crm < 8; crm++) {
		for (uint64_t op2 = 0; op2 < 8; op2++) {
			(void)puppet_mrs(VM_PLAIN, WORD_MRS(3, 0, 0, crm, op2));
		}
		EXPECT_EQ(puppet_fault(VM_PLAIN, WORD_MSR(3, 0, 0, crm, 0), 0)
				  .count,
			  1);
	}
}
