/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every FF-A id in both forms, by HVC and SMC, of every version, as the primary
 * and as a secondary, with and without notifications: who is not offered it
 * gets NOT_SUPPORTED, from a table of its own, and FFA_FEATURES says the same.
 * See docs/ffa.md.
 */
#include "fixture/guest.h"
#include "hf/ffa.h"
#include "hf/ffa/notification.h"
#include "hf/smccc.h"
#include "hftest.h"

/** Forms, versions and partitions that have a call. */
struct offer {
	uint8_t id; /* n of the specification's table of functions */
	const char *forms;
	uint8_t since;
	uint8_t until;
	bool is_notification;
	bool is_primarys;
};

static const struct offer offers[] = {
	{0x63, "3", 0, 2, false, false},  {0x64, "3", 0, 2, false, false},
	{0x65, "3", 0, 2, false, false},  {0x66, "36", 0, 2, false, false},
	{0x67, "3", 0, 2, false, false},  {0x68, "3", 0, 2, false, false},
	{0x69, "3", 0, 2, false, false},  {0x6a, "3", 0, 0, false, false},
	{0x6b, "3", 0, 2, false, false},  {0x6c, "3", 0, 2, false, false},
	{0x6d, "3", 0, 2, false, false},  {0x6e, "3", 0, 0, false, false},
	{0x6f, "36", 0, 2, false, false}, {0x70, "36", 0, 2, false, false},
	{0x71, "36", 0, 2, false, false}, {0x72, "36", 0, 2, false, false},
	{0x73, "36", 0, 2, false, false}, {0x74, "36", 0, 2, false, false},
	{0x76, "3", 0, 2, false, false},  {0x77, "3", 0, 2, false, false},
	{0x7a, "3", 0, 2, false, false},  {0x7b, "3", 0, 2, false, false},
	{0x7d, "3", 1, 2, true, true},	  {0x7e, "3", 1, 2, true, true},
	{0x7f, "3", 1, 2, true, false},	  {0x80, "3", 1, 2, true, false},
	{0x81, "3", 1, 2, true, false},	  {0x82, "3", 1, 2, true, false},
	{0x83, "6", 1, 2, true, true},	  {0x85, "3", 1, 2, false, false},
	{0x86, "3", 1, 2, false, false},  {0x8a, "36", 2, 2, false, false},
	{0x8b, "6", 2, 2, false, false},  {0x8d, "6", 2, 2, false, false},
	{0x8e, "6", 2, 2, false, false},
};

/** Who asks, and how. */
struct caller {
	uint32_t minor;
	bool is_primary;
	bool has_notifications;
	bool is_smc;
};

static bool is_offered(const struct caller *caller, uint8_t id, char form)
{
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		const struct offer *offer = &offers[i];
		bool has_form =
			offer->forms[0] == form || offer->forms[1] == form;

		if (offer->id == id) {
			return has_form && caller->minor >= offer->since &&
			       caller->minor <= offer->until &&
			       (!offer->is_notification ||
				caller->has_notifications) &&
			       (!offer->is_primarys || caller->is_primary);
		}
	}
	return false;
}

/** These say so themselves to some who are offered them. */
static bool may_say_so(const struct caller *caller, uint8_t id)
{
	/* FEATURES of function 0; what only secondaries do. */
	return id == 0x64 || (caller->is_primary && (id == 0x6a || id == 0x6b));
}

static struct vcpu *start(const struct caller *caller)
{
	struct vcpu *vcpu = machine_start();

	if (!caller->is_primary) {
		struct vcpu *secondary = vm_vcpu(guest_add_vm(1), 0);

		vcpu = guest_run(vcpu, secondary);
	}
	vcpu->vm->ffa_version = FFA_VERSION_1_0 + caller->minor;
	vcpu->vm->ffa_version_is_asked = true;
	if (!caller->has_notifications) {
		vcpu->vm->ffa_properties &= ~FFA_PROPERTY_NOTIFICATIONS;
	}
	return vcpu;
}

static void check_id(const struct caller *caller, uint8_t id, char form)
{
	struct vcpu *vcpu = start(caller);
	uint64_t full =
		UINT64_C(0x84000000) | id | (form == '6' ? SMCCC_64_BIT : 0);
	bool is_refused;

	if (caller->is_smc) {
		(void)guest_smc(vcpu, CALL(full));
	} else {
		(void)guest_hvc(vcpu, CALL(full));
	}
	is_refused = vcpu->regs.x[0] == FFA_ERROR &&
		     vcpu->regs.x[2] == (uint32_t)FFA_NOT_SUPPORTED;
	if (is_offered(caller, id, form) ? is_refused && !may_say_so(caller, id)
					 : !is_refused && id != 0x62) {
		hft_fail(false, __FILE__, __LINE__,
			 "%#llx 1.%u primary %d notifications %d smc %d: %d",
			 (unsigned long long)full, caller->minor,
			 caller->is_primary, caller->has_notifications,
			 caller->is_smc, is_refused);
	}
}

/** Results, which FFA_FEATURES lists although nobody may call them. */
static bool is_result(uint8_t id, char form)
{
	return id == 0x61 ||
	       (form == '3' && (id == 0x60 || id == 0x62 || id == 0x75));
}

/** w2 of FFA_FEATURES: the input that `id` needs, if any. */
static uint64_t input_of(const struct caller *caller, uint8_t id)
{
	return id == 0x74 && caller->minor > 0 ? 2 : 0;
}

/** Interface properties of a function that is there. */
static uint64_t properties_of(const struct caller *caller, uint8_t id)
{
	if (id == 0x66) {
		return caller->minor == 2 ? 0x100000 : 0;
	}
	return id == 0x74 ? 2 : 0;
}

static void check_feature(const struct caller *caller, uint8_t id, char form)
{
	struct vcpu *vcpu = start(caller);
	uint64_t full =
		UINT64_C(0x84000000) | id | (form == '6' ? SMCCC_64_BIT : 0);
	bool is_listed = is_offered(caller, id, form) || is_result(id, form);
	uint64_t input = input_of(caller, id);
	const uint64_t *x = vcpu->regs.x;

	(void)guest_hvc(vcpu, CALL(FFA_FEATURES, full, input));
	if (x[0] != (is_listed ? FFA_SUCCESS : FFA_ERROR) ||
	    x[2] != (is_listed ? properties_of(caller, id)
			       : (uint32_t)FFA_NOT_SUPPORTED) ||
	    guest_first_used(vcpu, 3) != 8) {
		FAIL("%#lx 1.%u primary %d notifications %d: %#lx %#lx",
		     (unsigned long)full, caller->minor, caller->is_primary,
		     caller->has_notifications, (unsigned long)x[0],
		     (unsigned long)x[2]);
	}
	/* What it was not asked to say. */
	(void)guest_hvc(vcpu, CALL(FFA_FEATURES, full, input ^ 4));
	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);
	(void)guest_hvc(vcpu, CALL(FFA_FEATURES, full, input ^ 2));
	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);
}

static void check_all(bool is_smc, uint32_t minor)
{
	for (unsigned int who = 0; who < 4; who++) {
		struct caller caller = {minor, (who & 1) != 0, (who & 2) != 0,
					is_smc};

		for (uint8_t id = 0x60; id <= 0x9f; id++) {
			check_id(&caller, id, '3');
			check_id(&caller, id, '6');
		}
	}
}

TEST(hypercall_offer, hvc_1_0)
{
	check_all(false, 0);
}

TEST(hypercall_offer, hvc_1_1)
{
	check_all(false, 1);
}

TEST(hypercall_offer, hvc_1_2)
{
	check_all(false, 2);
}

TEST(hypercall_offer, smc_1_0)
{
	check_all(true, 0);
}

TEST(hypercall_offer, smc_1_1)
{
	check_all(true, 1);
}

TEST(hypercall_offer, smc_1_2)
{
	check_all(true, 2);
}

static void check_features(uint32_t minor)
{
	for (unsigned int who = 0; who < 4; who++) {
		struct caller caller = {minor, (who & 1) != 0, (who & 2) != 0,
					false};

		for (uint8_t id = 0x60; id <= 0x9f; id++) {
			check_feature(&caller, id, '3');
			check_feature(&caller, id, '6');
		}
	}
}

TEST(hypercall_offer, features_list_what_1_0_has)
{
	check_features(0);
}

TEST(hypercall_offer, features_list_what_1_1_has)
{
	check_features(1);
}

TEST(hypercall_offer, features_list_what_1_2_has)
{
	check_features(2);
}

/** All that the only implementation of 1.0 listed. */
static const uint32_t legacy_list[] = {
	0x84000060, 0x84000061, 0x84000062, 0x84000063, 0x84000064, 0x84000065,
	0xc4000066, 0x84000068, 0x84000069, 0x8400006a, 0x8400006b, 0x8400006c,
	0x8400006d, 0x8400006e, 0x8400006f, 0x84000070, 0x84000071, 0x84000072,
	0x84000073, 0x84000074, 0x84000075, 0x84000076, 0x84000077,
};

static bool is_in_legacy_list(uint32_t id)
{
	for (size_t i = 0; i < sizeof(legacy_list) / sizeof(id); i++) {
		if (legacy_list[i] == id) {
			return true;
		}
	}
	return false;
}

static void check_legacy_feature(struct vcpu *vcpu, uint32_t id)
{
	(void)guest_hvc(vcpu, CALL(FFA_FEATURES, id));
	if (!is_in_legacy_list(id)) {
		EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);
	} else if (vcpu->regs.x[0] != FFA_SUCCESS ||
		   guest_first_used(vcpu, 1) != 8) {
		FAIL("%#x is not listed", id);
	}
}

TEST(hypercall_offer, features_list_to_legacy_guests_what_there_was)
{
	for (unsigned int is_primary = 0; is_primary < 2; is_primary++) {
		struct caller caller = {0, is_primary != 0, true, false};
		struct vcpu *vcpu = start(&caller);

		vcpu->vm->ffa_version_is_asked = false;
		for (uint32_t id = 0x84000000; id < 0x84000100; id++) {
			check_legacy_feature(vcpu, id);
			check_legacy_feature(vcpu, id | (uint32_t)SMCCC_64_BIT);
		}
	}
}
