/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of the rows of hafnium/src/dispatch/hypercalls.def about buffers and
 * messages: which version and which width can call, and what FFA_FEATURES says.
 */
#include "fixture/mailbox.h"
#include "hf/hvc.h"
#include "hf/smccc.h"
#include "hftest.h"

#define W32 1U
#define W64 2U

/** What a caller may use, from `since` to `until`. */
struct row {
	uint32_t id;
	uint32_t since;
	uint32_t until;
	unsigned int widths;
};

static const struct row rows[] = {
	{FFA_RX_RELEASE, FFA_VERSION_1_0, FFA_VERSION_1_2, W32},
	{FFA_RXTX_MAP, FFA_VERSION_1_0, FFA_VERSION_1_2, W32 | W64},
	{FFA_RXTX_UNMAP, FFA_VERSION_1_0, FFA_VERSION_1_2, W32},
	{FFA_MSG_WAIT, FFA_VERSION_1_0, FFA_VERSION_1_2, W32},
	{FFA_MSG_SEND, FFA_VERSION_1_0, FFA_VERSION_1_0, W32},
	{FFA_MSG_POLL, FFA_VERSION_1_0, FFA_VERSION_1_0, W32},
	{FFA_ID_GET, FFA_VERSION_1_0, FFA_VERSION_1_2, W32},
	{FFA_RUN, FFA_VERSION_1_0, FFA_VERSION_1_2, W32},
	{FFA_YIELD, FFA_VERSION_1_0, FFA_VERSION_1_2, W32},
};

static const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1,
				    FFA_VERSION_1_2};

static struct vcpu *start(uint32_t version)
{
	struct vcpu *vcpu;

	(void)mailbox_machine();
	vcpu = machine_add_secondary();
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, version));
	return vcpu;
}

/** 0: it is there, whatever properties it has. */
static int32_t features(struct vcpu *vcpu, uint64_t id)
{
	return machine_hvc(vcpu, CALL(FFA_FEATURES, id)) == FFA_SUCCESS
		       ? 0
		       : mailbox_answer(vcpu);
}

/** The call without arguments; was it refused as one that is not there? */
static bool is_answered(struct vcpu *vcpu, uint64_t id, bool is_smc)
{
	(void)(is_smc ? machine_smc(vcpu, CALL(id))
		      : machine_hvc(vcpu, CALL(id)));
	/* Of a wait the answer is in the primary's registers. */
	return mailbox_answer(vcpu) != FFA_NOT_SUPPORTED;
}

static bool is_in(const struct row *row, uint32_t version)
{
	return version >= row->since && version <= row->until;
}

TEST(hypercall_mailbox, rows_of_features)
{
	for (size_t v = 0; v < ARRAY_SIZE(versions); v++) {
		struct vcpu *vcpu = start(versions[v]);

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			bool is_32 = is_in(&rows[i], versions[v]) &&
				     (rows[i].widths & W32) != 0;
			bool is_64 = is_in(&rows[i], versions[v]) &&
				     (rows[i].widths & W64) != 0;

			EXPECT_EQ(features(vcpu, rows[i].id),
				  is_32 ? 0 : FFA_NOT_SUPPORTED);
			EXPECT_EQ(features(vcpu, rows[i].id | SMCCC_64_BIT),
				  is_64 ? 0 : FFA_NOT_SUPPORTED);
		}
	}
}

TEST(hypercall_mailbox, rows_of_calls_by_hvc)
{
	for (size_t v = 0; v < ARRAY_SIZE(versions); v++) {
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct vcpu *vcpu = start(versions[v]);
			bool is_known = is_in(&rows[i], versions[v]);
			bool is_64 = is_known && (rows[i].widths & W64) != 0;

			EXPECT_EQ(is_answered(vcpu, rows[i].id, false),
				  is_known);
			vcpu = start(versions[v]);
			EXPECT_EQ(is_answered(vcpu, rows[i].id | SMCCC_64_BIT,
					      false),
				  is_64);
		}
	}
}

TEST(hypercall_mailbox, results_are_features_of_32_bits)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);

	EXPECT_EQ(features(vcpu, FFA_ERROR), 0);
	EXPECT_EQ(features(vcpu, FFA_SUCCESS), 0);
	EXPECT_EQ(features(vcpu, FFA_INTERRUPT), 0);
	EXPECT_EQ(features(vcpu, FFA_ERROR | SMCCC_64_BIT), FFA_NOT_SUPPORTED);
	EXPECT_EQ(features(vcpu, FFA_INTERRUPT | SMCCC_64_BIT),
		  FFA_NOT_SUPPORTED);
}

TEST(hypercall_mailbox, version_and_features_have_no_64_bit_form)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);

	EXPECT_FALSE(is_answered(vcpu, FFA_VERSION | SMCCC_64_BIT, false));
	EXPECT_FALSE(is_answered(vcpu, FFA_FEATURES | SMCCC_64_BIT, false));
	EXPECT_EQ(features(vcpu, FFA_VERSION | SMCCC_64_BIT),
		  FFA_NOT_SUPPORTED);
	EXPECT_EQ(features(vcpu, FFA_FEATURES | SMCCC_64_BIT),
		  FFA_NOT_SUPPORTED);
}

TEST(hypercall_mailbox, rows_of_calls_by_smc)
{
	for (size_t v = 0; v < ARRAY_SIZE(versions); v++) {
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct vcpu *vcpu = start(versions[v]);

			EXPECT_EQ(is_answered(vcpu, rows[i].id, true),
				  is_in(&rows[i], versions[v]));
		}
	}
}

TEST(hypercall_mailbox, legacy_features_are_those_of_1_0_but_unmap)
{
	struct vcpu *vcpu = mailbox_machine();

	EXPECT_EQ(features(vcpu, FFA_RXTX_MAP | SMCCC_64_BIT), 0);
	EXPECT_EQ(features(vcpu, FFA_RXTX_MAP), FFA_NOT_SUPPORTED);
	EXPECT_EQ(features(vcpu, FFA_RX_RELEASE), 0);
	EXPECT_EQ(features(vcpu, FFA_MSG_SEND), 0);
	EXPECT_EQ(features(vcpu, FFA_MSG_POLL), 0);
	EXPECT_EQ(features(vcpu, FFA_MSG_WAIT), 0);
	EXPECT_EQ(features(vcpu, FFA_RXTX_UNMAP), FFA_NOT_SUPPORTED);
}

TEST(hypercall_mailbox, vm_that_is_capped_to_1_0_stays_legacy)
{
	struct vcpu *vcpu = mailbox_machine();

	vcpu->vm->ffa_version_max = FFA_VERSION_1_0;
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_2));

	EXPECT_EQ(features(vcpu, FFA_RXTX_UNMAP), FFA_NOT_SUPPORTED);
	EXPECT_EQ(features(vcpu, FFA_MSG_SEND), 0);
}

TEST(hypercall_mailbox, refused_version_leaves_it_legacy)
{
	struct vcpu *vcpu = mailbox_machine();

	(void)machine_hvc(vcpu, CALL(FFA_VERSION, 0x20000));

	EXPECT_EQ(features(vcpu, FFA_RXTX_UNMAP), FFA_NOT_SUPPORTED);
}

TEST(hypercall_mailbox, features_of_the_map_say_4_kib)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);

	EXPECT_EQ(machine_hvc(vcpu,
			      CALL(FFA_FEATURES, FFA_RXTX_MAP | SMCCC_64_BIT)),
		  FFA_SUCCESS);
	EXPECT_EQ(vcpu->regs.x[2] & 3, 0U);
	EXPECT_EQ(vcpu->regs.x[3], 0U);
}

TEST(hypercall_mailbox, features_with_input_properties_are_refused)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_FEATURES, FFA_RXTX_MAP, 1)),
		  FFA_NOT_SUPPORTED);
}

TEST(hypercall_mailbox, send_of_1_1_is_not_supported_whatever_it_says)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_1);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_SEND, 0x20002, 0, 9999)),
		  FFA_NOT_SUPPORTED);
}

TEST(hypercall_mailbox, each_call_fixes_the_version)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vcpu *vcpu = start(FFA_VERSION_1_0);

		(void)machine_hvc(vcpu, CALL(rows[i].id));
		EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_1)),
			  UINT64_C(0xffffffff));
		EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_0)),
			  FFA_VERSION_1_2);
	}
}

TEST(hypercall_mailbox, own_calls_do_not_fix_the_version)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_0);

	(void)machine_hvc(vcpu, CALL(HF_MAILBOX_WRITABLE_GET));
	(void)machine_hvc(vcpu, CALL(HF_MAILBOX_WAITER_GET, 1));

	EXPECT_EQ(machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_1)),
		  FFA_VERSION_1_2);
	EXPECT_EQ(vcpu->vm->ffa_version, FFA_VERSION_1_1);
}

TEST(hypercall_mailbox, own_calls_come_by_hvc_only)
{
	struct vcpu *vcpu = mailbox_machine();

	mailbox_give(vcpu->vm);
	ASSERT_EQ(mailbox_map(vcpu->vm), 0);
	vcpu->vm->mailbox.waiters =
		(struct vm_id_queue){.ids = {1}, .count = 1};
	vcpu->vm->mailbox.ready = (struct vm_id_queue){.ids = {2}, .count = 1};

	EXPECT_EQ(machine_smc(vcpu, CALL(HF_MAILBOX_WAITER_GET, 1)),
		  UINT64_MAX);
	EXPECT_EQ(machine_smc(vcpu, CALL(HF_MAILBOX_WRITABLE_GET)), UINT64_MAX);
	EXPECT_EQ(machine_hvc(vcpu, CALL(HF_MAILBOX_WAITER_GET, 1)), 1U);
	EXPECT_EQ(machine_hvc(vcpu, CALL(HF_MAILBOX_WRITABLE_GET)), 2U);
}

TEST(hypercall_mailbox, own_calls_are_offered_to_every_version)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);

	vcpu->vm->mailbox.ready = (struct vm_id_queue){.ids = {1}, .count = 1};

	EXPECT_EQ(machine_hvc(vcpu, CALL(HF_MAILBOX_WRITABLE_GET)), 1U);
}
