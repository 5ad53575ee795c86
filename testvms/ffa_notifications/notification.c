/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that notifies, is notified, and schedules who is notified.
 * This file: the calls.
 */
#include "notification.h"

struct ffa_frame bind(uint16_t receiver, uint16_t sender, uint64_t flags,
		      uint64_t bits)
{
	return vm_call(receiver,
		       FFA(FFA_NOTIFICATION_BIND, ffa_pair(sender, receiver),
			   flags, (uint32_t)bits, bits >> 32));
}

struct ffa_frame unbind(uint16_t receiver, uint16_t sender, uint64_t bits)
{
	return vm_call(receiver,
		       FFA(FFA_NOTIFICATION_UNBIND, ffa_pair(sender, receiver),
			   0, (uint32_t)bits, bits >> 32));
}

struct ffa_frame set(uint16_t sender, uint16_t receiver, uint64_t flags,
		     uint64_t bits)
{
	return vm_call(sender,
		       FFA(FFA_NOTIFICATION_SET, ffa_pair(sender, receiver),
			   flags, (uint32_t)bits, bits >> 32));
}

struct ffa_frame get(uint16_t receiver, uint16_t vcpu, uint64_t flags)
{
	return vm_call(receiver, FFA(FFA_NOTIFICATION_GET,
				     ffa_pair(vcpu, receiver), flags));
}

struct ffa_frame info_get(void)
{
	return hft_ffa_call(FFA(FFA_64(FFA_NOTIFICATION_INFO_GET)));
}

void expect_pending(struct ffa_frame frame, uint64_t vms, uint64_t hypervisor)
{
	EXPECT_FFA_FRAME(frame, FFA_SUCCESS);
	EXPECT_EQ(frame.x[1], 0);
	/* No secure world. */
	EXPECT_EQ(frame.x[2] | frame.x[3], 0);
	EXPECT_EQ(frame.x[4], (uint32_t)vms);
	EXPECT_EQ(frame.x[5], vms >> 32);
	EXPECT_EQ(frame.x[6], 0);
	EXPECT_EQ(frame.x[7], hypervisor);
}

void start_all(uint32_t version)
{
	for (uint16_t vm = PRIMARY; vm <= ACTOR_SMP; vm++) {
		vm_start(vm, version);
	}
}
