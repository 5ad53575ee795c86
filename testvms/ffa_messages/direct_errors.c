/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct messages: every check of request and response, in its version. */
#include "direct.h"
#include "hft/power.h"

#define REQ_32 FFA_MSG_SEND_DIRECT_REQ
#define REQ_64 FFA_64(FFA_MSG_SEND_DIRECT_REQ)
#define REQ_2 FFA_64(FFA_MSG_SEND_DIRECT_REQ2)
#define RESP_32 FFA_MSG_SEND_DIRECT_RESP
#define RESP_64 FFA_64(FFA_MSG_SEND_DIRECT_RESP)
#define RESP_2 FFA_64(FFA_MSG_SEND_DIRECT_RESP2)

/** Hafnium before it knew versions: legacy VMs are told that. */
static int32_t bad_id(uint32_t version)
{
	return version == LEGACY ? FFA_NOT_SUPPORTED : FFA_INVALID_PARAMETERS;
}

/** By `from`, in all widths that its version has. */
static void expect_refused(uint16_t caller, uint64_t pair, uint64_t w2,
			   int32_t code)
{
	EXPECT_FFA_ERROR(vm_call(caller, FFA(REQ_32, pair, w2)), code);
	EXPECT_FFA_ERROR(vm_call(caller, FFA(REQ_64, pair, w2)), code);
	if (vm_version(caller) == FFA_VERSION_1_2) {
		EXPECT_FFA_ERROR(vm_call(caller, FFA(REQ_2, pair)), code);
	}
}

TEST_ALL(ffa_direct_request, sender_is_the_caller)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_B, version);
	expect_refused(PRIMARY, ffa_pair(ACTOR_B, ACTOR_A), 0, bad_id(version));
	expect_refused(PRIMARY, ffa_pair(0, ACTOR_A), 0, bad_id(version));
	expect_refused(PRIMARY, ffa_pair(0xffff, ACTOR_A), 0, bad_id(version));
	expect_refused(PRIMARY, ffa_pair(HF_TEE_VM_ID, ACTOR_A), 0,
		       bad_id(version));
}

TEST_ALL(ffa_direct_request, receiver_is_not_the_sender)
{
	vm_start(PRIMARY, version);
	expect_refused(PRIMARY, ffa_pair(PRIMARY, PRIMARY), 0, bad_id(version));
}

TEST_ALL(ffa_direct_request, receiver_exists)
{
	static const uint16_t nobody[] = {0, 5, 0x7fff, 0x8001, 0xffff};

	vm_start(PRIMARY, version);
	for (unsigned int i = 0; i < 5; i++) {
		expect_refused(PRIMARY, ffa_pair(PRIMARY, nobody[i]), 0,
			       FFA_INVALID_PARAMETERS);
	}
}

/* DENIED, NOT_SUPPORTED or INVALID: versions and hypervisors differ. */
TEST_ALL(ffa_direct_request, secondary_may_not_make_one)
{
	static const uint16_t receivers[] = {PRIMARY, ACTOR_B};

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_B, version);
	for (unsigned int i = 0; i < 2; i++) {
		struct ffa_frame args =
			FFA(REQ_64, ffa_pair(ACTOR_A, receivers[i]));
		struct ffa_frame in_request = vm_call(ACTOR_A, args);
		struct ffa_frame alone = vm_call_alone(ACTOR_A, args);

		EXPECT_EQ(in_request.x[0], FFA_ERROR);
		EXPECT_EQ(alone.x[0], FFA_ERROR);
		if (version == LEGACY) {
			EXPECT_FFA_ERROR(in_request, FFA_NOT_SUPPORTED);
			EXPECT_FFA_ERROR(alone, FFA_NOT_SUPPORTED);
		}
	}
}

/* Framework messages (bit 31) are between hypervisor and secure world. */
TEST_ASKED(ffa_direct_request, flags_are_refused)
{
	uint64_t pair = ffa_pair(PRIMARY, ACTOR_A);

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	for (unsigned int i = 0; i < 32; i++) {
		uint64_t w2 = UINT64_C(1) << i;

		EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_32, pair, w2)),
				 FFA_INVALID_PARAMETERS);
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_64, pair, w2)),
				 FFA_INVALID_PARAMETERS);
	}
	for (uint64_t type = 0; type < 16; type++) {
		EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_32, pair,
						  UINT64_C(1) << 31 | type)),
				 FFA_INVALID_PARAMETERS);
	}
}

/* Its flags are forced to 0 and not looked at. */
TEST(ffa_direct_request, flags_of_a_legacy_vm_do_not_count)
{
	struct ffa_frame response =
		FFA(RESP_64, ffa_pair(ACTOR_A, PRIMARY), 0, 5);

	vm_start(PRIMARY, LEGACY);
	vm_start(ACTOR_A, LEGACY);
	vm_script(ACTOR_A, (struct ffa_frame[]){FFA(FFA_MSG_WAIT), response},
		  2);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_EQ(hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A), 3)).x[3],
		  5);
	EXPECT_EQ(vm_result(ACTOR_A, 0).x[2], 0);
}

/* A VM that has not come to its first wait can not be sent to. */
TEST_ALL(ffa_direct_request, receiver_that_has_not_begun_is_busy)
{
	uint64_t pair = ffa_pair(PRIMARY, ACTOR_A);

	vm_start(PRIMARY, version);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_32, pair)), FFA_BUSY);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_64, pair)), FFA_BUSY);
	/* It is not harmed. */
	vm_start(ACTOR_A, version);
	EXPECT_EQ(vm_call(ACTOR_A, FFA(FFA_ID_GET)).x[2], ACTOR_A);
}

TEST_NEW(ffa_direct_request, receiver_that_handles_one_is_busy)
{
	uint64_t pair = ffa_pair(PRIMARY, ACTOR_A);
	struct ffa_frame yield = FFA(FFA_YIELD);

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_script_in_request(ACTOR_A, &yield, 1);
	EXPECT_FFA_FRAME(hft_ffa_call(FFA(REQ_64, pair)), FFA_YIELD);
	expect_refused(PRIMARY, pair, 0, FFA_BUSY);
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), RESP_64);
}

TEST_ALL(ffa_direct_request, receiver_that_waits_for_an_interrupt_is_busy)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	/* CPU_SUSPEND waits as WFI does. */
	vm_script(ACTOR_A, (struct ffa_frame[]){FFA(PSCI_CPU_SUSPEND)}, 1);
	EXPECT_EQ(vm_wake(ACTOR_A).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	expect_refused(PRIMARY, ffa_pair(PRIMARY, ACTOR_A), 0, FFA_BUSY);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_EQ(vm_call(ACTOR_A, FFA(FFA_ID_GET)).x[2], ACTOR_A);
}

TEST_ALL(ffa_direct_request, receiver_that_is_off_is_busy)
{
	struct ffa_frame off = FFA(PSCI_CPU_OFF);

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_script(ACTOR_A, &off, 1);
	EXPECT_EQ(vm_wake(ACTOR_A).x[0], HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	expect_refused(PRIMARY, ffa_pair(PRIMARY, ACTOR_A), 0, FFA_BUSY);
}

/* Of four vCPUs, the one with this CPU's number: the second never began. */
static void send_from_cpu_1(uint64_t unused)
{
	(void)unused;
	expect_refused(PRIMARY, ffa_pair(PRIMARY, ACTOR_SMP), 0, FFA_BUSY);
	/* A VM with one vCPU has that one everywhere. */
	EXPECT_EQ(vm_call(ACTOR_A, FFA(FFA_ID_GET)).x[2], ACTOR_A);
}

TEST_ALL(ffa_direct_request, goes_to_the_vcpu_of_this_cpu)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_SMP, version);
	ASSERT_TRUE(hft_cpu_run(1, send_from_cpu_1, 0));
	EXPECT_EQ(vm_call(ACTOR_SMP, FFA(FFA_ID_GET)).x[2], ACTOR_SMP);
}

static void call_from_cpu_1(uint64_t unused)
{
	(void)unused;
	EXPECT_EQ(vm_call(ACTOR_SMP, FFA(FFA_ID_GET)).x[2], ACTOR_SMP);
}

TEST_ALL(ffa_direct_request, goes_to_the_second_vcpu_once_it_waits)
{
	if (hft_cpu_count() < 2) {
		SKIP("this machine has one CPU");
	}
	vm_start(PRIMARY, version);
	vm_start(ACTOR_SMP, version);
	vm_start_vcpu(ACTOR_SMP, vm_vcpu_of_cpu(1));
	ASSERT_TRUE(hft_cpu_run(1, call_from_cpu_1, 0));
	EXPECT_EQ(vm_call(ACTOR_SMP, FFA(FFA_ID_GET)).x[2], ACTOR_SMP);
}

/* --- the response --------------------------------------------------------- */

/** These calls in a request, then a good answer; the n-th one's answer. */
static struct ffa_frame in_request(struct ffa_frame args)
{
	struct ffa_frame frame;

	vm_script_in_request(ACTOR_A, &args, 1);
	frame = hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A)));
	/* The actor answers when its own did not. */
	EXPECT_FFA_FRAME(frame, RESP_64);
	return vm_result(ACTOR_A, 0);
}

static void start_two(uint32_t version)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
}

TEST_ALL(ffa_direct_response, sender_is_the_caller)
{
	start_two(version);
	EXPECT_FFA_ERROR(in_request(FFA(RESP_64, ffa_pair(ACTOR_B, PRIMARY))),
			 bad_id(version));
	EXPECT_FFA_ERROR(in_request(FFA(RESP_64, ffa_pair(0, PRIMARY))),
			 bad_id(version));
	EXPECT_FFA_ERROR(in_request(FFA(RESP_32, ffa_pair(PRIMARY, PRIMARY))),
			 bad_id(version));
}

TEST_ALL(ffa_direct_response, receiver_is_the_primary)
{
	start_two(version);
	vm_start(ACTOR_B, version);
	EXPECT_FFA_ERROR(in_request(FFA(RESP_64, ffa_pair(ACTOR_A, ACTOR_A))),
			 bad_id(version));
	EXPECT_FFA_ERROR(in_request(FFA(RESP_64, ffa_pair(ACTOR_A, ACTOR_B))),
			 bad_id(version));
	EXPECT_FFA_ERROR(in_request(FFA(RESP_64, ffa_pair(ACTOR_A, 0xffff))),
			 bad_id(version));
}

TEST_ASKED(ffa_direct_response, flags_are_refused)
{
	uint64_t pair = ffa_pair(ACTOR_A, PRIMARY);

	start_two(version);
	EXPECT_FFA_ERROR(in_request(FFA(RESP_64, pair, 1)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(in_request(FFA(RESP_32, pair, UINT64_C(1) << 31)),
			 FFA_INVALID_PARAMETERS);
}

TEST_ALL(ffa_direct_response, without_a_request_is_denied)
{
	start_two(version);
	EXPECT_FFA_ERROR(
		vm_call_alone(ACTOR_A,
			      FFA(RESP_32, ffa_pair(ACTOR_A, PRIMARY))),
		FFA_DENIED);
	EXPECT_FFA_ERROR(
		vm_call_alone(ACTOR_A,
			      FFA(RESP_64, ffa_pair(ACTOR_A, PRIMARY))),
		FFA_DENIED);
}

TEST(ffa_direct_response, of_the_other_kind_is_denied)
{
	struct ffa_frame args = FFA(RESP_64, ffa_pair(ACTOR_A, PRIMARY));
	struct ffa_frame frame;

	start_two(FFA_VERSION_1_2);
	EXPECT_FFA_ERROR(in_request(FFA(RESP_2, ffa_pair(ACTOR_A, PRIMARY))),
			 FFA_DENIED);
	vm_script_in_request(ACTOR_A, &args, 1);
	frame = hft_ffa_call(FFA(REQ_2, ffa_pair(PRIMARY, ACTOR_A)));
	EXPECT_FFA_FRAME(frame, RESP_2);
	EXPECT_FFA_ERROR(vm_result(ACTOR_A, 0), FFA_DENIED);
}

TEST(ffa_direct_response, of_2_has_no_uuid)
{
	uint64_t pair = ffa_pair(ACTOR_A, PRIMARY);
	struct ffa_frame args[] = {FFA(RESP_2, pair, 1),
				   FFA(RESP_2, pair, 0, 1),
				   FFA(RESP_2, pair, 0, 0, 77)};
	struct ffa_frame frame;

	start_two(FFA_VERSION_1_2);
	vm_script_in_request(ACTOR_A, args, 3);
	frame = hft_ffa_call(FFA(REQ_2, ffa_pair(PRIMARY, ACTOR_A)));
	EXPECT_FFA_FRAME(frame, RESP_2);
	EXPECT_EQ(frame.x[4], 77);
	EXPECT_FFA_ERROR(vm_result(ACTOR_A, 0), FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(vm_result(ACTOR_A, 1), FFA_INVALID_PARAMETERS);
}

TEST(ffa_direct_response, of_1_2_has_eight_registers)
{
	struct ffa_frame args = FFA(RESP_64, ffa_pair(ACTOR_A, PRIMARY));

	start_two(FFA_VERSION_1_2);
	for (unsigned int i = 8; i < 18; i++) {
		args.x[i] = 1;
		EXPECT_FFA_ERROR(in_request(args), FFA_INVALID_PARAMETERS);
		args.x[i] = 0;
	}
}

/* Older ones do not have that property. */
TEST(ffa_direct_request, of_2_to_an_older_receiver_is_denied)
{
	uint64_t pair = ffa_pair(PRIMARY, ACTOR_A);

	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_1);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_2, pair)), FFA_DENIED);
}

TEST(ffa_direct_request, of_2_to_a_uuid_that_is_not_the_receivers)
{
	uint64_t pair = ffa_pair(PRIMARY, ACTOR_A);

	start_two(FFA_VERSION_1_2);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_2, pair, 1)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(REQ_2, pair, 0, 1)),
			 FFA_INVALID_PARAMETERS);
}

/* --- what is denied while a request is handled ---------------------------- */

TEST_OLD(ffa_in_request, messages_and_waits_are_denied)
{
	uint64_t pair = ffa_pair(ACTOR_A, PRIMARY);

	start_two(version);
	vm_map_buffers(ACTOR_A, 1);
	vm_map_buffers(PRIMARY, 1);
	EXPECT_FFA_ERROR(in_request(FFA(FFA_MSG_SEND, pair)), FFA_DENIED);
	EXPECT_FFA_ERROR(in_request(FFA(FFA_MSG_WAIT)), FFA_DENIED);
	EXPECT_FFA_ERROR(in_request(FFA(FFA_MSG_POLL)), FFA_DENIED);
	EXPECT_FFA_ERROR(in_request(FFA(FFA_YIELD)), FFA_DENIED);
}

TEST_NEW(ffa_in_request, waits_are_denied)
{
	start_two(version);
	vm_map_buffers(ACTOR_A, 1);
	EXPECT_FFA_ERROR(in_request(FFA(FFA_MSG_WAIT)), FFA_DENIED);
}

TEST_ALL(ffa_in_request, run_is_denied)
{
	start_two(version);
	EXPECT_FFA_ERROR(in_request(FFA(FFA_RUN, ffa_pair(ACTOR_B, 0))),
			 FFA_DENIED);
	EXPECT_FFA_ERROR(in_request(FFA(FFA_RUN, ffa_pair(PRIMARY, 0))),
			 FFA_DENIED);
}

TEST_ALL(ffa_in_request, discovery_and_buffers_are_allowed)
{
	start_two(version);
	EXPECT_FFA_SUCCESS(in_request(FFA(FFA_ID_GET)));
	EXPECT_FFA_SUCCESS(in_request(FFA(FFA_FEATURES, FFA_VERSION)));
	EXPECT_FFA_DONE(in_request(
		FFA(FFA_64(FFA_RXTX_MAP), vm_tx(ACTOR_A), vm_rx(ACTOR_A), 1)));
	EXPECT_FFA_ERROR(in_request(FFA(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST_NEW(ffa_in_request, yield_is_allowed)
{
	struct ffa_frame calls[] = {FFA(FFA_YIELD, 0, 123, 4), FFA(FFA_YIELD)};
	struct ffa_frame frame;

	start_two(version);
	vm_script_in_request(ACTOR_A, calls, 2);
	frame = hft_ffa_call(FFA(REQ_64, ffa_pair(PRIMARY, ACTOR_A)));
	EXPECT_FFA_FRAME(frame, FFA_YIELD);
	EXPECT_EQ(frame.x[1], ffa_pair(ACTOR_A, 0));
	EXPECT_EQ(frame.x[2], 123);
	EXPECT_EQ(frame.x[3], 4);
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), FFA_YIELD);
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), RESP_64);
	EXPECT_FFA_DONE(vm_result(ACTOR_A, 0));
	EXPECT_FFA_DONE(vm_result(ACTOR_A, 1));
}
