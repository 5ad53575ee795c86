/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of CPU_ON, CPU_OFF and CPU_SUSPEND of hafnium/src/psci/psci.c. Where
 * the CPU comes up is in secondary_cpu_test.c.
 */
#include "fixture/machine.h"
#include "hf/arch/cpu.h"
#include "hf/arch/entry.h"
#include "hf/psci.h"
#include "hftest.h"

#define ENTRY UINT64_C(0x40200000)

#define PSCI(vcpu, ...) ((int64_t)machine_hvc(vcpu, CALL(__VA_ARGS__)))

static const struct machine_el3 denying = {
	.version = PSCI_VERSION_1_1,
	/* As firmware may put it: 32 bits wide. */
	.answer = UINT64_C(0xfffffffd),
};

/** Says ALREADY_ON three times: the target is still going off. */
static struct smccc_value hesitating_firmware(struct smccc_value args)
{
	args.x[0] =
		fake_smc_count() < 4 ? (uint64_t)PSCI_ALREADY_ON : PSCI_SUCCESS;
	return args;
}

/** Says ALREADY_ON, because the target came back meanwhile. */
static struct smccc_value returning_firmware(struct smccc_value args)
{
	if (fake_smc_count() == 3) {
		cpu_set_arrived(cpu_get(1));
	}
	args.x[0] = (uint64_t)PSCI_ALREADY_ON;
	return args;
}

TEST(psci_cpu_on, reaches_el3_as_64_bit_call_with_our_entry)
{
	struct vcpu *vcpu = machine_start();
	struct smccc_value sent;

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_2, ENTRY, 7), 0);
	sent = fake_smc_last();

	EXPECT_EQ(sent.x[0], PSCI_64(PSCI_CPU_ON));
	EXPECT_EQ(sent.x[1], MACHINE_MPIDR_2);
	EXPECT_EQ(sent.x[2], arch_cpu_entry().pa);
	EXPECT_EQ(sent.x[3], 2U);
}

TEST(psci_cpu_on, entry_and_argument_are_kept)
{
	struct vcpu *vcpu = machine_start();

	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7);

	EXPECT_TRUE(cpu_is_on(cpu_get(1)));
	EXPECT_EQ(cpu_get(1)->entry, ENTRY);
	EXPECT_EQ(cpu_get(1)->arg, 7U);
}

TEST(psci_cpu_on, unknown_cpu_is_invalid)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before = fake_smc_count();

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, 0x77, ENTRY, 0),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(fake_smc_count(), before);
}

TEST(psci_cpu_on, mpidr_with_bit_31_is_unknown)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, 0x80000001, ENTRY, 0),
		  PSCI_INVALID_PARAMETERS);
}

TEST(psci_cpu_on, cpu_that_is_on_is_already_on)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before;

	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7);
	before = fake_smc_count();

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, 0x1000, 8),
		  PSCI_ALREADY_ON);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_0, 0x1000, 8),
		  PSCI_ALREADY_ON);
	EXPECT_EQ(fake_smc_count(), before);
	EXPECT_EQ(cpu_get(1)->entry, ENTRY);
}

TEST(psci_cpu_on, arguments_of_the_32_bit_form_are_cut)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_3,
		       UINT64_C(0xf00000000) | ENTRY, UINT64_C(0xf00000007)),
		  0);

	/* Cut, 3 is 1. */
	EXPECT_TRUE(cpu_is_on(cpu_get(1)));
	EXPECT_FALSE(cpu_is_on(cpu_get(3)));
	EXPECT_EQ(cpu_get(1)->entry, ENTRY);
	EXPECT_EQ(cpu_get(1)->arg, 7U);
}

TEST(psci_cpu_on, arguments_of_the_64_bit_form_are_whole)
{
	struct vcpu *vcpu = machine_start();
	uint64_t high = UINT64_C(0xf00000000);

	EXPECT_EQ(PSCI(vcpu, PSCI_64(PSCI_CPU_ON), MACHINE_MPIDR_3,
		       high | ENTRY, high | 7),
		  0);

	EXPECT_TRUE(cpu_is_on(cpu_get(3)));
	EXPECT_EQ(cpu_get(3)->entry, high | ENTRY);
	EXPECT_EQ(cpu_get(3)->arg, high | 7);
}

TEST(psci_cpu_on, refusal_of_el3_leaves_it_off)
{
	struct vcpu *vcpu = machine_start();

	machine_el3_set(denying);

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7),
		  PSCI_DENIED);
	EXPECT_FALSE(cpu_is_on(cpu_get(1)));
}

TEST(psci_cpu_on, after_a_refusal_it_can_be_tried_again)
{
	struct vcpu *vcpu = machine_start();
	const struct machine_el3 willing = {PSCI_VERSION_1_1, PSCI_SUCCESS};

	machine_el3_set(denying);
	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7);
	machine_el3_set(willing);

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7), 0);
}

TEST(psci_cpu_on, is_repeated_while_the_target_goes_off)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before = fake_smc_count();

	fake_firmware_set(hesitating_firmware);

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7), 0);
	EXPECT_EQ(fake_smc_count(), 4U);
	EXPECT_LT(before, 3U);
}

TEST(psci_cpu_on, is_not_repeated_once_the_target_is_back)
{
	struct vcpu *vcpu = machine_start();

	fake_firmware_set(returning_firmware);

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7),
		  PSCI_ALREADY_ON);
	EXPECT_TRUE(cpu_is_on(cpu_get(1)));
}

/** What CPU 1 looks like while EL3 handles its CPU_OFF. */
static enum vcpu_state state_in_el3;
static bool was_on_in_el3;

static struct smccc_value watching_firmware(struct smccc_value args)
{
	struct vm *primary = vm_set_find(HF_PRIMARY_VM_ID);

	state_in_el3 = vm_vcpu(primary, 1)->state;
	was_on_in_el3 = cpu_is_on(cpu_get(1));
	args.x[0] = (uint64_t)PSCI_DENIED;
	return args;
}

TEST(psci_cpu_off, is_off_when_el3_is_asked)
{
	struct vcpu *vcpu;

	(void)machine_start();
	vcpu = machine_run_on(1);
	fake_firmware_set(watching_firmware);
	(void)PSCI(vcpu, PSCI_CPU_OFF);

	EXPECT_EQ(fake_smc_last().x[0], PSCI_CPU_OFF);
	EXPECT_EQ(state_in_el3, VCPU_OFF);
	EXPECT_FALSE(was_on_in_el3);
}

TEST(psci_cpu_off, refused_one_runs_on)
{
	struct vcpu *vcpu;

	(void)machine_start();
	vcpu = machine_run_on(1);
	machine_el3_set(denying);

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_OFF), PSCI_DENIED);

	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
	EXPECT_TRUE(cpu_is_on(cpu_get(1)));
	EXPECT_TRUE(cpu_has_arrived(cpu_get(1)));
}

TEST(psci_cpu_off, only_x0_is_written)
{
	struct vcpu *vcpu;

	(void)machine_start();
	vcpu = machine_run_on(1);
	machine_el3_set(denying);
	machine_mark_registers(vcpu);
	vcpu->regs.x[0] = PSCI_CPU_OFF;
	(void)dispatch_hvc(&vcpu->regs);

	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(psci_cpu_suspend, reaches_el3_with_our_entry)
{
	struct vcpu *vcpu = machine_start();
	struct smccc_value sent;

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_SUSPEND, 0x40000003, ENTRY, 9), 0);
	sent = fake_smc_last();

	EXPECT_EQ(sent.x[0], PSCI_64(PSCI_CPU_SUSPEND));
	EXPECT_EQ(sent.x[1], 0x40000003U);
	EXPECT_EQ(sent.x[2], arch_cpu_entry().pa);
	EXPECT_EQ(sent.x[3], 0U);
}

TEST(psci_cpu_suspend, answer_of_el3_comes_back)
{
	struct vcpu *vcpu = machine_start();

	machine_el3_set(denying);

	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_SUSPEND, 0, ENTRY, 9), PSCI_DENIED);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
	EXPECT_TRUE(cpu_is_on(cpu_get(0)));
}

TEST(psci_cpu_suspend, arguments_of_the_32_bit_form_are_cut)
{
	struct vcpu *vcpu = machine_start();
	uint64_t high = UINT64_C(0xf00000000);

	(void)PSCI(vcpu, PSCI_CPU_SUSPEND, high | 1, high | ENTRY, high | 9);

	EXPECT_EQ(fake_smc_last().x[1], 1U);
	EXPECT_EQ(cpu_get(0)->entry, ENTRY);
	EXPECT_EQ(cpu_get(0)->arg, 9U);
}
