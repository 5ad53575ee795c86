/* SPDX-License-Identifier: BSD-3-Clause */
/* See step.h. */
#include "step.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hf/ffa.h"
#include "hf/smccc.h"
#include "step_call.h"

/** Pages of each VM that are looked at after each step. */
#define NEAR_PAGES 28U
/** With fewer open transactions there is memory for one more. */
#define ENOUGH_OPEN 4U

bool run_fail(struct run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(run->error, sizeof(run->error), format, args);
	va_end(args);
	return false;
}

const uint64_t *run_call(struct run *run, uint32_t vm, struct smccc_value args)
{
	run->calls++;
	return world_call(vm, args)->x;
}

int32_t run_code(const uint64_t *x)
{
	return x[0] == FFA_ERROR ? (int32_t)x[2] : 0;
}

static uint32_t open_count(const struct run *run)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < MODEL_TRANSFERS; i++) {
		count += run->model.transfers[i].progress != MODEL_FREE;
	}
	return count;
}

bool run_expect(struct run *run, const char *what, const uint64_t *x,
		int32_t code)
{
	if (code == FFA_NO_MEMORY && open_count(run) < ENOUGH_OPEN) {
		return run_fail(run, "%s: no memory, %u open", what,
				open_count(run));
	}
	return run_code(x) == code ? true
				   : run_fail(run, "%s: %#lx %d, model %d",
					      what, x[0], run_code(x), code);
}

bool run_write_tx(const struct run *run, uint32_t vm, const void *bytes,
		  uint32_t size)
{
	if (!run->model.vms[vm].has_buffers) {
		return false;
	}
	memcpy(world_bytes(vm * MODEL_VM_PAGES), bytes, size);
	return true;
}

uint8_t *run_rx(uint32_t vm)
{
	return world_bytes(vm * MODEL_VM_PAGES + 1);
}

struct model_transfer *run_transfer(struct run *run, const struct step *step)
{
	uint32_t count = open_count(run);
	uint32_t wanted = count == 0 ? 0 : step->slot % count;

	for (uint32_t i = 0; i < MODEL_TRANSFERS; i++) {
		struct model_transfer *transfer = &run->model.transfers[i];

		if (transfer->progress == MODEL_FREE) {
			continue;
		}
		if (wanted == 0) {
			return transfer;
		}
		wanted--;
	}
	return NULL;
}

static bool step_release(struct run *run, const struct step *step)
{
	struct model_vm *vm = &run->model.vms[step->vm % MODEL_VMS];
	bool was_full = vm->has_buffers && vm->is_rx_full;
	const uint64_t *x =
		run_call(run, step->vm % MODEL_VMS, CALL(FFA_RX_RELEASE));

	vm->is_rx_full = false;
	return run_expect(run, "release", x, was_full ? 0 : FFA_DENIED);
}

static bool step_map(struct run *run, const struct step *step)
{
	uint32_t vm = step->vm % MODEL_VMS;
	uint64_t tx = world_address(vm * MODEL_VM_PAGES);
	const uint64_t *x = run_call(
		run, vm,
		CALL(FFA_64(FFA_RXTX_MAP), tx, tx + WORLD_PAGE_SIZE, 1));

	return run_expect(run, "map", x, model_map_buffers(&run->model, vm));
}

static bool step_unmap(struct run *run, const struct step *step)
{
	uint32_t vm = step->vm % MODEL_VMS;
	const uint64_t *x = run_call(run, vm, CALL(FFA_RXTX_UNMAP));

	return run_expect(run, "unmap", x,
			  model_unmap_buffers(&run->model, vm));
}

/** A guest's store, where it may. */
static bool step_write(struct run *run, const struct step *step)
{
	uint32_t vm = step->vm % MODEL_VMS;
	uint32_t page = (step->other % MODEL_VMS) * MODEL_VM_PAGES + 2 +
			step->first % 20;

	if ((model_rights(&run->model, vm, page) & MODEL_W) != 0) {
		run->model.stamps[page] = step->seed;
		for (uint32_t at = 0; at < WORLD_PAGE_SIZE; at += 256) {
			descriptor_put(&world_bytes(page)[at], step->seed, 8);
		}
	}
	return true;
}

/** Any call that has nothing to do with memory, with anything in it. */
static bool step_garbage(struct run *run, const struct step *step)
{
	static const uint32_t others[] = {
		FFA_FEATURES,	     FFA_ID_GET,
		FFA_MEM_OP_PAUSE,    FFA_MEM_OP_RESUME,
		FFA_RX_ACQUIRE,	     FFA_MEM_PERM_GET,
		FFA_MEM_PERM_SET,    FFA_MEM_RETRIEVE_RESP,
		FFA_SUCCESS,	     FFA_NORMAL_WORLD_RESUME,
		FFA_EL3_INTR_HANDLE,
	};
	uint64_t id = others[step->kind % (sizeof(others) / sizeof(others[0]))];
	uint64_t any = step->seed * UINT64_C(0x9e3779b97f4a7c15);

	(void)run_call(run, step->vm % MODEL_VMS,
		       CALL(id | (step->type % 2 != 0 ? SMCCC_64_BIT : 0), any,
			    any >> 8, any >> 16, any >> 24, any >> 32));
	return true;
}

bool run_step(struct run *run, const struct step *step)
{
	typedef bool kind(struct run * run, const struct step *step);
	static kind *const kinds[32] = {
		step_send,
		step_send,
		step_send,
		step_send,
		step_send,
		step_send,
		step_send,
		step_send_fragment,
		step_send_fragment,
		step_retrieve,
		step_retrieve,
		step_retrieve,
		step_retrieve,
		step_retrieve,
		step_retrieve,
		step_retrieve,
		step_fetch_fragment,
		step_relinquish,
		step_relinquish,
		step_relinquish,
		step_reclaim,
		step_reclaim,
		step_reclaim,
		step_reclaim,
		step_release,
		step_release,
		step_release,
		step_release,
		step_map,
		step_write,
		step_write,
		step_garbage,
	};

	return step->kind >= 248 ? step_unmap(run, step)
				 : kinds[step->kind % 32](run, step);
}

static bool check_page(struct run *run, uint32_t page)
{
	uint64_t found = descriptor_get(world_bytes(page), 8);

	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		struct model_view is = world_view(vm, page);
		struct model_view wanted = run->model.views[vm][page];

		wanted.rights = model_rights(&run->model, vm, page);
		if (is.state != wanted.state || is.rights != wanted.rights) {
			return run_fail(run,
					"page %#x of VM %u: state %u rights "
					"%u, model %u %u",
					page, vm, is.state, is.rights,
					wanted.state, wanted.rights);
		}
	}
	if (page % MODEL_VM_PAGES >= 2 && found != run->model.stamps[page]) {
		return run_fail(run, "page %#x has %#lx, model %#lx", page,
				found, run->model.stamps[page]);
	}
	return true;
}

bool run_check(struct run *run, bool is_all)
{
	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		uint32_t count = is_all ? MODEL_VM_PAGES : NEAR_PAGES;

		for (uint32_t i = 0; i < count; i++) {
			if (!check_page(run, vm * MODEL_VM_PAGES + i)) {
				return false;
			}
		}
	}
	return true;
}

void run_start(struct run *run, uint8_t seed)
{
	uint8_t versions[MODEL_VMS];

	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		versions[vm] = (seed >> (2 * vm)) & 3;
	}
	memset(run, 0, sizeof(*run));
	world_start(versions);
	model_init(&run->model, versions);
	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		struct step step = {.vm = (uint8_t)vm};

		(void)step_map(run, &step);
	}
}

/** Until nothing is open: read, give back, take back, as guests may. */
static bool close_transfers(struct run *run)
{
	for (uint32_t round = 0; round < 64 && open_count(run) > 0; round++) {
		struct step step = {
			.vm = (uint8_t)(round % MODEL_VMS),
			.other = 1,
			.flags = 3,
			.defect = 255,
			.slot = (uint8_t)(round / MODEL_VMS),
			.count = 255,
		};

		if (!step_release(run, &step) ||
		    !step_fetch_fragment(run, &step) ||
		    !step_release(run, &step) ||
		    !step_send_fragment(run, &step) ||
		    !step_relinquish(run, &step) || !step_reclaim(run, &step)) {
			return false;
		}
	}
	return open_count(run) == 0 || run_fail(run, "cannot be closed");
}

bool run_finish(struct run *run)
{
	for (uint32_t vm = 0; vm < MODEL_VMS; vm++) {
		struct step step = {.vm = (uint8_t)vm};

		if (!run->model.vms[vm].has_buffers) {
			(void)step_map(run, &step);
		}
	}
	if (!close_transfers(run) || !run_check(run, true)) {
		return false;
	}
	return world_pages_are_there() ||
	       run_fail(run, "pages for tables are lost");
}
