/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_RXTX_MAP of hafnium/src/ffa/rxtx.c: its checks, in their order,
 * and what a page may be afterwards. No memory: ffa_rxtx_memory_test.c.
 */
#include "fixture/mailbox.h"
#include "hf/base/bits.h"
#include "hf/mm/stage1.h"
#include "hf/smccc.h"
#include "hftest.h"

#define MAP_64 (FFA_RXTX_MAP | SMCCC_64_BIT)

/** What the caller has, from here on; nobody looks into these pages. */
#define OWN UINT64_C(0x40000000)
#define OWN_END UINT64_C(0x48000000)
#define OTHER UINT64_C(0x90000000)
#define HIGH UINT64_C(0x4000000000)

#define TX OWN
#define RX (OWN + PAGE_SIZE)

static void add(struct vm *vm, uint64_t begin, uint64_t end, mm_mode_t mode)
{
	struct vm_locked locked = vm_lock(vm);
	struct pa_range range = {pa_init(begin), pa_init(end)};

	ASSERT_EQ(stage2_map_identity(&vm->stage2, range, mode), MM_OK);
	vm_unlock(&locked);
}

/** The primary, which negotiated `version`; 0: it never asked. */
static struct vcpu *start(uint32_t version)
{
	struct vcpu *vcpu = mailbox_machine();

	add(vcpu->vm, OWN, OWN_END, MAILBOX_OWN);
	add(vcpu->vm, HIGH, HIGH + 0x10000, MAILBOX_OWN);
	if (version != 0) {
		(void)machine_hvc(vcpu, CALL(FFA_VERSION, version));
	}
	return vcpu;
}

static int32_t map(struct vcpu *vcpu, uint64_t tx, uint64_t rx, uint64_t pages)
{
	return mailbox_call(vcpu, CALL(MAP_64, tx, rx, pages));
}

/** TX and RX with a page of this mode in the place of one of them. */
static int32_t map_tx_of(uint32_t version, mm_mode_t mode)
{
	struct vcpu *vcpu = start(version);

	add(vcpu->vm, OTHER, OTHER + PAGE_SIZE, mode);
	return map(vcpu, OTHER, RX, 1);
}

static int32_t map_rx_of(uint32_t version, mm_mode_t mode)
{
	struct vcpu *vcpu = start(version);

	add(vcpu->vm, OTHER, OTHER + PAGE_SIZE, mode);
	return map(vcpu, TX, OTHER, 1);
}

static mm_mode_t mode_of(const struct vm *vm, uint64_t address)
{
	mm_mode_t mode = MM_MODE_ABSENT;

	EXPECT_TRUE(stage2_query(&vm->stage2, ipa_init(address),
				 ipa_init(address + PAGE_SIZE), &mode));
	return mode;
}

static mm_mode_t own_mode_of(uint64_t address)
{
	mm_mode_t mode = MM_MODE_ABSENT;

	EXPECT_TRUE(stage1_query(
		(struct pa_range){pa_init(address), pa_init(address + 1)},
		&mode));
	return mode;
}

TEST(ffa_rxtx_map, succeeds_by_both_widths_and_conduits)
{
	struct vcpu *vcpu = start(0);

	EXPECT_EQ(map(vcpu, TX, RX, 1), 0);
	vcpu = start(0);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_MAP, TX, RX, 1)), 0);
	vcpu = start(0);
	(void)machine_smc(vcpu, CALL(MAP_64, TX, RX, 1));
	EXPECT_EQ(mailbox_answer(vcpu), 0);
}

TEST(ffa_rxtx_map, modes_of_the_vm_and_of_ours)
{
	struct vcpu *vcpu = start(0);

	ASSERT_EQ(map(vcpu, TX, RX, 1), 0);

	EXPECT_EQ(mode_of(vcpu->vm, TX),
		  MM_MODE_R | MM_MODE_W | MM_MODE_SHARED);
	EXPECT_EQ(mode_of(vcpu->vm, RX), MM_MODE_R | MM_MODE_SHARED);
	EXPECT_EQ(mode_of(vcpu->vm, RX + PAGE_SIZE), MAILBOX_OWN);
	EXPECT_EQ(own_mode_of(TX), MM_MODE_R);
	EXPECT_EQ(own_mode_of(RX), MM_MODE_R | MM_MODE_W);
	EXPECT_EQ(own_mode_of(RX + PAGE_SIZE), MM_MODE_ABSENT);
	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_EMPTY);
}

TEST(ffa_rxtx_map, rx_may_lie_below_tx)
{
	struct vcpu *vcpu = start(0);

	ASSERT_EQ(map(vcpu, RX, TX, 1), 0);

	EXPECT_EQ(mode_of(vcpu->vm, RX),
		  MM_MODE_R | MM_MODE_W | MM_MODE_SHARED);
	EXPECT_EQ(mode_of(vcpu->vm, TX), MM_MODE_R | MM_MODE_SHARED);
}

TEST(ffa_rxtx_map, twice_is_denied_before_all_else)
{
	struct vcpu *vcpu = start(0);

	ASSERT_EQ(map(vcpu, TX, RX, 1), 0);

	EXPECT_EQ(map(vcpu, OWN + 0x10000, OWN + 0x20000, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, TX, RX, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, 1, 1, 0), FFA_DENIED);
	EXPECT_EQ(mode_of(vcpu->vm, OWN + 0x10000), MAILBOX_OWN);
}

TEST(ffa_rxtx_map, of_1_0_is_one_page)
{
	struct vcpu *vcpu = start(0);

	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 0), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 2), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 63), FFA_INVALID_PARAMETERS);
	vcpu = start(FFA_VERSION_1_0);
	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 2), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 1), 0);
}

TEST(ffa_rxtx_map, of_1_1_is_up_to_16_pages)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_1);

	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 0), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 17), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, OWN + 0x40000, 16), 0);
	EXPECT_EQ(mode_of(vcpu->vm, TX + 0xf000),
		  MM_MODE_R | MM_MODE_W | MM_MODE_SHARED);
	EXPECT_EQ(mode_of(vcpu->vm, TX + 0x10000), MAILBOX_OWN);
	EXPECT_EQ(own_mode_of(OWN + 0x4f000), MM_MODE_R | MM_MODE_W);
	EXPECT_EQ(own_mode_of(OWN + 0x50000), MM_MODE_ABSENT);
}

TEST(ffa_rxtx_map, bits_31_to_6_of_the_page_count_are_0)
{
	uint32_t versions[] = {0, FFA_VERSION_1_0, FFA_VERSION_1_1,
			       FFA_VERSION_1_2};

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		struct vcpu *vcpu = start(versions[i]);

		EXPECT_EQ(map(vcpu, TX, RX, 0x41), FFA_INVALID_PARAMETERS);
		EXPECT_EQ(map(vcpu, TX, RX, 0x80000001),
			  FFA_INVALID_PARAMETERS);
		/* An argument of 32 bits: what is above does not matter. */
		EXPECT_EQ(map(vcpu, TX, RX, BIT(32) | 1), 0);
	}
}

TEST(ffa_rxtx_map, page_count_is_looked_at_before_the_pages)
{
	struct vcpu *vcpu = start(0);

	EXPECT_EQ(map(vcpu, OTHER, OTHER + PAGE_SIZE, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, OTHER, OTHER + PAGE_SIZE, 2),
		  FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx_map, not_aligned_is_invalid_before_the_pages)
{
	struct vcpu *vcpu = start(0);

	EXPECT_EQ(map(vcpu, TX + 1, RX, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, RX + 0x800, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, OTHER + 0xfff, RX, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, OTHER + 8, 1), FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx_map, same_page_twice_is_invalid_before_the_pages)
{
	struct vcpu *vcpu = start(0);

	EXPECT_EQ(map(vcpu, TX, TX, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, OTHER, OTHER, 1), FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx_map, overlapping_ones_are_invalid)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);

	EXPECT_EQ(map(vcpu, TX, TX + 3 * PAGE_SIZE, 4), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX + 3 * PAGE_SIZE, TX, 4), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX + 4 * PAGE_SIZE, TX, 4), 0);
}

TEST(ffa_rxtx_map, wrapping_addresses_are_invalid)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);
	uint64_t last = UINT64_MAX - PAGE_SIZE + 1;

	EXPECT_EQ(map(vcpu, last, RX, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, last, 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, last - 2 * PAGE_SIZE, RX, 16),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, TX, last - 2 * PAGE_SIZE, 16),
		  FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx_map, addresses_out_of_the_ipa_space_are_foreign)
{
	struct vcpu *vcpu = start(0);

	EXPECT_EQ(map(vcpu, BIT(48), RX, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, TX, BIT(63), 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, BIT(48) - PAGE_SIZE, RX, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, BIT(48) | TX, RX, 1), FFA_DENIED);
}

/** Each mode that a buffer may not have, whichever of the two it is. */
static const mm_mode_t foreign[] = {
	MM_MODE_RWX,				    /* not owned */
	MM_MODE_RWX | MM_MODE_SHARED,		    /* borrowed, shared */
	MAILBOX_OWN | MM_MODE_SHARED,		    /* shared with others */
	MAILBOX_OWN | MM_MODE_NO_ACCESS,	    /* lent */
	MAILBOX_OWN | MM_MODE_DEVICE,		    /* device */
	MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE,	    /* as boot maps them */
	MM_MODE_W | MM_MODE_OWNED,		    /* no R */
	MM_MODE_R | MM_MODE_SHARED,		    /* somebody's RX */
	MM_MODE_R | MM_MODE_W | MM_MODE_SHARED,	    /* somebody's TX */
	MM_MODE_OWNED | MM_MODE_X,		    /* neither R nor W */
	MM_MODE_OWNED | MM_MODE_SHARED | MM_MODE_R, /* shared, read-only */
};

TEST(ffa_rxtx_map, foreign_pages_are_denied_to_legacy_guests)
{
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		EXPECT_EQ(map_tx_of(0, foreign[i]), FFA_DENIED);
		EXPECT_EQ(map_rx_of(0, foreign[i]), FFA_DENIED);
	}
}

TEST(ffa_rxtx_map, foreign_pages_are_invalid_to_who_asked_for_a_version)
{
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		EXPECT_EQ(map_tx_of(FFA_VERSION_1_0, foreign[i]),
			  FFA_INVALID_PARAMETERS);
		EXPECT_EQ(map_tx_of(FFA_VERSION_1_1, foreign[i]),
			  FFA_INVALID_PARAMETERS);
		EXPECT_EQ(map_rx_of(FFA_VERSION_1_2, foreign[i]),
			  FFA_INVALID_PARAMETERS);
	}
}

TEST(ffa_rxtx_map, unmapped_page_by_version)
{
	EXPECT_EQ(map(start(0), OTHER, RX, 1), FFA_DENIED);
	EXPECT_EQ(map(start(FFA_VERSION_1_0), TX, OTHER, 1),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(start(FFA_VERSION_1_1), OTHER, RX, 1),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(start(FFA_VERSION_1_2), TX, OTHER, 1),
		  FFA_INVALID_PARAMETERS);
}

TEST(ffa_rxtx_map, read_only_page_may_be_rx_and_not_tx)
{
	EXPECT_EQ(map_rx_of(0, MM_MODE_R | MM_MODE_OWNED), 0);
	EXPECT_EQ(map_tx_of(0, MM_MODE_R | MM_MODE_OWNED), FFA_DENIED);
}

TEST(ffa_rxtx_map, page_need_not_be_executable)
{
	EXPECT_EQ(map_tx_of(0, MM_MODE_R | MM_MODE_W | MM_MODE_OWNED), 0);
	EXPECT_EQ(map_rx_of(0, MM_MODE_R | MM_MODE_W | MM_MODE_OWNED), 0);
}

TEST(ffa_rxtx_map, every_page_of_a_buffer_is_looked_at)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2);

	EXPECT_EQ(map(vcpu, OWN_END - 3 * PAGE_SIZE, OWN, 4),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, OWN, OWN_END - 3 * PAGE_SIZE, 4),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(map(vcpu, OWN, OWN_END - 4 * PAGE_SIZE, 4), 0);
}

TEST(ffa_rxtx_map, buffers_of_one_vm_are_not_another_s)
{
	struct vcpu *vcpu = start(0);
	struct vm *vm = guest_add_vm(1);

	ASSERT_EQ(map(vcpu, TX, RX, 1), 0);

	EXPECT_EQ(map(vm_vcpu(vm, 0), TX, RX, 1), FFA_DENIED);
	EXPECT_TRUE(vm->mailbox.tx == NULL);
}

TEST(ffa_rxtx_map, addresses_of_the_64_bit_form_have_64_bits)
{
	struct vcpu *vcpu = start(0);

	ASSERT_EQ(map(vcpu, HIGH, HIGH + PAGE_SIZE, 1), 0);

	EXPECT_EQ(mode_of(vcpu->vm, HIGH + PAGE_SIZE),
		  MM_MODE_R | MM_MODE_SHARED);
}

TEST(ffa_rxtx_map, addresses_of_the_32_bit_form_have_32_bits)
{
	struct vcpu *vcpu = start(0);

	EXPECT_EQ(mailbox_call(vcpu,
			       CALL(FFA_RXTX_MAP, HIGH, HIGH + PAGE_SIZE, 1)),
		  FFA_DENIED);
	EXPECT_EQ(
		mailbox_call(vcpu, CALL(FFA_RXTX_MAP, HIGH | TX, HIGH | TX, 1)),
		FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_call(vcpu,
			       CALL(FFA_RXTX_MAP, HIGH | TX, BIT(63) | RX, 1)),
		  0);
	EXPECT_EQ(mode_of(vcpu->vm, RX), MM_MODE_R | MM_MODE_SHARED);
	EXPECT_EQ(mode_of(vcpu->vm, HIGH), MAILBOX_OWN);
}

TEST(ffa_rxtx_map, refused_one_changes_nothing)
{
	struct vcpu *vcpu = start(0);
	size_t free_count = page_pool_count(machine_pool());

	EXPECT_EQ(map(vcpu, TX, OTHER, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, OTHER, RX, 1), FFA_DENIED);
	EXPECT_EQ(map(vcpu, TX, TX, 1), FFA_INVALID_PARAMETERS);

	EXPECT_EQ(page_pool_count(machine_pool()), free_count);
	EXPECT_EQ(mode_of(vcpu->vm, TX), MAILBOX_OWN);
	EXPECT_EQ(own_mode_of(TX), MM_MODE_ABSENT);
	EXPECT_EQ(own_mode_of(RX), MM_MODE_ABSENT);
	EXPECT_TRUE(vcpu->vm->mailbox.tx == NULL);
	EXPECT_EQ(map(vcpu, TX, RX, 1), 0);
}
