/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary whose manifest lets SMCs through: listed ones silently, the
 * others with a line in the log, which the scenario looks for. The emulator's
 * EL3 knows none of them and answers -1 in x0.
 */
#include "hf/call.h"
#include "hftest.h"

/* vm.dts */
#define LISTED UINT32_C(0x30000001)
#define LISTED_64 UINT32_C(0xc2000007)
#define NOT_LISTED UINT32_C(0x30000003)

/** x1-x7 of the answer are those of the call, x7 with its own client id. */
static void expect_answer_of_el3(uint32_t id)
{
	struct smccc_value call = {
		{id, 1, 2, 3, 4, 5, 6, UINT64_C(0x1234567890abcdef)}};
	struct smccc_value answer = hf_smc(call);

	EXPECT_EQ(answer.x[0], SMCCC_NOT_SUPPORTED);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(answer.x[i], call.x[i]);
	}
}

TEST(forwarder, listed_call_goes_through_silently)
{
	expect_answer_of_el3(LISTED);
	expect_answer_of_el3(LISTED_64);
}

TEST(forwarder, other_call_goes_through_and_is_logged)
{
	expect_answer_of_el3(NOT_LISTED);
}

/* Forwarding is by the exact id: bit 30 makes another. */
TEST(forwarder, other_width_of_a_listed_call_is_not_listed)
{
	expect_answer_of_el3(LISTED | SMCCC_64_BIT);
}

TEST(forwarder, our_own_calls_are_not_forwarded)
{
	EXPECT_EQ(hf_smc((struct smccc_value){{PSCI_VERSION}}).x[0],
		  PSCI_VERSION_1_1);
	EXPECT_EQ(hf_smc((struct smccc_value){{FFA_ID_GET}}).x[0], FFA_SUCCESS);
	EXPECT_EQ(hf_smc((struct smccc_value){{SMCCC_VERSION}}).x[0],
		  SMCCC_VERSION_1_2);
}
