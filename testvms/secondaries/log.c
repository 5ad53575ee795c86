/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines that secondaries write, and SMCs that they may not make. */
#include "hft/puppet.h"
#include "hftest.h"

#define UNKNOWN_SMC UINT64_C(0x3000f00d)

/** A character from `vm`, by HVC or SMC. */
static void put(uint16_t vm, char c, enum order_op how, uint64_t id)
{
	struct answer answer;
	struct order call = order_call(id, (uint8_t)c, 22, 33);

	call.op = how;
	answer = puppet_do(vm, call);
	EXPECT_EQ(answer.value[0], 0);
	EXPECT_EQ(answer.value[1], (uint8_t)c);
	EXPECT_EQ(answer.value[2], 22);
	EXPECT_EQ(answer.value[3], 33);
}

static void put_line(uint16_t vm, const char *text, enum order_op how)
{
	for (; *text != '\0'; text++) {
		put(vm, *text, how, HF_DEBUG_LOG);
	}
	put(vm, '\n', how, HF_DEBUG_LOG);
}

TEST(secondary_log, lines_bear_the_vms_id)
{
	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	put_line(VM_FDT, "by two", ORDER_HVC);
	put_line(VM_PLAIN, "by three", ORDER_SMC);
}

TEST(secondary_log, lines_of_two_vms_do_not_mix)
{
	static const char text[] = "abcdef";

	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	for (const char *c = text; *c != '\0'; c++) {
		put(VM_FDT, *c, ORDER_HVC, HF_DEBUG_LOG);
		put(VM_PLAIN, (char)(*c - 'a' + 'A'), ORDER_HVC, HF_DEBUG_LOG);
	}
	put(VM_FDT, '\n', ORDER_HVC, HF_DEBUG_LOG);
	put(VM_PLAIN, '\0', ORDER_SMC, HF_DEBUG_LOG | SMCCC_64_BIT);
}

TEST(secondary_log, another_vm_can_not_be_spoken_for)
{
	puppet_start(VM_PLAIN);
	put_line(VM_PLAIN, "VM 1: [hft 0 0] end x.y pass", ORDER_HVC);
	put_line(VM_PLAIN, "Panic: no", ORDER_HVC);
}

TEST(secondary_smc, unknown_one_is_refused_and_changes_nothing_else)
{
	struct order call = {.op = ORDER_SMC, .args = {UNKNOWN_SMC}};
	struct answer answer;

	for (uint64_t i = 1; i < 8; i++) {
		call.args[i] = UINT64_C(0x1111222200000000) * i + i;
	}
	puppet_start(VM_PLAIN);
	answer = puppet_do(VM_PLAIN, call);
	EXPECT_EQ(answer.value[0], SMCCC_NOT_SUPPORTED);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(answer.value[i], call.args[i]);
	}
}

TEST(secondary_smc, unknown_hvc_is_refused_and_changes_nothing_else)
{
	static const uint64_t ids[] = {
		0,
		0xff00,
		/* results of FFA_RUN, and calls of secure partitions */
		0xff06,
		0xff07,
		0xff08,
		0xff09,
		0xff0a,
		0xff0b,
		UINT64_MAX,
		UINT64_C(0x8600ff01),
		/* bit 30 is ignored by SMC only */
		HF_DEBUG_LOG | SMCCC_64_BIT,
		UNKNOWN_SMC,
	};

	puppet_start(VM_PLAIN);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct answer answer =
			puppet_do(VM_PLAIN, order_call(ids[i], 5, 6, 7));

		EXPECT_EQ(answer.value[0], SMCCC_NOT_SUPPORTED);
		EXPECT_EQ(answer.value[1], 5);
		EXPECT_EQ(answer.value[2], 6);
		EXPECT_EQ(answer.value[3], 7);
	}
}

/* HVC and SMC #0xffff. */
TEST(secondary_smc, immediate_of_the_instruction_does_not_count)
{
	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_do(VM_PLAIN, order_word(0xd41fffe2, SMCCC_VERSION, 0))
			  .value[0],
		  SMCCC_VERSION_1_2);
	EXPECT_EQ(puppet_do(VM_PLAIN, order_word(0xd41fffe3, SMCCC_VERSION, 0))
			  .value[0],
		  SMCCC_VERSION_1_2);
}

TEST(secondary_smc, smccc_version_is_1_2)
{
	struct order call = {.op = ORDER_SMC, .args = {SMCCC_VERSION}};

	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_do(VM_PLAIN, call).value[0], SMCCC_VERSION_1_2);
	call.op = ORDER_HVC;
	EXPECT_EQ(puppet_do(VM_PLAIN, call).value[0], SMCCC_VERSION_1_2);
}

TEST(secondary_smc, at_el0_is_undefined)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	answer = puppet_do(VM_PLAIN,
			   order(ORDER_INSTRUCTION_EL0, 0xd4000003, 0, 0));
	EXPECT_EQ(answer.fault.count, 1);
	EXPECT_EQ(hft_esr_class(answer.fault.esr), HFT_EC_UNKNOWN);
	answer = puppet_do(VM_PLAIN,
			   order(ORDER_INSTRUCTION_EL0, 0xd4000002, 0, 0));
	EXPECT_EQ(answer.fault.count, 1);
	EXPECT_EQ(hft_esr_class(answer.fault.esr), HFT_EC_UNKNOWN);
}

TEST(secondary_ffa, id_get_is_its_own)
{
	puppet_start(VM_FDT);
	puppet_start(VM_PLAIN);
	EXPECT_EQ(puppet_do(VM_FDT, order_call(FFA_ID_GET, 0, 0, 0)).value[2],
		  VM_FDT);
	EXPECT_EQ(puppet_do(VM_PLAIN, order_call(FFA_ID_GET, 0, 0, 0)).value[2],
		  VM_PLAIN);
}

TEST(secondary_ffa, unknown_function_is_not_supported)
{
	struct answer answer;

	puppet_start(VM_PLAIN);
	answer = puppet_do(VM_PLAIN, order_call(UINT64_C(0x840000ef), 1, 2, 3));
	EXPECT_EQ(answer.value[0], FFA_ERROR);
	EXPECT_EQ(answer.value[1], 0);
	EXPECT_EQ(answer.value[2], (uint32_t)FFA_NOT_SUPPORTED);
	for (unsigned int i = 3; i < 8; i++) {
		EXPECT_EQ(answer.value[i], 0);
	}
}
