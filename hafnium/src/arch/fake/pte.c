/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stores to translation tables, written down for tests. No walk but ours reads
 * them. See docs/memory.md.
 */
#include "hf/arch/pte.h"

#include "hf/arch/fake/mmu.h"

void pte_write(pte_t *entry, pte_t pte)
{
	pte_t old = pte_read(entry);

	*(volatile pte_t *)entry = pte;
	fake_mmu_record((struct fake_mmu_event){
		.op = FAKE_MMU_WRITE,
		.where = pa_from_ptr(entry).pa,
		.value = pte,
		.old = old,
	});
}

void pte_sync(void)
{
	fake_mmu_record((struct fake_mmu_event){.op = FAKE_MMU_SYNC});
}
