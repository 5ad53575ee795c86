/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of VMs that have no messages. */
#include "hft/ffa_memory.h"

/** VM 4 of the scenario. */
#define DIRECT_ONLY 4

/* Memory needs no messages. */
TEST_ASKED(ffa_property, memory_is_shared_all_the_same)
{
	struct mem_range range;
	struct mem_transaction t;

	vm_start(PRIMARY, version);
	vm_start(DIRECT_ONLY, version);
	vm_map_buffers(PRIMARY, 1);
	vm_map_buffers(DIRECT_ONLY, 1);
	range = (struct mem_range){vm_page(PRIMARY, 0), 1, 0};
	vm_fill(PRIMARY, range.address, HF_PAGE_SIZE, 1);
	t = mem_transaction(FFA_MEM_SHARE, PRIMARY, DIRECT_ONLY);
	mem_set_ranges(&t, &range, 1);
	mem_retrieve(&t, mem_send(&t));
	EXPECT_RIGHTS(DIRECT_ONLY, range.address, "rw");
}
