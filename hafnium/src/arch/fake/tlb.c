/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * There are no TLBs: each operation that hardware would be given is written
 * down. See docs/memory.md.
 */
#include "hf/arch/tlb.h"

#include "hf/arch/fake/mmu.h"
#include "hf/arch/mmu.h"

static void record(enum fake_mmu_op op, uint64_t vttbr, uint64_t where)
{
	fake_mmu_record((struct fake_mmu_event){
		.op = op,
		.vmid = mmu_vttbr_vmid(vttbr),
		.where = where,
	});
}

void tlb_invalidate_ipa(uint64_t vttbr, ipaddr_t begin, ipaddr_t end)
{
	if (!tlb_is_by_page(begin.ipa, end.ipa)) {
		record(FAKE_MMU_TLBI_VMID, vttbr, 0);
		return;
	}
	for (uint64_t ipa = begin.ipa; ipa < end.ipa; ipa += PAGE_SIZE) {
		record(FAKE_MMU_TLBI_IPA, vttbr, ipa);
	}
	record(FAKE_MMU_TLBI_VMID_STAGE1, vttbr, 0);
}

void tlb_invalidate_el2(vaddr_t begin, vaddr_t end)
{
	if (!tlb_is_by_page(begin.va, end.va)) {
		record(FAKE_MMU_TLBI_EL2_ALL, 0, 0);
		return;
	}
	for (uint64_t va = begin.va; va < end.va; va += PAGE_SIZE) {
		record(FAKE_MMU_TLBI_EL2_VA, 0, va);
	}
}

void tlb_invalidate_local(void)
{
	fake_mmu_record((struct fake_mmu_event){.op = FAKE_MMU_TLBI_LOCAL});
}
