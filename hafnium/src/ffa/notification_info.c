/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notifications as the primary sees them: who has to be run for one, each told
 * once until it is set again; and its own bitmap. See docs/ffa.md.
 */
#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/notification.h"
#include "hf/vm/vm_set.h"

/** x2 of the answer. */
#define INFO_MORE BIT(0)
#define INFO_LIST_COUNT_SHIFT 7U
#define INFO_VCPU_COUNT_SHIFT 12U

/** Ids in x3 to x7, and vCPUs in a list. */
#define INFO_IDS 20U
#define INFO_LIST_VCPUS 3U

/** Four in a register, the first in bits 15:0. */
typedef uint16_t __attribute__((may_alias)) packed_id_t;

/** The answer as far as it has come. */
struct info {
	packed_id_t *ids; /* in x3 to x7, all 0 at first */
	uint64_t vcpu_counts;
	uint32_t id_count;
	uint32_t list_count;
	uint32_t list_vcpus; /* in the last list */
	bool is_full;
};

static void add_id(struct info *info, uint32_t id)
{
	info->ids[info->id_count++] = (uint16_t)id;
}

/** For `count` more ids? If not, there is more to tell than that. */
static bool has_room(struct info *info, uint32_t count)
{
	info->is_full = info->id_count + count > INFO_IDS;
	return !info->is_full;
}

/** With nothing else in it: a vCPU begins another one. */
static void add_list(struct info *info, const struct vm *vm)
{
	add_id(info, vm->id);
	info->list_count++;
	info->list_vcpus = INFO_LIST_VCPUS;
}

static bool add_vcpu(struct info *info, const struct vm *vm, uint32_t idx)
{
	bool begins = info->list_vcpus == INFO_LIST_VCPUS;

	if (!has_room(info, begins ? 2 : 1)) {
		return false;
	}
	if (begins) {
		add_list(info, vm);
		info->list_vcpus = 0;
	}
	add_id(info, idx);
	info->list_vcpus++;
	info->vcpu_counts += BIT(2 * (info->list_count - 1));
	return true;
}

static bool is_news(struct notification_bits bits)
{
	return (bits.pending & ~bits.reported) != 0;
}

static void add_vm(struct info *info, struct vm_locked vm)
{
	struct vm_notifications *n = &vm.vm->notifications;

	info->list_vcpus = INFO_LIST_VCPUS;
	if (is_news(n->global) || is_news(n->rx_full)) {
		if (!has_room(info, 1)) {
			return;
		}
		add_list(info, vm.vm);
		n->global.reported = n->global.pending;
		n->rx_full.reported = n->rx_full.pending;
	}
	for (uint32_t i = 0; i < vm.vm->vcpu_count; i++) {
		if (!is_news(n->vcpus[i])) {
			continue;
		}
		if (!add_vcpu(info, vm.vm, i)) {
			return;
		}
		n->vcpus[i].reported = n->vcpus[i].pending;
	}
}

struct vcpu *ffa_notification_info_get(struct vcpu *current)
{
	struct arch_regs *regs = &current->regs;
	struct info info = {.ids = (packed_id_t *)&regs->x[3]};
	uint64_t id = HF_PRIMARY_VM_ID;
	struct vm *vm;

	(void)ffa_answer(current, FFA_SUCCESS_64, 0, 0);
	while (!info.is_full && (vm = vm_set_find(id++)) != NULL) {
		struct vm_locked locked = vm_lock(vm);

		add_vm(&info, locked);
		vm_unlock(&locked);
	}
	if (info.list_count == 0) {
		return ffa_refuse(current, FFA_NO_DATA);
	}
	regs->x[2] = (info.is_full ? INFO_MORE : 0) |
		     info.list_count << INFO_LIST_COUNT_SHIFT |
		     info.vcpu_counts << INFO_VCPU_COUNT_SHIFT;
	return current;
}

static int32_t create_locked(struct vm_locked vm, struct vcpu *current)
{
	struct vm_notifications *n = &vm.vm->notifications;
	uint32_t count = (uint32_t)current->regs.x[2];

	if ((uint32_t)current->regs.x[1] != vm.vm->id || count == 0 ||
	    count > vm.vm->vcpu_count) {
		return FFA_INVALID_PARAMETERS;
	}
	if (load_relaxed(&n->is_created)) {
		return FFA_DENIED;
	}
	store_relaxed(&n->is_created, true);
	return 0;
}

struct vcpu *ffa_notification_bitmap_create(struct vcpu *current)
{
	return ffa_finish_locked(current, create_locked);
}

static int32_t destroy_locked(struct vm_locked vm, struct vcpu *current)
{
	struct vm_notifications *n = &vm.vm->notifications;

	if ((uint32_t)current->regs.x[1] != vm.vm->id) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!load_relaxed(&n->is_created) ||
	    (notification_pending(vm.vm) | n->rx_full.pending) != 0) {
		return FFA_DENIED;
	}
	*n = (struct vm_notifications){.bound = 0};
	return 0;
}

struct vcpu *ffa_notification_bitmap_destroy(struct vcpu *current)
{
	return ffa_finish_locked(current, destroy_locked);
}
