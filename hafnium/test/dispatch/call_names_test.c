/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of calls. hafnium/src/dispatch/call_names.c */
#include "hf/dispatch/call_names.h"

#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hftest.h"

TEST(call_names, both_forms_have_the_name_of_the_function)
{
	EXPECT_STREQ(call_name(FFA_RUN), "FFA_RUN");
	EXPECT_STREQ(call_name(FFA_64(FFA_RXTX_MAP)), "FFA_RXTX_MAP");
}

TEST(call_names, longest_is_not_cut)
{
	EXPECT_STREQ(call_name(FFA_NOTIFICATION_BITMAP_DESTROY),
		     "FFA_NOTIFICATION_BITMAP_DESTROY");
}

TEST(call_names, our_own_calls_have_one)
{
	EXPECT_STREQ(call_name(HF_INTERRUPT_GET), "HF_INTERRUPT_GET");
	EXPECT_STREQ(call_name(HF_DEBUG_LOG), "HF_DEBUG_LOG");
}

TEST(call_names, results_have_one)
{
	EXPECT_STREQ(call_name(FFA_ERROR), "FFA_ERROR");
}

TEST(call_names, other_ids_have_none)
{
	EXPECT_STREQ(call_name(FFA_LAST), "?");
	EXPECT_STREQ(call_name(0), "?");
}
