/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/psci/psci.c: what the primary is told, and what reaches
 * EL3. Turning CPUs on and off is in psci_cpu_test.c.
 */
#include "hf/psci.h"

#include "fixture/machine.h"
#include "hf/psci/psci.h"
#include "hf/smccc.h"
#include "hftest.h"

#define EL3(version_, answer_) \
	((struct machine_el3){.version = (version_), .answer = (answer_)})
#define NO_PSCI UINT64_MAX

/** A call by HVC; the answer as all 64 bits of x0, signed. */
#define PSCI(vcpu, ...) ((int64_t)machine_hvc(vcpu, CALL(__VA_ARGS__)))

static int64_t features(struct vcpu *vcpu, uint64_t id)
{
	return PSCI(vcpu, PSCI_FEATURES, id);
}

TEST(psci_init, firmware_without_psci_is_told)
{
	fake_machine_reset();
	psci_init();

	EXPECT_STREQ(fake_console_text(),
		     "WARNING: No usable PSCI at EL3 (version 0xffffffff).\n");
}

TEST(psci_init, psci_0_1_is_not_usable)
{
	struct vcpu *vcpu = machine_start_with(EL3(0x1, 0));

	EXPECT_EQ(PSCI(vcpu, PSCI_VERSION), PSCI_NOT_SUPPORTED);
}

TEST(psci_init, usable_firmware_is_not_told)
{
	(void)machine_start();
	psci_init();

	EXPECT_STREQ(fake_console_text(), "");
}

TEST(psci_none, every_call_is_refused)
{
	struct vcpu *vcpu = machine_start_with(EL3(NO_PSCI, 0));
	unsigned int before = fake_smc_count();

	EXPECT_EQ(PSCI(vcpu, PSCI_VERSION), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(features(vcpu, PSCI_VERSION), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, 1), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_OFF), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_SUSPEND), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(PSCI(vcpu, PSCI_SYSTEM_OFF), PSCI_NOT_SUPPORTED);

	EXPECT_EQ(fake_smc_count(), before);
}

TEST(psci_none, refusal_turns_no_cpu_on)
{
	struct vcpu *vcpu = machine_start_with(EL3(NO_PSCI, 0));

	(void)PSCI(vcpu, PSCI_CPU_ON, 1);

	EXPECT_FALSE(cpu_is_on(cpu_get(1)));
}

TEST(psci_version, is_1_1_on_any_firmware)
{
	EXPECT_EQ(PSCI(machine_start_with(EL3(2, 0)), PSCI_VERSION), 0x10001);
	EXPECT_EQ(PSCI(machine_start_with(EL3(0x10000, 0)), PSCI_VERSION),
		  0x10001);
	EXPECT_EQ(PSCI(machine_start_with(EL3(0x10001, 0)), PSCI_VERSION),
		  0x10001);
	EXPECT_EQ(PSCI(machine_start_with(EL3(0x10003, 0)), PSCI_VERSION),
		  0x10001);
}

TEST(psci_version, smc_and_64_bit_form_are_the_same)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_smc(vcpu, CALL(PSCI_VERSION)), 0x10001U);
	EXPECT_EQ(PSCI(vcpu, PSCI_64(PSCI_VERSION)), 0x10001);
}

TEST(psci_call, only_x0_is_written)
{
	struct vcpu *vcpu = machine_start();

	machine_mark_registers(vcpu);
	(void)machine_hvc(vcpu, CALL(PSCI_VERSION, vcpu->regs.x[1],
				     vcpu->regs.x[2], vcpu->regs.x[3],
				     vcpu->regs.x[4], vcpu->regs.x[5],
				     vcpu->regs.x[6], vcpu->regs.x[7]));

	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(psci_call, calls_nobody_offers_are_not_supported)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before = fake_smc_count();

	EXPECT_EQ(PSCI(vcpu, PSCI_MIGRATE), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_MIGRATE_INFO_TYPE), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_MIGRATE_INFO_UP_CPU), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_FREEZE), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_DEFAULT_SUSPEND), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_NODE_HW_STATE), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_SYSTEM_SUSPEND), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_SET_SUSPEND_MODE), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_STAT_RESIDENCY), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_STAT_COUNT), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_SYSTEM_RESET2), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_MEM_PROTECT), -1);
	EXPECT_EQ(PSCI(vcpu, PSCI_MEM_PROTECT_CHECK_RANGE), -1);

	EXPECT_EQ(fake_smc_count(), before);
}

TEST(psci_features, lists_what_is_offered)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(features(vcpu, PSCI_VERSION), 0);
	EXPECT_EQ(features(vcpu, PSCI_FEATURES), 0);
	EXPECT_EQ(features(vcpu, PSCI_CPU_OFF), 0);
	EXPECT_EQ(features(vcpu, PSCI_CPU_ON), 0);
	EXPECT_EQ(features(vcpu, PSCI_AFFINITY_INFO), 0);
	EXPECT_EQ(features(vcpu, PSCI_SYSTEM_OFF), 0);
	EXPECT_EQ(features(vcpu, PSCI_SYSTEM_RESET), 0);
}

TEST(psci_features, lists_64_bit_forms)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(features(vcpu, PSCI_64(PSCI_CPU_ON)), 0);
	EXPECT_EQ(features(vcpu, PSCI_64(PSCI_AFFINITY_INFO)), 0);
}

TEST(psci_features, lists_smccc_version)
{
	EXPECT_EQ(features(machine_start(), SMCCC_VERSION), 0);
}

TEST(psci_features, does_not_list_other_ids)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(features(vcpu, PSCI_MIGRATE), -1);
	EXPECT_EQ(features(vcpu, PSCI_CPU_FREEZE), -1);
	EXPECT_EQ(features(vcpu, PSCI_SYSTEM_SUSPEND), -1);
	EXPECT_EQ(features(vcpu, PSCI_SYSTEM_RESET2), -1);
	EXPECT_EQ(features(vcpu, SMCCC_ARCH_FEATURES), -1);
	EXPECT_EQ(features(vcpu, SMCCC_VERSION | SMCCC_64_BIT), -1);
	EXPECT_EQ(features(vcpu, 0x84000063), -1);
	EXPECT_EQ(features(vcpu, 0), -1);
}

TEST(psci_features, upper_half_of_the_id_is_ignored)
{
	EXPECT_EQ(features(machine_start(),
			   UINT64_C(0xffffffff00000000) | PSCI_CPU_ON),
		  0);
}

TEST(psci_features, suspend_is_two_bits_of_el3)
{
	struct vcpu *vcpu = machine_start_with(EL3(0x10001, 0xfe));

	EXPECT_EQ(features(vcpu, PSCI_CPU_SUSPEND), 2);
	EXPECT_EQ(fake_smc_last().x[0], PSCI_FEATURES);
	EXPECT_EQ(fake_smc_last().x[1], PSCI_CPU_SUSPEND);
}

TEST(psci_features, suspend_of_psci_1_0_is_asked_too)
{
	struct vcpu *vcpu = machine_start_with(EL3(0x10000, 1));

	EXPECT_EQ(features(vcpu, PSCI_64(PSCI_CPU_SUSPEND)), 1);
	EXPECT_EQ(fake_smc_last().x[1], PSCI_64(PSCI_CPU_SUSPEND));
}

TEST(psci_features, suspend_of_psci_0_2_is_zero_unasked)
{
	struct vcpu *vcpu = machine_start_with(EL3(2, 3));
	unsigned int before = fake_smc_count();

	EXPECT_EQ(features(vcpu, PSCI_CPU_SUSPEND), 0);
	EXPECT_EQ(fake_smc_count(), before);
}

TEST(psci_system, off_is_forwarded_and_told)
{
	struct vcpu *vcpu = machine_start();

	(void)PSCI(vcpu, PSCI_SYSTEM_OFF);

	EXPECT_EQ(fake_smc_last().x[0], PSCI_SYSTEM_OFF);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: System off by the primary VM.\n");
}

TEST(psci_system, reset_is_forwarded_and_told)
{
	struct vcpu *vcpu = machine_start();

	(void)PSCI(vcpu, PSCI_SYSTEM_RESET);

	EXPECT_EQ(fake_smc_last().x[0], PSCI_SYSTEM_RESET);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: System reset by the primary VM.\n");
}

TEST(psci_system, refusal_of_el3_comes_back_signed)
{
	struct vcpu *vcpu = machine_start();

	machine_el3_set(EL3(0x10001, UINT64_C(0xfffffffa)));

	EXPECT_EQ(PSCI(vcpu, PSCI_SYSTEM_OFF), PSCI_INTERNAL_FAILURE);
}

TEST(psci_affinity, cpus_are_as_they_were_turned)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, MACHINE_MPIDR_0, 0),
		  PSCI_AFFINITY_ON);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, MACHINE_MPIDR_1, 0),
		  PSCI_AFFINITY_OFF);

	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, MACHINE_MPIDR_1, 0),
		  PSCI_AFFINITY_ON);
}

TEST(psci_affinity, unknown_cpu_is_invalid)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 0x77, 0),
		  PSCI_INVALID_PARAMETERS);
}

TEST(psci_affinity, other_level_is_not_supported)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, MACHINE_MPIDR_1, 1),
		  PSCI_NOT_SUPPORTED);
	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, MACHINE_MPIDR_1, 3),
		  PSCI_NOT_SUPPORTED);
}

TEST(psci_affinity, cpu_is_checked_before_the_level)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, 0x77, 1),
		  PSCI_INVALID_PARAMETERS);
}

TEST(psci_affinity, arguments_of_the_32_bit_form_are_cut)
{
	struct vcpu *vcpu = machine_start();
	uint64_t high = UINT64_C(0x500000000);

	EXPECT_EQ(PSCI(vcpu, PSCI_AFFINITY_INFO, high | 1, high),
		  PSCI_AFFINITY_OFF);
}

TEST(psci_affinity, arguments_of_the_64_bit_form_are_not)
{
	struct vcpu *vcpu = machine_start();
	uint64_t id = PSCI_64(PSCI_AFFINITY_INFO);

	EXPECT_EQ(PSCI(vcpu, id, UINT64_C(0x500000001), 0),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(PSCI(vcpu, id, MACHINE_MPIDR_3, 0), PSCI_AFFINITY_OFF);
	EXPECT_EQ(PSCI(vcpu, id, MACHINE_MPIDR_1, UINT64_C(0x100000000)),
		  PSCI_NOT_SUPPORTED);
}

TEST(psci_affinity, does_not_ask_el3)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before = fake_smc_count();

	(void)PSCI(vcpu, PSCI_AFFINITY_INFO, MACHINE_MPIDR_1, 0);

	EXPECT_EQ(fake_smc_count(), before);
}
