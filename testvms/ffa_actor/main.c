/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a secondary that makes FF-A calls and touches memory as the primary's
 * test orders by direct requests (hft/actor.h).
 */
#include "hft/actor.h"
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hft/service.h"

#define MIB_2 UINT64_C(0x200000)
#define SELF_SHIFT 16

struct actor {
	struct actor_area area;
	/* What the script is for, and the calls that are left. */
	uint64_t script_count;
	bool is_for_request;
	/* The request that is not answered yet; x0 = 0: none. */
	struct ffa_frame request;
};

static struct actor actors[HFT_MAX_CPUS];
static uint32_t version_answer;

static struct actor *self(void)
{
	return &actors[hft_cpu_index()];
}

static bool is_request(const struct ffa_frame *frame)
{
	return frame->x[0] == FFA_MSG_SEND_DIRECT_REQ ||
	       frame->x[0] == FFA_64(FFA_MSG_SEND_DIRECT_REQ) ||
	       frame->x[0] == FFA_64(FFA_MSG_SEND_DIRECT_REQ2);
}

static bool is_response(const struct ffa_frame *frame)
{
	return frame->x[0] == FFA_MSG_SEND_DIRECT_RESP ||
	       frame->x[0] == FFA_64(FFA_MSG_SEND_DIRECT_RESP) ||
	       frame->x[0] == FFA_64(FFA_MSG_SEND_DIRECT_RESP2);
}

/** A call, with what it means for the request that is being handled. */
static struct ffa_frame call(struct actor *actor, struct ffa_frame args,
			     bool is_smc)
{
	struct ffa_frame answer =
		is_smc ? hft_ffa_smc(args) : hft_ffa_hvc(args);

	if (is_response(&args) && answer.x[0] != FFA_ERROR) {
		actor->request.x[0] = 0;
	}
	if (is_request(&answer)) {
		actor->request = answer;
	}
	return answer;
}

/** Answer the request in its own kind; what comes next. */
static struct ffa_frame respond(struct actor *actor, const uint64_t *payload)
{
	const struct ffa_frame *request = &actor->request;
	bool is_2 = request->x[0] == FFA_64(FFA_MSG_SEND_DIRECT_REQ2);
	struct ffa_frame args =
		FFA(request->x[0] + 1,
		    ffa_pair((uint16_t)request->x[1],
			     (uint16_t)(request->x[1] >> SELF_SHIFT)));

	for (unsigned int i = 0; i < 5; i++) {
		args.x[(is_2 ? 4 : 3) + i] = payload[i];
	}
	return call(actor, args, false);
}

static struct ffa_frame wait(struct actor *actor)
{
	return call(actor, FFA(FFA_MSG_WAIT), false);
}

static struct ffa_frame run_script(struct actor *actor)
{
	static const uint64_t nothing[5];
	struct actor_area *area = &actor->area;
	struct ffa_frame last = {{0}};
	uint64_t count = actor->script_count;

	actor->script_count = 0;
	area->result_count = 0;
	for (uint64_t i = 0; i < count; i++) {
		last = call(actor, area->script[i], i % 2 != 0);
		area->results[i] = last;
		area->result_count = i + 1;
	}
	if (is_request(&last)) {
		return last;
	}
	return actor->request.x[0] != 0 ? respond(actor, nothing) : wait(actor);
}

/* --- orders: x3-x7 of the request in, of the response out ----------------- */

static void tell_identity(struct actor *actor, uint64_t *x)
{
	uint64_t begin = (uintptr_t)hft_image_begin;
	uint64_t end = (uintptr_t)hft_image_end;

	x[0] = (uintptr_t)&actor->area;
	x[1] = (end + MIB_2 - 1) & ~(MIB_2 - 1);
	x[2] = begin + ACTOR_MEM_SIZE;
	x[3] = version_answer;
}

static void write_words(struct actor *actor, uint64_t *x)
{
	uint64_t address = x[0] & ((UINT64_C(1) << ACTOR_SKIP_SHIFT) - 1);
	uint64_t count = 4 - (x[0] >> ACTOR_SKIP_SHIFT);

	(void)actor;
	for (uint64_t i = 0; i < count; i++) {
		((volatile uint64_t *)address)[i] = x[1 + i];
	}
}

static void read_words(struct actor *actor, uint64_t *x)
{
	const volatile uint64_t *words = (const volatile uint64_t *)x[0];

	(void)actor;
	for (unsigned int i = 0; i < 4; i++) {
		x[1 + i] = words[i];
	}
}

static void make_call(struct actor *actor, uint64_t *x)
{
	actor->area.answer = call(actor, actor->area.call, x[1] != 0);
	actor->area.call = (struct ffa_frame){{0}};
	for (unsigned int i = 0; i < 4; i++) {
		x[1 + i] = actor->area.answer.x[i];
	}
}

static void access(struct actor *actor, uint64_t *x)
{
	uint64_t value;
	struct hft_fault fault =
		hft_access((enum hft_access)x[1], x[0], &value);

	(void)actor;
	x[1] = fault.count;
	x[2] = fault.esr;
	x[3] = fault.far;
	x[4] = value;
}

static void fill(struct actor *actor, uint64_t *x)
{
	(void)actor;
	hft_fill(x[0], x[1], x[2]);
}

static void check(struct actor *actor, uint64_t *x)
{
	(void)actor;
	x[1] = hft_check(x[0], x[1], x[2]);
}

static void check_zero(struct actor *actor, uint64_t *x)
{
	(void)actor;
	x[1] = hft_check_zero(x[0], x[1]);
}

static void take_script(struct actor *actor, uint64_t *x)
{
	ASSERT_LE(x[0], ACTOR_SCRIPT_SIZE);
	actor->script_count = x[0];
	actor->is_for_request = x[1] == 0;
	actor->area.result_count = 0;
}

static void enable(struct actor *actor, uint64_t *x)
{
	(void)actor;
	x[1] = (uint64_t)hf_call(HF_INTERRUPT_ENABLE, x[0], x[1], 0);
}

static void take_interrupts(struct actor *actor, uint64_t *x)
{
	(void)x;
	hft_irq_unmask();
	hft_irq_mask();
	for (uint32_t i = 0; i < 64; i++) {
		actor->area.taken[i] = hft_irq_count(i);
	}
}

static void serve(uint64_t unused);

static void start_vcpu(struct actor *actor, uint64_t *x)
{
	(void)actor;
	x[1] = (uint64_t)hft_cpu_start((uint32_t)x[0], serve, 0);
}

static void give_up(struct actor *actor, uint64_t *x)
{
	(void)actor;
	(void)x;
	hft_service_give_up();
}

static void (*const operations[ACTOR_OP_COUNT])(struct actor *, uint64_t *) = {
	[ACTOR_IDENTITY] = tell_identity,
	[ACTOR_WRITE] = write_words,
	[ACTOR_READ] = read_words,
	[ACTOR_CALL] = make_call,
	[ACTOR_ACCESS] = access,
	[ACTOR_FILL] = fill,
	[ACTOR_CHECK] = check,
	[ACTOR_CHECK_ZERO] = check_zero,
	[ACTOR_SCRIPT] = take_script,
	[ACTOR_ENABLE] = enable,
	[ACTOR_TAKE] = take_interrupts,
	[ACTOR_START_VCPU] = start_vcpu,
	[ACTOR_GIVE_UP] = give_up,
};

static struct ffa_frame obey(struct actor *actor)
{
	uint64_t x[5];
	uint64_t op = actor->request.x[3] >> ACTOR_OP_SHIFT;

	if (actor->script_count != 0 && actor->is_for_request) {
		return run_script(actor);
	}
	for (unsigned int i = 0; i < 5; i++) {
		x[i] = actor->request.x[3 + i];
	}
	if (actor->request.x[0] == FFA_64(FFA_MSG_SEND_DIRECT_REQ) &&
	    op < ACTOR_OP_COUNT) {
		x[0] &= ACTOR_ARG_MASK;
		operations[op](actor, x);
	}
	return respond(actor, x);
}

/** Run without a request: by vm_wake(), or with a message. */
static struct ffa_frame wake(struct actor *actor, struct ffa_frame frame)
{
	actor->area.woken_by = frame;
	while ((uint32_t)hf_call(HF_INTERRUPT_GET, 0, 0, 0) !=
	       HF_INVALID_INTID) {
		/* It only had to wake us. */
	}
	if (actor->script_count != 0 && !actor->is_for_request) {
		return run_script(actor);
	}
	return wait(actor);
}

static void serve(uint64_t unused)
{
	struct actor *actor = self();
	struct ffa_frame frame;

	(void)unused;
	ASSERT_EQ(hf_call(HF_INTERRUPT_ENABLE, ACTOR_WAKE_INTID, 1, 0), 0);
	frame = wait(actor);
	for (;;) {
		frame = is_request(&frame) ? obey(actor) : wake(actor, frame);
	}
}

/** The version that the primary wants this VM to have. */
static void negotiate(void)
{
	uint32_t intid;

	for (uint32_t i = 0; i < 3; i++) {
		ASSERT_EQ(hf_call(HF_INTERRUPT_ENABLE, ACTOR_VERSION_INTID + i,
				  1, 0),
			  0);
	}
	intid = (uint32_t)hf_call(HF_INTERRUPT_GET, 0, 0, 0);
	if (intid != HF_INVALID_INTID) {
		version_answer = hft_ffa_version(FFA_VERSION_1_0 + intid -
						 ACTOR_VERSION_INTID);
	}
}

static void act(void)
{
	negotiate();
	serve(0);
}

void hft_role(void)
{
	hft_role_run(act);
}
