/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RX and TX buffers: a VM's own pages, shared with the hypervisor. All checks
 * and all tables first; then nothing can fail. See docs/ffa.md.
 */
#include "hf/base/check.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/mailbox.h"
#include "hf/ffa/notification.h"
#include "hf/ffa/partition.h"
#include "hf/mm/ownership.h"
#include "hf/mm/stage1.h"
#include "hf/vm/vm.h"
#include "mailbox_queue.h"

#define RXTX_PAGE_COUNT_MASK UINT32_C(0x3f)

/* owner: OWNED => JOINED with the hypervisor, not to pass on */
#define RIGHTS_TX (MM_MODE_R | MM_MODE_W)
#define RIGHTS_RX MM_MODE_R

/** One of the two, as it is mapped or shall be. */
struct buffer {
	ipaddr_t ipa;
	struct pa_range range;
	uint8_t rights_before;
	/* what happens to it */
	struct range_list pages;
	struct ownership_change change;
};

/** Of the buffer, whose addresses are in it. */
static void change_init(struct buffer *buffer, struct vm *vm,
			enum ownership_step step, mm_mode_t rights)
{
	range_list_init(&buffer->pages);
	range_list_append(
		&buffer->pages,
		(struct page_range){
			.ipa = buffer->ipa,
			.pa = buffer->range.begin,
			.page_count = pa_range_size(buffer->range) / PAGE_SIZE,
		});
	buffer->change = (struct ownership_change){
		.step = step,
		.ranges = &buffer->pages,
		.owner = {&vm->stage2, rights},
		.owner_is_known = true,
	};
}

/** Does the VM have `map` for itself, with all of `rights`? */
static bool take_own(struct vm *vm, const struct ipa_range *map,
		     mm_mode_t rights, struct buffer *buffer)
{
	struct ptable_cursor found = stage2_cursor_init(&vm->stage2);

	if (stage2_look(&found, map->begin, map->end) != LOOK_PIECE ||
	    ownership_state(found.mode) != PAGE_OWNED ||
	    (found.mode & MM_MODE_DEVICE) != 0 ||
	    (found.mode & rights) != rights) {
		return false;
	}
	buffer->ipa = map->begin;
	buffer->range.begin = found.pa;
	buffer->range.end =
		pa_init(found.pa.pa + (map->end.ipa - map->begin.ipa));
	buffer->rights_before = (uint8_t)(found.mode & MM_MODE_RWX);
	change_init(buffer, vm, OWNERSHIP_MAP_BUFFER, rights);
	return true;
}

/** Tables for both maps of the VM and both of our own; all or none. */
static bool prepare(const struct buffer *tx, const struct buffer *rx)
{
	if (ownership_prepare(&tx->change) != OWNERSHIP_OK) {
		return false;
	}
	if (ownership_prepare(&rx->change) != OWNERSHIP_OK) {
		goto undo_tx;
	}
	if (stage1_map(tx->range, MM_MODE_R) != MM_OK) {
		goto undo_rx;
	}
	if (stage1_map(rx->range, MM_MODE_R | MM_MODE_W) == MM_OK) {
		return true;
	}
	(void)!stage1_unmap(tx->range);
undo_rx:
	ownership_cancel(&rx->change);
undo_tx:
	ownership_cancel(&tx->change);
	return false;
}

static void commit(struct vm *vm, const struct buffer *tx,
		   const struct buffer *rx)
{
	ownership_commit(&tx->change);
	ownership_commit(&rx->change);
	vm->mailbox.tx_range = tx->range;
	vm->mailbox.rx_range = rx->range;
	vm->mailbox.tx = ptr_from_pa(vm->mailbox.tx_range.begin);
	vm->mailbox.rx = ptr_from_pa(vm->mailbox.rx_range.begin);
	vm->mailbox.tx_ipa = tx->ipa;
	vm->mailbox.rx_ipa = rx->ipa;
	vm->mailbox.tx_rights = tx->rights_before;
	vm->mailbox.rx_rights = rx->rights_before;
	vm->mailbox.state = MAILBOX_EMPTY;
}

static bool page_count_is_valid(const struct vm *vm, uint32_t count)
{
	return vm_ffa_version(vm) >= FFA_VERSION_1_1
		       ? count >= 1 && count <= RXTX_MAX_PAGES
		       : count == 1;
}

/** How many wait for RX, or a code. */
static int32_t map_locked(struct vm_locked vm, const struct vcpu *current)
{
	uint32_t count = (uint32_t)current->regs.x[3];
	uint64_t size = (count & RXTX_PAGE_COUNT_MASK) * PAGE_SIZE;
	struct ipa_range tx = {.begin = ipa_init(vcpu_arg(current, 1))};
	struct ipa_range rx = {.begin = ipa_init(vcpu_arg(current, 2))};
	struct buffer own_tx;
	struct buffer own_rx;

	if (vm.vm->mailbox.tx != NULL) {
		return FFA_DENIED;
	}
	if (!page_count_is_valid(vm.vm, count) ||
	    !is_aligned(tx.begin.ipa | rx.begin.ipa, PAGE_SIZE) ||
	    add_overflows(tx.begin.ipa, size, &tx.end.ipa) ||
	    add_overflows(rx.begin.ipa, size, &rx.end.ipa) ||
	    (tx.begin.ipa < rx.end.ipa && rx.begin.ipa < tx.end.ipa)) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!take_own(vm.vm, &tx, RIGHTS_TX, &own_tx) ||
	    !take_own(vm.vm, &rx, RIGHTS_RX, &own_rx)) {
		return partition_is_legacy(vm.vm) ? FFA_DENIED
						  : FFA_INVALID_PARAMETERS;
	}
	if (!prepare(&own_tx, &own_rx)) {
		return FFA_NO_MEMORY;
	}
	commit(vm.vm, &own_tx, &own_rx);
	return vm.vm->mailbox.waiters.count;
}

struct vcpu *ffa_rxtx_map(struct vcpu *current)
{
	struct vm_locked vm = vm_lock(current->vm);
	int32_t waiters = map_locked(vm, current);

	vm_unlock(&vm);
	return mailbox_tell_waiters(current, waiters);
}

/**
 * The VM's own again, with the rights that it had. Nothing can fail: the tables
 * are there, and merge.
 */
static void give_back(struct vm *vm, ipaddr_t begin, struct pa_range range,
		      mm_mode_t rights)
{
	struct buffer buffer;

	buffer.ipa = begin;
	buffer.range = range;
	change_init(&buffer, vm, OWNERSHIP_UNMAP_BUFFER, rights);
	/* Mapped page by page by ourselves: no table is needed to undo it. */
	CHECK(stage1_unmap(range) == MM_OK);
	ownership_commit(&buffer.change);
}

static int32_t unmap_locked(struct vm_locked vm, struct vcpu *current)
{
	struct vm_mailbox *mailbox = &vm.vm->mailbox;
	uint32_t w1 = (uint32_t)current->regs.x[1];
	uint16_t id = (uint16_t)(w1 >> 16);

	/* Linux before 6.11 names itself; others leave it 0. */
	if ((w1 & 0xffff) != 0 || (id != 0 && id != vm.vm->id) ||
	    mailbox->tx == NULL) {
		return FFA_INVALID_PARAMETERS;
	}
	give_back(vm.vm, mailbox->tx_ipa, mailbox->tx_range,
		  mailbox->tx_rights);
	give_back(vm.vm, mailbox->rx_ipa, mailbox->rx_range,
		  mailbox->rx_rights);
	mailbox->tx = NULL;
	mailbox->rx = NULL;
	mailbox->state = MAILBOX_EMPTY;
	notification_rx_forget(vm);
	return 0;
}

struct vcpu *ffa_rxtx_unmap(struct vcpu *current)
{
	return ffa_finish_locked(current, unmap_locked);
}
