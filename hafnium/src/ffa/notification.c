/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bits that one VM binds to another, which sets them. The receiver learns of it
 * by a virtual interrupt, the primary, which has to run it, by an SGI and
 * FFA_NOTIFICATION_INFO_GET (notification_info.c). See docs/ffa.md.
 */
#include "hf/ffa/notification.h"

#include "hf/arch/sgi.h"
#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/partition.h"
#include "hf/vm/virq.h"
#include "hf/vm/vm_set.h"

/** w2 of BIND and SET. */
#define FLAG_PER_VCPU 1U

/** w2 of GET. */
#define GET_VMS 2U
#define GET_HYPERVISOR 8U
#define GET_ALL 15U

#define RX_FULL 1U

uint32_t notification_feature(const struct vm *vm, uint32_t feature_id)
{
	if (vm_ffa_version(vm) < FFA_VERSION_1_1 ||
	    !partition_has(vm, FFA_PROPERTY_NOTIFICATIONS)) {
		return 0;
	}
	switch (feature_id) {
	case FFA_FEATURE_NPI:
		/* Linux takes it for an SGI, and has one with that number. */
		return vm_is_primary(vm) &&
				       load_relaxed(
					       &vm->notifications.is_created)
			       ? 0
			       : NOTIFICATION_PENDING_INTID;
	case FFA_FEATURE_SRI:
		return vm_is_primary(vm) && arch_sgi_is_available()
			       ? NOTIFICATION_SCHEDULE_INTID
			       : 0;
	default:
		return 0;
	}
}

/** w3 and w4. */
static uint64_t bitmap_of(const struct arch_regs *regs)
{
	return (uint32_t)regs->x[3] | regs->x[4] << 32;
}

/** Is anything of `vm` pending for that vCPU? */
static bool is_pending(const struct vm *vm, uint32_t vcpu_idx)
{
	const struct vm_notifications *n = &vm->notifications;

	return (n->global.pending | n->rx_full.pending |
		n->vcpus[vcpu_idx].pending) != 0;
}

static void signal_vcpu(struct vcpu *vcpu)
{
	struct vcpu_locked locked = vcpu_lock(vcpu);

	(void)virq_inject(locked, NOTIFICATION_PENDING_INTID);
	vcpu_unlock(&locked);
}

/** Global ones are for whichever vCPU the primary runs first. */
static void signal_all(struct vm_locked vm)
{
	for (uint32_t i = 0; i < vm.vm->vcpu_count; i++) {
		signal_vcpu(&vm.vm->vcpus[i]);
	}
}

/** Those for whom there was something, and now is nothing. */
static void withdraw(struct vm_locked vm, const struct vcpu *current)
{
	for (uint32_t i = 0; i < vm.vm->vcpu_count; i++) {
		struct vcpu *vcpu = &vm.vm->vcpus[i];
		struct vcpu_locked locked = vcpu_lock(vcpu);

		if (!is_pending(vm.vm, i)) {
			virq_withdraw(locked, NOTIFICATION_PENDING_INTID);
		}
		if (vcpu == current) {
			arch_regs_update_virq(&vcpu->regs);
		}
		vcpu_unlock(&locked);
	}
}

/** A guest of 1.0 would not know what the interrupt is. */
static void signal_primary(void)
{
	if (notification_feature(vm_set_find(HF_PRIMARY_VM_ID),
				 FFA_FEATURE_SRI) != 0) {
		arch_sgi_send_self(NOTIFICATION_SCHEDULE_INTID);
	}
}

void notification_rx_full(struct vm_locked receiver)
{
	receiver.vm->notifications.rx_full =
		(struct notification_bits){.pending = RX_FULL};
	signal_all(receiver);
	signal_primary();
}

void notification_rx_forget(struct vm_locked vm)
{
	vm.vm->notifications.rx_full = (struct notification_bits){.pending = 0};
}

/** Sender of BIND and UNBIND. */
static uint16_t sender_of(const struct vcpu *current)
{
	return (uint16_t)((uint32_t)current->regs.x[1] >> 16);
}

/** The bitmap of both; 0 unless arguments are valid: w2 has only `flags`. */
static uint64_t bitmap_to_bind(const struct vcpu *current, uint32_t flags)
{
	const uint64_t *x = current->regs.x;
	uint16_t id = current->vm->id;

	return (uint16_t)x[1] == id && sender_of(current) != id &&
			       vm_set_find(sender_of(current)) != NULL &&
			       ((uint32_t)x[2] & ~flags) == 0
		       ? bitmap_of(&current->regs)
		       : 0;
}

static int32_t bind_locked(struct vm_locked vm, struct vcpu *current)
{
	struct vm_notifications *n = &vm.vm->notifications;
	uint64_t bitmap = bitmap_to_bind(current, FLAG_PER_VCPU);

	if (bitmap == 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if ((n->bound & bitmap) != 0) {
		return FFA_DENIED;
	}
	n->bound |= bitmap;
	if ((current->regs.x[2] & FLAG_PER_VCPU) != 0) {
		n->per_vcpu |= bitmap;
	}
	for (; bitmap != 0; bitmap &= bitmap - 1) {
		n->senders[__builtin_ctzll(bitmap)] = sender_of(current);
	}
	return 0;
}

struct vcpu *ffa_notification_bind(struct vcpu *current)
{
	return ffa_finish_locked(current, bind_locked);
}

/** Are all of `bitmap` bound to `sender`? */
never_inline static bool is_bound_to(const struct vm_notifications *n,
				     uint16_t sender, uint64_t bitmap)
{
	if ((bitmap & ~n->bound) != 0) {
		return false;
	}
	for (; bitmap != 0; bitmap &= bitmap - 1) {
		if (n->senders[__builtin_ctzll(bitmap)] != sender) {
			return false;
		}
	}
	return true;
}

never_inline uint64_t notification_pending(const struct vm *vm)
{
	const struct vm_notifications *n = &vm->notifications;
	uint64_t pending = n->global.pending;

	for (uint32_t i = 0; i < vm->vcpu_count; i++) {
		pending |= n->vcpus[i].pending;
	}
	return pending;
}

static int32_t unbind_locked(struct vm_locked vm, struct vcpu *current)
{
	struct vm_notifications *n = &vm.vm->notifications;
	uint64_t bitmap = bitmap_to_bind(current, 0);

	if (bitmap == 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!is_bound_to(n, sender_of(current), bitmap) ||
	    (notification_pending(vm.vm) & bitmap) != 0) {
		return FFA_DENIED;
	}
	n->bound &= ~bitmap;
	n->per_vcpu &= ~bitmap;
	return 0;
}

struct vcpu *ffa_notification_unbind(struct vcpu *current)
{
	return ffa_finish_locked(current, unbind_locked);
}

static int32_t set_locked(struct vm_locked vm, const struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	struct vm_notifications *n = &vm.vm->notifications;
	uint64_t bitmap = bitmap_of(&current->regs);
	bool is_per_vcpu = (x[2] & FLAG_PER_VCPU) != 0;
	uint32_t idx = (uint32_t)x[2] >> 16;
	uint64_t other = is_per_vcpu ? ~n->per_vcpu : n->per_vcpu;
	struct notification_bits *bits;

	if ((bitmap & n->bound & other) != 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!partition_has(vm.vm, FFA_PROPERTY_NOTIFICATIONS) ||
	    !is_bound_to(n, current->vm->id, bitmap)) {
		return FFA_DENIED;
	}
	bits = is_per_vcpu ? &n->vcpus[idx] : &n->global;
	if ((bitmap & ~bits->pending) == 0) {
		/* The receiver and the primary know. */
		return 0;
	}
	bits->pending |= bitmap;
	if (is_per_vcpu) {
		signal_vcpu(&vm.vm->vcpus[idx]);
	} else {
		signal_all(vm);
	}
	signal_primary();
	return 0;
}

/** Its arguments; `to` may be NULL. */
static bool is_valid_set(const struct vcpu *current, const struct vm *to)
{
	const uint64_t *x = current->regs.x;
	uint32_t flags = (uint32_t)x[2];

	return (uint32_t)x[1] >> 16 == current->vm->id && to != NULL &&
	       to != current->vm && (flags & 0xfffe) == 0 &&
	       bitmap_of(&current->regs) != 0 &&
	       flags >> 16 <
		       ((flags & FLAG_PER_VCPU) != 0 ? to->vcpu_count : 1);
}

struct vcpu *ffa_notification_set(struct vcpu *current)
{
	struct vm *to = vm_set_find((uint16_t)current->regs.x[1]);
	int32_t code = FFA_INVALID_PARAMETERS;
	struct vm_locked vm;

	if (is_valid_set(current, to)) {
		vm = vm_lock(to);
		code = set_locked(vm, current);
		vm_unlock(&vm);
	}
	return ffa_finish(current, code);
}

/** What is pending, and then is not. */
static uint64_t take(struct notification_bits *bits)
{
	uint64_t pending = bits->pending;

	*bits = (struct notification_bits){.pending = 0};
	return pending;
}

static int32_t get_locked(struct vm_locked vm, struct vcpu *current)
{
	struct vm_notifications *n = &vm.vm->notifications;
	uint64_t *x = current->regs.x;
	uint32_t idx = (uint32_t)x[1] >> 16;
	uint32_t flags = (uint32_t)x[2];
	uint64_t of_vms = 0;
	uint64_t of_hypervisor = 0;

	if ((uint16_t)x[1] != vm.vm->id || idx >= vm.vm->vcpu_count ||
	    (flags & ~GET_ALL) != 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if ((flags & GET_VMS) != 0) {
		of_vms = take(&n->global) | take(&n->vcpus[idx]);
	}
	if ((flags & GET_HYPERVISOR) != 0) {
		of_hypervisor = take(&n->rx_full);
	}
	(void)ffa_succeed(current, 0, 0);
	x[4] = (uint32_t)of_vms;
	x[5] = of_vms >> 32;
	x[7] = of_hypervisor;
	if ((of_vms | of_hypervisor) != 0) {
		withdraw(vm, current);
	}
	return FFA_ANSWERED;
}

struct vcpu *ffa_notification_get(struct vcpu *current)
{
	return ffa_finish_locked(current, get_locked);
}
