/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where transactions and their ranges are kept: fixed numbers of both, of which
 * each VM has some for sure, so that no other VM can take all of them.
 * Lock: LOCK_MEMORY, for what is free. See docs/ffa.md.
 */
#include "memory_transaction.h"

#include "hf/base/check.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/memory.h"
#include "hf/vm/vm_set.h"

#define HANDLE_INDEX_BITS 16

/** How much of something the VMs have taken. */
struct budget {
	uint16_t of_vm[MAX_VMS];
	uint16_t for_all;
};

struct budget_limits {
	uint16_t of_vm;
	uint16_t for_all;
};

static const struct budget_limits transaction_limits = {
	.of_vm = TRANSACTIONS_OF_VM,
	.for_all = TRANSACTIONS_FOR_ALL,
};

static const struct budget_limits page_limits = {
	.of_vm = RANGE_PAGES_OF_VM,
	.for_all = RANGE_PAGES_FOR_ALL,
};

static struct memory_transactions {
	struct memory_transaction all[MAX_TRANSACTIONS];
	struct page_pool pages;

	/* guarded by lock */
	struct spinlock lock;
	struct budget transactions_taken;
	struct budget pages_taken;
	uint16_t freed[MAX_TRANSACTIONS]; /* indexes that can be used again */
	uint16_t freed_count;
	uint16_t used_count; /* indexes that were ever used */
	uint64_t serial;
} memory;

void memory_init(struct pa_range pages)
{
	for (uint32_t i = 0; i < memory.used_count; i++) {
		memory.all[i].handle = 0;
	}
	spinlock_init(&memory.lock, LOCK_MEMORY);
	memory.transactions_taken = (struct budget){.for_all = 0};
	memory.pages_taken = (struct budget){.for_all = 0};
	memory.freed_count = 0;
	memory.used_count = 0;
	page_pool_init(&memory.pages, NULL);
	page_pool_add(&memory.pages, pages);
	/* Locks are taken from now on; now caches may be off still. */
	page_pool_share(&memory.pages);
}

/** One more for a VM; false: there is none that it may have. */
never_inline static bool budget_take(struct budget *budget,
				     struct budget_limits limits,
				     uint16_t vm_id)
{
	uint16_t *own = &budget->of_vm[vm_id - HF_PRIMARY_VM_ID];

	if (*own >= limits.of_vm) {
		if (budget->for_all == limits.for_all) {
			return false;
		}
		budget->for_all++;
	}
	(*own)++;
	return true;
}

never_inline static void budget_give(struct budget *budget,
				     struct budget_limits limits,
				     uint16_t vm_id)
{
	uint16_t *own = &budget->of_vm[vm_id - HF_PRIMARY_VM_ID];

	if (*own > limits.of_vm) {
		budget->for_all--;
	}
	(*own)--;
}

/** An index and a handle for `sender`. */
static bool take_locked(uint16_t sender, uint32_t *idx, uint64_t *handle)
{
	if (!budget_take(&memory.transactions_taken, transaction_limits,
			 sender)) {
		return false;
	}
	/* There is one for each that the limits allow. */
	*idx = memory.freed_count > 0 ? memory.freed[--memory.freed_count]
				      : memory.used_count++;
	memory.serial++;
	*handle = FFA_MEMORY_HANDLE_HYPERVISOR |
		  memory.serial << HANDLE_INDEX_BITS | *idx;
	return true;
}

struct memory_transaction *memory_begin(struct vm_locked sender,
					uint16_t receiver)
{
	struct memory_transaction *transaction;
	uint64_t handle;
	uint32_t idx;
	bool is_taken;

	spinlock_acquire(&memory.lock);
	is_taken = take_locked(sender.vm->id, &idx, &handle);
	spinlock_release(&memory.lock);
	if (!is_taken) {
		return NULL;
	}
	transaction = &memory.all[idx];
	transaction->sender = sender.vm->id;
	transaction->receiver = receiver;
	transaction->state = MEMORY_SENDING;
	transaction->received_pages = 0;
	transaction->is_malformed = false;
	transaction->is_denied = false;
	transaction->is_clear = false;
	range_list_init(&transaction->ranges);
	/* Who finds the handle finds the ids. */
	atomic_store_explicit(&transaction->handle, handle,
			      memory_order_release);
	return transaction;
}

static bool add_page(struct memory_transaction *transaction)
{
	bool is_allowed;
	void *page;

	if (transaction->ranges.list_page_count == RANGE_LIST_PAGES) {
		return false;
	}
	spinlock_acquire(&memory.lock);
	is_allowed = budget_take(&memory.pages_taken, page_limits,
				 transaction->sender);
	spinlock_release(&memory.lock);
	if (!is_allowed) {
		return false;
	}
	page = page_pool_alloc(&memory.pages);
	/* There are as many as the limits allow. */
	CHECK(page != NULL);
	range_list_add_page(&transaction->ranges, page);
	return true;
}

bool memory_reserve(struct memory_transaction *transaction, uint32_t count)
{
	while (count > range_list_room(&transaction->ranges)) {
		if (!add_page(transaction)) {
			return false;
		}
	}
	return true;
}

bool memory_append(struct memory_transaction *transaction, ipaddr_t ipa,
		   paddr_t pa, uint64_t page_count)
{
	if (!memory_reserve(transaction, transaction->ranges.count + 1)) {
		return false;
	}
	range_list_append(&transaction->ranges, ipa, pa, page_count);
	return true;
}

void memory_end(struct memory_transaction *transaction)
{
	uint16_t sender = transaction->sender;
	void *page;

	atomic_store_explicit(&transaction->handle, 0, memory_order_relaxed);
	spinlock_acquire(&memory.lock);
	while ((page = range_list_take_page(&transaction->ranges)) != NULL) {
		page_pool_free(&memory.pages, page);
		budget_give(&memory.pages_taken, page_limits, sender);
	}
	budget_give(&memory.transactions_taken, transaction_limits, sender);
	memory.freed[memory.freed_count++] =
		(uint16_t)(transaction - memory.all);
	spinlock_release(&memory.lock);
}

/** The transaction of `handle`, as far as that can be said without a lock. */
static struct memory_transaction *find(uint64_t handle)
{
	uint32_t idx = handle & (BIT(HANDLE_INDEX_BITS) - 1);
	struct memory_transaction *transaction;

	if (handle == 0 || idx >= MAX_TRANSACTIONS) {
		return NULL;
	}
	transaction = &memory.all[idx];
	return atomic_load_explicit(&transaction->handle,
				    memory_order_acquire) == handle
		       ? transaction
		       : NULL;
}

void memory_lock(struct vm *caller, uint64_t handle,
		 struct memory_locked *locked)
{
	struct memory_transaction *transaction = find(handle);
	struct vm *other = caller;

	if (transaction != NULL) {
		uint16_t sender = load_relaxed(&transaction->sender);

		other = vm_set_find(
			sender == caller->id
				? load_relaxed(&transaction->receiver)
				: sender);
	}
	locked->vms = vm_lock_both(caller, other);
	/* It may have ended before the lock was there. */
	locked->transaction = transaction == NULL ? NULL : find(handle);
}

void memory_unlock(struct memory_locked *locked)
{
	vm_unlock_both(&locked->vms);
	locked->transaction = NULL;
}

struct vcpu *memory_call_locked(struct vcpu *current,
				int32_t call(const struct memory_locked *locked,
					     struct vcpu *current))
{
	struct memory_locked locked;
	int32_t code;

	memory_lock(current->vm, memory_handle(current), &locked);
	code = call(&locked, current);
	memory_unlock(&locked);
	return ffa_refuse_if(current, code);
}

/** Will nobody ever ask for it? What a receiver can relinquish stays. */
static bool is_left_behind(const struct memory_transaction *transaction)
{
	return transaction->state == MEMORY_SENDING ||
			       transaction->state == MEMORY_SENT
		       ? vm_set_find(transaction->sender)->is_aborting
		       : transaction->kind == MEMORY_DONATE &&
				 vm_set_find(transaction->receiver)
					 ->is_aborting;
}

static bool sweep_one(struct memory_transaction *transaction)
{
	uint64_t handle = transaction->handle;
	struct vm *sender = vm_set_find(transaction->sender);
	struct vm_locked locked;
	bool is_left;

	if (handle == 0 || (!sender->is_aborting &&
			    !vm_set_find(transaction->receiver)->is_aborting)) {
		return false;
	}
	locked = vm_lock(sender);
	is_left = transaction->handle == handle && is_left_behind(transaction);
	if (is_left) {
		memory_end(transaction);
	}
	vm_unlock(&locked);
	return is_left;
}

bool memory_sweep(void)
{
	bool has_room = false;

	for (uint32_t i = 0; i < MAX_TRANSACTIONS; i++) {
		has_room |= sweep_one(&memory.all[i]);
	}
	return has_room;
}

static void change_init(struct ownership_change *change,
			const struct memory_transaction *transaction,
			enum ownership_step step)
{
	change->step = step;
	change->ranges = &transaction->ranges;
	change->owner.stage2 =
		&vm_set_find(load_relaxed(&transaction->sender))->stage2;
	change->owner.rights = transaction->owner_mode & MM_MODE_RWX;
	/* What is not owned alone nobody else can have changed. */
	change->owner_is_known = transaction->state != MEMORY_SENDING;
	change->other.stage2 =
		&vm_set_find(load_relaxed(&transaction->receiver))->stage2;
	change->other.rights = transaction->receiver_rights;
}

int32_t memory_step(struct memory_transaction *transaction,
		    enum ownership_step step, enum memory_clearing clearing)
{
	struct ownership_change change;
	enum ownership_status status;

	change_init(&change, transaction, step);
	status = ownership_prepare(&change);
	if (status != OWNERSHIP_OK) {
		return status == OWNERSHIP_WRONG_STATE ? FFA_DENIED
						       : FFA_NO_MEMORY;
	}
	if (clearing != CLEAR_NOT &&
	    !ownership_clear_prepare(&transaction->ranges)) {
		ownership_cancel(&change);
		return FFA_NO_MEMORY;
	}
	if (clearing == CLEAR_BEFORE) {
		ownership_clear_commit(&transaction->ranges);
	}
	ownership_commit(&change);
	if (clearing == CLEAR_AFTER) {
		ownership_clear_commit(&transaction->ranges);
	}
	transaction->is_clear |= clearing != CLEAR_NOT;
	return 0;
}
