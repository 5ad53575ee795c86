/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of notifications by any VM, with a bitmap of 64 bits. */
#pragma once

#include "hft/actor.h"

#define PER_VCPU UINT64_C(1)
#define DELAY_SRI UINT64_C(2)

/* Flags of NOTIFICATION_GET. */
#define FROM_SPS UINT64_C(1)
#define FROM_VMS UINT64_C(2)
#define FROM_SPM UINT64_C(4)
#define FROM_HYPERVISOR UINT64_C(8)
#define FROM_ALL UINT64_C(15)

#define NPI_INTID 5
#define SRI_INTID 8

#define BIT(n) (UINT64_C(1) << (n))

/** Receiver binds bits to a sender. */
struct ffa_frame bind(uint16_t receiver, uint16_t sender, uint64_t flags,
		      uint64_t bits);
struct ffa_frame unbind(uint16_t receiver, uint16_t sender, uint64_t bits);
/** `flags` with the vCPU in 31:16. */
struct ffa_frame set(uint16_t sender, uint16_t receiver, uint64_t flags,
		     uint64_t bits);
struct ffa_frame get(uint16_t receiver, uint16_t vcpu, uint64_t flags);
struct ffa_frame info_get(void);

static inline uint64_t for_vcpu(uint16_t vcpu)
{
	return PER_VCPU | ((uint64_t)vcpu << 16);
}

/** SUCCESS of GET with these bits from VMs and from the hypervisor. */
void expect_pending(struct ffa_frame frame, uint64_t vms, uint64_t hypervisor);

/** The primary and the actors with that version. */
void start_all(uint32_t version);
