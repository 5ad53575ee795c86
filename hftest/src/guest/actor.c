/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Orders to actors, and the primary as an actor that needs none. State is by
 * VM and, for orders, by the CPU that gives them: its vCPU of a VM with several.
 */
#include "hft/actor.h"

#include <string.h>

#include "actor_order.h"
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/power.h"
#include "hft/service.h"

#define MIB UINT64_C(0x100000)
#define VM_COUNT 16
#define WORDS_PER_ORDER 4

/** What the primary knows of a VM. */
static struct {
	bool is_started;
	/* more than one of them is an actor */
	bool has_vcpus;
	uint32_t version;
	uint32_t version_answer;
	struct hft_range memory;
	uint64_t area[HFT_MAX_CPUS];
	uint64_t buffer_size;
	unsigned int call_count;
} vms[VM_COUNT];

/** Of the primary: behind its image, before what the loader put elsewhere. */
static struct hft_range own_memory(void)
{
	uint64_t begin =
		((uintptr_t)hft_image_end + 2 * MIB - 1) & ~(2 * MIB - 1);

	return (struct hft_range){begin, begin + 36 * MIB};
}

uint16_t vm_vcpu_of_cpu(uint32_t cpu_idx)
{
	return cpu_idx == 0 ? 0 : (uint16_t)(hft_cpu_count() - cpu_idx);
}

/** The vCPU that takes orders from this CPU. */
static uint16_t vm_vcpu(uint16_t vm)
{
	return vms[vm].has_vcpus ? vm_vcpu_of_cpu(hft_cpu_index()) : 0;
}

/** Until the vCPU answers; what interrupts the primary is taken. */
static struct ffa_frame finish(uint16_t vm, struct ffa_frame frame)
{
	uint64_t self = ffa_pair(vm, vm_vcpu(vm));

	while (frame.x[0] == FFA_INTERRUPT || frame.x[0] == FFA_YIELD ||
	       frame.x[0] == HF_FFA_RUN_WAKE_UP) {
		hft_irq_unmask();
		hft_irq_mask();
		frame = hft_ffa_hvc(FFA(FFA_RUN, self));
	}
	if (frame.x[0] == FFA_ERROR &&
	    (uint32_t)frame.x[2] == (uint32_t)FFA_ABORTED) {
		FAIL("VM %x has given up; its lines in the log say why", vm);
	}
	return frame;
}

void actor_order(uint16_t vm, enum actor_op op, uint64_t *x)
{
	uint64_t to = ((uint64_t)op << ACTOR_OP_SHIFT) | x[0];
	struct ffa_frame frame =
		FFA(FFA_64(FFA_MSG_SEND_DIRECT_REQ), ffa_pair(PRIMARY, vm), 0,
		    to, x[1], x[2], x[3], x[4]);

	frame = finish(vm, hft_ffa_hvc(frame));
	if (frame.x[0] != FFA_64(FFA_MSG_SEND_DIRECT_RESP) ||
	    frame.x[1] != ffa_pair(vm, PRIMARY)) {
		FAIL("VM %x answers order %d with %s (%llx %llx %llx)", vm, op,
		     hft_ffa_name(frame.x[0]), HFT_NUMBER(frame.x[0]),
		     HFT_NUMBER(frame.x[1]), HFT_NUMBER(frame.x[2]));
	}
	for (unsigned int i = 0; i < 5; i++) {
		x[i] = frame.x[3 + i];
	}
}

static void learn_area(uint16_t vm)
{
	uint64_t x[5] = {0};

	actor_order(vm, ACTOR_IDENTITY, x);
	vms[vm].area[hft_cpu_index()] = x[0];
	vms[vm].memory = (struct hft_range){x[1], x[2]};
	vms[vm].version_answer = (uint32_t)x[3];
}

static void start_actor(uint16_t vm, uint32_t version)
{
	if (version != LEGACY) {
		ASSERT_GE(hf_call(HF_INTERRUPT_INJECT, vm, 0,
				  ACTOR_VERSION_INTID + version -
					  FFA_VERSION_1_0),
			  0);
	}
	ASSERT_FFA_FRAME(vm_run(vm), FFA_MSG_WAIT);
	learn_area(vm);
}

void vm_start_capped(uint16_t vm, uint32_t version, uint32_t answer)
{
	ASSERT_LT(vm, VM_COUNT);
	/* To run others fixes the primary's version. */
	ASSERT_TRUE(vms[PRIMARY].is_started);
	vms[vm].is_started = true;
	vms[vm].version = version;
	start_actor(vm, version);
	if (version != LEGACY) {
		ASSERT_EQ(vms[vm].version_answer, answer);
	}
}

void vm_start(uint16_t vm, uint32_t version)
{
	if (vm != PRIMARY) {
		vm_start_capped(vm, version, FFA_VERSION_1_2);
		return;
	}
	vms[vm].is_started = true;
	vms[vm].version = version;
	vms[vm].memory = own_memory();
	if (version != LEGACY) {
		ASSERT_EQ(hft_ffa_version(version), FFA_VERSION_1_2);
	}
}

uint32_t vm_version(uint16_t vm)
{
	return vms[vm].version;
}

void vm_start_vcpu(uint16_t vm, uint16_t vcpu)
{
	uint64_t x[5] = {vcpu};

	actor_order(vm, ACTOR_START_VCPU, x);
	vms[vm].has_vcpus = true;
	ASSERT_EQ(x[1], PSCI_SUCCESS);
	ASSERT_FFA_FRAME(hft_ffa_call(FFA(FFA_RUN, ffa_pair(vm, vcpu))),
			 FFA_MSG_WAIT);
}

struct hft_range vm_memory(uint16_t vm)
{
	return vms[vm].memory;
}

static uint64_t area(uint16_t vm)
{
	uint64_t at = vms[vm].area[hft_cpu_index()];

	if (at == 0) {
		learn_area(vm);
		at = vms[vm].area[hft_cpu_index()];
	}
	return at;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void vm_write(uint16_t vm, uint64_t address, const void *data, uint64_t size)
{
	const uint64_t *words = data;
	uint64_t count = size / 8;

	ASSERT_EQ(size % 8, 0);
	for (uint64_t i = 0; vm == PRIMARY && i < count; i++) {
		((volatile uint64_t *)address)[i] = words[i];
	}
	for (uint64_t i = 0; vm != PRIMARY && i < count; i += WORDS_PER_ORDER) {
		uint64_t part = smaller(count - i, WORDS_PER_ORDER);
		uint64_t skip = WORDS_PER_ORDER - part;
		uint64_t x[5] = {(address + 8 * i) |
				 (skip << ACTOR_SKIP_SHIFT)};

		memcpy(&x[1], &words[i], 8 * part);
		actor_order(vm, ACTOR_WRITE, x);
	}
}

void vm_read(uint16_t vm, uint64_t address, void *data, uint64_t size)
{
	uint64_t *words = data;
	uint64_t count = size / 8;

	ASSERT_EQ(size % 8, 0);
	for (uint64_t i = 0; vm == PRIMARY && i < count; i++) {
		words[i] = ((volatile uint64_t *)address)[i];
	}
	for (uint64_t i = 0; vm != PRIMARY && i < count; i += WORDS_PER_ORDER) {
		uint64_t x[5] = {address + 8 * i};

		actor_order(vm, ACTOR_READ, x);
		memcpy(&words[i], &x[1],
		       8 * smaller(count - i, WORDS_PER_ORDER));
	}
}

/** The parts of a frame that are not 0; the actor has zeros there. */
static void give_frame(uint16_t vm, const struct ffa_frame *frame)
{
	uint64_t at = area(vm) + offsetof(struct actor_area, call);
	uint64_t words[WORDS_PER_ORDER * 5] = {0};

	memcpy(words, frame, sizeof(*frame));
	for (uint64_t i = 0; i < 18; i += WORDS_PER_ORDER) {
		if ((words[i] | words[i + 1] | words[i + 2] | words[i + 3]) !=
		    0) {
			vm_write(vm, at + 8 * i, &words[i],
				 8 * smaller(18 - i, WORDS_PER_ORDER));
		}
	}
}

/** x8-x17 belong to calls of 1.2. */
static void get_answer(uint16_t vm, struct ffa_frame *frame)
{
	uint64_t at = area(vm) + offsetof(struct actor_area, answer);
	uint64_t from = 4;
	uint64_t to = vms[vm].version == FFA_VERSION_1_2 ? 18 : 8;

	vm_read(vm, at + 8 * from, &frame->x[from], 8 * (to - from));
}

struct ffa_frame vm_call(uint16_t vm, struct ffa_frame args)
{
	bool is_smc = vms[vm].call_count++ % 2 != 0;
	struct ffa_frame answer = {{0}};
	uint64_t x[5] = {0, is_smc};

	if (vm == PRIMARY) {
		return hft_ffa_call(args);
	}
	hft_ffa_note(vm, is_smc, &args);
	give_frame(vm, &args);
	actor_order(vm, ACTOR_CALL, x);
	memcpy(&answer, &x[1], 32);
	get_answer(vm, &answer);
	hft_ffa_answered(args.x[0], &answer);
	return answer;
}

struct ffa_frame vm_run(uint16_t vm)
{
	return hft_ffa_call(FFA(FFA_RUN, ffa_pair(vm, 0)));
}

static void give_script(uint16_t vm, const struct ffa_frame *calls,
			uint64_t count, bool is_alone)
{
	uint64_t x[5] = {count, is_alone};
	uint64_t at = area(vm) + offsetof(struct actor_area, script);

	for (uint64_t i = 0; i < count; i++) {
		vm_write(vm, at + i * sizeof(calls[i]), &calls[i],
			 sizeof(calls[i]));
	}
	actor_order(vm, ACTOR_SCRIPT, x);
}

void vm_script_in_request(uint16_t vm, const struct ffa_frame *calls,
			  uint64_t count)
{
	give_script(vm, calls, count, false);
}

void vm_script(uint16_t vm, const struct ffa_frame *calls, uint64_t count)
{
	give_script(vm, calls, count, true);
}

struct ffa_frame vm_wake(uint16_t vm)
{
	ASSERT_GE(hf_call(HF_INTERRUPT_INJECT, vm, 0, ACTOR_WAKE_INTID), 0);
	return vm_run(vm);
}

struct ffa_frame vm_result(uint16_t vm, uint64_t n)
{
	struct ffa_frame frame;
	uint64_t id;
	uint64_t at = area(vm) + n * sizeof(frame);

	ASSERT_LT(n, vm_result_count(vm));
	vm_read(vm, at + offsetof(struct actor_area, script), &id, sizeof(id));
	vm_read(vm, at + offsetof(struct actor_area, results), &frame,
		sizeof(frame));
	hft_ffa_answered(id, &frame);
	return frame;
}

uint64_t vm_result_count(uint16_t vm)
{
	uint64_t count;

	vm_read(vm, area(vm) + offsetof(struct actor_area, result_count),
		&count, sizeof(count));
	return count;
}

struct ffa_frame vm_woken_by(uint16_t vm)
{
	struct ffa_frame frame;

	vm_read(vm, area(vm) + offsetof(struct actor_area, woken_by), &frame,
		sizeof(frame));
	return frame;
}

struct ffa_frame vm_call_alone(uint16_t vm, struct ffa_frame args)
{
	vm_script(vm, &args, 1);
	ASSERT_FFA_FRAME(vm_wake(vm), FFA_MSG_WAIT);
	hft_ffa_note(vm, false, &args);
	return vm_result(vm, 0);
}

void vm_enable_interrupt(uint16_t vm, uint32_t intid)
{
	uint64_t x[5] = {intid, 1};

	actor_order(vm, ACTOR_ENABLE, x);
	ASSERT_EQ(x[1], 0);
}

uint64_t vm_take_interrupts(uint16_t vm, uint32_t intid)
{
	uint64_t x[5] = {0};
	uint64_t count;

	actor_order(vm, ACTOR_TAKE, x);
	vm_read(vm, area(vm) + offsetof(struct actor_area, taken) + 8 * intid,
		&count, sizeof(count));
	return count;
}
