/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Races of direct messages: CPUs, as threads, that request of the same vCPU,
 * run what another one has begun, or abort it. Who gets a vCPU is exactly one,
 * and every request gets one response.
 */
#include <sched.h>

#include "fixture/cpu_threads.h"
#include "fixture/direct.h"
#include "hftest.h"

#define ROUNDS 100U

/** Of the test: VM 2, and what was seen of it. */
static struct {
	struct vm *vm;
	uint64_t answered; /* only who is inside the receiver */
	_Atomic unsigned int odd;
	_Atomic unsigned int begun;
} race;

static struct vcpu *receiver(void)
{
	return vm_vcpu(race.vm, 0);
}

static void start(void)
{
	struct direct direct = direct_start(V1_1, V1_1);

	race.vm = direct.receiver->vm;
	race.odd = 0;
	race.begun = 0;
}

static bool is_error(const struct vcpu *vcpu, int32_t code)
{
	return vcpu->regs.x[0] == FFA_ERROR &&
	       vcpu->regs.x[2] == (uint32_t)code;
}

/** A request with `value`, as soon as the receiver waits. */
static void request_when_free(struct vcpu *primary, uint64_t value)
{
	struct smccc_value request = CALL(REQ_64, TO_VM2, 0, value);

	while (guest_hvc(primary, request) != receiver()) {
		race.odd += !is_error(primary, FFA_BUSY);
		(void)sched_yield();
	}
}

/** The receiver sends back what it was asked, and how often it was. */
static void respond(void)
{
	struct vcpu *vcpu = receiver();

	race.answered++;
	(void)guest_hvc(vcpu, CALL(RESP_64, TO_PRIMARY, 0, vcpu->regs.x[3],
				   race.answered));
}

static unsigned int request_all(struct vcpu *primary)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t value = ((uint64_t)primary->cpu->idx << 32) | i;

		request_when_free(primary, value);
		respond();
		race.odd += primary->regs.x[0] != RESP_64 ||
			    primary->regs.x[3] != value;
	}
	return ROUNDS;
}

static cpu_work *const all_request[] = {
	request_all,
	request_all,
	request_all,
	request_all,
};

TEST(direct_race, every_request_of_four_cpus_gets_its_own_response)
{
	struct cpu_counts counts;

	start();
	counts = cpu_threads_run(4, all_request);

	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(race.answered, counts.all);
	EXPECT_EQ(receiver()->state, VCPU_BLOCKED_MAILBOX);
	EXPECT_EQ(receiver()->request, REQUEST_NONE);
}

static unsigned int request_once(struct vcpu *primary)
{
	if (direct_request(primary, TO_VM2) == receiver()) {
		return 1;
	}
	race.odd += !is_error(primary, FFA_BUSY);
	return 0;
}

static cpu_work *const two_request_once[] = {request_once, request_once};

TEST(direct_race, of_two_requests_one_is_busy)
{
	for (unsigned int i = 0; i < 30; i++) {
		start();
		ASSERT_EQ(cpu_threads_run(2, two_request_once).all, 1U);
		ASSERT_EQ(race.odd, 0U);
	}
}

/** Runs the receiver, which of itself only waits: it is 1.1. */
static unsigned int run_once(struct vcpu *primary)
{
	if (guest_run(primary, receiver()) == receiver()) {
		race.odd += receiver()->regs.x[0] != FFA_RUN;
		return 1;
	}
	race.odd += !is_error(primary, FFA_BUSY);
	return 0;
}

static cpu_work *const run_and_request[] = {run_once, request_once};

TEST(direct_race, of_a_run_and_a_request_one_is_busy)
{
	for (unsigned int i = 0; i < 30; i++) {
		start();
		ASSERT_EQ(cpu_threads_run(2, run_and_request).all, 1U);
		ASSERT_EQ(race.odd, 0U);
	}
}

/** Requests that are preempted at once: whoever can runs them to the end. */
static unsigned int begin_or_finish(struct vcpu *primary)
{
	struct vcpu *vcpu = receiver();
	unsigned int finished = 0;

	while (finished < ROUNDS / 2) {
		if (direct_request(primary, TO_VM2) == vcpu) {
			(void)guest_irq(vcpu);
			continue;
		}
		race.odd += !is_error(primary, FFA_BUSY);
		if (guest_run(primary, vcpu) != vcpu) {
			race.odd += !is_error(primary, FFA_BUSY);
			(void)sched_yield();
		} else if (vcpu->request == REQUEST_NONE) {
			(void)guest_hvc(vcpu, CALL(FFA_MSG_WAIT));
		} else {
			respond();
			race.odd += primary->regs.x[0] != RESP_64 ||
				    primary->regs.x[3] != 3;
			finished++;
		}
	}
	return finished;
}

static cpu_work *const all_begin_or_finish[] = {
	begin_or_finish,
	begin_or_finish,
	begin_or_finish,
};

TEST(direct_race, preempted_request_travels_and_is_answered_once)
{
	struct cpu_counts counts;

	start();
	counts = cpu_threads_run(3, all_begin_or_finish);

	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(race.answered, counts.all);
}

/** Requests until the VM is aborted. */
static unsigned int request_until_aborted(struct vcpu *primary)
{
	unsigned int answered = 0;

	for (;;) {
		if (direct_request(primary, TO_VM2) == receiver()) {
			race.begun++;
			respond();
			race.odd += primary->regs.x[0] != RESP_64;
			answered++;
		} else if (is_error(primary, FFA_ABORTED)) {
			return answered;
		} else {
			race.odd += !is_error(primary, FFA_BUSY);
			(void)sched_yield();
		}
	}
}

/** As the other vCPU's fault does, in the middle of all that. */
static unsigned int abort_vm(struct vcpu *primary)
{
	(void)primary;
	while (race.begun < ROUNDS / 10) {
		(void)sched_yield();
	}
	race.vm->is_aborting = true;
	return 0;
}

static cpu_work *const respond_and_abort[] = {
	request_until_aborted,
	abort_vm,
	request_until_aborted,
};

TEST(direct_race, response_or_abort_is_what_every_requester_gets)
{
	for (unsigned int i = 0; i < 10; i++) {
		struct cpu_counts counts;
		uint64_t before = race.answered;

		start();
		counts = cpu_threads_run(3, respond_and_abort);
		ASSERT_EQ(race.odd, 0U);
		ASSERT_EQ(race.answered - before, counts.all);
		ASSERT_EQ(receiver()->state, VCPU_BLOCKED_MAILBOX);
	}
}
