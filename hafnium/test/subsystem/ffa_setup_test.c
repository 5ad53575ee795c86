/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_FEATURES, FFA_ID_GET and ids that are not offered,
 * hafnium/src/ffa/setup.c and hafnium/src/dispatch/hypercalls.def.
 */
#include "fixture/machine.h"
#include "hf/ffa.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/setup.h"
#include "hf/smccc.h"
#include "hftest.h"

#define NOT_SUPPORTED UINT64_C(0xffffffff)

/** Does FFA_FEATURES list `id` for a VM that negotiated `version`? */
static bool lists(uint32_t version, uint64_t id)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_VERSION, version));
	return machine_hvc(vcpu, CALL(FFA_FEATURES, id)) == FFA_SUCCESS;
}

/** Is w0-w7 exactly an error frame with NOT_SUPPORTED? */
static bool is_not_supported(const struct vcpu *vcpu)
{
	const uint64_t *x = vcpu->regs.x;

	return x[0] == FFA_ERROR && x[1] == 0 && x[2] == NOT_SUPPORTED &&
	       (x[3] | x[4] | x[5] | x[6] | x[7]) == 0;
}

TEST(ffa_features, lists_version)
{
	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_VERSION));
	EXPECT_TRUE(lists(FFA_VERSION_1_2, FFA_VERSION));
}

TEST(ffa_features, lists_itself)
{
	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_FEATURES));
	EXPECT_TRUE(lists(FFA_VERSION_1_2, FFA_FEATURES));
}

TEST(ffa_features, lists_id_get)
{
	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_ID_GET));
	EXPECT_TRUE(lists(FFA_VERSION_1_2, FFA_ID_GET));
}

TEST(ffa_features, lists_the_results_error_and_success)
{
	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_ERROR));
	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_SUCCESS));
}

TEST(ffa_features, does_not_list_64_bit_forms_that_do_not_exist)
{
	EXPECT_FALSE(lists(FFA_VERSION_1_2, FFA_VERSION | SMCCC_64_BIT));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, FFA_FEATURES | SMCCC_64_BIT));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, FFA_ID_GET | SMCCC_64_BIT));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, FFA_ERROR | SMCCC_64_BIT));
}

TEST(ffa_features, lists_rxtx_unmap_to_who_asked_for_a_version)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_RXTX_UNMAP));
	EXPECT_TRUE(is_not_supported(vcpu));

	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_RXTX_UNMAP));
	EXPECT_TRUE(lists(FFA_VERSION_1_2, FFA_RXTX_UNMAP));
}

TEST(ffa_features, does_not_list_what_a_vm_may_never_call)
{
	/* NORMAL_WORLD_RESUME, RX_ACQUIRE, SECONDARY_EP_REGISTER. */
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x8400007c));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x84000084));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0xc4000087));
	/* EL3_INTR_HANDLE, MEM_PERM_GET and SET, MEM_OP_PAUSE and RESUME. */
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x8400008c));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x84000088));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x84000089));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x84000078));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x84000079));
}

TEST(ffa_features, does_not_list_ids_outside_of_its_range)
{
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x84000000));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0x8fffffff));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 0xffffffff));
}

TEST(ffa_features, offers_no_feature_id_before_1_1_and_no_other)
{
	EXPECT_FALSE(lists(FFA_VERSION_1_0, 1));
	EXPECT_FALSE(lists(FFA_VERSION_1_0, 2));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 3));
	EXPECT_FALSE(lists(FFA_VERSION_1_2, 4));
}

TEST(ffa_features, input_properties_are_refused)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_VERSION, 1));

	EXPECT_TRUE(is_not_supported(vcpu));
}

TEST(ffa_features, upper_halves_of_arguments_are_ignored)
{
	struct vcpu *vcpu = machine_start();
	uint64_t high = UINT64_C(0xabcd000000000000);

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, high | FFA_VERSION, high));

	EXPECT_EQ(vcpu->regs.x[0], FFA_SUCCESS);
}

TEST(ffa_features, success_frame_is_zero_behind_w0)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_smc(vcpu,
			  CALL(FFA_FEATURES, FFA_VERSION, 0, 3, 4, 5, 6, 7));

	EXPECT_EQ(vcpu->regs.x[0], FFA_SUCCESS);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(vcpu->regs.x[i], 0U);
	}
}

TEST(ffa_features, error_frame_is_zero_extended)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, 0, 0, 3, 4, 5, 6, 7));

	EXPECT_TRUE(is_not_supported(vcpu));
}

TEST(ffa_id_get, primary_is_one)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_ID_GET)), FFA_SUCCESS);
	EXPECT_EQ(vcpu->regs.x[2], 1U);
}

TEST(ffa_id_get, secondary_gets_its_own)
{
	struct vcpu *secondary;

	(void)machine_start();
	secondary = machine_add_secondary();

	EXPECT_EQ(machine_hvc(secondary, CALL(FFA_ID_GET)), FFA_SUCCESS);
	EXPECT_EQ(secondary->regs.x[2], 2U);
}

TEST(ffa_id_get, frame_is_zero_but_for_w0_and_w2)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_ID_GET, 1, 2, 3, 4, 5, 6, 7));

	EXPECT_EQ(vcpu->regs.x[1], 0U);
	for (unsigned int i = 3; i < 8; i++) {
		EXPECT_EQ(vcpu->regs.x[i], 0U);
	}
}

TEST(ffa_call, registers_behind_x7_stay)
{
	struct vcpu *vcpu = machine_start();

	machine_mark_registers(vcpu);
	(void)machine_hvc(vcpu, CALL(FFA_ID_GET));

	EXPECT_EQ(machine_first_changed(vcpu, 8), 31U);
}

TEST(ffa_call, upper_half_of_x0_is_ignored)
{
	struct vcpu *vcpu = machine_start();
	uint64_t id = UINT64_C(0x1234567800000000) | FFA_ID_GET;

	EXPECT_EQ(machine_hvc(vcpu, CALL(id)), FFA_SUCCESS);
}

TEST(ffa_call, unknown_id_of_its_range_is_not_supported)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_LAST, 1, 2, 3, 4, 5, 6, 7));
	EXPECT_TRUE(is_not_supported(vcpu));

	(void)machine_smc(vcpu, CALL(0x840000a0, 1, 2, 3, 4, 5, 6, 7));
	EXPECT_TRUE(is_not_supported(vcpu));
}

TEST(ffa_call, form_that_does_not_exist_is_not_supported)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_ID_GET | SMCCC_64_BIT));
	EXPECT_TRUE(is_not_supported(vcpu));

	(void)machine_smc(vcpu, CALL(FFA_VERSION | SMCCC_64_BIT, 0x10002));
	EXPECT_TRUE(is_not_supported(vcpu));
}

TEST(ffa_call, results_can_not_be_called)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_ERROR));
	EXPECT_TRUE(is_not_supported(vcpu));

	(void)machine_hvc(vcpu, CALL(FFA_SUCCESS));
	EXPECT_TRUE(is_not_supported(vcpu));
}

TEST(ffa_call, interrupt_is_a_result_and_denied)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_INTERRUPT, 1, 2, 3, 4, 5, 6, 7));

	EXPECT_EQ(vcpu->regs.x[0], FFA_ERROR);
	EXPECT_EQ(vcpu->regs.x[2], (uint32_t)FFA_DENIED);
}

TEST(ffa_call, interrupt_has_no_64_bit_form)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_64(FFA_INTERRUPT)));

	EXPECT_TRUE(is_not_supported(vcpu));
}

TEST(ffa_features, success_64_is_listed_but_not_to_legacy_guests)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_SUCCESS_64));
	EXPECT_TRUE(is_not_supported(vcpu));

	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_SUCCESS_64));
}

TEST(ffa_features, rxtx_map_tells_the_largest_buffer_from_1_2_on)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_64(FFA_RXTX_MAP)));
	EXPECT_EQ(vcpu->regs.x[2], 0U);

	vcpu = machine_start();
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_2));
	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_64(FFA_RXTX_MAP)));
	EXPECT_EQ(vcpu->regs.x[2], 0x100000U);
}

/** w2 of FFA_FEATURES to a caller of `version`; all ones: not supported. */
static uint64_t properties(uint32_t version, uint64_t id, uint64_t input)
{
	struct vcpu *vcpu = machine_start();

	if (version != 0) {
		(void)machine_hvc(vcpu, CALL(FFA_VERSION, version));
	}
	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, id, input));
	EXPECT_EQ(vcpu->regs.x[3], 0U);
	return is_not_supported(vcpu) ? UINT64_MAX : vcpu->regs.x[2];
}

TEST(ffa_features, rxtx_map_of_1_1_has_no_largest_buffer)
{
	EXPECT_EQ(properties(FFA_VERSION_1_0, FFA_RXTX_MAP, 0), 0U);
	EXPECT_EQ(properties(FFA_VERSION_1_1, FFA_RXTX_MAP, 0), 0U);
	EXPECT_EQ(properties(FFA_VERSION_1_1, FFA_64(FFA_RXTX_MAP), 0), 0U);
	EXPECT_EQ(properties(FFA_VERSION_1_2, FFA_RXTX_MAP, 0), 0x100000U);
}

TEST(ffa_features, retrieve_request_knows_the_ns_bit)
{
	uint64_t id = FFA_MEM_RETRIEVE_REQ;

	EXPECT_EQ(properties(0, id, 0), 0U);
	EXPECT_EQ(properties(FFA_VERSION_1_0, id, 0), 2U);
	EXPECT_EQ(properties(FFA_VERSION_1_1, id, 2), 2U);
	EXPECT_EQ(properties(FFA_VERSION_1_2, id, 2), 2U);
	EXPECT_EQ(properties(FFA_VERSION_1_2, FFA_64(id), 2), 2U);
}

TEST(ffa_features, caller_from_1_1_on_says_that_it_knows_the_ns_bit)
{
	uint64_t id = FFA_MEM_RETRIEVE_REQ;

	EXPECT_EQ(properties(0, id, 2), UINT64_MAX);
	EXPECT_EQ(properties(FFA_VERSION_1_0, id, 2), UINT64_MAX);
	EXPECT_EQ(properties(FFA_VERSION_1_1, id, 0), UINT64_MAX);
	EXPECT_EQ(properties(FFA_VERSION_1_2, id, 0), UINT64_MAX);
	EXPECT_EQ(properties(FFA_VERSION_1_2, id, 3), UINT64_MAX);
	EXPECT_EQ(properties(FFA_VERSION_1_2, id, 6), UINT64_MAX);
}

TEST(ffa_features, memory_is_sent_from_tx_only)
{
	EXPECT_EQ(properties(FFA_VERSION_1_2, FFA_MEM_DONATE, 0), 0U);
	EXPECT_EQ(properties(FFA_VERSION_1_2, FFA_64(FFA_MEM_LEND), 0), 0U);
	EXPECT_EQ(properties(FFA_VERSION_1_2, FFA_MEM_SHARE, 0), 0U);
	EXPECT_EQ(properties(FFA_VERSION_1_2, FFA_MEM_SHARE, 1), UINT64_MAX);
}

TEST(ffa_features, rxtx_map_has_its_64_bit_form_only_for_legacy_guests)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_RXTX_MAP));
	EXPECT_TRUE(is_not_supported(vcpu));

	EXPECT_TRUE(lists(FFA_VERSION_1_0, FFA_RXTX_MAP));
}

/** The NS bit is input and property from 1.1 on; a legacy guest has none. */
TEST(ffa_features, retrieve_tells_of_the_ns_bit_but_to_legacy_guests)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_MEM_RETRIEVE_REQ));
	EXPECT_EQ(vcpu->regs.x[0], FFA_SUCCESS);
	EXPECT_EQ(vcpu->regs.x[2], 0U);
	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_MEM_RETRIEVE_REQ, 2));
	EXPECT_TRUE(is_not_supported(vcpu));

	vcpu = machine_start();
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_0));
	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_MEM_RETRIEVE_REQ));
	EXPECT_EQ(vcpu->regs.x[0], FFA_SUCCESS);
	EXPECT_EQ(vcpu->regs.x[2], 2U);

	vcpu = machine_start();
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_1));
	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_MEM_RETRIEVE_REQ));
	EXPECT_TRUE(is_not_supported(vcpu));
	(void)machine_hvc(vcpu, CALL(FFA_FEATURES, FFA_MEM_RETRIEVE_REQ, 2));
	EXPECT_EQ(vcpu->regs.x[2], 2U);
}

TEST(ffa_frame, error_code_has_no_upper_half)
{
	struct vcpu vcpu;

	EXPECT_EQ(ffa_refuse(&vcpu, FFA_INVALID_PARAMETERS), &vcpu);

	EXPECT_EQ(vcpu.regs.x[0], FFA_ERROR);
	EXPECT_EQ(vcpu.regs.x[2], UINT64_C(0xfffffffe));
}

TEST(ffa_frame, success_has_two_results)
{
	struct arch_regs regs;

	ffa_success(&regs, 7, 8);

	EXPECT_EQ(regs.x[0], FFA_SUCCESS);
	EXPECT_EQ(regs.x[1], 0U);
	EXPECT_EQ(regs.x[2], 7U);
	EXPECT_EQ(regs.x[3], 8U);
	EXPECT_EQ(regs.x[4], 0U);
}
