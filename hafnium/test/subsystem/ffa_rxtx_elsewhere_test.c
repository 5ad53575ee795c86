/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RX and TX of a VM whose memory is not mapped IPA = PA: it names pages by its
 * own addresses, and never reaches those of others by theirs.
 */
#include <string.h>

#include "fixture/mailbox.h"
#include "fixture/translate.h"
#include "hf/mm/stage1.h"
#include "hf/smccc.h"
#include "hftest.h"

/** Where the VM has its memory; elsewhere it has nothing. */
#define IPA UINT64_C(0x40000000)
#define TX_IPA IPA
#define RX_IPA (IPA + PAGE_SIZE)

static struct vm *secondary;

static void map_own(uint64_t ipa, const void *at, uint64_t size)
{
	struct vm_locked locked = vm_lock(secondary);
	struct stage2_map map = {
		.begin = ipa_init(ipa),
		.end = ipa_init(ipa + size),
		.pa = pa_from_ptr(at),
		.mode = MAILBOX_OWN,
	};

	ASSERT_EQ(stage2_prepare(&secondary->stage2, &map), MM_OK);
	stage2_commit(&secondary->stage2, &map);
	vm_unlock(&locked);
}

/** VM 2 with its two pages at IPA; what a primary has is identity. */
static struct vcpu *start(void)
{
	struct vcpu *primary = mailbox_machine();

	mailbox_give(primary->vm);
	secondary = guest_add_vm(1);
	map_own(IPA, mailbox_tx(2), 2 * PAGE_SIZE);
	return vm_vcpu(secondary, 0);
}

static int32_t map(struct vcpu *vcpu, uint64_t tx, uint64_t rx, uint64_t pages)
{
	return mailbox_call(vcpu,
			    CALL(FFA_RXTX_MAP | SMCCC_64_BIT, tx, rx, pages));
}

static mm_mode_t mode_at(uint64_t ipa, const void *pa)
{
	struct stage2_map map = {.begin = ipa_init(ipa),
				 .end = ipa_init(ipa + PAGE_SIZE)};

	EXPECT_TRUE(translate_piece(&secondary->stage2, &map));
	EXPECT_EQ(map.pa.pa, pa_from_ptr(pa).pa);
	return map.mode;
}

TEST(ffa_rxtx_elsewhere, buffers_are_the_pages_behind_the_addresses)
{
	struct vcpu *vcpu = start();

	ASSERT_EQ(map(vcpu, TX_IPA, RX_IPA, 1), 0);

	EXPECT_TRUE(secondary->mailbox.tx == mailbox_tx(2));
	EXPECT_TRUE(secondary->mailbox.rx == mailbox_rx(2));
	EXPECT_EQ(mode_at(TX_IPA, mailbox_tx(2)),
		  MM_MODE_R | MM_MODE_W | MM_MODE_SHARED);
	EXPECT_EQ(mode_at(RX_IPA, mailbox_rx(2)), MM_MODE_R | MM_MODE_SHARED);
}

TEST(ffa_rxtx_elsewhere, message_arrives)
{
	struct vcpu *vcpu = start();

	ASSERT_EQ(map(vcpu, TX_IPA, RX_IPA, 1), 0);
	ASSERT_EQ(mailbox_map(vm_set_find(HF_PRIMARY_VM_ID)), 0);
	memcpy(mailbox_tx(1), "hello", 5);
	(void)mailbox_send(vm_vcpu(vm_set_find(HF_PRIMARY_VM_ID), 0), 2, 5);

	EXPECT_EQ(memcmp(mailbox_rx(2), "hello", 5), 0);
}

TEST(ffa_rxtx_elsewhere, unmap_leaves_the_memory_as_it_was)
{
	struct vcpu *vcpu = start();
	size_t free_pages = page_pool_count(machine_pool());

	ASSERT_EQ(map(vcpu, TX_IPA, RX_IPA, 1), 0);
	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP, 0)), 0);

	EXPECT_EQ(mode_at(TX_IPA, mailbox_tx(2)), MAILBOX_OWN);
	EXPECT_EQ(mode_at(RX_IPA, mailbox_rx(2)), MAILBOX_OWN);
	EXPECT_EQ(page_pool_count(machine_pool()), free_pages);
	EXPECT_EQ(map(vcpu, TX_IPA, RX_IPA, 1), 0);
}

TEST(ffa_rxtx_elsewhere, physical_addresses_are_nothing_to_it)
{
	struct vcpu *vcpu = start();

	EXPECT_EQ(map(vcpu, (uintptr_t)mailbox_tx(2), RX_IPA, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, TX_IPA, (uintptr_t)mailbox_rx(2), 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, (uintptr_t)mailbox_tx(1), (uintptr_t)mailbox_rx(1),
		      1),
		  FFA_DENIED);
	EXPECT_TRUE(secondary->mailbox.tx == NULL);
}

TEST(ffa_rxtx_elsewhere, scattered_pages_are_no_buffer)
{
	struct vcpu *vcpu = start();

	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_2));
	/* Two pages of its own, not one behind the other. */
	map_own(IPA + 0x10000, mailbox_rx(3), PAGE_SIZE);
	map_own(IPA + 0x11000, mailbox_tx(3), PAGE_SIZE);

	EXPECT_EQ(map(vcpu, IPA + 0x10000, IPA, 2), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, IPA, IPA + 0x10000, 2), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, IPA + 0x10000, IPA, 1), 0);
}
