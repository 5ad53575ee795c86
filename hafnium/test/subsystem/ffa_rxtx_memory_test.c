/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_RXTX_MAP without memory for tables, at each place where some is
 * needed, and of FFA_RXTX_UNMAP: nothing is left over.
 */
#include "fixture/mailbox.h"
#include "hf/mm/stage1.h"
#include "hf/smccc.h"
#include "hftest.h"

/** In gigabytes of their own, so that each needs all the tables there are. */
#define OWN UINT64_C(0x40000000)
#define OWN_END UINT64_C(0x100000000)
#define TX UINT64_C(0x40201000)
#define RX UINT64_C(0x80201000)

static struct vcpu *start(void)
{
	struct vcpu *vcpu = mailbox_machine();
	struct vm_locked locked = vm_lock(vcpu->vm);
	struct pa_range own = {pa_init(OWN), pa_init(OWN_END)};

	ASSERT_EQ(stage2_map_identity(&vcpu->vm->stage2, own, MAILBOX_OWN),
		  MM_OK);
	vm_unlock(&locked);
	return vcpu;
}

static int32_t map_at(struct vcpu *vcpu, uint64_t tx, uint64_t rx)
{
	return mailbox_call(vcpu, CALL(FFA_RXTX_MAP | SMCCC_64_BIT, tx, rx, 1));
}

static int32_t unmap(struct vcpu *vcpu, uint64_t w1)
{
	return mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP, w1));
}

/** All of the VM's memory is as at the start. */
static bool is_all_own(const struct vm *vm)
{
	mm_mode_t mode = 0;

	return stage2_query(&vm->stage2, ipa_init(OWN), ipa_init(OWN_END),
			    &mode) &&
	       mode == MAILBOX_OWN;
}

/** Nothing is in our own map. */
static bool is_ours_empty(void)
{
	struct pa_range all = {pa_init(0), pa_init(OWN_END)};
	mm_mode_t mode = MM_MODE_R;

	return stage1_query(all, &mode) && mode == MM_MODE_ABSENT;
}

/** What FFA_RXTX_MAP answers with that many pages in the pool. */
static int32_t map_with_pages(size_t count)
{
	struct vcpu *vcpu = start();
	int32_t code;

	while (page_pool_count(machine_pool()) > count) {
		ASSERT_TRUE(page_pool_alloc(machine_pool()) != NULL);
	}
	code = map_at(vcpu, TX, RX);
	if (code != 0) {
		EXPECT_EQ(page_pool_count(machine_pool()), count);
		EXPECT_TRUE(is_all_own(vcpu->vm));
		EXPECT_TRUE(is_ours_empty());
		EXPECT_TRUE(vcpu->vm->mailbox.tx == NULL);
		EXPECT_TRUE(vcpu->vm->mailbox.rx == NULL);
	}
	return code;
}

/*
 * Stage 2: two gigabytes are cut, two tables each. Stage 1: three levels for
 * TX, of which RX shares the first.
 */
TEST(ffa_rxtx_memory, without_it_nothing_has_changed)
{
	for (size_t count = 0; count < 9; count++) {
		EXPECT_EQ(map_with_pages(count), FFA_NO_MEMORY);
	}
	EXPECT_EQ(map_with_pages(9), 0);
}

TEST(ffa_rxtx_memory, with_some_again_it_succeeds)
{
	struct vcpu *vcpu = start();
	void *pages[MACHINE_PAGES];
	size_t count = 0;

	while (page_pool_count(machine_pool()) > 8) {
		pages[count++] = page_pool_alloc(machine_pool());
	}
	ASSERT_EQ(map_at(vcpu, TX, RX), FFA_NO_MEMORY);
	page_pool_free(machine_pool(), pages[--count]);

	EXPECT_EQ(map_at(vcpu, TX, RX), 0);
	EXPECT_EQ(page_pool_count(machine_pool()), 0U);
}

TEST(ffa_rxtx_memory, unmap_needs_none)
{
	struct vcpu *vcpu = start();

	ASSERT_EQ(map_at(vcpu, TX, RX), 0);
	while (page_pool_count(machine_pool()) > 0) {
		ASSERT_TRUE(page_pool_alloc(machine_pool()) != NULL);
	}

	EXPECT_EQ(unmap(vcpu, 0), 0);
	EXPECT_TRUE(is_all_own(vcpu->vm));
}

TEST(ffa_rxtx_unmap, gives_all_back)
{
	struct vcpu *vcpu = start();
	size_t free_count = page_pool_count(machine_pool());

	ASSERT_EQ(map_at(vcpu, TX, RX), 0);
	ASSERT_EQ(unmap(vcpu, 0), 0);

	EXPECT_EQ(page_pool_count(machine_pool()), free_count);
	EXPECT_TRUE(is_all_own(vcpu->vm));
	EXPECT_TRUE(is_ours_empty());
	EXPECT_TRUE(vcpu->vm->mailbox.tx == NULL);
	EXPECT_TRUE(vcpu->vm->mailbox.rx == NULL);
}

/** Who may only read a page, or not execute it, cannot get more that way. */
TEST(ffa_rxtx_unmap, gives_no_more_rights_than_there_were)
{
	static const mm_mode_t rights[][2] = {
		{MM_MODE_R | MM_MODE_W, MM_MODE_R},
		{MM_MODE_RWX, MM_MODE_R | MM_MODE_X},
		{MM_MODE_R | MM_MODE_W, MM_MODE_R | MM_MODE_W},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		struct vcpu *vcpu = start();
		struct stage2 *stage2 = &vcpu->vm->stage2;
		struct pa_range tx = {pa_init(TX), pa_init(TX + PAGE_SIZE)};
		struct pa_range rx = {pa_init(RX), pa_init(RX + PAGE_SIZE)};
		mm_mode_t mode;

		ASSERT_EQ(stage2_map_identity(stage2, tx,
					      rights[i][0] | MM_MODE_OWNED),
			  MM_OK);
		ASSERT_EQ(stage2_map_identity(stage2, rx,
					      rights[i][1] | MM_MODE_OWNED),
			  MM_OK);
		ASSERT_EQ(map_at(vcpu, TX, RX), 0);
		ASSERT_EQ(unmap(vcpu, 0), 0);

		ASSERT_TRUE(stage2_query(stage2, ipa_init(TX),
					 ipa_init(TX + PAGE_SIZE), &mode));
		EXPECT_EQ(mode, rights[i][0] | MM_MODE_OWNED);
		ASSERT_TRUE(stage2_query(stage2, ipa_init(RX),
					 ipa_init(RX + PAGE_SIZE), &mode));
		EXPECT_EQ(mode, rights[i][1] | MM_MODE_OWNED);
	}
}

/** A guest that goes through its memory must not use up ours. */
TEST(ffa_rxtx_unmap, all_over_memory_leaves_no_tables)
{
	struct vcpu *vcpu = start();
	size_t free_count = page_pool_count(machine_pool());

	for (uint64_t at = OWN; at < OWN_END; at += 0x200000) {
		ASSERT_EQ(map_at(vcpu, at, at + PAGE_SIZE), 0);
		ASSERT_EQ(unmap(vcpu, 0), 0);
	}

	EXPECT_EQ(page_pool_count(machine_pool()), free_count);
}

TEST(ffa_rxtx_unmap, leaves_buffers_of_others)
{
	struct vcpu *vcpu = start();
	struct vm *vm = mailbox_add_vm(1);
	uint8_t *rx = mailbox_rx(vm->id);
	struct pa_range theirs = {pa_from_ptr(rx), pa_from_ptr(rx + 1)};
	mm_mode_t mode = 0;

	ASSERT_EQ(map_at(vcpu, TX, RX), 0);
	ASSERT_EQ(unmap(vcpu, 0), 0);

	EXPECT_TRUE(vm->mailbox.rx == rx);
	EXPECT_TRUE(stage1_query(theirs, &mode));
	EXPECT_EQ(mode, MM_MODE_R | MM_MODE_W);
}

TEST(ffa_rxtx_unmap, next_to_buffers_of_others_leaves_them)
{
	struct vcpu *vcpu = mailbox_machine();
	struct vm *vm = mailbox_add_vm(1);
	struct pa_range theirs = {pa_from_ptr(mailbox_tx(vm->id)),
				  pa_from_ptr(mailbox_tx(vm->id) + 1)};
	mm_mode_t mode = 0;

	mailbox_give(vcpu->vm);
	ASSERT_EQ(mailbox_map(vcpu->vm), 0);
	ASSERT_EQ(unmap(vcpu, 0), 0);

	EXPECT_TRUE(stage1_query(theirs, &mode));
	EXPECT_EQ(mode, MM_MODE_R);
	EXPECT_EQ(mailbox_call(vm_vcpu(vm, 0), CALL(FFA_RXTX_UNMAP)), 0);
}

TEST(ffa_rxtx_unmap, map_again_elsewhere)
{
	struct vcpu *vcpu = start();

	ASSERT_EQ(map_at(vcpu, TX, RX), 0);
	ASSERT_EQ(unmap(vcpu, 0), 0);

	EXPECT_EQ(map_at(vcpu, RX, TX), 0);
}

TEST(ffa_rxtx_unmap, of_nothing_is_invalid)
{
	struct vcpu *vcpu = start();

	EXPECT_EQ(unmap(vcpu, 0), FFA_INVALID_PARAMETERS);
	ASSERT_EQ(map_at(vcpu, TX, RX), 0);
	ASSERT_EQ(unmap(vcpu, 0), 0);
	EXPECT_EQ(unmap(vcpu, 0), FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx_unmap, own_id_is_tolerated_and_no_other)
{
	struct vcpu *vcpu = start();

	ASSERT_EQ(map_at(vcpu, TX, RX), 0);

	EXPECT_EQ(unmap(vcpu, 0x20000), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(unmap(vcpu, 0x80010000), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(unmap(vcpu, 0xffff0000), FFA_INVALID_PARAMETERS);
	EXPECT_TRUE(vcpu->vm->mailbox.tx != NULL);
	EXPECT_EQ(unmap(vcpu, 0x10000), 0);
}

TEST(ffa_rxtx_unmap, low_half_of_w1_is_0)
{
	struct vcpu *vcpu = start();

	ASSERT_EQ(map_at(vcpu, TX, RX), 0);

	EXPECT_EQ(unmap(vcpu, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(unmap(vcpu, 0x18000), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(unmap(vcpu, UINT64_C(0xffffffff00000000)), 0);
}

TEST(ffa_rxtx_unmap, message_in_rx_is_gone)
{
	struct vcpu *vcpu = start();
	struct vm *vm = mailbox_add_vm(1);
	struct vcpu *receiver = vm_vcpu(vm, 0);

	mailbox_give(vcpu->vm);
	ASSERT_EQ(mailbox_map(vcpu->vm), 0);
	(void)mailbox_send(vcpu, 2, 8);
	ASSERT_EQ(vm->mailbox.state, MAILBOX_RECEIVED);

	ASSERT_EQ(mailbox_call(receiver, CALL(FFA_RXTX_UNMAP)), 0);

	EXPECT_EQ(vm->mailbox.state, MAILBOX_ABSENT);
	EXPECT_EQ(mailbox_call(receiver, CALL(FFA_MSG_POLL)), FFA_RETRY);
	(void)mailbox_send(vcpu, 2, 8);
	EXPECT_EQ(mailbox_answer(vcpu), FFA_BUSY);
}
