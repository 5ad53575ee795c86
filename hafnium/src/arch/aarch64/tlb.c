/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TLB invalidation, broadcast to the inner shareable domain, which is all CPUs
 * (DDI0487 D8.13). See docs/memory.md.
 */
#include "hf/arch/tlb.h"

#include "hf/arch/sysreg.h"

#define tlbi(operation) __asm__ volatile("tlbi " #operation ::: "memory")
#define tlbi_page(operation, address)                  \
	__asm__ volatile("tlbi " #operation ", %0"     \
			 :                             \
			 : "r"((address) >> PAGE_BITS) \
			 : "memory")

/** Entries written before are what walks find once TLBs are empty. */
static void before_tlbi(void)
{
	dsb(ishst);
}

/** All CPUs have dropped the entries; this one uses none of them any more. */
static void after_tlbi(void)
{
	dsb(ish);
	isb();
}

void tlb_invalidate_ipa(uint64_t vttbr, ipaddr_t begin, ipaddr_t end)
{
	uint64_t old = sysreg_read(vttbr_el2);

	before_tlbi();
	/* TLBI by VMID means the one in VTTBR_EL2. */
	sysreg_write(vttbr_el2, vttbr);
	isb();
	if (tlb_is_by_page(begin.ipa, end.ipa)) {
		for (uint64_t ipa = begin.ipa; ipa < end.ipa;
		     ipa += PAGE_SIZE) {
			tlbi_page(ipas2e1is, ipa);
		}
		/* Combined entries go second: none is made of a stale half. */
		dsb(ish);
		tlbi(vmalle1is);
	} else {
		tlbi(vmalls12e1is);
	}
	after_tlbi();
	sysreg_write(vttbr_el2, old);
	/* Nothing of the guest may be looked up with the other VMID. */
	isb();
}

void tlb_invalidate_el2(vaddr_t begin, vaddr_t end)
{
	before_tlbi();
	if (tlb_is_by_page(begin.va, end.va)) {
		for (uint64_t va = begin.va; va < end.va; va += PAGE_SIZE) {
			tlbi_page(vae2is, va);
		}
	} else {
		tlbi(alle2is);
	}
	after_tlbi();
}

void tlb_invalidate_local(void)
{
	tlbi(vmalle1);
	/* Before the vCPU that is entered looks anything up. */
	dsb(nsh);
	isb();
}
