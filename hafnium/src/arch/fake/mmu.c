/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pretend MMU: a width of physical addresses that tests choose, and the list
 * of everything that was done to entries, TLBs and registers, in order. Any
 * thread may add to it. See docs/memory.md.
 */
#include "hf/arch/mmu.h"

#include <stdatomic.h>
#include <string.h>

#include "hf/arch/fake/mmu.h"
#include "hf/base/check.h"

/** The widest, so that addresses of host memory fit. */
#define FAKE_PA_BITS 48

struct fake_mmu_state {
	unsigned int pa_bits;
	const void *watched;
	atomic_size_t event_count;
	struct fake_mmu_event events[FAKE_MMU_EVENTS];
};

static struct fake_mmu_state fake = {.pa_bits = FAKE_PA_BITS};

void fake_mmu_clear(void)
{
	atomic_store(&fake.event_count, 0);
}

void fake_mmu_reset(void)
{
	fake_mmu_clear();
	fake.pa_bits = FAKE_PA_BITS;
	fake.watched = NULL;
}

void fake_mmu_set_pa_bits(unsigned int bits)
{
	fake.pa_bits = bits;
}

void fake_mmu_watch(const void *word)
{
	fake.watched = word;
}

size_t fake_mmu_event_count(void)
{
	return atomic_load(&fake.event_count);
}

const struct fake_mmu_event *fake_mmu_event(size_t index)
{
	CHECK(index < fake_mmu_event_count() && index < FAKE_MMU_EVENTS);
	return &fake.events[index];
}

size_t fake_mmu_count(enum fake_mmu_op op)
{
	size_t count = 0;

	for (size_t i = 0; i < fake_mmu_event_count(); i++) {
		count += fake_mmu_event(i)->op == op ? 1 : 0;
	}
	return count;
}

void fake_mmu_record(struct fake_mmu_event event)
{
	size_t index = atomic_fetch_add(&fake.event_count, 1);

	if (index < FAKE_MMU_EVENTS) {
		event.watched = 0;
		if (fake.watched != NULL) {
			memcpy(&event.watched, fake.watched,
			       sizeof(event.watched));
		}
		fake.events[index] = event;
	}
}

unsigned int mmu_pa_bits(void)
{
	return fake.pa_bits;
}

void mmu_stage1_enable(paddr_t root)
{
	fake_mmu_record((struct fake_mmu_event){
		.op = FAKE_MMU_STAGE1_ENABLE,
		.where = root.pa,
		.value = mmu_tcr_el2(mmu_pa_bits()),
	});
}

void mmu_stage2_enable(void)
{
	fake_mmu_record((struct fake_mmu_event){
		.op = FAKE_MMU_STAGE2_ENABLE,
		.value = mmu_vtcr_el2(mmu_pa_bits()),
	});
}
