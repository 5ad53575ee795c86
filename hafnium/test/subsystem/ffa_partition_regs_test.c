/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_PARTITION_INFO_GET_REGS: paging through many partitions and UUIDs, the
 * tag, and what is refused. hafnium/src/ffa/partition_info.c
 */
#include "fixture/guest.h"
#include "hf/arch/entry.h"
#include "hf/ffa.h"
#include "hftest.h"

#define INFO_GET_REGS FFA_64(FFA_PARTITION_INFO_GET_REGS)
#define PER_CALL 5U
#define MAX_ENTRIES (4U * MAX_VMS)

/** A descriptor as its three registers have it. */
struct entry {
	uint64_t word[3];
};

/** What a caller gathers. */
static struct gathered {
	struct entry entries[MAX_ENTRIES];
	uint32_t count;
	uint32_t calls;
} gathered;

static struct vcpu *start(uint16_t secondaries)
{
	struct vcpu *primary = machine_start();

	(void)machine_hvc(primary, CALL(FFA_VERSION, FFA_VERSION_1_2));
	for (uint16_t i = 0; i < secondaries; i++) {
		(void)guest_add_vm(1);
	}
	return primary;
}

/** `count` UUIDs for the VM, of which no other has one. */
static void set_uuids(struct vm *vm, uint32_t count)
{
	vm->uuid_count = count;
	for (uint32_t i = 0; i < count; i++) {
		vm->uuids[i].low = vm->id * UINT64_C(0x100) + i;
		vm->uuids[i].high = ~vm->uuids[i].low;
	}
}

/** The call; x4 to x17 are 0. */
static uint64_t ask(struct vcpu *vcpu, struct vm_uuid uuid, uint64_t x3)
{
	for (unsigned int i = 8; i <= 17; i++) {
		vcpu->regs.x[i] = 0;
	}
	return machine_hvc(vcpu, CALL(INFO_GET_REGS, uuid.low, uuid.high, x3));
}

static uint64_t ask_any(struct vcpu *vcpu, uint64_t x3)
{
	return ask(vcpu, (struct vm_uuid){0, 0}, x3);
}

/** All of it, as Linux does it; false: an answer that cannot be. */
static bool gather(struct vcpu *vcpu)
{
	uint32_t last;

	gathered = (struct gathered){.count = 0};
	do {
		const uint64_t *x = vcpu->regs.x;
		uint32_t current;

		if (ask_any(vcpu, gathered.count) != FFA_SUCCESS_64 ||
		    x[1] != 0 || (x[2] >> 32) != UINT64_C(24) << 16) {
			return false;
		}
		last = (uint16_t)x[2];
		current = (uint16_t)(x[2] >> 16);
		if (current < gathered.count || current > last ||
		    current - gathered.count >= PER_CALL) {
			return false;
		}
		for (unsigned int i = 3; gathered.count <= current; i += 3) {
			gathered.entries[gathered.count] =
				(struct entry){{x[i], x[i + 1], x[i + 2]}};
			gathered.count++;
		}
		gathered.calls++;
	} while (gathered.count <= last);
	return true;
}

static uint16_t id_of(uint32_t n)
{
	return (uint16_t)gathered.entries[n].word[0];
}

TEST(ffa_partition_regs, alone_there_is_the_primary)
{
	struct vcpu *vcpu = start(0);

	ASSERT_EQ(ask_any(vcpu, 0), FFA_SUCCESS_64);
	EXPECT_EQ(vcpu->regs.x[1], 0U);
	EXPECT_EQ(vcpu->regs.x[2], UINT64_C(24) << 48);
	EXPECT_EQ(vcpu->regs.x[3],
		  UINT64_C(0x50e) << 32 | MACHINE_CPUS << 16 | 1);
}

TEST(ffa_partition_regs, unused_registers_are_zero)
{
	struct vcpu *vcpu = start(0);

	ASSERT_EQ(ask_any(vcpu, 0), FFA_SUCCESS_64);
	for (unsigned int i = 4; i <= 17; i++) {
		EXPECT_EQ(vcpu->regs.x[i], 0U);
	}
}

TEST(ffa_partition_regs, x18_to_x30_stay)
{
	struct vcpu *vcpu = start(15);

	machine_mark_registers(vcpu);
	ASSERT_EQ(ask_any(vcpu, 0), FFA_SUCCESS_64);

	EXPECT_EQ(machine_first_changed(vcpu, 18), 31U);
}

TEST(ffa_partition_regs, five_fit_into_one_answer)
{
	struct vcpu *vcpu = start(4);

	ASSERT_TRUE(gather(vcpu));
	EXPECT_EQ(gathered.count, 5U);
	EXPECT_EQ(gathered.calls, 1U);
	EXPECT_EQ(id_of(4), 5);
}

TEST(ffa_partition_regs, six_take_two_answers)
{
	struct vcpu *vcpu = start(5);

	ASSERT_EQ(ask_any(vcpu, 0), FFA_SUCCESS_64);
	EXPECT_EQ(vcpu->regs.x[2], UINT64_C(24) << 48 | 4 << 16 | 5);
	ASSERT_EQ(ask_any(vcpu, 5), FFA_SUCCESS_64);
	EXPECT_EQ(vcpu->regs.x[2], UINT64_C(24) << 48 | 5 << 16 | 5);
	EXPECT_EQ((uint16_t)vcpu->regs.x[3], 6U);
	EXPECT_EQ(vcpu->regs.x[6], 0U);
}

TEST(ffa_partition_regs, all_vms_come_in_the_order_of_their_ids)
{
	struct vcpu *vcpu = start(MAX_VMS - 1);

	ASSERT_TRUE(gather(vcpu));
	ASSERT_EQ(gathered.count, (uint32_t)MAX_VMS);
	EXPECT_EQ(gathered.calls, (MAX_VMS + PER_CALL - 1) / PER_CALL);
	for (uint32_t i = 0; i < MAX_VMS; i++) {
		EXPECT_EQ(id_of(i), i + 1);
	}
}

TEST(ffa_partition_regs, each_uuid_has_its_entry_across_answers)
{
	struct vcpu *vcpu = start(MAX_VMS - 1);
	uint32_t n = 0;

	/* 0 to 4 UUIDs: 0 and 1 are one entry each. */
	for (uint16_t id = 1; id <= MAX_VMS; id++) {
		set_uuids(vm_set_find(id), id % 5);
	}
	ASSERT_TRUE(gather(vcpu));
	for (uint16_t id = 1; id <= MAX_VMS; id++) {
		const struct vm *vm = vm_set_find(id);
		uint32_t count = vm->uuid_count == 0 ? 1 : vm->uuid_count;

		for (uint32_t i = 0; i < count; i++, n++) {
			EXPECT_EQ(id_of(n), id);
			EXPECT_EQ(gathered.entries[n].word[1],
				  vm->uuids[i].low);
			EXPECT_EQ(gathered.entries[n].word[2],
				  vm->uuids[i].high);
		}
	}
	EXPECT_EQ(gathered.count, n);
}

TEST(ffa_partition_regs, any_start_gives_what_follows)
{
	struct vcpu *vcpu = start(15);

	set_uuids(vm_set_find(3), 4);
	ASSERT_TRUE(gather(vcpu));
	for (uint32_t first = 0; first < gathered.count; first++) {
		ASSERT_EQ(ask_any(vcpu, first), FFA_SUCCESS_64);
		EXPECT_EQ(vcpu->regs.x[3], gathered.entries[first].word[0]);
		EXPECT_EQ(vcpu->regs.x[4], gathered.entries[first].word[1]);
	}
}

TEST(ffa_partition_regs, uuid_finds_its_owner_and_is_not_repeated)
{
	struct vcpu *vcpu = start(9);

	set_uuids(vm_set_find(7), 3);
	ASSERT_EQ(ask(vcpu, vm_set_find(7)->uuids[2], 0), FFA_SUCCESS_64);

	EXPECT_EQ(vcpu->regs.x[1], 0U);
	EXPECT_EQ(vcpu->regs.x[2], UINT64_C(24) << 48);
	EXPECT_EQ((uint16_t)vcpu->regs.x[3], 7U);
	EXPECT_EQ(vcpu->regs.x[4], 0U);
	EXPECT_EQ(vcpu->regs.x[5], 0U);
	EXPECT_EQ(vcpu->regs.x[6], 0U);
}

TEST(ffa_partition_regs, needs_no_rx)
{
	struct vcpu *vcpu = start(1);

	ASSERT_EQ(ask_any(vcpu, 0), FFA_SUCCESS_64);

	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_ABSENT);
}

TEST(ffa_partition_regs, start_behind_the_last_is_invalid)
{
	struct vcpu *vcpu = start(4);

	(void)ask_any(vcpu, 5);
	EXPECT_FFA_ERROR(vcpu, FFA_INVALID_PARAMETERS);
	(void)ask_any(vcpu, 0xffff);
	EXPECT_FFA_ERROR(vcpu, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_regs, unknown_uuid_is_invalid)
{
	struct vcpu *vcpu = start(4);

	(void)ask(vcpu, (struct vm_uuid){1, 2}, 0);

	EXPECT_FFA_ERROR(vcpu, FFA_INVALID_PARAMETERS);
}

TEST(ffa_partition_regs, another_tag_is_to_be_tried_again)
{
	struct vcpu *vcpu = start(4);

	(void)ask_any(vcpu, 0x10000);
	EXPECT_FFA_ERROR(vcpu, FFA_RETRY);
	(void)ask_any(vcpu, 0xffff0000);
	EXPECT_FFA_ERROR(vcpu, FFA_RETRY);
}

TEST(ffa_partition_regs, reserved_registers_are_invalid)
{
	struct vcpu *vcpu = start(4);

	(void)ask_any(vcpu, UINT64_C(1) << 32);
	EXPECT_FFA_ERROR(vcpu, FFA_INVALID_PARAMETERS);
	for (unsigned int i = 4; i <= 17; i++) {
		for (unsigned int j = 0; j <= 17; j++) {
			vcpu->regs.x[j] = 0;
		}
		vcpu->regs.x[i] = 1;
		vcpu->regs.x[0] = INFO_GET_REGS;
		(void)dispatch_hvc(&vcpu->regs);
		EXPECT_EQ(vcpu->regs.x[0], FFA_ERROR);
		EXPECT_EQ(vcpu->regs.x[2], (uint32_t)FFA_INVALID_PARAMETERS);
	}
}

TEST(ffa_partition_regs, is_not_there_before_1_2)
{
	struct vcpu *vcpu = machine_start();

	(void)ask_any(vcpu, 0);
	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);

	vcpu = machine_start();
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_1));
	(void)ask_any(vcpu, 0);
	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);
}

TEST(ffa_partition_regs, has_no_32_bit_form)
{
	struct vcpu *vcpu = start(0);

	(void)machine_hvc(vcpu, CALL(FFA_PARTITION_INFO_GET_REGS));

	EXPECT_FFA_ERROR(vcpu, FFA_NOT_SUPPORTED);
}
