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

/* Small things first: in reach of one address. */
static struct memory_transactions {
	struct page_pool pages;

	/* guarded by lock */
	struct spinlock lock;
	struct budget transactions_taken;
	struct budget pages_taken;
	uint64_t serial;
	uint16_t free_count;
	uint16_t free[MAX_TRANSACTIONS]; /* indexes that can be used */

	struct memory_transaction all[MAX_TRANSACTIONS];
} memory;

void memory_init(struct pa_range pages)
{
	for (uint32_t i = 0; i < MAX_TRANSACTIONS; i++) {
		store_relaxed(&memory.all[i].handle, 0);
		/* 0 is taken first. */
		memory.free[i] = (uint16_t)(MAX_TRANSACTIONS - 1 - i);
	}
	memory.free_count = MAX_TRANSACTIONS;
	spinlock_init(&memory.lock, LOCK_MEMORY);
	memory.transactions_taken = (struct budget){.for_all = 0};
	memory.pages_taken = (struct budget){.for_all = 0};
	page_pool_init(&memory.pages, NULL);
	page_pool_add(&memory.pages, pages);
	/* Locks are taken from now on; now caches may be off still. */
	page_pool_share(&memory.pages);
}

/** One more for a VM; false: there is none that it may have. */
never_inline static bool budget_take(struct budget *budget,
				     const struct budget_limits *limits,
				     const struct vm *vm)
{
	uint16_t *own = &budget->of_vm[vm->id - HF_PRIMARY_VM_ID];

	if (*own >= limits->of_vm) {
		if (budget->for_all == limits->for_all) {
			return false;
		}
		budget->for_all++;
	}
	(*own)++;
	return true;
}

never_inline static void budget_give(struct budget *budget,
				     const struct budget_limits *limits,
				     const struct vm *vm)
{
	uint16_t *own = &budget->of_vm[vm->id - HF_PRIMARY_VM_ID];

	if (*own > limits->of_vm) {
		budget->for_all--;
	}
	(*own)--;
}

/** The handle of a new one, whose index it has, for `sender`; 0: none. */
static uint64_t take_locked(const struct vm *sender)
{
	if (!budget_take(&memory.transactions_taken, &transaction_limits,
			 sender)) {
		return 0;
	}
	/* There is one for each that the limits allow. */
	memory.free_count--;
	memory.serial++;
	return FFA_MEMORY_HANDLE_HYPERVISOR |
	       memory.serial << HANDLE_INDEX_BITS |
	       memory.free[memory.free_count];
}

static uint64_t idx_of(uint64_t handle)
{
	return handle & (BIT(HANDLE_INDEX_BITS) - 1);
}

struct memory_transaction *memory_begin(struct vm_locked sender,
					struct vm *receiver)
{
	struct memory_transaction *transaction;
	uint64_t handle;

	spinlock_acquire(&memory.lock);
	handle = take_locked(sender.vm);
	spinlock_release(&memory.lock);
	if (handle == 0) {
		return NULL;
	}
	transaction = &memory.all[idx_of(handle)];
	store_relaxed(&transaction->sender, sender.vm);
	store_relaxed(&transaction->receiver, receiver);
	transaction->state = MEMORY_SENDING;
	transaction->is_malformed = false;
	transaction->is_denied = false;
	transaction->is_clear = false;
	transaction->received_pages = 0;
	range_list_init(&transaction->ranges);
	/* Who finds the handle finds the VMs. */
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
	is_allowed = budget_take(&memory.pages_taken, &page_limits,
				 load_relaxed(&transaction->sender));
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
	const struct vm *sender = load_relaxed(&transaction->sender);
	uint64_t handle = load_relaxed(&transaction->handle);
	void *page;

	store_relaxed(&transaction->handle, 0);
	spinlock_acquire(&memory.lock);
	while ((page = range_list_take_page(&transaction->ranges)) != NULL) {
		page_pool_free(&memory.pages, page);
		budget_give(&memory.pages_taken, &page_limits, sender);
	}
	budget_give(&memory.transactions_taken, &transaction_limits, sender);
	memory.free[memory.free_count++] = (uint16_t)idx_of(handle);
	spinlock_release(&memory.lock);
}

/** The transaction of `handle`, as far as that can be said without a lock. */
static struct memory_transaction *find(uint64_t handle)
{
	return handle != 0 && idx_of(handle) < MAX_TRANSACTIONS &&
			       atomic_load_explicit(
				       &memory.all[idx_of(handle)].handle,
				       memory_order_acquire) == handle
		       ? &memory.all[idx_of(handle)]
		       : NULL;
}

struct memory_locked memory_lock(struct vm *caller, uint64_t handle)
{
	struct memory_locked locked = {find(handle), caller};

	if (locked.transaction != NULL) {
		locked.other = load_relaxed(&locked.transaction->sender);
		if (locked.other == caller) {
			locked.other =
				load_relaxed(&locked.transaction->receiver);
		}
	}
	(void)vm_lock_both(caller, locked.other);
	/* It may have ended before the lock was there. */
	if (locked.transaction != NULL &&
	    load_relaxed(&locked.transaction->handle) != handle) {
		locked.transaction = NULL;
	}
	return locked;
}

void memory_unlock(struct vm *caller, struct memory_locked *locked)
{
	struct vm_locked_pair pair = {caller, locked->other};

	vm_unlock_both(&pair);
	locked->transaction = NULL;
}

struct vcpu *memory_call_locked(struct vcpu *current,
				int32_t call(struct memory_locked locked,
					     struct vcpu *current))
{
	struct memory_locked locked =
		memory_lock(current->vm, memory_handle(current));
	int32_t code = call(locked, current);

	memory_unlock(current->vm, &locked);
	return ffa_finish(current, code);
}

/** Will nobody ever ask for it? What a receiver can relinquish stays. */
static bool is_left_behind(const struct memory_transaction *transaction)
{
	return transaction->state <= MEMORY_SENT
		       ? vm_is_aborting(load_relaxed(&transaction->sender))
		       : transaction->kind == MEMORY_DONATE &&
				 vm_is_aborting(
					 load_relaxed(&transaction->receiver));
}

static bool sweep_one(struct memory_transaction *transaction)
{
	uint64_t handle = atomic_load_explicit(&transaction->handle,
					       memory_order_acquire);
	struct vm *sender = load_relaxed(&transaction->sender);
	struct vm_locked locked;
	bool is_left;

	if (handle == 0 ||
	    (!vm_is_aborting(sender) &&
	     !vm_is_aborting(load_relaxed(&transaction->receiver)))) {
		return false;
	}
	locked = vm_lock(sender);
	is_left = load_relaxed(&transaction->handle) == handle &&
		  is_left_behind(transaction);
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

#define ARE_BY_KIND(shared, lent, donated)                  \
	((shared) - (lent) == MEMORY_LEND - MEMORY_SHARE && \
	 (shared) - (donated) == MEMORY_DONATE - MEMORY_SHARE)
static_assert(ARE_BY_KIND(OWNERSHIP_SHARE, OWNERSHIP_LEND, OWNERSHIP_DONATE),
	      "change_init()");
static_assert(ARE_BY_KIND(OWNERSHIP_RETRIEVE_SHARED, OWNERSHIP_RETRIEVE_LENT,
			  OWNERSHIP_RETRIEVE_DONATED),
	      "change_init()");
static_assert(ARE_BY_KIND(OWNERSHIP_RECLAIM_SHARED, OWNERSHIP_RECLAIM_LENT,
			  OWNERSHIP_RECLAIM_DONATED),
	      "change_init()");
static_assert(OWNERSHIP_RELINQUISH_SHARED - OWNERSHIP_RELINQUISH_LENT ==
		      MEMORY_LEND - MEMORY_SHARE,
	      "change_init()");

static void change_init(struct ownership_change *change,
			const struct memory_transaction *transaction,
			enum ownership_step shared)
{
	change->step = shared - (transaction->kind - MEMORY_SHARE);
	change->ranges = &transaction->ranges;
	change->owner.stage2 = &load_relaxed(&transaction->sender)->stage2;
	change->owner.rights = transaction->owner_mode & MM_MODE_RWX;
	/* What is not owned alone nobody else can have changed. */
	change->owner_is_known = transaction->state != MEMORY_SENDING;
	change->other.stage2 = &load_relaxed(&transaction->receiver)->stage2;
	change->other.rights = transaction->receiver_rights;
}

int32_t memory_step(struct memory_transaction *transaction,
		    enum ownership_step shared, enum memory_clearing clearing)
{
	struct ownership_change change;
	enum ownership_status status;

	change_init(&change, transaction, shared);
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
