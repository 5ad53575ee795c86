/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: attackers. The same image is the primary that judges and the secondary
 * (vm3) that attacks; the victim (vm2) is a puppet. The hypervisor must not
 * give up, the victim must not notice.
 */
#include <string.h>

#include "calls.h"
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/puppet.h"
#include "hftest.h"
#include "residue.h"
#include "sweep.h"

#define VICTIM VM_FDT
#define ATTACKER VM_PLAIN
#define FINDER VM_SMP
#define PATTERN UINT64_C(0x5a5a5a5a5a5a5a5a)
#define CALL_COUNT 3000
#define WAKE_UP 1
#define SECRET UINT64_C(0x5ec4e75ec4e75ec4)

void hft_role(void)
{
	if (hft_own_id() != HF_PRIMARY_VM_ID) {
		hft_service_main();
	}
}

/** Makes the sweeps that it is sent, and sends their results. */
SERVICE(sweeper)
{
	uint16_t self = hft_own_id();

	for (;;) {
		struct sweep sweep;
		struct sweep_result result;

		ASSERT_EQ(hft_service_receive(), sizeof(sweep));
		memcpy(&sweep, hft_rx, sizeof(sweep));
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		result = sweep_run(&sweep);
		/* Timers that were set by the way. */
		hft_sysreg_write(cntv_ctl_el0, 0);
		memcpy(hft_tx, &result, sizeof(result));
		ASSERT_EQ(hft_send(self, HF_PRIMARY_VM_ID, sizeof(result)).x[0],
			  FFA_SUCCESS);
	}
}

/** Told once, it looks; told again, it looks for what has changed. */
SERVICE(finder)
{
	uint16_t self = hft_own_id();
	bool has_noted = false;

	for (;;) {
		struct residue residue = {0};

		ASSERT_EQ(hft_service_receive(), 0);
		ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
		if (has_noted) {
			residue = residue_find();
		} else {
			residue_note();
			has_noted = true;
		}
		memcpy(hft_tx, &residue, sizeof(residue));
		ASSERT_EQ(
			hft_send(self, HF_PRIMARY_VM_ID, sizeof(residue)).x[0],
			FFA_SUCCESS);
	}
}

/** Makes calls from the seed that it is sent. */
SERVICE(caller)
{
	struct calls calls;
	uint64_t made = 0;

	ASSERT_EQ(hft_service_receive(), sizeof(calls));
	memcpy(&calls, hft_rx, sizeof(calls));
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
	(void)hf_call(HF_INTERRUPT_ENABLE, WAKE_UP, 1, 0);
	while (made++ < CALL_COUNT) {
		struct smccc_value call = calls_next(&calls, false);

		(void)(calls_random(&calls, 2) != 0 ? hf_hvc(call)
						    : hf_smc(call));
	}
	hft_service_give_up();
}

/** What the victim was before an attack. */
struct victim {
	struct hft_range memory;
};

static struct victim victim_start(void)
{
	struct order order_registers =
		order(ORDER_REGISTERS, SWITCH_YIELD, 0x5a, 0);
	struct victim victim;

	puppet_start(VICTIM);
	victim.memory = puppet_memory(VICTIM);
	ASSERT_EQ(puppet_do(VICTIM,
			    order(ORDER_ADD, victim.memory.end - 8, SECRET, 0))
			  .value[0],
		  SECRET);
	/* It waits with patterns in all of its registers. */
	puppet_tell(VICTIM, &order_registers);
	ASSERT_EQ(hft_run(VICTIM, 0).x[0], FFA_YIELD);
	return victim;
}

static void expect_victim_well(const struct victim *victim)
{
	struct answer answer = puppet_answer(VICTIM, hft_run(VICTIM, 0));

	EXPECT_EQ(answer.first_change, 31);
	EXPECT_EQ(answer.first_fp_change, 66);
	EXPECT_EQ(puppet_do(VICTIM,
			    order(ORDER_ADD, victim->memory.end - 8, 0, 0))
			  .value[0],
		  SECRET);
}

static struct sweep_result sweep_by_attacker(const struct sweep *sweep)
{
	struct sweep_result result;
	struct smccc_value frame;

	memcpy(hft_tx, sweep, sizeof(*sweep));
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, ATTACKER, sizeof(*sweep)).x[0],
		  FFA_SUCCESS);
	do {
		frame = hft_run(ATTACKER, 0);
	} while (frame.x[0] == FFA_INTERRUPT || frame.x[0] == FFA_YIELD);
	ASSERT_EQ(frame.x[0], FFA_MSG_SEND);
	memcpy(&result, hft_rx, sizeof(result));
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
	return result;
}

/** Nothing is lost; a line for whoever looks into what goes through. */
static void expect_whole(const struct sweep *sweep,
			 const struct sweep_result *result)
{
	EXPECT_EQ(result->undefined + result->excepted + result->done +
			  result->spared,
		  SWEEP_SIZE);
	HFTEST_LOG("op0 %u op1 %u: %llu undefined, %llu done, %llu other",
		   sweep->op0, sweep->op1,
		   (unsigned long long)result->undefined,
		   (unsigned long long)result->done,
		   (unsigned long long)result->excepted);
}

static void expect_all_undefined(const struct sweep *sweep,
				 const struct sweep_result *result)
{
	if (result->undefined != SWEEP_SIZE) {
		FAIL("op0 %u op1 %u: %llu went through, first %#x, last %#x; "
		     "%llu other exceptions",
		     sweep->op0, sweep->op1, (unsigned long long)result->done,
		     result->first_done, result->last_done,
		     (unsigned long long)result->excepted);
	}
}

/** All op1 of `sweep`'s op0, by the secondary. */
static void sweep_all(struct sweep sweep)
{
	struct victim victim = victim_start();

	hft_service_start(ATTACKER, "sweeper");
	for (sweep.op1 = 0; sweep.op1 < OP1_COUNT; sweep.op1++) {
		struct sweep_result result = sweep_by_attacker(&sweep);

		expect_whole(&sweep, &result);
		/* Debug and trace; EL2, EL3, and EL1 from EL2. */
		if (sweep.op0 == 2 || (sweep.op1 >= 4 && sweep.op1 <= 6)) {
			expect_all_undefined(&sweep, &result);
		}
	}
	expect_victim_well(&victim);
}

TEST(sweep, secondary_reads_all_registers_at_el1)
{
	sweep_all((struct sweep){.op0 = 3});
}

TEST(sweep, secondary_writes_zero_to_all_registers_at_el1)
{
	sweep_all((struct sweep){.op0 = 3, .is_write = true});
}

TEST(sweep, secondary_writes_ones_to_all_registers_at_el1)
{
	sweep_all((struct sweep){
		.op0 = 3, .is_write = true, .value = UINT64_MAX});
}

TEST(sweep, secondary_reads_all_debug_registers_at_el1)
{
	sweep_all((struct sweep){.op0 = 2});
}

TEST(sweep, secondary_writes_all_debug_registers_at_el1)
{
	sweep_all((struct sweep){
		.op0 = 2, .is_write = true, .value = UINT64_MAX});
}

TEST(sweep, secondary_reads_all_registers_at_el0)
{
	sweep_all((struct sweep){.op0 = 3, .is_at_el0 = true});
}

TEST(sweep, secondary_writes_all_registers_at_el0)
{
	sweep_all((struct sweep){.op0 = 3,
				 .is_at_el0 = true,
				 .is_write = true,
				 .value = UINT64_MAX});
}

TEST(sweep, secondary_reads_all_debug_registers_at_el0)
{
	sweep_all((struct sweep){.op0 = 2, .is_at_el0 = true});
}

TEST(sweep, secondary_writes_all_debug_registers_at_el0)
{
	sweep_all(
		(struct sweep){.op0 = 2, .is_at_el0 = true, .is_write = true});
}

/** All op1 of `sweep`'s op0, by this VM. */
static void sweep_all_here(struct sweep sweep)
{
	struct victim victim = victim_start();

	for (sweep.op1 = 0; sweep.op1 < OP1_COUNT; sweep.op1++) {
		struct sweep_result result = sweep_run(&sweep);

		expect_whole(&sweep, &result);
		if (sweep.op0 == 3 && sweep.op1 >= 4 && sweep.op1 <= 6) {
			expect_all_undefined(&sweep, &result);
		}
	}
	expect_victim_well(&victim);
}

TEST(sweep, primary_reads_all_registers_at_el1)
{
	sweep_all_here((struct sweep){.op0 = 3});
}

TEST(sweep, primary_writes_zero_to_all_registers_at_el1)
{
	sweep_all_here((struct sweep){.op0 = 3, .is_write = true});
}

TEST(sweep, primary_reads_all_debug_registers_at_el1)
{
	sweep_all_here((struct sweep){.op0 = 2});
}

TEST(sweep, primary_writes_all_debug_registers_at_el1)
{
	sweep_all_here((struct sweep){.op0 = 2, .is_write = true});
}

TEST(sweep, primary_reads_all_registers_at_el0)
{
	sweep_all_here((struct sweep){.op0 = 3, .is_at_el0 = true});
}

TEST(sweep, primary_writes_all_registers_at_el0)
{
	sweep_all_here(
		(struct sweep){.op0 = 3, .is_at_el0 = true, .is_write = true});
}

/** Serve the attacker until it has made its calls and ends. */
static void serve_caller(uint64_t seed)
{
	struct victim victim = victim_start();
	struct calls calls = {seed};
	struct smccc_value frame;

	hft_service_start(ATTACKER, "caller");
	memcpy(hft_tx, &calls, sizeof(calls));
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, ATTACKER, sizeof(calls)).x[0],
		  FFA_SUCCESS);
	do {
		frame = hft_run_any(ATTACKER, 0);
		if (frame.x[0] == FFA_MSG_SEND) {
			(void)hft_ffa(FFA_RX_RELEASE, 0, 0, 0);
		} else if (frame.x[0] == FFA_MSG_WAIT ||
			   frame.x[0] == HF_FFA_RUN_WAIT_FOR_INTERRUPT) {
			(void)inject(ATTACKER, 0, WAKE_UP);
		}
	} while (frame.x[0] != FFA_ERROR);
	EXPECT_TRUE(hft_is_error(frame, FFA_ABORTED));
	expect_victim_well(&victim);
}

TEST(calls, secondary_with_seed_1)
{
	serve_caller(1);
}

TEST(calls, secondary_with_seed_2)
{
	serve_caller(0xfeedface);
}

TEST(calls, secondary_with_seed_3)
{
	serve_caller(UINT64_C(0x123456789abcdef1));
}

static void call_all(uint64_t seed)
{
	struct calls calls = {seed};

	hft_mailbox_map();
	for (unsigned int i = 0; i < CALL_COUNT; i++) {
		struct smccc_value call = calls_next(&calls, true);

		(void)(calls_random(&calls, 2) != 0 ? hf_hvc(call)
						    : hf_smc(call));
	}
	EXPECT_EQ(hft_ffa(FFA_ID_GET, 0, 0, 0).x[0], FFA_SUCCESS);
}

TEST(calls, primary_with_seed_1)
{
	call_all(1);
}

TEST(calls, primary_with_seed_2)
{
	call_all(0xfeedface);
}

/** The finder looks; what it says. */
static struct residue look(void)
{
	struct residue residue;
	struct smccc_value frame;

	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, FINDER, 0).x[0], FFA_SUCCESS);
	do {
		frame = hft_run(FINDER, 0);
	} while (frame.x[0] == FFA_INTERRUPT || frame.x[0] == FFA_YIELD);
	ASSERT_EQ(frame.x[0], FFA_MSG_SEND);
	memcpy(&residue, hft_rx, sizeof(residue));
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
	return residue;
}

static void expect_nothing(struct residue residue)
{
	if (residue.changed != 0) {
		FAIL("%llu registers changed, first %#x, last %#x",
		     (unsigned long long)residue.changed, residue.first,
		     residue.last);
	}
}

/** A pattern into all that the attacker may write. */
static void plant(uint64_t pattern)
{
	struct sweep sweep = {.op0 = 3, .is_write = true, .value = pattern};

	for (sweep.op1 = 0; sweep.op1 < OP1_COUNT; sweep.op1++) {
		(void)sweep_by_attacker(&sweep);
	}
}

TEST(residue, secondary_finds_none_of_another)
{
	hft_service_start(ATTACKER, "sweeper");
	hft_service_start(FINDER, "finder");
	(void)look();
	plant(PATTERN);
	expect_nothing(look());
	plant(~PATTERN);
	expect_nothing(look());
}

TEST(residue, primary_finds_none_of_a_secondary)
{
	hft_service_start(ATTACKER, "sweeper");
	residue_note();
	plant(PATTERN);
	expect_nothing(residue_find());
	plant(~PATTERN);
	expect_nothing(residue_find());
}

TEST(residue, secondary_finds_none_of_the_primary)
{
	struct sweep sweep = {.op0 = 3, .is_write = true, .value = PATTERN};

	hft_service_start(FINDER, "finder");
	(void)look();
	for (sweep.op1 = 0; sweep.op1 < OP1_COUNT; sweep.op1++) {
		(void)sweep_run(&sweep);
		/* Not what this test is about: an interrupt for ever. */
		hft_sysreg_write(cntv_ctl_el0, 0);
		hft_sysreg_write(cntp_ctl_el0, 0);
	}
	expect_nothing(look());
}
