/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/dispatch/hypercall.c: who answers an id, by HVC and by
 * SMC, and which registers change.
 */
#include "fixture/machine.h"
#include "hf/arch/entry.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hf/smccc.h"
#include "hftest.h"

/** Marked registers but x0 = `id` and x1 = `arg`. */
static struct vcpu *marked(uint64_t id, uint64_t arg)
{
	struct vcpu *vcpu = machine_start();

	machine_mark_registers(vcpu);
	vcpu->regs.x[0] = id;
	vcpu->regs.x[1] = arg;
	return vcpu;
}

TEST(hvc, unknown_id_is_all_ones)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(0)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(0xff00)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(0x3000f00d)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(0xffffffff)), UINT64_MAX);
}

TEST(hvc, unknown_id_leaves_x1_to_x30)
{
	struct vcpu *vcpu = marked(0xff00, UINT64_C(0xa5a50000deadbe01));

	(void)dispatch_hvc(&vcpu->regs);

	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(hvc, unknown_id_does_not_reach_el3)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before = fake_smc_count();

	vcpu->vm->smc_whitelist.permissive = true;
	(void)machine_hvc(vcpu, CALL(0x3000f00d));

	EXPECT_EQ(fake_smc_count(), before);
	EXPECT_STREQ(fake_console_text(), "");
}

TEST(hvc, caller_is_resumed)
{
	struct vcpu *vcpu = marked(0xff00, 0);

	EXPECT_EQ(dispatch_hvc(&vcpu->regs), &vcpu->regs);
}

TEST(smc, caller_is_resumed)
{
	struct vcpu *vcpu = marked(0xff00, 0);

	EXPECT_EQ(dispatch_smc(&vcpu->regs), &vcpu->regs);
}

TEST(hvc, first_and_last_id_of_psci_are_its)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(PSCI_VERSION)), 0x10001U);
	/* Known and refused: also -1, but of PSCI. */
	EXPECT_EQ(machine_hvc(vcpu, CALL(PSCI_LAST)), UINT64_MAX);
}

TEST(smc, id_behind_psci_goes_to_the_filter)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_smc(vcpu, CALL(PSCI_LAST)), UINT64_MAX);
	EXPECT_STREQ(fake_console_text(), "");

	EXPECT_EQ(machine_smc(vcpu, CALL(PSCI_LAST + 1)), UINT64_MAX);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: SMC 0x84000015 attempted "
		     "from VM 0x1, blocked=1\n");
}

TEST(smc, ids_around_ffa_go_to_the_filter)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_smc(vcpu, CALL(FFA_FIRST - 1)), UINT64_MAX);
	EXPECT_EQ(machine_smc(vcpu, CALL(FFA_LAST + 1)), UINT64_MAX);

	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: SMC 0x8400005f attempted from VM 0x1, "
		     "blocked=1\n"
		     "NOTICE: SMC 0x840000f0 attempted from VM 0x1, "
		     "blocked=1\n");
}

TEST(hvc, ids_around_ffa_are_unknown)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_FIRST - 1)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_LAST + 1)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_LAST)), FFA_ERROR);
	EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_FIRST)), FFA_ERROR);
}

TEST(smc, listed_psci_and_ffa_ids_are_still_ours)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before = fake_smc_count();

	vcpu->vm->smc_whitelist.permissive = true;
	(void)machine_smc(vcpu, CALL(PSCI_VERSION));
	(void)machine_smc(vcpu, CALL(FFA_ID_GET));
	(void)machine_smc(vcpu, CALL(HF_DEBUG_LOG, 'x'));

	EXPECT_EQ(fake_smc_count(), before);
}

TEST(smccc_version, is_1_2_by_both_conduits)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(SMCCC_VERSION)), 0x10002U);
	EXPECT_EQ(machine_smc(vcpu, CALL(SMCCC_VERSION)), 0x10002U);
}

TEST(smccc_version, leaves_x1_to_x30)
{
	struct vcpu *vcpu = marked(SMCCC_VERSION, UINT64_C(0xa5a50000deadbe01));

	(void)dispatch_hvc(&vcpu->regs);

	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(smccc_version, has_no_64_bit_form)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(SMCCC_VERSION | SMCCC_64_BIT)),
		  UINT64_MAX);
}

TEST(smccc_arch_features, lists_itself_and_version)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(SMCCC_ARCH_FEATURES, SMCCC_VERSION)),
		  0U);
	EXPECT_EQ(machine_smc(vcpu,
			      CALL(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES)),
		  0U);
}

TEST(smccc_arch_features, refuses_workarounds_and_all_else)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(SMCCC_ARCH_FEATURES, 0x80000002)),
		  UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(SMCCC_ARCH_FEATURES, 0x80008000)),
		  UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(SMCCC_ARCH_FEATURES, 0x80007fff)),
		  UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(SMCCC_ARCH_FEATURES, 0x80003fff)),
		  UINT64_MAX);
}

TEST(debug_log, hvc_answers_zero_and_leaves_the_rest)
{
	struct vcpu *vcpu = marked(HF_DEBUG_LOG, UINT64_C(0xa5a50000deadbe01));

	EXPECT_EQ(dispatch_hvc(&vcpu->regs)->x[0], 0U);
	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(debug_log, smc_answers_zero_and_leaves_the_rest)
{
	struct vcpu *vcpu = marked(HF_DEBUG_LOG, UINT64_C(0xa5a50000deadbe01));

	EXPECT_EQ(dispatch_smc(&vcpu->regs)->x[0], 0U);
	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(debug_log, characters_become_a_line)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(HF_DEBUG_LOG, 'o'));
	(void)machine_smc(vcpu, CALL(HF_DEBUG_LOG, 'k'));
	(void)machine_hvc(vcpu, CALL(HF_DEBUG_LOG, '\n'));

	EXPECT_STREQ(fake_console_text(), "VM 1: ok\n");
}

TEST(debug_log, character_is_cut_to_eight_bits)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(HF_DEBUG_LOG, 0x1200 | 'a'));
	(void)machine_hvc(vcpu, CALL(HF_DEBUG_LOG, 0x100));

	EXPECT_STREQ(fake_console_text(), "VM 1: a\n");
}

TEST(debug_log, smc_ignores_bit_30)
{
	struct vcpu *vcpu = machine_start();
	uint64_t without = HF_DEBUG_LOG & ~SMCCC_64_BIT;

	EXPECT_EQ(machine_smc(vcpu, CALL(without, 'b')), 0U);
	EXPECT_EQ(machine_smc(vcpu, CALL(HF_DEBUG_LOG | SMCCC_64_BIT, '\n')),
		  0U);

	EXPECT_STREQ(fake_console_text(), "VM 1: b\n");
}

TEST(debug_log, hvc_with_bit_30_set_otherwise_is_unknown)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(HF_DEBUG_LOG ^ SMCCC_64_BIT, '\n')),
		  UINT64_MAX);
	EXPECT_STREQ(fake_console_text(), "");
}

TEST(debug_log, upper_half_of_x0_is_ignored)
{
	struct vcpu *vcpu = machine_start();
	uint64_t high = UINT64_C(0xffffffff00000000);

	EXPECT_EQ(machine_hvc(vcpu, CALL(high | HF_DEBUG_LOG, 'c')), 0U);
	EXPECT_EQ(machine_smc(vcpu, CALL(high | HF_DEBUG_LOG, '\n')), 0U);
	EXPECT_STREQ(fake_console_text(), "VM 1: c\n");
}
