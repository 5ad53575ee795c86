/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a notification costs: set, the receiver is run, takes it, and yields.
 */
#include "hf/types.h"
#include "measure.h"

#define TO_NOTIFIED (((uint64_t)HF_PRIMARY_VM_ID << 16) | NOTIFIED)

static struct smccc_value notify(void)
{
	return hf_hvc((struct smccc_value){
		{FFA_NOTIFICATION_SET, TO_NOTIFIED, 0, 1}});
}

TEST(bench, notification)
{
	uint64_t begin;

	ASSERT_EQ(call(FFA_VERSION, FFA_VERSION_1_1).x[0], FFA_VERSION_1_2);
	run_until(NOTIFIED, FFA_YIELD);
	ASSERT_EQ(notify().x[0], FFA_SUCCESS);
	run_until(NOTIFIED, FFA_YIELD);

	begin = count_instructions();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)notify();
		(void)call(FFA_RUN, NOTIFIED << 16);
	}
	report_since(begin, (struct figure){"notification", ROUNDS, NO_BAR});
}
