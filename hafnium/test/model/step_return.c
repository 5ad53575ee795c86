/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MEM_RELINQUISH and RECLAIM of a sequence. See step.h. */
#include "hf/ffa.h"
#include "step_call.h"

#define INVALID FFA_INVALID_PARAMETERS

bool step_relinquish(struct run *run, const struct step *step)
{
	struct model_transfer *transfer = run_transfer(run, step);
	uint32_t vm = step->vm % MODEL_VMS;
	uint64_t handle = transfer == NULL ? step->seed : transfer->handle;
	struct descriptor_bytes bytes;
	bool is_clear = step->flags % 4 == 0;
	int32_t code = 0;
	const uint64_t *x;

	if (transfer != NULL && step->other % 8 != 0) {
		vm = transfer->receiver;
	}
	if (transfer != NULL && (transfer->granted & MODEL_W) == 0 &&
	    !model_is_new(&run->model, vm)) {
		/* What clearing does then is said of later versions only. */
		is_clear = false;
	}
	descriptor_relinquish(&bytes, handle, is_clear ? 1 : 0, world_id(vm));
	switch (step->defect) {
	case 0:
		descriptor_put(&bytes.bytes[12], 2, 4);
		break;
	case 1:
		descriptor_put(&bytes.bytes[12], 0, 4);
		break;
	case 2:
		descriptor_put(&bytes.bytes[16], world_id((vm + 1) % 3), 2);
		break;
	case 3:
		descriptor_put(&bytes.bytes[0], handle ^ (UINT64_C(1) << 41),
			       8);
		break;
	default:
		break;
	}
	if (!run_write_tx(run, vm, bytes.bytes, 64) || step->defect < 4 ||
	    transfer == NULL || transfer->receiver != vm) {
		code = INVALID;
	}
	x = run_call(run, vm, CALL(FFA_MEM_RELINQUISH));
	if (code == 0) {
		code = model_relinquish(&run->model, transfer, is_clear);
	}
	return run_expect(run, "relinquish", x, code);
}

bool step_reclaim(struct run *run, const struct step *step)
{
	struct model_transfer *transfer = run_transfer(run, step);
	uint32_t vm = step->vm % MODEL_VMS;
	uint64_t handle = transfer == NULL ? step->seed : transfer->handle;
	bool is_clear = step->flags % 4 == 0;
	int32_t code = 0;
	const uint64_t *x;

	if (transfer != NULL && step->other % 8 != 0) {
		vm = transfer->sender;
	}
	if (transfer != NULL && (transfer->owner_rights & MODEL_W) == 0 &&
	    !model_is_new(&run->model, vm)) {
		is_clear = false;
	}
	if (step->defect == 0) {
		handle ^= UINT64_C(1) << 42;
	}
	if (step->defect == 0 || transfer == NULL || transfer->sender != vm) {
		code = INVALID;
	}
	x = run_call(run, vm,
		     CALL(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32,
			  is_clear ? 1 : 0));
	if (code == 0) {
		code = model_reclaim(&run->model, transfer, is_clear);
	}
	return run_expect(run, "reclaim", x, code);
}
