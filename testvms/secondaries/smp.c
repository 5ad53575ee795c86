/* SPDX-License-Identifier: BSD-3-Clause */
/* Several vCPUs in one secondary, by PSCI. */
#include "hft/arch.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"

#define EL1 (UINT64_C(1) << 2)
#define DAIF_ALL UINT64_C(0x3c0)
#define SCTLR_M_C_I UINT64_C(0x1005)
#define JUNK (UINT64_C(0xabcd) << 32)

/** x0 of a PSCI call by the puppet. */
static int64_t psci(uint16_t vm, uint64_t id, uint64_t arg1, uint64_t arg2)
{
	struct order by_smc = order_call(id, arg1, arg2, 0);
	int64_t by_hvc = (int64_t)puppet_call(vm, id, arg1, arg2);

	by_smc.op = ORDER_SMC;
	EXPECT_EQ((int64_t)puppet_do(vm, by_smc).value[0], by_hvc);
	return by_hvc;
}

TEST(smp, version_is_1_1)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(psci(VM_PLAIN, PSCI_VERSION, 0, 0), PSCI_VERSION_1_1);
}

TEST(smp, psci_changes_x0_only)
{
	struct order call = order_call(PSCI_VERSION, 11, 22, 33);
	struct answer answer;

	call.args[7] = 77;
	puppet_start(VM_PLAIN);
	answer = puppet_do(VM_PLAIN, call);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(answer.value[i], call.args[i]);
	}
}

TEST(smp, features_has_every_call)
{
	static const uint32_t ids[] = {
		PSCI_VERSION,  PSCI_FEATURES,	   PSCI_CPU_OFF,
		PSCI_CPU_ON,   PSCI_AFFINITY_INFO, PSCI_64(PSCI_CPU_ON),
		SMCCC_VERSION,
	};

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (psci(VM_PLAIN, PSCI_FEATURES, ids[i], 0) != PSCI_SUCCESS) {
			FAIL("PSCI_FEATURES(%#x) is refused", ids[i]);
		}
	}
	/* Extended StateID, no OS-initiated mode. */
	EXPECT_EQ(psci(VM_PLAIN, PSCI_FEATURES, PSCI_CPU_SUSPEND, 0), 2);
}

TEST(smp, features_has_nothing_else)
{
	static const uint32_t ids[] = {
		PSCI_SYSTEM_OFF,    PSCI_SYSTEM_RESET,
		PSCI_MIGRATE,	    PSCI_MIGRATE_INFO_TYPE,
		PSCI_SYSTEM_RESET2, PSCI_MEM_PROTECT,
		UINT32_C(0),	    UINT32_C(0xffffffff),
	};

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (psci(VM_PLAIN, PSCI_FEATURES, ids[i], 0) !=
		    PSCI_NOT_SUPPORTED) {
			FAIL("PSCI_FEATURES(%#x) is not refused", ids[i]);
		}
	}
}

TEST(smp, machine_can_not_be_turned_off)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(psci(VM_PLAIN, PSCI_SYSTEM_OFF, 0, 0), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci(VM_PLAIN, PSCI_SYSTEM_RESET, 0, 0), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci(VM_PLAIN, PSCI_64(PSCI_SYSTEM_RESET2), 0, 0),
		  PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci(VM_PLAIN, PSCI_64(PSCI_SYSTEM_SUSPEND), 0, 0),
		  PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci(VM_PLAIN, PSCI_MIGRATE, 0, 0), PSCI_NOT_SUPPORTED);
}

TEST(smp, affinity_info_knows_all_vcpus)
{
	puppet_start(VM_SMP);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_AFFINITY_INFO), 0, 0),
		  PSCI_AFFINITY_ON);
	for (uint64_t i = 1; i < 4; i++) {
		EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_AFFINITY_INFO), i, 0),
			  PSCI_AFFINITY_OFF);
	}
	puppet_start_vcpu(VM_SMP, 2);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_AFFINITY_INFO), 2, 0),
		  PSCI_AFFINITY_ON);
	EXPECT_EQ(psci(VM_SMP, PSCI_AFFINITY_INFO, JUNK | 3, JUNK),
		  PSCI_AFFINITY_OFF);
}

TEST(smp, affinity_info_refuses_what_it_does_not_know)
{
	puppet_start(VM_SMP);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_AFFINITY_INFO), 4, 0),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_AFFINITY_INFO), UINT64_MAX, 0),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_AFFINITY_INFO), 0, 1),
		  PSCI_INVALID_PARAMETERS);
}

TEST(smp, cpu_on_refuses_what_it_does_not_know)
{
	puppet_start(VM_SMP);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_CPU_ON), 4, 0),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_CPU_ON), UINT64_C(1) << 31, 0),
		  PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_CPU_ON), 0, 0), PSCI_ALREADY_ON);
	puppet_start_vcpu(VM_SMP, 1);
	EXPECT_EQ(psci(VM_SMP, PSCI_CPU_ON, 1, 0), PSCI_ALREADY_ON);
}

TEST(smp, vcpu_starts_where_and_as_it_should)
{
	struct answer entry;

	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	entry = puppet_do_on(VM_SMP, 1, order(ORDER_VCPU_ENTRY, 0, 0, 0));
	EXPECT_EQ(entry.value[0], 1); /* x0 is the context */
	EXPECT_EQ(entry.value[1], EL1);
	EXPECT_EQ(entry.value[2], DAIF_ALL);
	EXPECT_EQ(entry.value[3], 1);
	EXPECT_EQ(entry.value[4] & SCTLR_M_C_I, 0);
}

TEST(smp, mpidr_is_the_index)
{
	puppet_start(VM_SMP);
	for (uint16_t i = 1; i < 4; i++) {
		puppet_start_vcpu(VM_SMP, i);
		EXPECT_EQ(
			puppet_do_on(VM_SMP, i, order(ORDER_IDENTITY, 0, 0, 0))
				.value[3],
			i);
	}
	EXPECT_EQ(puppet_do(VM_SMP, order(ORDER_IDENTITY, 0, 0, 0)).value[3],
		  0);
}

/** The vCPU's last order: it turns itself off. */
static void turn_off(uint16_t vm, uint16_t vcpu)
{
	struct smccc_value frame;

	(void)puppet_do_on(vm, vcpu, order(ORDER_LEAVE, 0, 0, 0));
	frame = hft_run(vm, vcpu);
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(frame.x[1], hft_vcpu(vm, vcpu));
	EXPECT_EQ(frame.x[2], HF_SLEEP_INDEFINITE);
}

TEST(smp, vcpu_turns_itself_off)
{
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	turn_off(VM_SMP, 1);
	EXPECT_TRUE(
		hft_is_error(hft_run_any(VM_SMP, 1), FFA_INVALID_PARAMETERS));
	EXPECT_EQ(psci(VM_SMP, PSCI_64(PSCI_AFFINITY_INFO), 1, 0),
		  PSCI_AFFINITY_OFF);
}

TEST(smp, vcpu_can_be_turned_on_again)
{
	puppet_start(VM_SMP);
	for (unsigned int i = 0; i < 3; i++) {
		puppet_start_vcpu(VM_SMP, 1);
		EXPECT_EQ(
			puppet_do_on(VM_SMP, 1, order(ORDER_IDENTITY, 0, 0, 0))
				.value[3],
			1);
		turn_off(VM_SMP, 1);
	}
}

TEST(smp, only_vcpu_may_turn_itself_off)
{
	struct smccc_value frame;

	puppet_start(VM_PLAIN);
	frame = puppet_begin(VM_PLAIN, order_call(PSCI_CPU_OFF, 0, 0, 0));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_TRUE(
		hft_is_error(hft_run_any(VM_PLAIN, 0), FFA_INVALID_PARAMETERS));
}

TEST(smp, suspend_is_wfi)
{
	struct smccc_value frame;

	puppet_start(VM_PLAIN);
	puppet_enable(VM_PLAIN, 7);
	frame = puppet_begin(VM_PLAIN,
			     order_call(PSCI_64(PSCI_CPU_SUSPEND), 0, 0, 0));
	EXPECT_EQ(frame.x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	EXPECT_EQ(frame.x[1], hft_vcpu(VM_PLAIN, 0));
	EXPECT_EQ(frame.x[2], HF_SLEEP_INDEFINITE);
	EXPECT_EQ(inject(VM_PLAIN, 0, 7), 1);
	EXPECT_EQ(puppet_answer(VM_PLAIN, hft_run(VM_PLAIN, 0)).value[0],
		  PSCI_SUCCESS);
	/* With one pending it does not wait at all. */
	EXPECT_EQ((int64_t)puppet_call(VM_PLAIN, PSCI_CPU_SUSPEND, 0, 0),
		  PSCI_SUCCESS);
}

TEST(smp, wild_entry_is_the_vcpus_own_fault)
{
	struct smccc_value frame;

	puppet_start(VM_SMP);
	frame = puppet_begin(VM_SMP, order_call(PSCI_64(PSCI_CPU_ON), 1,
						UINT64_C(0x40001000), 0));
	ASSERT_EQ(frame.x[0], HF_FFA_RUN_WAKE_UP);
	(void)puppet_finish(VM_SMP, 0);
	/* Nothing there, and no vector either. */
	EXPECT_TRUE(hft_is_error(hft_run_any(VM_SMP, 1), FFA_ABORTED));
}

TEST(smp, vcpus_share_memory)
{
	uint64_t word;

	puppet_start(VM_SMP);
	word = puppet_memory(VM_SMP).end - 8;
	for (uint16_t i = 1; i < 4; i++) {
		puppet_start_vcpu(VM_SMP, i);
		(void)puppet_do_on(VM_SMP, i, order(ORDER_ADD, word, i, 0));
	}
	EXPECT_EQ(puppet_do(VM_SMP, order(ORDER_ADD, word, 1, 0)).value[0], 7);
}

static void expect_identity(uint64_t vcpu)
{
	EXPECT_EQ(puppet_do_on(VM_SMP, (uint16_t)vcpu,
			       order(ORDER_IDENTITY, 0, 0, 0))
			  .value[3],
		  vcpu);
}

TEST(smp, vcpus_run_on_any_cpu)
{
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	for (uint32_t cpu = 1; cpu < hft_cpu_count(); cpu++) {
		ASSERT_TRUE(hft_cpu_run(cpu, expect_identity, 0));
		ASSERT_TRUE(hft_cpu_run(cpu, expect_identity, 1));
	}
	expect_identity(1);
	expect_identity(0);
}

/** Run all of a VM's vCPUs in turn until one sends something. */
static struct smccc_value run_in_turn(uint16_t vm, uint16_t vcpu_count)
{
	struct smccc_value frame = {{0}};

	for (uint16_t i = 0; frame.x[0] != FFA_MSG_SEND;
	     i = (uint16_t)((i + 1) % vcpu_count)) {
		frame = hft_run(vm, i);
	}
	return frame;
}

TEST(smp, vcpus_take_turns_on_one_cpu)
{
	hft_service_start(VM_SMP, "counters");
	EXPECT_EQ(run_in_turn(VM_SMP, 4).x[3], 4);
	EXPECT_EQ(*(const uint32_t *)hft_rx, 800);
}

/* Both use one ASID: what one walked must not serve the other. */
TEST(smp, vcpus_on_one_cpu_keep_their_translations_apart)
{
	hft_service_start(VM_SMP, "private_maps");
	EXPECT_EQ(run_in_turn(VM_SMP, 2).x[0], FFA_MSG_SEND);
}
