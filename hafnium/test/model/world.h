/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Three VMs on the host's machine with memory that is really there: calls are
 * made as guests make them, and what they may touch is read from their stage-2
 * tables by a walk of its own. See docs/testing.md.
 */
#pragma once

#include "fixture/guest.h"
#include "page_model.h"

#define WORLD_PAGE_SIZE 4096U

/** The machine, with VMs 1 to MODEL_VMS of these versions. */
void world_start(const uint8_t versions[MODEL_VMS]);

/** FF-A's id of VM `vm` of the model. */
static inline uint16_t world_id(uint32_t vm)
{
	return (uint16_t)(vm + 1);
}

/** A page of the model, where all VMs see it. */
uint64_t world_address(uint32_t page);
uint8_t *world_bytes(uint32_t page);

/** Whose page lies at `address`; MODEL_PAGES: nobody's. */
uint32_t world_page(uint64_t address);

/** Its only vCPU. */
struct vcpu *world_vcpu(uint32_t vm);

/** RXTX_MAP of its first two pages; whatever the answer. */
void world_map_buffers(uint32_t vm);

/** A call by that VM's only vCPU that does not block; its answer. */
const struct arch_regs *world_call(uint32_t vm, struct smccc_value args);

/** What the VM's tables say of a page. */
struct model_view world_view(uint32_t vm, uint32_t page);

/**
 * Every page that the pool had for tables is free or is a table of a VM; a few
 * may be the hypervisor's own by now.
 */
bool world_pages_are_there(void);
