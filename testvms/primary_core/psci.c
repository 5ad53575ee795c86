/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI calls that change nothing: versions, features, states, refusals. */
#include "call.h"
#include "hf/call.h"
#include "hft/arch.h"
#include "hft/power.h"
#include "hftest.h"

#define NO_SUCH_CPU UINT64_C(0xff00ff0001)

static int64_t by_smc(uint64_t id, uint64_t arg1, uint64_t arg2)
{
	return (int64_t)hf_smc((struct smccc_value){{id, arg1, arg2}}).x[0];
}

static int64_t by_hvc(uint64_t id, uint64_t arg1, uint64_t arg2)
{
	return (int64_t)hf_hvc((struct smccc_value){{id, arg1, arg2}}).x[0];
}

TEST(psci, version_is_1_1)
{
	EXPECT_EQ(by_smc(PSCI_VERSION, 0, 0), PSCI_VERSION_1_1);
	EXPECT_EQ(by_hvc(PSCI_VERSION, 0, 0), PSCI_VERSION_1_1);
}

TEST(psci, changes_x0_only)
{
	EXPECT_EQ(call_changes_x0_only(call_smc, PSCI_VERSION, 5),
		  PSCI_VERSION_1_1);
	EXPECT_EQ(call_changes_x0_only(call_hvc, PSCI_VERSION, 5),
		  PSCI_VERSION_1_1);
	EXPECT_EQ(call_changes_x0_only(call_smc, PSCI_FEATURES, PSCI_CPU_ON),
		  PSCI_SUCCESS);
}

TEST(psci, features_has_every_call_of_the_primary)
{
	static const uint32_t ids[] = {
		PSCI_VERSION,
		PSCI_FEATURES,
		PSCI_CPU_OFF,
		PSCI_CPU_ON,
		PSCI_AFFINITY_INFO,
		PSCI_SYSTEM_OFF,
		PSCI_SYSTEM_RESET,
		PSCI_64(PSCI_CPU_ON),
		PSCI_64(PSCI_AFFINITY_INFO),
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (by_smc(PSCI_FEATURES, ids[i], 0) != PSCI_SUCCESS ||
		    by_hvc(PSCI_FEATURES, ids[i], 0) != PSCI_SUCCESS) {
			FAIL("PSCI_FEATURES(%#x) is refused", ids[i]);
		}
	}
}

TEST(psci, features_of_suspend_is_a_set_of_two_flags)
{
	EXPECT_EQ(by_smc(PSCI_FEATURES, PSCI_CPU_SUSPEND, 0) & ~INT64_C(3), 0);
	EXPECT_EQ(by_smc(PSCI_FEATURES, PSCI_64(PSCI_CPU_SUSPEND), 0) &
			  ~INT64_C(3),
		  0);
}

TEST(psci, features_has_nothing_else)
{
	static const uint32_t ids[] = {
		PSCI_MIGRATE,	     PSCI_MIGRATE_INFO_TYPE,
		PSCI_CPU_FREEZE,     PSCI_CPU_DEFAULT_SUSPEND,
		PSCI_NODE_HW_STATE,  PSCI_SYSTEM_SUSPEND,
		PSCI_STAT_RESIDENCY, PSCI_SYSTEM_RESET2,
		PSCI_MEM_PROTECT,    UINT32_C(0x84000015),
		UINT32_C(0),	     UINT32_C(0xffffffff),
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (by_smc(PSCI_FEATURES, ids[i], 0) != PSCI_NOT_SUPPORTED) {
			FAIL("PSCI_FEATURES(%#x) is not refused", ids[i]);
		}
	}
}

TEST(psci, calls_not_offered_are_not_supported)
{
	for (uint32_t id = PSCI_MIGRATE; id <= PSCI_LAST; id++) {
		if (id == PSCI_SYSTEM_OFF || id == PSCI_SYSTEM_RESET ||
		    id == PSCI_FEATURES) {
			continue;
		}
		if (by_smc(id, 0, 0) != PSCI_NOT_SUPPORTED ||
		    by_hvc(PSCI_64(id), 0, 0) != PSCI_NOT_SUPPORTED) {
			FAIL("%#x is not refused", id);
		}
	}
}

TEST(psci, id_behind_the_last_is_not_supported)
{
	EXPECT_EQ(by_smc(PSCI_LAST + 1, 0, 0), -1);
	EXPECT_EQ(by_hvc(PSCI_LAST + 1, 0, 0), -1);
}

TEST(psci, smc64_form_of_a_32_bit_call_is_answered)
{
	EXPECT_EQ(by_smc(PSCI_64(PSCI_VERSION), 0, 0), PSCI_VERSION_1_1);
	EXPECT_EQ(by_hvc(PSCI_64(PSCI_VERSION), 0, 0), PSCI_VERSION_1_1);
}

TEST(psci, arguments_of_smc32_are_32_bits)
{
	uint64_t junk = UINT64_C(0xabcd) << 32;

	EXPECT_EQ(by_smc(PSCI_FEATURES, junk | PSCI_CPU_ON, 0), PSCI_SUCCESS);
	EXPECT_EQ(by_smc(PSCI_AFFINITY_INFO, junk | hft_cpu_mpidr(0), junk),
		  PSCI_AFFINITY_ON);
}

TEST(psci, function_id_is_w0)
{
	EXPECT_EQ(by_smc((UINT64_C(1) << 40) | PSCI_VERSION, 0, 0),
		  PSCI_VERSION_1_1);
}

TEST(psci, affinity_info_of_the_boot_cpu_is_on)
{
	EXPECT_EQ(by_smc(PSCI_AFFINITY_INFO, hft_cpu_mpidr(0), 0),
		  PSCI_AFFINITY_ON);
	EXPECT_EQ(by_hvc(PSCI_64(PSCI_AFFINITY_INFO), hft_cpu_mpidr(0), 0),
		  PSCI_AFFINITY_ON);
}

TEST(psci, affinity_info_of_the_others_is_off)
{
	for (uint32_t i = 1; i < hft_cpu_count(); i++) {
		EXPECT_EQ(by_smc(PSCI_64(PSCI_AFFINITY_INFO), hft_cpu_mpidr(i),
				 0),
			  PSCI_AFFINITY_OFF);
	}
}

TEST(psci, affinity_info_refuses_what_it_does_not_know)
{
	EXPECT_EQ(by_smc(PSCI_64(PSCI_AFFINITY_INFO), NO_SUCH_CPU, 0),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(by_smc(PSCI_64(PSCI_AFFINITY_INFO), hft_cpu_mpidr(0), 1),
		  PSCI_NOT_SUPPORTED);
}

TEST(psci, cpu_on_refuses_an_unknown_cpu)
{
	EXPECT_EQ(by_smc(PSCI_64(PSCI_CPU_ON), NO_SUCH_CPU,
			 hft_cpu_entry_address()),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(by_hvc(PSCI_CPU_ON, 0xfff, hft_cpu_entry_address()),
		  PSCI_INVALID_PARAMETERS);
}

TEST(psci, cpu_on_of_oneself_is_already_on)
{
	EXPECT_EQ(by_smc(PSCI_64(PSCI_CPU_ON), hft_cpu_mpidr(0),
			 hft_cpu_entry_address()),
		  PSCI_ALREADY_ON);
	EXPECT_EQ(
		by_hvc(PSCI_CPU_ON, hft_cpu_mpidr(0), hft_cpu_entry_address()),
		PSCI_ALREADY_ON);
}
