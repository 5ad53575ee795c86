/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MSG_SEND2: checks in their order, headers of both versions, what the
 * receiver learns. hafnium/src/ffa/send2.c
 */
#include "hf/ffa/send2.h"

#include <string.h>

#include "fixture/mailbox.h"
#include "hf/ffa/notification.h"
#include "hf/ffa_message.h"
#include "hftest.h"

#define OLD_HEADER 20U
#define NEW_HEADER 40U

static const uint64_t service[2] = {UINT64_C(0x1111), UINT64_C(0x2222)};

struct pair {
	struct vcpu *primary;
	struct vcpu *receiver;
};

static struct pair start(uint32_t of_primary, uint32_t of_receiver)
{
	struct pair pair = {.primary = mailbox_machine()};
	struct vm *vm;

	mailbox_give(pair.primary->vm);
	ASSERT_EQ(mailbox_map(pair.primary->vm), 0);
	vm = mailbox_add_vm(1);
	vm->uuid_count = 1;
	vm->uuids[0] = (struct vm_uuid){service[0], service[1]};
	vm->ffa_version = of_receiver;
	pair.primary->vm->ffa_version = of_primary;
	pair.receiver = vm_vcpu(vm, 0);
	memset(mailbox_rx(2), 0xa5, PAGE_SIZE);
	return pair;
}

/** A message of `size` bytes for VM 2 right behind a header of 1.1 or 1.2. */
static struct ffa_message message(uint32_t header, uint32_t size)
{
	return (struct ffa_message){
		.offset = header,
		.receiver = 2,
		.sender = 1,
		.size_bytes = size,
	};
}

static int32_t send(struct vcpu *vcpu, struct ffa_message header,
		    uint32_t header_size)
{
	uint8_t *tx = mailbox_tx(vcpu->vm->id);

	memcpy(tx, &header, header_size);
	for (uint32_t i = header_size; i < PAGE_SIZE; i++) {
		tx[i] = (uint8_t)(i - header_size);
	}
	return mailbox_call(vcpu, CALL(FFA_MSG_SEND2));
}

/** RX has this header, and the bytes of send() behind it. */
static bool has_arrived(const struct ffa_message *header, uint32_t header_size,
			uint32_t body)
{
	const uint8_t *rx = mailbox_rx(2);

	if (memcmp(rx, header, header_size) != 0) {
		return false;
	}
	for (uint32_t i = 0; i < body; i++) {
		if (rx[header_size + i] != (uint8_t)i) {
			return false;
		}
	}
	/* Nothing of what was there before. */
	for (uint32_t i = header_size + body; i < PAGE_SIZE; i++) {
		if (rx[i] != 0) {
			return false;
		}
	}
	return true;
}

TEST(ffa_send2, of_equal_versions_is_passed_on_as_it_is)
{
	struct pair pair = start(FFA_VERSION_1_2, FFA_VERSION_1_2);
	struct ffa_message header = message(NEW_HEADER + 8, 100);

	EXPECT_EQ(send(pair.primary, header, NEW_HEADER), 0);
	EXPECT_TRUE(has_arrived(&header, NEW_HEADER, 108));

	pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	header = message(OLD_HEADER, 30);
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), 0);
	EXPECT_TRUE(has_arrived(&header, OLD_HEADER, 30));
}

TEST(ffa_send2, header_is_of_the_receivers_version)
{
	struct pair pair = start(FFA_VERSION_1_2, FFA_VERSION_1_1);
	struct ffa_message header = message(NEW_HEADER + 4, 100);

	header.uuid[0] = service[0];
	header.uuid[1] = service[1];
	EXPECT_EQ(send(pair.primary, header, NEW_HEADER), 0);
	header.offset = OLD_HEADER + 4;
	EXPECT_TRUE(has_arrived(&header, OLD_HEADER, 104));

	pair = start(FFA_VERSION_1_1, FFA_VERSION_1_2);
	header = message(OLD_HEADER, 100);
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), 0);
	header.offset = NEW_HEADER;
	EXPECT_TRUE(has_arrived(&header, NEW_HEADER, 100));
}

TEST(ffa_send2, message_may_fill_the_page)
{
	struct pair pair = start(FFA_VERSION_1_2, FFA_VERSION_1_2);
	struct ffa_message header =
		message(NEW_HEADER, (uint32_t)PAGE_SIZE - NEW_HEADER);

	EXPECT_EQ(send(pair.primary, header, NEW_HEADER), 0);
	EXPECT_TRUE(has_arrived(&header, NEW_HEADER, header.size_bytes));
	pair = start(FFA_VERSION_1_2, FFA_VERSION_1_2);
	header.size_bytes++;
	EXPECT_EQ(send(pair.primary, header, NEW_HEADER),
		  FFA_INVALID_PARAMETERS);
	/* As it would be longer for the receiver. */
	pair = start(FFA_VERSION_1_1, FFA_VERSION_1_2);
	header = message(OLD_HEADER, (uint32_t)PAGE_SIZE - OLD_HEADER);
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER),
		  FFA_INVALID_PARAMETERS);
}

TEST(ffa_send2, empty_message_is_one)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);

	EXPECT_EQ(send(pair.primary, message(OLD_HEADER, 0), OLD_HEADER), 0);
	EXPECT_EQ(pair.receiver->vm->mailbox.state, MAILBOX_READ);
}

TEST(ffa_send2, receiver_is_notified_and_releases_after_it_knows)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	const uint64_t *x = pair.receiver->regs.x;

	ASSERT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER), 0);
	EXPECT_NE(pair.receiver->virq_pending & BIT(5), 0U);
	EXPECT_EQ(mailbox_call(pair.receiver, CALL(FFA_RX_RELEASE)),
		  FFA_DENIED);
	(void)machine_hvc(pair.primary,
			  CALL(FFA_64(FFA_NOTIFICATION_INFO_GET)));
	EXPECT_EQ(pair.primary->regs.x[3], 2U);
	(void)machine_hvc(pair.receiver, CALL(FFA_NOTIFICATION_GET, 2, 8));
	EXPECT_EQ(x[7], 1U);
	EXPECT_EQ(mailbox_call(pair.receiver, CALL(FFA_RX_RELEASE)), 0);
}

TEST(ffa_send2, word_of_it_is_the_hypervisors_only)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);

	ASSERT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER), 0);
	/* Those of all other sources. */
	EXPECT_EQ(mailbox_call(pair.receiver, CALL(FFA_NOTIFICATION_GET, 2, 7)),
		  0);
	EXPECT_EQ(mailbox_call(pair.receiver, CALL(FFA_RX_RELEASE)),
		  FFA_DENIED);
}

TEST(ffa_send2, primary_is_told_to_run_the_receiver)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);

	sysreg_write(id_aa64pfr0_el1, UINT64_C(1) << 24);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1), 0U);
	ASSERT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER), 0);
	EXPECT_EQ(sysreg_read(icc_sgi1r_el1),
		  (uint64_t)NOTIFICATION_SCHEDULE_INTID << 24 | 1);
}

TEST(ffa_send2, unmapping_forgets_the_message)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);

	ASSERT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER), 0);
	ASSERT_EQ(mailbox_call(pair.receiver, CALL(FFA_RXTX_UNMAP)), 0);
	(void)machine_hvc(pair.receiver, CALL(FFA_NOTIFICATION_GET, 2, 8));
	EXPECT_EQ(pair.receiver->regs.x[7], 0U);
}

TEST(ffa_send2, reserved_arguments_are_invalid)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_1, FFA_VERSION_1_1).primary;

	(void)send(vcpu, message(OLD_HEADER, 1), OLD_HEADER);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_SEND2, 0x10000)),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_SEND2, 0, 2)),
		  FFA_INVALID_PARAMETERS);
	/* Upper halves are none: RX is what is not free. */
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_SEND2, BIT(32), BIT(32))),
		  FFA_BUSY);
}

TEST(ffa_send2, without_tx_is_denied)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_1, FFA_VERSION_1_1).primary;

	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_SEND2)), FFA_DENIED);
}

/** What a header with one wrong word gets. */
static int32_t send_wrong(size_t offset, uint32_t value)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_2, FFA_VERSION_1_2).primary;
	struct ffa_message header = message(NEW_HEADER, 16);

	memcpy((uint8_t *)&header + offset, &value, sizeof(value));
	return send(vcpu, header, NEW_HEADER);
}

TEST(ffa_send2, each_field_of_the_header_is_checked)
{
	int32_t invalid = FFA_INVALID_PARAMETERS;

	EXPECT_EQ(send_wrong(0, 1), invalid);
	EXPECT_EQ(send_wrong(4, 1), invalid);
	EXPECT_EQ(send_wrong(8, NEW_HEADER - 1), invalid);
	EXPECT_EQ(send_wrong(8, PAGE_SIZE), invalid);
	EXPECT_EQ(send_wrong(8, 0xfffffff0), invalid);
	/* Receiver 3, sender 2; to itself; to nobody. */
	EXPECT_EQ(send_wrong(12, 0x20003), invalid);
	EXPECT_EQ(send_wrong(12, 0x10001), invalid);
	EXPECT_EQ(send_wrong(12, 0x18000), invalid);
	EXPECT_EQ(send_wrong(16, 0xffffffff), invalid);
	/* Another service. */
	EXPECT_EQ(send_wrong(24, 1), invalid);
	EXPECT_EQ(send_wrong(12, 0x10002), 0);
}

TEST(ffa_send2, reserved_word_of_1_2_arrives_as_0)
{
	struct pair pair = start(FFA_VERSION_1_2, FFA_VERSION_1_2);
	struct ffa_message header = message(NEW_HEADER, 16);

	header.reserved_1 = 7;
	EXPECT_EQ(send(pair.primary, header, NEW_HEADER), 0);
	header.reserved_1 = 0;
	EXPECT_TRUE(has_arrived(&header, NEW_HEADER, 16));
}

TEST(ffa_send2, payload_begins_behind_the_header_and_ends_in_tx)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_1, FFA_VERSION_1_1).primary;
	struct ffa_message header = message(OLD_HEADER - 1, 1);

	EXPECT_EQ(send(vcpu, header, OLD_HEADER), FFA_INVALID_PARAMETERS);
	/* Their sum does not wrap, nor does the offset by itself. */
	header.offset = 0x80000014;
	header.size_bytes = 0x80000000;
	EXPECT_EQ(send(vcpu, header, OLD_HEADER), FFA_INVALID_PARAMETERS);
	header.offset = PAGE_SIZE + 1;
	header.size_bytes = 0;
	EXPECT_EQ(send(vcpu, header, OLD_HEADER), FFA_INVALID_PARAMETERS);
	header.offset = PAGE_SIZE;
	EXPECT_EQ(send(vcpu, header, OLD_HEADER), 0);
}

TEST(ffa_send2, denied_comes_before_busy)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);

	pair.receiver->vm->ffa_properties &= ~FFA_PROPERTY_INDIRECT;
	pair.receiver->vm->mailbox.state = MAILBOX_READ;
	EXPECT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER),
		  FFA_DENIED);
}

TEST(ffa_send2, receiver_without_notifications_releases_at_once)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);

	pair.receiver->vm->ffa_properties &= ~FFA_PROPERTY_NOTIFICATIONS;
	ASSERT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER), 0);
	EXPECT_EQ(mailbox_call(pair.receiver, CALL(FFA_RX_RELEASE)), 0);
}

TEST(ffa_send2, wait_does_not_give_back_what_was_not_fetched)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	struct vcpu *vcpu = pair.receiver;

	ASSERT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER), 0);
	ASSERT_EQ(guest_run(pair.primary, vcpu), vcpu);
	ASSERT_EQ(guest_hvc(vcpu, CALL(FFA_MSG_WAIT)), pair.primary);
	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_READ);
}

TEST(ffa_send2, in_the_middle_of_a_request_is_allowed)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	struct ffa_message header = message(OLD_HEADER, 1);
	struct vcpu *vcpu = pair.receiver;

	ASSERT_EQ(guest_run(pair.primary, vcpu), vcpu);
	ASSERT_EQ(guest_hvc(vcpu, CALL(FFA_MSG_WAIT)), pair.primary);
	ASSERT_EQ(
		guest_hvc(pair.primary, CALL(FFA_MSG_SEND_DIRECT_REQ, 0x10002)),
		vcpu);
	header.sender = 2;
	header.receiver = 1;
	EXPECT_EQ(send(vcpu, header, OLD_HEADER), 0);
	EXPECT_EQ(pair.primary->vm->mailbox.state, MAILBOX_READ);
}

TEST(ffa_send2, needs_both_to_take_part)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	struct ffa_message header = message(OLD_HEADER, 1);

	pair.receiver->vm->ffa_properties &= ~FFA_PROPERTY_INDIRECT;
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), FFA_DENIED);
	pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	pair.primary->vm->ffa_properties &= ~FFA_PROPERTY_INDIRECT;
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), FFA_DENIED);
	/* Of 1.0 it would not be told. */
	pair = start(FFA_VERSION_1_1, FFA_VERSION_1_0);
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), FFA_DENIED);
}

TEST(ffa_send2, rx_that_is_not_free_is_busy)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	struct ffa_message header = message(OLD_HEADER, 1);

	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), 0);
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), FFA_BUSY);
	pair = start(FFA_VERSION_1_1, FFA_VERSION_1_1);
	ASSERT_EQ(mailbox_call(pair.receiver, CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(send(pair.primary, header, OLD_HEADER), FFA_BUSY);
}

TEST(ffa_send2, receiver_that_has_not_begun_yet_is_busy)
{
	struct pair pair = start(FFA_VERSION_1_1, FFA_VERSION_1_0);

	ASSERT_EQ(mailbox_call(pair.receiver, CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(send(pair.primary, message(OLD_HEADER, 1), OLD_HEADER),
		  FFA_BUSY);
}

TEST(ffa_send2, is_not_there_in_1_0)
{
	struct vcpu *vcpu = start(FFA_VERSION_1_0, FFA_VERSION_1_1).primary;

	EXPECT_EQ(send(vcpu, message(OLD_HEADER, 1), OLD_HEADER),
		  FFA_NOT_SUPPORTED);
}
