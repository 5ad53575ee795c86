/* SPDX-License-Identifier: BSD-3-Clause */
/* The calling convention: SMCCC 1.2, unknown calls, the SMC filter. */
#include <string.h>

#include "call.h"
#include "hf/call.h"
#include "hft/arch.h"
#include "hftest.h"

#define UNKNOWN_HVC UINT32_C(0xff00)
#define UNKNOWN_SMC UINT32_C(0x3000f00d)
#define VENDOR_HYPERVISOR_UID UINT32_C(0x8600ff01)
#define WORKAROUND_1 UINT32_C(0x80008000)
#define WORKAROUND_3 UINT32_C(0x80003fff)
#define SOC_ID UINT32_C(0x80000002)

TEST(smccc, version_is_1_2)
{
	EXPECT_EQ(call_changes_x0_only(call_smc, SMCCC_VERSION, 0),
		  SMCCC_VERSION_1_2);
	EXPECT_EQ(call_changes_x0_only(call_hvc, SMCCC_VERSION, 0),
		  SMCCC_VERSION_1_2);
}

TEST(smccc, version_is_announced_by_psci_features)
{
	EXPECT_EQ(call_changes_x0_only(call_smc, PSCI_FEATURES, SMCCC_VERSION),
		  0);
	EXPECT_EQ(call_changes_x0_only(call_hvc, PSCI_FEATURES, SMCCC_VERSION),
		  0);
}

TEST(smccc, arch_features_has_itself_and_version)
{
	EXPECT_EQ(hf_call(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0), 0);
	EXPECT_EQ(hf_call(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0), 0);
	EXPECT_EQ(call_changes_x0_only(call_smc, SMCCC_ARCH_FEATURES,
				       SMCCC_VERSION),
		  0);
}

TEST(smccc, arch_features_does_not_claim_workarounds)
{
	EXPECT_EQ(hf_call(SMCCC_ARCH_FEATURES, WORKAROUND_1, 0, 0), -1);
	EXPECT_EQ(hf_call(SMCCC_ARCH_FEATURES, WORKAROUND_3, 0, 0), -1);
	EXPECT_EQ(hf_call(SMCCC_ARCH_FEATURES, SOC_ID, 0, 0), -1);
	EXPECT_EQ(hf_call(SMCCC_ARCH_FEATURES, 0, 0, 0), -1);
}

TEST(smccc, unknown_hvc_is_all_ones_and_keeps_registers)
{
	EXPECT_EQ(call_changes_x0_only(call_hvc, UNKNOWN_HVC, 1),
		  SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(call_changes_x0_only(call_hvc, VENDOR_HYPERVISOR_UID, 1),
		  SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(call_changes_x0_only(call_hvc, 0, 1), SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(call_changes_x0_only(call_hvc, UINT64_MAX, 1),
		  SMCCC_NOT_SUPPORTED);
}

/* The harness looks for the hypervisor's line about it, too. */
TEST(smccc, smc_that_is_not_listed_is_refused)
{
	EXPECT_EQ(call_changes_x0_only(call_smc, UNKNOWN_SMC, 0x77),
		  SMCCC_NOT_SUPPORTED);
}

TEST(smccc, smc_filter_refuses_every_owner)
{
	static const uint32_t ids[] = {
		0x80008000, 0x81000000, 0x82000000, 0x83000000, 0x84000020,
		0x840000f0, 0x85000000, 0x8600ff01, 0xb2000000, 0xbf00ff01,
		0x00000000, 0xffffffff, 0xc2000001,
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (hf_smc((struct smccc_value){{ids[i]}}).x[0] !=
		    SMCCC_NOT_SUPPORTED) {
			FAIL("SMC %#x went through", ids[i]);
		}
	}
}

TEST(smccc, hvc_immediate_is_ignored)
{
	EXPECT_EQ(call_changes_x0_only(call_hvc_1234, PSCI_VERSION, 0),
		  PSCI_VERSION_1_1);
}

/** q0-q31, FPCR and FPSR before and behind one call. */
static bool keeps_fp(void (*call)(struct hft_registers *), uint64_t id)
{
	struct hft_registers before = hft_registers_pattern(id, 0);
	struct hft_registers after = before;

	call(&after);
	return memcmp(before.q, after.q, sizeof(before.q)) == 0 &&
	       before.fpcr == after.fpcr && before.fpsr == after.fpsr;
}

TEST(smccc, calls_keep_fp_and_simd)
{
	EXPECT_TRUE(keeps_fp(call_hvc, PSCI_VERSION));
	EXPECT_TRUE(keeps_fp(call_smc, PSCI_VERSION));
	EXPECT_TRUE(keeps_fp(call_hvc, FFA_ID_GET));
	EXPECT_TRUE(keeps_fp(call_smc, UNKNOWN_SMC));
	EXPECT_TRUE(keeps_fp(call_hvc, UNKNOWN_HVC));
}

TEST(smccc, calls_keep_el1_registers)
{
	hft_sysreg_write(tpidr_el0, 0x1234);
	hft_sysreg_write(tpidrro_el0, 0x2345);
	hft_sysreg_write(contextidr_el1, 0x3456);
	hft_sysreg_write(far_el1, 0x4567);
	hft_sysreg_write(elr_el1, 0x5678);
	hft_sysreg_write(sp_el0, 0x6780);
	hft_sysreg_write(par_el1, 0x800);

	(void)hf_call(PSCI_VERSION, 0, 0, 0);
	(void)hf_call(UNKNOWN_HVC, 0, 0, 0);
	(void)hf_smc((struct smccc_value){{UNKNOWN_SMC}});

	EXPECT_EQ(hft_sysreg_read(tpidr_el0), 0x1234);
	EXPECT_EQ(hft_sysreg_read(tpidrro_el0), 0x2345);
	EXPECT_EQ(hft_sysreg_read(contextidr_el1), 0x3456);
	EXPECT_EQ(hft_sysreg_read(far_el1), 0x4567);
	EXPECT_EQ(hft_sysreg_read(elr_el1), 0x5678);
	EXPECT_EQ(hft_sysreg_read(sp_el0), 0x6780);
	EXPECT_EQ(hft_sysreg_read(par_el1), 0x800);
}
