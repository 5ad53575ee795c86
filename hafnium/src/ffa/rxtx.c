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

/** One of the two, as it is mapped or shall be, and what happens to it. */
struct buffer {
	struct stage2_map map;
	struct pa_range range;
	struct range_list pages;
	struct ownership_change change;
};

/** Of the buffer, whose map is known. */
never_inline static void change_init(struct buffer *buffer, struct vm *vm,
				     enum ownership_step step, mm_mode_t rights)
{
	const struct stage2_map *map = &buffer->map;
	uint64_t size = map->end.ipa - map->begin.ipa;

	buffer->range.begin = map->pa;
	buffer->range.end = pa_init(map->pa.pa + size);
	range_list_init(&buffer->pages);
	range_list_append(&buffer->pages, map->begin, map->pa,
			  size / PAGE_SIZE);
	buffer->change = (struct ownership_change){
		.step = step,
		.ranges = &buffer->pages,
		.owner = {&vm->stage2, rights},
		.owner_is_known = true,
	};
}

/** Does the VM have the buffer for itself, with all of `rights`? */
static bool take_own(struct vm *vm, struct buffer *buffer, mm_mode_t rights)
{
	struct ptable_cursor found = stage2_cursor_init(&vm->stage2);

	if (stage2_look(&found, buffer->map.begin, buffer->map.end) !=
		    LOOK_PIECE ||
	    ownership_state(found.mode) != PAGE_OWNED ||
	    (found.mode & MM_MODE_DEVICE) != 0 ||
	    (found.mode & rights) != rights) {
		return false;
	}
	buffer->map.pa = found.pa;
	buffer->map.mode = found.mode;
	change_init(buffer, vm, OWNERSHIP_MAP_BUFFER, rights);
	return true;
}

/** Tables for the map of the VM and for our own; both or none. */
static bool prepare(const struct buffer *buffer, mm_mode_t own_rights)
{
	if (ownership_prepare(&buffer->change) != OWNERSHIP_OK) {
		return false;
	}
	if (stage1_map(buffer->range, own_rights) == MM_OK) {
		return true;
	}
	ownership_cancel(&buffer->change);
	return false;
}

static bool prepare_both(const struct buffer *tx, const struct buffer *rx)
{
	if (!prepare(tx, MM_MODE_R)) {
		return false;
	}
	if (prepare(rx, MM_MODE_R | MM_MODE_W)) {
		return true;
	}
	(void)!stage1_unmap(tx->range);
	ownership_cancel(&tx->change);
	return false;
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
	struct vm_mailbox *mailbox = &vm.vm->mailbox;
	uint32_t count = (uint32_t)current->regs.x[3];
	uint32_t size = (count & RXTX_PAGE_COUNT_MASK) * (uint32_t)PAGE_SIZE;
	uint64_t tx_begin = vcpu_arg(current, 1);
	uint64_t rx_begin = vcpu_arg(current, 2);
	struct buffer tx;
	struct buffer rx;

	if (mailbox->tx != NULL) {
		return FFA_DENIED;
	}
	if (!page_count_is_valid(vm.vm, count) ||
	    !is_aligned(tx_begin | rx_begin, PAGE_SIZE) ||
	    add_overflows(tx_begin, size, &tx.map.end.ipa) ||
	    add_overflows(rx_begin, size, &rx.map.end.ipa) ||
	    (tx_begin < rx.map.end.ipa && rx_begin < tx.map.end.ipa)) {
		return FFA_INVALID_PARAMETERS;
	}
	tx.map.begin.ipa = tx_begin;
	rx.map.begin.ipa = rx_begin;
	if (!take_own(vm.vm, &tx, RIGHTS_TX) ||
	    !take_own(vm.vm, &rx, RIGHTS_RX)) {
		return partition_is_legacy(vm.vm) ? FFA_DENIED
						  : FFA_INVALID_PARAMETERS;
	}
	if (!prepare_both(&tx, &rx)) {
		return FFA_NO_MEMORY;
	}
	ownership_commit(&tx.change);
	ownership_commit(&rx.change);
	mailbox->tx = ptr_from_pa(tx.map.pa);
	mailbox->rx = ptr_from_pa(rx.map.pa);
	mailbox->buffer_size = size;
	mailbox->tx_ipa = tx.map.begin;
	mailbox->rx_ipa = rx.map.begin;
	mailbox->tx_rights = (uint8_t)(tx.map.mode & MM_MODE_RWX);
	mailbox->rx_rights = (uint8_t)(rx.map.mode & MM_MODE_RWX);
	store_relaxed(&mailbox->state, MAILBOX_EMPTY);
	return mailbox->waiters.count;
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
static void give_back(struct vm *vm, const void *at, ipaddr_t ipa,
		      mm_mode_t rights)
{
	struct buffer buffer;

	buffer.map.begin = ipa;
	buffer.map.end = ipa_init(ipa.ipa + vm->mailbox.buffer_size);
	buffer.map.pa = pa_from_ptr(at);
	change_init(&buffer, vm, OWNERSHIP_UNMAP_BUFFER, rights);
	/* Mapped page by page by ourselves: no table is needed to undo it. */
	CHECK(stage1_unmap(buffer.range) == MM_OK);
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
	give_back(vm.vm, mailbox->tx, mailbox->tx_ipa, mailbox->tx_rights);
	give_back(vm.vm, mailbox->rx, mailbox->rx_ipa, mailbox->rx_rights);
	mailbox->tx = NULL;
	mailbox->rx = NULL;
	mailbox->buffer_size = 0;
	store_relaxed(&mailbox->state, MAILBOX_ABSENT);
	notification_rx_forget(vm);
	return 0;
}

struct vcpu *ffa_rxtx_unmap(struct vcpu *current)
{
	return ffa_finish_locked(current, unmap_locked);
}
