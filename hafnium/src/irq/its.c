/* SPDX-License-Identifier: BSD-3-Clause */
/* GITS_CTLR (IHI0069 12.19.4) and nothing else. See docs/interrupts.md. */
#include "hf/irq/its.h"

#include "hf/arch/mmio.h"
#include "hf/base/log.h"
#include "hf/mm/stage1.h"

#define CTLR_ENABLED BIT(0)
#define CTLR_QUIESCENT BIT(31)

/** Far more than what was begun can take. */
#define MAX_POLLS 1000000

static bool turn_off(paddr_t ctlr)
{
	uint32_t value = mmio_read32(ctlr);

	if ((value & CTLR_ENABLED) == 0) {
		return true;
	}
	mmio_write32(ctlr, value & ~(uint32_t)CTLR_ENABLED);
	for (uint32_t i = 0; i < MAX_POLLS; i++) {
		value = mmio_read32(ctlr);
		if ((value & CTLR_QUIESCENT) != 0) {
			break;
		}
	}
	return (value & (CTLR_ENABLED | CTLR_QUIESCENT)) == CTLR_QUIESCENT;
}

bool its_disable(struct pa_range registers)
{
	struct pa_range page = {registers.begin,
				pa_init(registers.begin.pa + PAGE_SIZE)};
	bool is_off;

	if (stage1_map(page, MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE) != MM_OK) {
		log_error("GIC: unable to map the ITS at %#lx.", page.begin.pa);
		return false;
	}
	is_off = turn_off(registers.begin);
	if (!is_off) {
		log_error("GIC: the ITS at %#lx stays on.", page.begin.pa);
	}
	return stage1_unmap(page) == MM_OK && is_off;
}
