/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RX and TX buffers: a VM's own pages, shared with the hypervisor. All checks
 * and all tables first; then nothing can fail. See docs/ffa.md.
 */
#include "hf/base/check.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/mailbox.h"
#include "hf/mm/stage1.h"
#include "hf/smccc.h"
#include "hf/vm/vm.h"
#include "mailbox_queue.h"

#define RXTX_PAGE_COUNT_MASK UINT32_C(0x3f)

#define MODE_OWN (MM_MODE_RWX | MM_MODE_OWNED)
/* owner: OWNED exclusive => shared with the hypervisor, not to pass on */
#define MODE_TX (MM_MODE_R | MM_MODE_W | MM_MODE_SHARED)
#define MODE_RX (MM_MODE_R | MM_MODE_SHARED)

/** Pages of one buffer, by the addresses that the VM has for them. */
static struct pa_range pages_of(const struct stage2_map *map)
{
	return (struct pa_range){
		.begin = map->pa,
		.end = pa_init(map->pa.pa + map->end.ipa - map->begin.ipa),
	};
}

/** From now on `mode`, when the VM has it exclusively with all of `rights`. */
static bool take_own(const struct vm *vm, struct stage2_map *map,
		     mm_mode_t rights, mm_mode_t mode)
{
	bool is_own =
		stage2_translate(&vm->stage2, map) &&
		(map->mode & (MM_MODE_OWNED | MM_MODE_SHARED | MM_MODE_DEVICE |
			      MM_MODE_NO_ACCESS)) == MM_MODE_OWNED &&
		(map->mode & rights) == rights;

	map->mode = mode;
	return is_own;
}

/** Tables for both maps of the VM and both of our own; all or none. */
static bool prepare(struct vm *vm, const struct stage2_map *tx,
		    const struct stage2_map *rx)
{
	if (stage2_prepare(&vm->stage2, tx) != MM_OK) {
		return false;
	}
	if (stage2_prepare(&vm->stage2, rx) != MM_OK) {
		goto undo_tx;
	}
	if (stage1_map(pages_of(tx), MM_MODE_R) != MM_OK) {
		goto undo_rx;
	}
	if (stage1_map(pages_of(rx), MM_MODE_R | MM_MODE_W) == MM_OK) {
		return true;
	}
	(void)!stage1_unmap(pages_of(tx));
undo_rx:
	stage2_defragment(&vm->stage2, rx->begin, rx->end);
undo_tx:
	stage2_defragment(&vm->stage2, tx->begin, tx->end);
	return false;
}

static void commit(struct vm *vm, const struct stage2_map *tx,
		   const struct stage2_map *rx)
{
	stage2_commit(&vm->stage2, tx);
	stage2_commit(&vm->stage2, rx);
	vm->mailbox.tx = ptr_from_pa(tx->pa);
	vm->mailbox.rx = ptr_from_pa(rx->pa);
	vm->mailbox.tx_range = pages_of(tx);
	vm->mailbox.rx_range = pages_of(rx);
	vm->mailbox.tx_ipa = tx->begin;
	vm->mailbox.rx_ipa = rx->begin;
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
	if (!take_own(vm.vm, &tx, MM_MODE_R | MM_MODE_W, MODE_TX) ||
	    !take_own(vm.vm, &rx, MM_MODE_R, MODE_RX)) {
		return vm.vm->ffa_version >= FFA_VERSION_1_1
			       ? FFA_INVALID_PARAMETERS
			       : FFA_DENIED;
	}
	if (!prepare(vm.vm, &tx, &rx)) {
		return FFA_NO_MEMORY;
	}
	commit(vm.vm, &tx, &rx);
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
	if (code != 0) {
		return ffa_refuse(current, code);
	}
	return mailbox_tell_waiters(current, has_waiters);
}

/** The VM's own again. Nothing can fail: the tables are there, and merge. */
static void give_back(struct vm *vm, ipaddr_t begin, struct pa_range pages)
{
	struct stage2_map map = {
		.begin = begin,
		.end = ipa_init(begin.ipa + pa_range_size(pages)),
		.pa = pages.begin,
		.mode = MODE_OWN,
	};

	/* Mapped page by page by ourselves: no table is needed to undo it. */
	CHECK(stage1_unmap(pages) == MM_OK);
	stage2_commit(&vm->stage2, &map);
	stage2_defragment(&vm->stage2, map.begin, map.end);
}

/** 0 or a code. */
static int32_t unmap_locked(struct vm_locked vm)
{
	struct vm_mailbox *mailbox = &vm.vm->mailbox;

	if (mailbox->tx == NULL) {
		return FFA_INVALID_PARAMETERS;
	}
	give_back(vm.vm, mailbox->tx_ipa, mailbox->tx_range);
	give_back(vm.vm, mailbox->rx_ipa, mailbox->rx_range);
	mailbox->tx = NULL;
	mailbox->rx = NULL;
	mailbox->state = MAILBOX_EMPTY;
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
	if (code != 0) {
		ffa_error(&current->regs, code);
	} else {
		ffa_success(&current->regs, 0, 0);
	}
	return current;
}
