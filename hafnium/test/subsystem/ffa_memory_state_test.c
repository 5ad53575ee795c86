/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state machine of a page: every owner with every receiver, every sort of
 * transaction, at every stage every call of every VM. What may happen, and what
 * each map then says, is generated from ownership.def. See docs/memory.md.
 */
#include "fixture/memory_codes.h"
#include "hf/mm/ownership.h"

#define VMS 3U
#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED

/** One sort of transaction, and the steps that it takes. */
struct kind {
	const char *name;
	uint32_t func;
	enum ownership_step send;
	enum ownership_step retrieve;
	enum ownership_step relinquish;
	enum ownership_step reclaim;
};

static const struct kind kinds[] = {
	{"share", FFA_MEM_SHARE, OWNERSHIP_SHARE, OWNERSHIP_RETRIEVE_SHARED,
	 OWNERSHIP_RELINQUISH_SHARED, OWNERSHIP_RECLAIM_SHARED},
	{"lend", FFA_MEM_LEND, OWNERSHIP_LEND, OWNERSHIP_RETRIEVE_LENT,
	 OWNERSHIP_RELINQUISH_LENT, OWNERSHIP_RECLAIM_LENT},
	{"donate", FFA_MEM_DONATE, OWNERSHIP_DONATE, OWNERSHIP_RETRIEVE_DONATED,
	 OWNERSHIP_STEP_COUNT, OWNERSHIP_RECLAIM_DONATED},
};

enum stage {
	OWNED,
	SENT,
	RETRIEVED
};

/** What we believe, by itself and by the table of steps. */
static struct {
	struct vcpu *vcpus[VMS + 1]; /* by id */
	uint8_t state[VMS + 1];	     /* of the page, by id */
	const struct kind *kind;
	uint16_t owner;
	uint16_t receiver;
	enum stage stage;
	uint64_t handle;
	uint64_t page;
} model;

static void begin(const struct kind *kind, uint16_t owner, uint16_t receiver)
{
	struct memory memory = memory_start(V1_1, V1_1);

	model.vcpus[1] = memory.sender;
	model.vcpus[2] = memory.receiver;
	model.vcpus[3] = memory.third;
	for (uint16_t id = 1; id <= VMS; id++) {
		model.state[id] = id == owner ? PAGE_OWNED : PAGE_NONE;
	}
	model.kind = kind;
	model.owner = owner;
	model.receiver = receiver;
	model.stage = OWNED;
	model.handle = FFA_MEMORY_HANDLE_HYPERVISOR | 7;
	model.page = MEMORY_PAGE(owner, 3);
}

/** Both maps as the step leaves them. */
static void take(enum ownership_step step, enum stage stage)
{
	struct ownership_rule rule = ownership_rule_of(step);

	if (rule.owner.to != PAGE_KEPT) {
		EXPECT_EQ(model.state[model.owner], rule.owner.from);
		model.state[model.owner] = rule.owner.to;
	}
	if (rule.other.to != PAGE_KEPT) {
		EXPECT_EQ(model.state[model.receiver], rule.other.from);
		model.state[model.receiver] = rule.other.to;
	}
	model.stage = stage;
}

static int32_t send(uint16_t from, uint16_t to, const struct kind *kind)
{
	struct memory_said *said =
		memory_offer(model.vcpus[from], kind->func, to);

	memory_add(said, model.page, 1);
	return memory_send(model.vcpus[from], kind->func, said);
}

static int32_t retrieve(uint16_t id)
{
	struct vcpu *vcpu = model.vcpus[id];
	int32_t code = memory_retrieve(
		vcpu, memory_request(vcpu, model.kind->func, model.owner,
				     model.handle));

	if (code == 0) {
		EXPECT_EQ(memory_release_rx(vcpu), 0);
	}
	return code;
}

/** Pages of the memory that each VM owned at first. */
#define PAGES_OF_VM UINT64_C(0x40000)

/** Do pages [begin, end) of VM `of`'s memory have that mode for VM `id`? */
static bool all_have(uint16_t id, uint16_t of, uint64_t begin, uint64_t end)
{
	mm_mode_t mode = MM_MODE_ABSENT;
	mm_mode_t expected = id == of ? MEMORY_OWN : MM_MODE_ABSENT;

	return begin == end ||
	       (stage2_query(&model.vcpus[id]->vm->stage2,
			     ipa_init(MEMORY_PAGE(of, begin)),
			     ipa_init(MEMORY_PAGE(of, end)), &mode) &&
		mode == expected);
}

/** All memory of all VMs, but for the one page, is as it was at first. */
static void check_rest(uint16_t id)
{
	for (uint16_t of = 1; of <= VMS; of++) {
		uint64_t page = (model.page - MEMORY_BASE(of)) / PAGE_SIZE;
		bool is_here = page < PAGES_OF_VM;

		if (!all_have(id, of, 0, is_here ? page : PAGES_OF_VM) ||
		    !all_have(id, of, is_here ? page + 1 : PAGES_OF_VM,
			      PAGES_OF_VM)) {
			FAIL("%s %u to %u, stage %u: other pages of VM %u "
			     "changed for VM %u",
			     model.kind->name, model.owner, model.receiver,
			     model.stage, of, id);
		}
	}
}

/** Every map says what we believe, of this page and of all others. */
static void check_maps(void)
{
	for (uint16_t id = 1; id <= VMS; id++) {
		mm_mode_t mode = memory_mode(model.vcpus[id], model.page);

		if (ownership_state(mode) !=
		    (model.state[id] == PAGE_DONATED && mode == MM_MODE_ABSENT
			     ? PAGE_NONE
			     : model.state[id])) {
			FAIL("%s %u to %u, stage %u: VM %u has mode %#x",
			     model.kind->name, model.owner, model.receiver,
			     model.stage, id, mode);
		}
		check_rest(id);
	}
}

/** A page is accessible to two VMs at most. */
static void check_access(void)
{
	unsigned int count = 0;

	for (uint16_t id = 1; id <= VMS; id++) {
		count += mm_mode_is_valid(
				 memory_mode(model.vcpus[id], model.page))
				 ? 1
				 : 0;
	}
	EXPECT_LE(count, 2U);
}

/** `code` is what the call by `id` has to get; nothing has changed. */
static void refused(const char *call, uint16_t id, int32_t code,
		    int32_t expected)
{
	if (code != expected) {
		FAIL("%s %u to %u, stage %u: %s by %u: code %d, not %d",
		     model.kind->name, model.owner, model.receiver, model.stage,
		     call, id, code, expected);
	}
}

/** A handle that means something, as far as anybody but its parties knows. */
static bool is_in_flight(void)
{
	return model.stage == SENT ||
	       (model.stage == RETRIEVED && model.kind != &kinds[2]);
}

static void try_send(uint16_t id)
{
	for (uint16_t to = 1; to <= VMS; to++) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (to != id && model.state[id] != PAGE_OWNED) {
				refused(kinds[i].name, id,
					send(id, to, &kinds[i]), DENIED);
			}
		}
	}
}

static void try_retrieve(uint16_t id)
{
	if (!is_in_flight() || id != model.receiver) {
		refused("retrieve", id, retrieve(id), INVALID);
	} else if (model.stage == RETRIEVED) {
		refused("retrieve", id, retrieve(id), DENIED);
	}
}

static void try_return(uint16_t id)
{
	struct vcpu *vcpu = model.vcpus[id];

	if (!is_in_flight() || id != model.receiver ||
	    model.stage != RETRIEVED) {
		refused("relinquish", id,
			memory_relinquish(vcpu, model.handle, 0), INVALID);
	}
	if (!is_in_flight() || id != model.owner) {
		refused("reclaim", id, memory_reclaim(vcpu, model.handle, 0),
			INVALID);
	} else if (model.stage == RETRIEVED) {
		refused("reclaim", id, memory_reclaim(vcpu, model.handle, 0),
			DENIED);
	}
}

/** Everything that nobody may do now. */
static void try_all(void)
{
	uint64_t digest = memory_digest();

	for (uint16_t id = 1; id <= VMS; id++) {
		try_send(id);
		try_retrieve(id);
		try_return(id);
		EXPECT_EQ(memory_digest(), digest);
	}
	check_maps();
	check_access();
}

static void do_send(void)
{
	ASSERT_EQ(send(model.owner, model.receiver, model.kind), 0);
	model.handle = memory_handle(model.vcpus[model.owner]);
	take(model.kind->send, SENT);
	try_all();
}

static void do_retrieve(void)
{
	ASSERT_EQ(retrieve(model.receiver), 0);
	take(model.kind->retrieve, RETRIEVED);
	try_all();
}

static void do_relinquish(void)
{
	ASSERT_EQ(
		memory_relinquish(model.vcpus[model.receiver], model.handle, 0),
		0);
	take(model.kind->relinquish, SENT);
	try_all();
}

static void do_reclaim(void)
{
	ASSERT_EQ(memory_reclaim(model.vcpus[model.owner], model.handle, 0), 0);
	take(model.kind->reclaim, OWNED);
	try_all();
}

/** Through all stages that there are. */
static void walk(const struct kind *kind, uint16_t owner, uint16_t receiver)
{
	begin(kind, owner, receiver);
	try_all();
	do_send();
	do_reclaim();
	do_send();
	do_retrieve();
	if (kind->relinquish == OWNERSHIP_STEP_COUNT) {
		return;
	}
	do_relinquish();
	do_retrieve();
	do_relinquish();
	do_reclaim();
}

static void every_receiver(const struct kind *kind)
{
	for (uint16_t owner = 1; owner <= VMS; owner++) {
		for (uint16_t receiver = 1; receiver <= VMS; receiver++) {
			if (owner != receiver) {
				walk(kind, owner, receiver);
			}
		}
	}
}

TEST(ffa_memory_state, shared_between_every_two)
{
	every_receiver(&kinds[0]);
}

TEST(ffa_memory_state, lent_between_every_two)
{
	every_receiver(&kinds[1]);
}

TEST(ffa_memory_state, donated_between_every_two)
{
	every_receiver(&kinds[2]);
}

/** Who was given a page does with it what its first owner could. */
TEST(ffa_memory_state, donated_page_goes_on_and_back)
{
	static const uint16_t next[] = {0, 2, 3, 1};
	uint16_t owner = 1;

	begin(&kinds[2], 1, 2);
	for (unsigned int i = 0; i < 6; i++) {
		model.owner = owner;
		model.receiver = next[owner];
		ASSERT_EQ(send(owner, next[owner], &kinds[2]), 0);
		model.handle = memory_handle(model.vcpus[owner]);
		ASSERT_EQ(retrieve(next[owner]), 0);
		EXPECT_EQ(memory_mode(model.vcpus[owner], model.page),
			  MM_MODE_ABSENT);
		owner = next[owner];
		EXPECT_EQ(memory_mode(model.vcpus[owner], model.page),
			  MEMORY_OWN);
	}
	for (size_t i = 0; i < 2; i++) {
		ASSERT_EQ(send(1, 3, &kinds[i]), 0);
		EXPECT_EQ(memory_reclaim(model.vcpus[1],
					 memory_handle(model.vcpus[1]), 0),
			  0);
	}
}

/** Neighbouring pages in transactions of all sorts, to different VMs. */
TEST(ffa_memory_state, transactions_side_by_side_do_not_touch_each_other)
{
	uint64_t handles[6];
	uint64_t digest;

	begin(&kinds[0], 1, 2);
	digest = memory_digest();
	for (unsigned int i = 0; i < 6; i++) {
		model.page = MEMORY_PAGE(1, 509 + i);
		model.kind = &kinds[i % 2];
		ASSERT_EQ(send(1, (uint16_t)(2 + i / 3), model.kind), 0);
		handles[i] = memory_handle(model.vcpus[1]);
		model.handle = handles[i];
		ASSERT_EQ(retrieve((uint16_t)(2 + i / 3)), 0);
	}
	for (unsigned int i = 0; i < 6; i++) {
		unsigned int n = i * 5 % 6;

		EXPECT_EQ(memory_relinquish(model.vcpus[2 + n / 3], handles[n],
					    0),
			  0);
		EXPECT_EQ(memory_reclaim(model.vcpus[1], handles[n], 0), 0);
	}
	EXPECT_EQ(memory_digest(), digest);
}
