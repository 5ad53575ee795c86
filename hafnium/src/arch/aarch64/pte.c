/* SPDX-License-Identifier: BSD-3-Clause */
/* Stores to translation tables that are in use. See docs/memory.md. */
#include "hf/arch/pte.h"

#include "hf/arch/sysreg.h"

void pte_write(pte_t *entry, pte_t pte)
{
	/* An aligned 64-bit store is single-copy atomic (B2.2.1). */
	*(volatile pte_t *)entry = pte;
}

void pte_sync(void)
{
	/* Stores to tables reach walks of all CPUs before what follows. */
	dsb(ishst);
	/* This CPU forgets what it has fetched with the old tables. */
	isb();
}
