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

/** Pages of each buffer: 1 for 1.0, as its only implementation has it. */
#define RXTX_MAX_PAGES 16
#define RXTX_PAGE_COUNT_MASK UINT32_C(0x3f)

#define MODE_OWN (MM_MODE_RWX | MM_MODE_OWNED)
/* owner: OWNED exclusive => shared with the hypervisor, not to pass on */
#define MODE_TX (MM_MODE_R | MM_MODE_W | MM_MODE_SHARED)
#define MODE_RX (MM_MODE_R | MM_MODE_SHARED)

static struct stage2_map map_of(struct pa_range range, mm_mode_t mode)
{
	return (struct stage2_map){
		.begin = ipa_from_pa(range.begin),
		.end = ipa_from_pa(range.end),
		.pa = range.begin,
		.mode = mode,
	};
}

/** Owned, exclusive, normal memory with all of `rights`. */
static bool is_own(const struct vm *vm, struct pa_range range, mm_mode_t rights)
{
	mm_mode_t mode;

	return stage2_query(&vm->stage2, ipa_from_pa(range.begin),
			    ipa_from_pa(range.end), &mode) &&
	       (mode & (MM_MODE_OWNED | MM_MODE_SHARED | MM_MODE_DEVICE |
			MM_MODE_NO_ACCESS)) == MM_MODE_OWNED &&
	       (mode & rights) == rights;
}

/** Tables for both maps of the VM and both of our own; all or none. */
static bool prepare(struct vm *vm, struct pa_range tx, struct pa_range rx)
{
	struct stage2_map tx_map = map_of(tx, MODE_TX);
	struct stage2_map rx_map = map_of(rx, MODE_RX);

	if (stage2_prepare(&vm->stage2, &tx_map) != MM_OK) {
		return false;
	}
	if (stage2_prepare(&vm->stage2, &rx_map) != MM_OK) {
		goto undo_tx;
	}
	if (stage1_map(tx, MM_MODE_R) != MM_OK) {
		goto undo_rx;
	}
	if (stage1_map(rx, MM_MODE_R | MM_MODE_W) == MM_OK) {
		return true;
	}
	(void)!stage1_unmap(tx);
undo_rx:
	stage2_defragment(&vm->stage2, rx_map.begin, rx_map.end);
undo_tx:
	stage2_defragment(&vm->stage2, tx_map.begin, tx_map.end);
	return false;
}

static void commit(struct vm *vm, struct pa_range tx, struct pa_range rx)
{
	struct stage2_map tx_map = map_of(tx, MODE_TX);
	struct stage2_map rx_map = map_of(rx, MODE_RX);

	stage2_commit(&vm->stage2, &tx_map);
	stage2_commit(&vm->stage2, &rx_map);
	vm->mailbox.tx = ptr_from_pa(tx.begin);
	vm->mailbox.rx = ptr_from_pa(rx.begin);
	vm->mailbox.tx_range = tx;
	vm->mailbox.rx_range = rx;
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
	struct pa_range tx = {.begin = pa_from_ipa(ipa_init(x[1]))};
	struct pa_range rx = {.begin = pa_from_ipa(ipa_init(x[2]))};

	if (vm.vm->mailbox.tx != NULL) {
		return FFA_DENIED;
	}
	if (!page_count_is_valid(vm.vm, (uint32_t)x[3]) ||
	    !is_aligned(x[1] | x[2], PAGE_SIZE) ||
	    add_overflows(tx.begin.pa, size, &tx.end.pa) ||
	    add_overflows(rx.begin.pa, size, &rx.end.pa) ||
	    pa_ranges_overlap(tx, rx)) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!is_own(vm.vm, tx, MM_MODE_R | MM_MODE_W) ||
	    !is_own(vm.vm, rx, MM_MODE_R)) {
		return vm.vm->ffa_version >= FFA_VERSION_1_1
			       ? FFA_INVALID_PARAMETERS
			       : FFA_DENIED;
	}
	if (!prepare(vm.vm, tx, rx)) {
		return FFA_NO_MEMORY;
	}
	commit(vm.vm, tx, rx);
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

/** 0 or a code. Nothing can fail: the tables are there, and merge back. */
static int32_t unmap_locked(struct vm_locked vm)
{
	struct vm_mailbox *mailbox = &vm.vm->mailbox;
	struct stage2_map tx_map = map_of(mailbox->tx_range, MODE_OWN);
	struct stage2_map rx_map = map_of(mailbox->rx_range, MODE_OWN);

	if (mailbox->tx == NULL) {
		return FFA_INVALID_PARAMETERS;
	}
	/* Mapped page by page by ourselves: no table is needed to undo it. */
	CHECK(stage1_unmap(mailbox->tx_range) == MM_OK);
	CHECK(stage1_unmap(mailbox->rx_range) == MM_OK);
	stage2_commit(&vm.vm->stage2, &tx_map);
	stage2_commit(&vm.vm->stage2, &rx_map);
	stage2_defragment(&vm.vm->stage2, tx_map.begin, tx_map.end);
	stage2_defragment(&vm.vm->stage2, rx_map.begin, rx_map.end);
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
