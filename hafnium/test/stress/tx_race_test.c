/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Another CPU of the guest rewrites TX while a call reads it: the call does
 * what one reading of each field says, or is refused and has changed nothing.
 * See docs/ffa.md.
 */
#include <sched.h>
#include <string.h>

#include "fixture/cpu_threads.h"
#include "fixture/memory.h"
#include "hf/mm/stage1.h"
#include "hftest.h"

#define ROUNDS 2000U
#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND

/** A word of TX that is now the one, now the other. */
struct word {
	uint32_t offset;
	uint64_t is;
	uint64_t other;
};

#define MOST_WORDS 12U

/** Of the test. */
static struct {
	struct memory memory;
	uint8_t *tx;
	struct word words[MOST_WORDS];
	uint32_t word_count;
	_Atomic bool is_over;
	_Atomic unsigned int odd;
	uint64_t before;
} race;

static void start(void)
{
	memset(&race, 0, sizeof(race));
	race.memory = memory_start(V1_2, V1_2);
	stage1_enable(); /* there are several CPUs: take locks */
}

static uint64_t load(uint32_t offset)
{
	return __atomic_load_n((uint64_t *)(void *)(race.tx + offset),
			       __ATOMIC_RELAXED);
}

static void store(uint32_t offset, uint64_t value)
{
	__atomic_store_n((uint64_t *)(void *)(race.tx + offset), value,
			 __ATOMIC_RELAXED);
}

/** The word at `offset` changes some bits now and then. */
static void flip(uint32_t offset, uint64_t bits)
{
	struct word *word = &race.words[race.word_count++];

	word->offset = offset;
	word->is = load(offset);
	word->other = word->is ^ bits;
}

static unsigned int rewrite(struct vcpu *primary)
{
	unsigned int i = 0;

	(void)primary;
	while (!race.is_over) {
		const struct word *word = &race.words[i++ % race.word_count];

		store(word->offset, word->other);
		(void)sched_yield();
		store(word->offset, word->is);
	}
	return i;
}

/** As the guest left it. */
static void restore(void)
{
	for (uint32_t i = 0; i < race.word_count; i++) {
		store(race.words[i].offset, race.words[i].is);
	}
}

/* Fields of a descriptor of 1.2 with two ranges. */
#define SENDER 0U
#define HANDLE 8U
#define ENDPOINT_COUNT 24U
#define RECEIVER 48U
#define COUNTS 80U
#define RANGE_0 96U
#define RANGE_1 112U
#define LENGTH 128U

/** Which pages of VM 1's first 32 are not its own alone. */
static uint64_t pages_that_went(void)
{
	uint64_t went = 0;

	for (unsigned int i = 0; i < 32; i++) {
		if (memory_mode(race.memory.sender, MEMORY_PAGE(1, i)) !=
		    MEMORY_OWN) {
			went |= BIT(i);
		}
	}
	return went;
}

/** One page each of 3 or 7, 4 of none, and of 5 or 13. */
static bool is_one_reading(uint64_t went)
{
	return went == (BIT(3) | BIT(5)) || went == (BIT(7) | BIT(5)) ||
	       went == (BIT(3) | BIT(13)) || went == (BIT(7) | BIT(13));
}

static unsigned int send_all(struct vcpu *primary)
{
	unsigned int sent = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code = memory_call(primary, SHARE, LENGTH, LENGTH);

		if (code != 0) {
			race.odd += code != FFA_INVALID_PARAMETERS &&
				    code != FFA_DENIED;
			race.odd += memory_digest() != race.before;
			continue;
		}
		race.odd += !is_one_reading(pages_that_went());
		race.odd +=
			memory_reclaim(primary, memory_handle(primary), 0) != 0;
		race.odd += memory_digest() != race.before;
		sent++;
	}
	race.is_over = true;
	return sent;
}

TEST(tx_race, descriptor_that_changes_is_sent_as_it_was_once)
{
	static cpu_work *const work[] = {send_all, rewrite};
	struct memory_said *said;
	struct cpu_counts counts;

	start();
	said = memory_offer(race.memory.sender, SHARE, 2);
	memory_add(said, MEMORY_PAGE(1, 3), 1);
	memory_add(said, MEMORY_PAGE(1, 5), 1);
	ASSERT_EQ(memory_put(race.memory.sender, said), LENGTH);
	race.tx = mailbox_tx(1);
	/* Another sender, flags, handle; two receivers, or VM 3. */
	flip(SENDER, UINT64_C(0x400000003));
	flip(HANDLE, UINT64_MAX);
	flip(ENDPOINT_COUNT, UINT64_C(0x300000000));
	flip(RECEIVER, 1);
	/* Another sum, more ranges than there are; other pages, more pages. */
	flip(COUNTS, UINT64_C(0x100000001));
	flip(RANGE_0, UINT64_C(0x4000));
	flip(RANGE_0 + 8, 3);
	flip(RANGE_1, UINT64_C(0x8000));
	flip(RANGE_1 + 8, UINT64_C(0x1000));
	race.before = memory_digest();
	counts = cpu_threads_run(2, work);

	EXPECT_EQ(race.odd, 0U);
	restore();
	EXPECT_EQ(memory_call(race.memory.sender, SHARE, LENGTH, LENGTH), 0);
	HFTEST_LOG("%u of %u were sent", counts.of[0], ROUNDS);
}

#define REQUEST_LENGTH 80U
#define PERMISSIONS RECEIVER

/** What VM 2 was told it may do is what it may do. */
static bool may_do_what_it_was_told(const struct vcpu *vcpu)
{
	uint8_t data = memory_told(vcpu)->permissions & FFA_DATA_ACCESS_MASK;
	mm_mode_t mode = memory_mode(vcpu, MEMORY_PAGE(1, 3));

	return data == FFA_DATA_ACCESS_RO
		       ? mode == (MM_MODE_R | MM_MODE_SHARED)
		       : data == FFA_DATA_ACCESS_RW &&
				 mode == (MM_MODE_R | MM_MODE_W |
					  MM_MODE_SHARED);
}

/** FFA_MEM_RELINQUISH, which reads words that nobody rewrites. */
static void return_page(struct vcpu *vcpu, uint64_t handle)
{
	uint32_t one = 1;
	uint16_t id = vcpu->vm->id;
	uint8_t words[24] = {0};

	memcpy(words, &handle, sizeof(handle));
	memcpy(words + 12, &one, sizeof(one));
	memcpy(words + 16, &id, sizeof(id));
	for (uint32_t i = 0; i < sizeof(words); i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, words + i, sizeof(word));
		store(i, word);
	}
	race.odd += mailbox_call(vcpu, CALL(FFA_MEM_RELINQUISH)) != 0;
}

/** The same request again, whatever somebody else writes. */
static void put_request(const uint8_t *request)
{
	for (uint32_t i = 0; i < REQUEST_LENGTH; i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, request + i, sizeof(word));
		store(i, word);
	}
}

static struct {
	uint8_t bytes[REQUEST_LENGTH];
	uint64_t handle;
} request;

static unsigned int retrieve_all(struct vcpu *primary)
{
	struct vcpu *vcpu = race.memory.receiver;
	unsigned int retrieved = 0;

	vcpu->cpu = primary->cpu;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code;

		(void)machine_hvc(vcpu, CALL(FFA_MEM_RETRIEVE_REQ,
					     REQUEST_LENGTH, REQUEST_LENGTH));
		if (vcpu->regs.x[0] != FFA_MEM_RETRIEVE_RESP) {
			code = mailbox_answer(vcpu);
			race.odd += code != FFA_INVALID_PARAMETERS &&
				    code != FFA_DENIED;
			race.odd += memory_digest() != race.before;
			put_request(request.bytes);
			continue;
		}
		race.odd += !may_do_what_it_was_told(vcpu);
		race.odd += memory_release_rx(vcpu) != 0;
		return_page(vcpu, request.handle);
		race.odd += memory_digest() != race.before;
		put_request(request.bytes);
		retrieved++;
	}
	race.is_over = true;
	return retrieved;
}

/** Only words behind those that FFA_MEM_RELINQUISH reads. */
TEST(tx_race, request_that_changes_is_granted_as_it_was_once)
{
	static cpu_work *const work[] = {retrieve_all, rewrite};
	struct memory_said *asked;
	struct cpu_counts counts;

	start();
	request.handle = memory_sent(race.memory, SHARE, MEMORY_PAGE(1, 3), 1);
	asked = memory_request(race.memory.receiver, SHARE, 1, request.handle);
	ASSERT_EQ(memory_put(race.memory.receiver, asked), REQUEST_LENGTH);
	race.tx = mailbox_tx(2);
	memcpy(request.bytes, race.tx, REQUEST_LENGTH);
	/* Two receivers, or another place of the first; VM 3; RO for RW. */
	flip(ENDPOINT_COUNT, UINT64_C(0x300000000));
	flip(ENDPOINT_COUNT + 8, UINT64_C(0x10));
	flip(RECEIVER, 1);
	flip(PERMISSIONS, (FFA_DATA_ACCESS_RO ^ FFA_DATA_ACCESS_RW) << 16);
	flip(PERMISSIONS, (FFA_DATA_ACCESS_RO ^ FFA_DATA_ACCESS_RW) << 16);
	/* Impdef that the sender did not say. */
	flip(PERMISSIONS + 8, 1);
	race.before = memory_digest();
	counts = cpu_threads_run(2, work);

	EXPECT_EQ(race.odd, 0U);
	HFTEST_LOG("%u of %u were retrieved", counts.of[0], ROUNDS);
	EXPECT_EQ(memory_reclaim(race.memory.sender, request.handle, 0), 0);
}

static uint64_t handles[2];

/** Which of two pages VM 2 has. */
static unsigned int pages_that_are_there(const struct vcpu *vcpu)
{
	unsigned int there = 0;

	for (unsigned int i = 0; i < 2; i++) {
		there |= memory_mode(vcpu, MEMORY_PAGE(1, 3 + 2 * i)) ==
					 MM_MODE_RWX
				 ? 1U << i
				 : 0;
	}
	return there;
}

/** By a request in a TX that nobody rewrites. */
static int32_t retrieve_again(struct vcpu *vcpu, uint64_t handle)
{
	const void *tx = vcpu->vm->mailbox.tx;
	uint32_t size;
	const uint8_t *bytes =
		memory_bytes(memory_request(vcpu, LEND, 1, handle), &size);

	memcpy(mailbox_tx(5), bytes, size);
	vcpu->vm->mailbox.tx = mailbox_tx(5);
	(void)machine_hvc(vcpu, CALL(FFA_MEM_RETRIEVE_REQ, size, size));
	vcpu->vm->mailbox.tx = tx;
	return vcpu->regs.x[0] == FFA_MEM_RETRIEVE_RESP
		       ? memory_release_rx(vcpu)
		       : mailbox_answer(vcpu);
}

static unsigned int relinquish_all(struct vcpu *primary)
{
	struct vcpu *vcpu = race.memory.receiver;
	unsigned int done = 0;

	vcpu->cpu = primary->cpu;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code = mailbox_call(vcpu, CALL(FFA_MEM_RELINQUISH));
		unsigned int there = pages_that_are_there(vcpu);

		race.odd += code != 0 && code != FFA_INVALID_PARAMETERS;
		race.odd += code == 0 ? there != 1 && there != 2 : there != 3;
		if (code == 0) {
			race.odd +=
				retrieve_again(
					vcpu, handles[there == 1 ? 1 : 0]) != 0;
			done++;
		}
	}
	race.is_over = true;
	return done;
}

TEST(tx_race, handle_that_changes_is_one_of_both)
{
	static cpu_work *const work[] = {relinquish_all, rewrite};
	struct cpu_counts counts;

	start();
	for (unsigned int i = 0; i < 2; i++) {
		handles[i] = memory_sent(race.memory, LEND,
					 MEMORY_PAGE(1, 3 + 2 * i), 1);
		ASSERT_EQ(memory_retrieve_from(race.memory, LEND, handles[i]),
			  0);
	}
	race.tx = mailbox_tx(2);
	store(0, handles[0]);
	store(8, UINT64_C(0x100000000));
	store(16, 2);
	flip(0, handles[0] ^ handles[1]);
	/* Two endpoints; another one. */
	flip(8, UINT64_C(0x300000000));
	flip(16, 1);
	counts = cpu_threads_run(2, work);

	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(pages_that_are_there(race.memory.receiver), 3U);
	HFTEST_LOG("%u of %u were relinquished", counts.of[0], ROUNDS);
}
