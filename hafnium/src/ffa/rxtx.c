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
#include "hf/smccc.h"
#include "hf/vm/vm.h"
#include "mailbox_queue.h"

#define RXTX_PAGE_COUNT_MASK UINT32_C(0x3f)

/* owner: OWNED => JOINED with the hypervisor, not to pass on */
#define RIGHTS_TX (MM_MODE_R | MM_MODE_W)
#define RIGHTS_RX MM_MODE_R

/** One of the two, as it is mapped or shall be. */
struct buffer {
	struct range_list pages;
	struct ownership_change change;
	uint8_t rights_before;
};

static void buffer_init(struct buffer *buffer, struct vm *vm,
			struct page_range pages, struct ownership_change change)
{
	range_list_init(&buffer->pages);
	range_list_append(&buffer->pages, pages);
	buffer->change = change;
	buffer->change.ranges = &buffer->pages;
	buffer->change.owner = &vm->stage2;
}

static struct pa_range range_of(const struct buffer *buffer)
{
	struct page_range pages = range_list_get(&buffer->pages, 0);

	return (struct pa_range){
		.begin = pages.pa,
		.end = pa_init(pages.pa.pa + pages.page_count * PAGE_SIZE),
	};
}

/** Does the VM have `map` for itself, with all of `rights`? */
static bool take_own(struct vm *vm, struct stage2_map *map, mm_mode_t rights,
		     struct buffer *buffer)
{
	struct page_range pages = {
		.ipa = map->begin,
		.page_count = (map->end.ipa - map->begin.ipa) / PAGE_SIZE,
	};

	if (!stage2_translate(&vm->stage2, map) ||
	    ownership_state(map->mode) != PAGE_OWNED ||
	    (map->mode & MM_MODE_DEVICE) != 0 ||
	    (map->mode & rights) != rights) {
		return false;
	}
	pages.pa = map->pa;
	buffer_init(buffer, vm, pages,
		    (struct ownership_change){
			    .step = OWNERSHIP_MAP_BUFFER,
			    .owner_rights = rights,
		    });
	buffer->rights_before = (uint8_t)(map->mode & MM_MODE_RWX);
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
	if (stage1_map(range_of(tx), MM_MODE_R) != MM_OK) {
		goto undo_rx;
	}
	if (stage1_map(range_of(rx), MM_MODE_R | MM_MODE_W) == MM_OK) {
		return true;
	}
	(void)!stage1_unmap(range_of(tx));
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
	vm->mailbox.tx_range = range_of(tx);
	vm->mailbox.rx_range = range_of(rx);
	vm->mailbox.tx = ptr_from_pa(vm->mailbox.tx_range.begin);
	vm->mailbox.rx = ptr_from_pa(vm->mailbox.rx_range.begin);
	vm->mailbox.tx_ipa = range_list_get(&tx->pages, 0).ipa;
	vm->mailbox.rx_ipa = range_list_get(&rx->pages, 0).ipa;
	vm->mailbox.tx_rights = tx->rights_before;
	vm->mailbox.rx_rights = rx->rights_before;
	vm->mailbox.state = MAILBOX_EMPTY;
}

static bool page_count_is_valid(const struct vm *vm, uint32_t count)
{
	return vm->ffa_version >= FFA_VERSION_1_1
		       ? count >= 1 && count <= RXTX_MAX_PAGES
		       : count == 1;
}

/** 0 or a code. */
static int32_t map_locked(struct vm_locked vm, const uint64_t *x)
{
	uint64_t size = (x[3] & RXTX_PAGE_COUNT_MASK) * PAGE_SIZE;
	struct stage2_map tx = {.begin = ipa_init(x[1])};
	struct stage2_map rx = {.begin = ipa_init(x[2])};
	struct buffer own_tx;
	struct buffer own_rx;

	if (vm.vm->mailbox.tx != NULL) {
		return FFA_DENIED;
	}
	if (!page_count_is_valid(vm.vm, (uint32_t)x[3]) ||
	    !is_aligned(x[1] | x[2], PAGE_SIZE) ||
	    add_overflows(x[1], size, &tx.end.ipa) ||
	    add_overflows(x[2], size, &rx.end.ipa) ||
	    (x[1] < rx.end.ipa && x[2] < tx.end.ipa)) {
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
	return 0;
}

struct vcpu *ffa_rxtx_map(struct vcpu *current)
{
	uint64_t args[4] = {0, current->regs.x[1], current->regs.x[2],
			    (uint32_t)current->regs.x[3]};
	struct vm_locked vm;
	bool has_waiters;
	int32_t code;

	if ((current->regs.x[0] & SMCCC_64_BIT) == 0) {
		args[1] = (uint32_t)args[1];
		args[2] = (uint32_t)args[2];
	}
	vm = vm_lock(current->vm);
	code = map_locked(vm, args);
	has_waiters = vm.vm->mailbox.waiters.count > 0;
	vm_unlock(&vm);
	return code != 0 ? ffa_refuse(current, code)
			 : mailbox_tell_waiters(current, has_waiters);
}

/**
 * The VM's own again, with the rights that it had. Nothing can fail: the tables
 * are there, and merge.
 */
static void give_back(struct vm *vm, ipaddr_t begin, struct pa_range range,
		      mm_mode_t rights)
{
	struct page_range pages = {
		.ipa = begin,
		.pa = range.begin,
		.page_count = pa_range_size(range) / PAGE_SIZE,
	};
	struct buffer buffer;

	buffer_init(&buffer, vm, pages,
		    (struct ownership_change){
			    .step = OWNERSHIP_UNMAP_BUFFER,
			    .owner_rights = rights,
		    });
	/* Mapped page by page by ourselves: no table is needed to undo it. */
	CHECK(stage1_unmap(range) == MM_OK);
	ownership_commit(&buffer.change);
}

/** 0 or a code. */
static int32_t unmap_locked(struct vm_locked vm)
{
	struct vm_mailbox *mailbox = &vm.vm->mailbox;

	if (mailbox->tx == NULL) {
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
	uint32_t w1 = (uint32_t)current->regs.x[1];
	uint16_t id = (uint16_t)(w1 >> 16);
	struct vm_locked vm;
	int32_t code = FFA_INVALID_PARAMETERS;

	/* Linux before 6.11 names itself; others leave it 0. */
	if ((w1 & 0xffff) == 0 && (id == 0 || id == current->vm->id)) {
		vm = vm_lock(current->vm);
		code = unmap_locked(vm);
		vm_unlock(&vm);
	}
	return ffa_finish(current, code);
}
