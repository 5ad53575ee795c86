/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary whose secondaries make SMCs: VM 2 has a list, VM 3 is
 * permissive, VM 4 has neither (harness/scenarios/smc_clients.toml). The
 * emulator's EL3 knows none of the calls and answers -1 in x0, as a refusal is:
 * which it was is in the log, and seen by a debugger. See docs/security.md.
 */
#include "hft/puppet.h"
#include "hftest.h"

#define VM_LISTED VM_FDT
#define VM_PERMISSIVE VM_PLAIN
#define VM_NEITHER VM_SMP

#define LISTED UINT64_C(0x30000001)
#define LISTED_64 UINT64_C(0xc2000007)
#define NOT_LISTED UINT64_C(0x30000003)
#define NO_CHANGE 31
#define NO_FP_CHANGE 66

/** x0 is -1, and x1-x7 are as they were, whoever answers. */
static void expect_answer(uint16_t vm, uint64_t id)
{
	struct order order = {.op = ORDER_SMC, .args = {id}};
	struct answer answer;

	for (uint64_t i = 1; i < 8; i++) {
		order.args[i] = UINT64_C(0x1111222200000000) * i + i;
	}
	answer = puppet_do(vm, order);
	EXPECT_EQ(answer.value[0], SMCCC_NOT_SUPPORTED);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(answer.value[i], order.args[i]);
	}
}

TEST(smc_client, listed_call_goes_through_silently)
{
	puppet_start(VM_LISTED);
	expect_answer(VM_LISTED, LISTED);
	expect_answer(VM_LISTED, LISTED_64);
}

TEST(smc_client, other_call_of_a_vm_with_a_list_is_refused)
{
	puppet_start(VM_LISTED);
	expect_answer(VM_LISTED, NOT_LISTED);
	expect_answer(VM_LISTED, LISTED | SMCCC_64_BIT);
}

TEST(smc_client, call_of_a_permissive_vm_goes_through_and_is_logged)
{
	puppet_start(VM_PERMISSIVE);
	expect_answer(VM_PERMISSIVE, NOT_LISTED);
}

TEST(smc_client, list_of_one_vm_is_not_anothers)
{
	puppet_start(VM_NEITHER);
	expect_answer(VM_NEITHER, LISTED);
	/* The primary has none either. */
	EXPECT_EQ(hf_smc((struct smccc_value){{LISTED}}).x[0],
		  SMCCC_NOT_SUPPORTED);
}

TEST(smc_client, every_refused_call_is_logged)
{
	puppet_start(VM_NEITHER);
	for (uint64_t i = 0; i < 100; i++) {
		expect_answer(VM_NEITHER, UINT64_C(0x32000000) | i);
	}
}

TEST(smc_client, our_own_calls_are_never_passed_on)
{
	static const uint64_t ids[] = {
		PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_64(PSCI_SYSTEM_RESET2),
		UINT64_C(0x84000015), UINT64_C(0x840000ee)};

	puppet_start(VM_PERMISSIVE);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct order order = {.op = ORDER_SMC, .args = {ids[i]}};

		EXPECT_NE(puppet_do(VM_PERMISSIVE, order).value[0], 0);
	}
}

TEST(smc_client, call_that_goes_through_keeps_x8_to_x30_and_fp)
{
	struct answer answer;

	puppet_start(VM_LISTED);
	answer = puppet_do(VM_LISTED,
			   order(ORDER_REGISTERS, SWITCH_SMC, 0x5a, LISTED));
	EXPECT_EQ(answer.value[0], SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(answer.first_change, NO_CHANGE);
	EXPECT_EQ(answer.first_fp_change, NO_FP_CHANGE);
}
