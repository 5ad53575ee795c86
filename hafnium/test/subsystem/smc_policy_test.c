/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/smc/policy.c: what reaches EL3, and as what. */
#include "fixture/machine.h"
#include "hf/smccc.h"
#include "hftest.h"

#define LISTED UINT32_C(0x30000001)
#define UNLISTED UINT32_C(0x3000f00d)

/** Answers x0-x7 that differ from whatever was sent. */
static struct smccc_value changing_firmware(struct smccc_value args)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(args.x); i++) {
		args.x[i] = ~args.x[i];
	}
	return args;
}

/** Answers x0 = 7 and leaves the rest, as most calls do. */
static struct smccc_value plain_firmware(struct smccc_value args)
{
	args.x[0] = 7;
	return args;
}

static struct vcpu *start_with_list(void)
{
	struct vcpu *vcpu = machine_start();

	vcpu->vm->smc_whitelist.ids[0] = 0x30000004;
	vcpu->vm->smc_whitelist.ids[1] = LISTED;
	vcpu->vm->smc_whitelist.count = 2;
	fake_firmware_set(plain_firmware);
	return vcpu;
}

/** Marked registers but x0; an SMC of `id`. */
static uint64_t marked_smc(struct vcpu *vcpu, uint64_t id)
{
	struct smccc_value args;

	machine_mark_registers(vcpu);
	for (unsigned int i = 1; i < ARRAY_SIZE(args.x); i++) {
		args.x[i] = vcpu->regs.x[i];
	}
	args.x[0] = id;
	return machine_smc(vcpu, args);
}

TEST(smc_filter, listed_call_reaches_el3)
{
	struct vcpu *vcpu = start_with_list();
	unsigned int before = fake_smc_count();

	EXPECT_EQ(machine_smc(vcpu, CALL(LISTED)), 7U);

	EXPECT_EQ(fake_smc_count(), before + 1);
	EXPECT_EQ(fake_smc_last().x[0], LISTED);
	EXPECT_STREQ(fake_console_text(), "");
}

TEST(smc_filter, unlisted_call_does_not_reach_el3)
{
	struct vcpu *vcpu = start_with_list();
	unsigned int before = fake_smc_count();

	EXPECT_EQ(machine_smc(vcpu, CALL(UNLISTED)), UINT64_MAX);

	EXPECT_EQ(fake_smc_count(), before);
}

TEST(smc_filter, unlisted_call_leaves_x1_to_x30)
{
	struct vcpu *vcpu = start_with_list();

	(void)marked_smc(vcpu, UNLISTED);

	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(smc_filter, unlisted_call_is_told)
{
	struct vcpu *vcpu = start_with_list();

	(void)machine_smc(vcpu, CALL(UNLISTED));

	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: SMC 0x3000f00d attempted "
		     "from VM 0x1, blocked=1\n");
}

TEST(smc_filter, told_id_has_all_its_digits)
{
	struct vcpu *vcpu = start_with_list();

	(void)machine_smc(vcpu, CALL(0x15));

	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: SMC 0x00000015 attempted "
		     "from VM 0x1, blocked=1\n");
}

TEST(smc_filter, empty_list_blocks_everything)
{
	struct vcpu *vcpu = machine_start();
	unsigned int before = fake_smc_count();

	EXPECT_EQ(machine_smc(vcpu, CALL(0)), UINT64_MAX);
	EXPECT_EQ(machine_smc(vcpu, CALL(LISTED)), UINT64_MAX);

	EXPECT_EQ(fake_smc_count(), before);
}

TEST(smc_filter, bit_30_is_compared)
{
	struct vcpu *vcpu = start_with_list();

	EXPECT_EQ(machine_smc(vcpu, CALL(LISTED | SMCCC_64_BIT)), UINT64_MAX);
}

TEST(smc_filter, upper_half_of_x0_is_not_compared)
{
	struct vcpu *vcpu = start_with_list();
	uint64_t id = UINT64_C(0xffff000000000000) | LISTED;

	EXPECT_EQ(machine_smc(vcpu, CALL(id)), 7U);
	EXPECT_EQ(fake_smc_last().x[0], id);
}

TEST(smc_filter, last_of_a_full_list_is_found)
{
	struct vcpu *vcpu = start_with_list();

	for (unsigned int i = 0; i < MAX_SMCS; i++) {
		vcpu->vm->smc_whitelist.ids[i] = 0x32000000 + i;
	}
	vcpu->vm->smc_whitelist.count = MAX_SMCS;

	EXPECT_EQ(machine_smc(vcpu, CALL(0x32000000 + MAX_SMCS - 1)), 7U);
	EXPECT_EQ(machine_smc(vcpu, CALL(0x32000000 + MAX_SMCS)), UINT64_MAX);
}

TEST(smc_filter, list_of_one_vm_is_not_that_of_another)
{
	struct vcpu *secondary;

	(void)start_with_list();
	secondary = machine_add_secondary();

	EXPECT_EQ(machine_smc(secondary, CALL(LISTED)), UINT64_MAX);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: SMC 0x30000001 attempted "
		     "from VM 0x2, blocked=1\n");
}

TEST(smc_filter, permissive_lets_through_and_tells)
{
	struct vcpu *vcpu = start_with_list();

	vcpu->vm->smc_whitelist.permissive = true;

	EXPECT_EQ(machine_smc(vcpu, CALL(UNLISTED)), 7U);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: SMC 0x3000f00d attempted "
		     "from VM 0x1, blocked=0\n");
}

TEST(smc_filter, permissive_says_nothing_of_listed_calls)
{
	struct vcpu *vcpu = start_with_list();

	vcpu->vm->smc_whitelist.permissive = true;

	EXPECT_EQ(machine_smc(vcpu, CALL(LISTED)), 7U);
	EXPECT_STREQ(fake_console_text(), "");
}

TEST(smc_forward, x0_to_x6_are_passed_unchanged)
{
	struct vcpu *vcpu = start_with_list();
	struct smccc_value sent;

	(void)marked_smc(vcpu, LISTED);
	sent = fake_smc_last();

	machine_mark_registers(vcpu);
	EXPECT_EQ(sent.x[0], LISTED);
	for (unsigned int i = 1; i < 7; i++) {
		EXPECT_EQ(sent.x[i], vcpu->regs.x[i]);
	}
}

TEST(smc_forward, client_id_is_the_caller)
{
	struct vcpu *secondary;

	(void)start_with_list();
	secondary = machine_add_secondary();
	secondary->vm->smc_whitelist.permissive = true;

	(void)machine_smc(secondary, CALL(LISTED));

	EXPECT_EQ(fake_smc_last().x[7], 2U);
}

TEST(smc_forward, upper_bits_of_x7_are_kept)
{
	struct vcpu *vcpu = start_with_list();

	(void)machine_smc(vcpu, CALL(LISTED, 0, 0, 0, 0, 0, 0,
				     UINT64_C(0x123456789abcffff)));

	EXPECT_EQ(fake_smc_last().x[7], UINT64_C(0x123456789abc0001));
}

TEST(smc_forward, callers_x7_comes_back_if_el3_kept_it)
{
	struct vcpu *vcpu = start_with_list();

	(void)machine_smc(vcpu, CALL(LISTED, 0, 0, 0, 0, 0, 0,
				     UINT64_C(0x123456789abcffff)));

	EXPECT_EQ(vcpu->regs.x[7], UINT64_C(0x123456789abcffff));
}

TEST(smc_forward, x7_of_el3_comes_back_if_it_changed)
{
	struct vcpu *vcpu = start_with_list();

	fake_firmware_set(changing_firmware);
	(void)machine_smc(vcpu, CALL(LISTED, 0, 0, 0, 0, 0, 0, 0xffff));

	EXPECT_EQ(vcpu->regs.x[7], ~UINT64_C(1));
}

TEST(smc_forward, x0_to_x6_of_el3_come_back)
{
	struct vcpu *vcpu = start_with_list();

	fake_firmware_set(changing_firmware);
	(void)machine_smc(vcpu, CALL(LISTED, 1, 2, 3, 4, 5, 6));

	EXPECT_EQ(vcpu->regs.x[0], ~(uint64_t)LISTED);
	for (unsigned int i = 1; i < 7; i++) {
		EXPECT_EQ(vcpu->regs.x[i], ~(uint64_t)i);
	}
}

TEST(smc_forward, x8_to_x30_stay)
{
	struct vcpu *vcpu = start_with_list();

	fake_firmware_set(changing_firmware);
	(void)marked_smc(vcpu, LISTED);

	EXPECT_EQ(machine_first_changed(vcpu, 8), 31U);
}
