/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ITS and LPI tables are memory that the GIC reads and writes by itself, at
 * addresses that stage 2 does not look at: they are off for good. See
 * docs/interrupts.md.
 */
#include "hf/boot/load_gic.h"

#include "hf/base/log.h"
#include "hf/irq/gicr.h"
#include "hf/irq/its.h"
#include "hf/vm/vm_set.h"

static_assert(MAX_GIC_REDISTRIBUTORS == MAX_GICR_REGIONS, "one limit");
static_assert(MAX_GIC_ITS == MAX_ITS, "one limit");

static bool turn_off(const struct boot_gic *gic)
{
	/* Redistributors stay mapped: then the tables are there for an ITS. */
	for (size_t i = 0; i < gic->redistributors.count; i++) {
		if (!gicr_add_region(gic->redistributors.list[i],
				     gic->redistributor_stride)) {
			return false;
		}
	}
	for (size_t i = 0; i < gic->its.count; i++) {
		if (!its_disable(gic->its.list[i])) {
			return false;
		}
	}
	return true;
}

bool load_guard_gic(const struct load *load)
{
	const struct boot_gic *gic = &load->params->gic;
	struct pa_range range;

	if (!turn_off(gic)) {
		return false;
	}
	for (size_t i = 0; i < gic->its.count; i++) {
		if (!load_unmap_from_primary(gic->its.list[i])) {
			return false;
		}
	}
	for (uint32_t i = 0; gicr_denied(i, &range); i++) {
		if (!load_unmap_from_primary(range)) {
			return false;
		}
	}
	return true;
}
