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

/** The answer as far as it has come. */
struct info {
	uint64_t *ids; /* x3 to x7, all 0 at first */
	uint64_t vcpu_counts;
	uint32_t id_count;
	uint32_t list_count;
	uint32_t list_vcpus; /* in the last list */
	bool is_full;
};

static void add_id(struct info *info, uint16_t id)
{
	info->ids[info->id_count / 4] |= (uint64_t)id
					 << (16 * (info->id_count % 4));
	info->id_count++;
}

/** A list of `vm` with room for `vcpus` more ids; false: that does not fit. */
static bool begin_list(struct info *info, const struct vm *vm, uint32_t vcpus)
{
	if (info->id_count + 1 + vcpus > INFO_IDS) {
		info->is_full = true;
		return false;
	}
	add_id(info, vm->id);
	info->list_count++;
	info->list_vcpus = 0;
	return true;
}

static bool add_vcpu(struct info *info, const struct vm *vm, uint16_t idx,
		     bool is_first)
{
	if ((is_first || info->list_vcpus == INFO_LIST_VCPUS) &&
	    !begin_list(info, vm, 1)) {
		return false;
	}
	if (info->id_count == INFO_IDS) {
		info->is_full = true;
		return false;
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
	bool is_first = true;

	if (is_news(n->global) || is_news(n->rx_full)) {
		if (!begin_list(info, vm.vm, 0)) {
			return;
		}
		n->global.reported = n->global.pending;
		n->rx_full.reported = n->rx_full.pending;
	}
	for (uint16_t i = 0; i < vm.vm->vcpu_count; i++) {
		if (!is_news(n->vcpus[i])) {
			continue;
		}
		if (!add_vcpu(info, vm.vm, i, is_first)) {
			return;
		}
		n->vcpus[i].reported = n->vcpus[i].pending;
		is_first = false;
	}
}

struct vcpu *ffa_notification_info_get(struct vcpu *current)
{
	struct arch_regs *regs = &current->regs;
	struct info info = {.ids = &regs->x[3]};

	ffa_frame(regs, FFA_SUCCESS_64, 0, 0);
	for (uint16_t i = 0; i < vm_set_count() && !info.is_full; i++) {
		struct vm_locked vm =
			vm_lock(vm_set_find((uint16_t)(HF_PRIMARY_VM_ID + i)));

		add_vm(&info, vm);
		vm_unlock(&vm);
	}
	if (info.list_count == 0) {
		return ffa_refuse(current, FFA_NO_DATA);
	}
	regs->x[2] = (info.is_full ? INFO_MORE : 0) |
		     info.list_count << INFO_LIST_COUNT_SHIFT |
		     info.vcpu_counts << INFO_VCPU_COUNT_SHIFT;
	return current;
}

static int32_t create_locked(struct vm_locked vm)
{
	struct vm_notifications *n = &vm.vm->notifications;

	if (n->is_created) {
		return FFA_DENIED;
	}
	n->is_created = true;
	return 0;
}

static int32_t destroy_locked(struct vm_locked vm)
{
	struct vm_notifications *n = &vm.vm->notifications;
	uint64_t pending = n->global.pending | n->rx_full.pending;

	for (uint32_t i = 0; i < vm.vm->vcpu_count; i++) {
		pending |= n->vcpus[i].pending;
	}
	if (!n->is_created || pending != 0) {
		return FFA_DENIED;
	}
	*n = (struct vm_notifications){.bound = 0};
	return 0;
}

static struct vcpu *change_bitmap(struct vcpu *current,
				  int32_t change(struct vm_locked vm))
{
	struct vm_locked vm = vm_lock(current->vm);
	int32_t code = change(vm);

	vm_unlock(&vm);
	if (code != 0) {
		return ffa_refuse(current, code);
	}
	ffa_success(&current->regs, 0, 0);
	return current;
}

struct vcpu *ffa_notification_bitmap_create(struct vcpu *current)
{
	uint32_t count = (uint32_t)current->regs.x[2];

	if ((uint32_t)current->regs.x[1] != current->vm->id || count == 0 ||
	    count > current->vm->vcpu_count) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	return change_bitmap(current, create_locked);
}

struct vcpu *ffa_notification_bitmap_destroy(struct vcpu *current)
{
	if ((uint32_t)current->regs.x[1] != current->vm->id) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	return change_bitmap(current, destroy_locked);
}
